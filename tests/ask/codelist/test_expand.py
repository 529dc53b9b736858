"""The codes of a list: what it names, what begins so, what lies between, what is below a heading, on which days."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ask.build import Build
from pipeline.ask.codelist.code_list import EXCLUDE, CodeList
from pipeline.ask.codelist.expand import EXPANDED_COLUMNS, Expansion, expand
from pipeline.ask.codelist.list_systems import resolve_list
from pipeline.ask.codelist.list_text import read_list
from pipeline.errors import UsageError
from tests.ask.codelist.conftest import ExpandText, days_of


def codes(found: Expansion, column: str = "code_dotted") -> list[str]:
    """A column of the codes, in order and each once."""
    return [*dict.fromkeys(record[EXPANDED_COLUMNS.index(column)] for record in found.records)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("250.00", ["250.00"]),
        ("25000", ["250.00"]),
        ("2508%", ["250.80"]),
        ("250.x0", ["250.00", "250.50", "250.80"]),
        ("250.0x", ["250.00", "250.02"]),
        ("250.00-250.50", ["250.00", "250.02", "250.50"]),
        ("249-250.0", ["249.00", "249.01", "249.50", "249.51", "250.00", "250.02"]),
        ("401 to 402.11", ["401.0", "401.1", "401.9", "402.01", "402.11"]),
        ("E856-E888", ["E856", "E885.9", "E888.8", "E888.9"]),
        ("V58-70", ["V58.67", "V58.89", "V70.0"]),
        ("250.0", ["250.00", "250.02"]),
        ("401", ["401.0", "401.1", "401.9"]),
    ],
)
def test_codes_prefixes_ranges_and_headings_of_icd9_become_codes(
    expanded: ExpandText, text: str, found: list[str]
) -> None:
    assert codes(expanded(text, "ICD9CM")) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C43-C44", ["C4A.0", "C4A.9"]),  # Merkel cell carcinoma comes after melanoma, C43
        ("C45-C49", []),
        ("M05-M14", []),
        ("I20-I22", ["I21.3", "I21.9", "I21.A1"]),
        ("I21.0-I21.9", ["I21.3", "I21.9"]),
        ("E11.9-E11.A", ["E11.9", "E11.A"]),
        ("Q90-QA0.01", ["QA0.0101", "QA0.0102", "QA0.011"]),
        ("W01-W19", ["W01.0XXA", "W19.XXXA"]),
        ("T40.1X-T40.1X1", ["T40.1X1A"]),
    ],
)
def test_ranges_follow_the_order_of_the_system(expanded: ExpandText, text: str, found: list[str]) -> None:
    assert codes(expanded(text, "ICD10CM")) == found


def test_it_is_said_how_each_code_came_in_and_by_what(expanded: ExpandText) -> None:
    found = expanded("401.9\n401.x\n401-402\n401\n", "ICD9CM")
    told = {row[3]: row[-2:] for row in found.records}
    assert told["401.9"] == ("named", "401; 401-402; 401.9; 401.x")
    assert told["401.1"] == ("prefix", "401; 401-402; 401.x")
    assert told["402.01"] == ("range", "401-402")
    assert expanded("401", "ICD9CM").records[0][-2:] == ("below_heading", "401")


def test_a_code_has_a_row_for_each_episode_with_what_it_meant_then(expanded: ExpandText) -> None:
    rows = [dict(zip(EXPANDED_COLUMNS, record, strict=True)) for record in expanded("386.01", "ICD9CM").records]
    (before, after) = [(row["valid_from"], row["valid_to"], row["description"]) for row in rows]
    assert after[0] - before[1] == timedelta(days=1)
    assert before[2] != after[2]
    assert [row["came_in"] for row in rows] == ["named", "named"]
    assert [row[4] for row in expanded("386.01", "ICD9CM", str(before[1])).records] == [before[2]]


def test_a_heading_stands_for_what_is_below_it_while_it_is_one(expanded: ExpandText) -> None:
    """H81.4 could be reported once the codes below it had ended."""
    before, after = expanded("H81.4", "ICD10CM", "2016-05-01"), expanded("H81.4", "ICD10CM", "2022-05-01")
    assert codes(before) == ["H81.41", "H81.42", "H81.43", "H81.49"]
    assert (codes(after), codes(after, "came_in")) == (["H81.4"], ["named"])
    assert codes(expanded("H81.4", "ICD10CM")) == ["H81.4", "H81.41", "H81.42", "H81.43", "H81.49"]


def test_a_period_has_every_code_that_could_be_reported_on_one_of_its_days(expanded: ExpandText) -> None:
    assert codes(expanded("E11.32%", "ICD10CM", "2015-10-01", "2016-09-30")) == ["E11.321"]
    assert codes(expanded("E11.32%", "ICD10CM", "2016-09-30", "2016-10-01")) == ["E11.321", "E11.3211", "E11.3212"]
    with pytest.raises(UsageError, match="is later than"):
        days_of("2017-01-01", "2016-01-01")


def test_headings_are_rows_only_where_they_are_wanted(expanded: ExpandText) -> None:
    found = expanded("401%", "ICD9CM", with_headings=True)
    assert [(row[3], row[7]) for row in found.records][:2] == [("401", False), ("401.0", True)]
    assert "401" not in codes(expanded("401%", "ICD9CM"))


def test_what_is_excluded_is_out_of_its_own_concept_wherever_it_stands(expanded: ExpandText) -> None:
    table = "concept,code,role\nA,401.9,exclude\nA,401%,include\nB,401%,include\n"
    found = {(row[0], row[3]) for row in expanded(table, "ICD9CM").records}
    assert found == {("A", "401.0"), ("A", "401.1"), ("B", "401.0"), ("B", "401.1"), ("B", "401.9")}


def test_what_has_no_code_is_told_with_the_reason(expanded: ExpandText) -> None:
    found = expanded("401.9\n999.99\n80.20\n", "ICD9CM", "2014-01-01")
    assert [(each.entry.text, each.reason) for each in found.unmatched] == [
        ("80.20", "not written as ICD9CM is"),
        ("999.99", "no code of ICD9CM that could be reported on 2014-01-01"),
    ]
    assert (codes(found), found.exit_code) == (["401.9"], 1)


def test_beyond_the_horizon_nothing_is_known_and_a_system_out_of_use_has_no_code(expanded: ExpandText) -> None:
    beyond = expanded("E11.9", "ICD10CM", "2099-01-01")
    assert (beyond.records, [each.reason for each in beyond.unmatched]) == ([], ["not_known"])
    assert (beyond.exit_code, len(beyond.not_known)) == (8, 1)
    out_of_use = expanded("401.9", "ICD9CM", "2099-01-01")
    assert (out_of_use.records, out_of_use.not_known, out_of_use.exit_code) == ([], [], 1)
    assert expanded("0069-1305-10", "NDC").exit_code == 8


def test_codes_that_were_listed_before_their_system_was_in_use_are_none(expanded: ExpandText) -> None:
    assert codes(expanded("T40.1X5%", "ICD10CM", "2013-01-01")) == []


@pytest.mark.parametrize(
    ("text", "systems"),
    [
        ("401.9\n250.00\n", ["ICD9CM", "ICD9CM"]),
        ("80.20\n", ["ICD9Proc"]),
        ("802.0\n", ["ICD9CM"]),
        ("8020\n", [""]),
        ("8020-820\n", ["ICD9CM"]),  # 80.20 is a procedure, and there is none of 82.0
        ("8020\n250.00\n401.9\n", ["ICD9CM"] * 3),  # the whole list tells
        ("E11%\n", ["ICD10CM"]),  # equipment begins so too, and E11 is a diagnosis alone
        ("250.00\nE11.9\n", ["ICD9CM", "ICD10CM"]),
        ("401.9\n250.00\n999\nE11.9\n", ["ICD9CM", "ICD9CM", "ICD9Proc", "ICD10CM"]),
        ("401.9\n" * 18 + "80.20\n999\n", [*["ICD9CM"] * 18, "ICD9Proc", "ICD9CM"]),  # a point tells, digits do not
        ("system,code\nICD-9 diagnosis,8020\nICD9Proc,8020\n", ["ICD9CM", "ICD9Proc"]),
        ("system,code\nICD-9,401.9\nicd-9,80.20\n", ["ICD9CM", "ICD9Proc"]),
        ("A41.9\nI10\n", ["ICD10CM", "ICD10CM"]),  # causes of death have them too, and nobody named them
    ],
)
def test_the_system_of_each_entry_is_named_or_the_list_tells_it(opened: Build, text: str, systems: list[str]) -> None:
    assert [each.system for each in resolve_list(opened, read_list(text)).entries] == systems


def test_what_several_systems_have_says_so(expanded: ExpandText) -> None:
    (unmatched,) = expanded("8020").unmatched
    assert unmatched.reason == "a code of 2 systems: ICD9CM, ICD9Proc; --system picks one"


def test_a_system_that_is_none_is_wrong_usage(opened: Build) -> None:
    with pytest.raises(UsageError, match="there is no such system"):
        resolve_list(opened, read_list("code,system\n401.9,EPIC\n"))


def test_a_frame_has_the_columns_and_days_as_dates(expanded: ExpandText) -> None:
    frame = expanded("401.9", "ICD9CM").frame
    assert [*frame.columns] == [*EXPANDED_COLUMNS]
    assert frame["valid_to"].tolist() == [date(2015, 9, 30)]


ENTRIES = st.sampled_from(
    ["250.00", "250.x", "250.x0", "!250.0x", "401", "401-402", "!401.9", "E800-E999", "V%", "!V58%", "999.99", "2%"]
)
LISTS = st.lists(ENTRIES, min_size=1, max_size=6)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def rows_of(build: Build, entries: list[str], day: str | None = None) -> set[tuple[object, ...]]:
    """The codes and episodes of a list of ICD-9-CM, without how they came in."""
    found = expand(build, resolve_list(build, read_list("\n".join(entries)), "ICD9CM"), days_of(day))
    return {record[:8] for record in found.records}


@FEW
@given(LISTS, LISTS)
def test_the_expansion_of_a_union_is_the_union(opened: Build, one: list[str], other: list[str]) -> None:
    included = [[each for each in entries if not each.startswith("!")] for entries in (one, other)]
    together = rows_of(opened, [*included[0], *included[1], "999.99"])
    assert together == rows_of(opened, [*included[0], "999.99"]) | rows_of(opened, [*included[1], "999.99"])


@FEW
@given(LISTS)
def test_excluding_all_of_it_gives_nothing(opened: Build, entries: list[str]) -> None:
    resolved = resolve_list(opened, read_list("\n".join(each.lstrip("!") for each in entries)), "ICD9CM")
    out = [type(each)(each.concept, each.system, each.text, each.kind, EXCLUDE, each.first, each.last)
           for each in resolved.entries]  # fmt: skip
    assert expand(opened, CodeList((*resolved.entries, *out))).records == []


@FEW
@given(LISTS, st.randoms(use_true_random=False), st.sampled_from([None, "2010-05-01", "2015-09-30"]))
def test_the_order_of_a_list_does_not_matter(opened: Build, entries: list[str], random, day: str | None) -> None:
    shuffled = random.sample(entries, len(entries))
    assert rows_of(opened, entries, day) == rows_of(opened, shuffled, day)


@FEW
@given(LISTS, st.sampled_from(["2005-10-01", "2010-05-01", "2015-09-30"]))
def test_a_day_has_the_codes_of_all_days_that_were_valid_then(opened: Build, entries: list[str], day: str) -> None:
    on = date.fromisoformat(day)
    ever = {row for row in rows_of(opened, entries) if row[5] <= on and (row[6] is None or row[6] >= on)}
    assert rows_of(opened, entries, day) == ever
