"""Lists of rules put together: runs without a gap, what restates another, collections by what is in them."""

from dataclasses import replace
from datetime import date

import pyarrow as pa

from pipeline.history.cc_collections import name_collections
from pipeline.history.code_rules import derive_code_rules
from pipeline.normalise.rules_of_use import COLLECTION_COLUMNS, RULED_COLUMNS, PublishedRules, RuleList

CODES = pa.table({"system": ["ICD10CM"] * 3, "code": ["A000", "A009", "B900"]})
YEARS = {2020: date(2020, 9, 30), 2021: date(2021, 9, 30), 2023: date(2023, 9, 30)}


def list_of(year: int, *codes: str, value: str = "exempt", rule: str = "poa_exempt", source: str = "poa") -> RuleList:
    """A list that speaks of a fiscal year."""
    rows = pa.table([list(codes), [value] * len(codes)], schema=RULED_COLUMNS)
    first = date(year - 1, 10, 1)
    return RuleList(rule, "ICD10CM", source, first.isoformat(), first, YEARS[year], "list.txt", rows)


def rows_of(*lists: RuleList) -> list[tuple[str, str, str, str]]:
    table = derive_code_rules([PublishedRules([each]) for each in lists], [], CODES)["code_rules"]
    return [(row["code"], row["value"], str(row["valid_from"]), str(row["valid_to"])) for row in table.to_pylist()]


def test_a_code_that_stays_on_lists_without_a_gap_has_one_row() -> None:
    found = rows_of(list_of(2020, "A000", "A009"), list_of(2021, "A000", "B900"))
    assert sorted(found) == [
        ("A000", "exempt", "2019-10-01", "2021-09-30"),
        ("A009", "exempt", "2019-10-01", "2020-09-30"),
        ("B900", "exempt", "2020-10-01", "2021-09-30"),
    ]


def test_a_year_without_a_list_is_not_filled() -> None:
    found = rows_of(list_of(2021, "A000"), list_of(2023, "A000"))
    assert [each[2:] for each in found] == [("2020-10-01", "2021-09-30"), ("2022-10-01", "2023-09-30")]


def test_another_value_ends_a_run() -> None:
    found = rows_of(list_of(2020, "A000", value="CC", rule="cc"), list_of(2021, "A000", value="MCC", rule="cc"))
    assert [each[1] for each in found] == ["CC", "MCC"]


def test_a_list_ends_where_the_next_begins() -> None:
    long = replace(list_of(2020, "A000"), known_through=date(2022, 12, 31))
    lists = derive_code_rules([PublishedRules([long, list_of(2021)])], [], CODES)["rule_lists"].to_pylist()
    assert [str(each["known_through"]) for each in lists] == ["2020-09-30", "2021-09-30"]


def test_of_a_list_and_what_restates_it_the_first_counts() -> None:
    own = list_of(2020, "A000", value="CC", rule="cc", source="manual")
    other = replace(list_of(2020, "A009", value="CC", rule="cc", source="a rule"), restates=True)
    assert [each[0] for each in rows_of(other, own)] == ["A000"]
    assert [each[0] for each in rows_of(other)] == ["A009"]


def test_codes_in_no_listing_are_counted() -> None:
    tables = derive_code_rules([PublishedRules([list_of(2020, "A000", "X999")])], [], CODES)
    (row,) = tables["rule_lists"].to_pylist()
    assert (row["codes"], row["unlisted"]) == (2, 1)


def test_nothing_published_is_empty_tables() -> None:
    assert {name: len(table) for name, table in derive_code_rules([], [], CODES).items()} == dict.fromkeys(
        ("code_rules", "rule_lists", "cc_exclusions", "msdrgs"), 0
    )


def version(year: int, members: dict[str, list[str]], asked: dict[str, str]) -> PublishedRules:
    """A version with its collections, and the number of the collection of each code."""
    rows = pa.table([[*asked], [*asked.values()]], schema=RULED_COLUMNS)
    lists = [replace(list_of(year, rule="cc_exclusions"), rows=rows)]
    pairs = [(number, code) for number, codes in members.items() for code in codes]
    return PublishedRules(
        lists, collections=pa.table([*map(list, zip(*pairs, strict=True))], schema=COLLECTION_COLUMNS)
    )


def test_collections_of_the_same_codes_are_one_under_their_first_number() -> None:
    one = version(2020, {"0002": ["A000", "A009"], "0003": ["B900"]}, {"A000": "0002", "B900": "0003"})
    two = version(2021, {"0001": ["A009", "A000"], "0009": ["A000", "A009"]}, {"A000": "0009"})
    named, exclusions = name_collections([two, one])
    assert sorted(map(tuple, (row.values() for row in exclusions.to_pylist()))) == [
        ("2019-10-01/0002", "A000"), ("2019-10-01/0002", "A009"), ("2019-10-01/0003", "B900"),
    ]  # fmt: skip
    assert named[0].lists[0].rows["value"].to_pylist() == ["2019-10-01/0002"]
