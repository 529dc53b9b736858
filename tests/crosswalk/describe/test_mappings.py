"""Mappings of every origin as rows of one form: what a row may claim, and what is said of it beside the others."""

from datetime import date
from types import SimpleNamespace

import pyarrow as pa
import pytest

from pipeline.crosswalk.code_days import CODE_DAYS
from pipeline.crosswalk.describe.mappings import (
    BITS_OF_RELATION,
    as_mapping_rows,
    conversion_rows,
    published_rows,
    sort_rows,
    unanswered_rows,
    year_to_year_rows,
)
from pipeline.crosswalk.describe.pairs import number_pairs
from pipeline.crosswalk.published.maps import PublishedMap, as_map_rows
from pipeline.crosswalk.registry import Crosswalk
from schemas.crosswalks import CROSSWALK_RELATIONS
from tests.crosswalk.frames import DAYS, SYSTEM, History, described_rows

ENTRY = Crosswalk("map", "ICD9CM", "ICD10CM", "equivalence", "a map of the tests")


def entry_of(relation, **more):
    return Crosswalk(**{**vars(ENTRY), "relation": relation, **more})


def map_of(*pairs, relation="equivalence", **columns):
    """A published map of some pairs; a target None has no equivalent."""
    sources, targets = (pa.array([pair[place] for pair in pairs], pa.string()) for place in (0, 1))
    rows = as_map_rows(sources, targets, pa.array(range(len(pairs))), **{"approximate": False, **columns})
    return PublishedMap(entry_of(relation), SimpleNamespace(), "archive.zip!map.txt", len(pairs), rows)


def described(published, opposite=None, code_days=None):
    """The rows of a published map as they are published."""
    return described_rows(published.entry, published_rows(published), opposite, code_days).to_pylist()


def predicates(published):
    return [row["predicate"] for row in described(published)]


# What a row claims


@pytest.mark.parametrize(
    ("relation", "predicate"),
    [
        ("equivalence", "exactMatch"),
        ("succession", "broadMatch"),
        ("grouping", "broadMatch"),
        ("packaging", "broadMatch"),
        ("coverage", "relatedMatch"),
        ("same_category", "relatedMatch"),
    ],
)
def test_a_row_that_is_not_flagged_approximate_claims_what_the_relation_of_its_crosswalk_says(relation, predicate):
    (row,) = described(map_of(("0010", "A000"), relation=relation))
    assert (row["predicate"], row["approximate"]) == (predicate, False)


@pytest.mark.parametrize("relation", sorted(BITS_OF_RELATION))
def test_no_flag_and_no_shape_makes_an_equivalent_of_what_is_none(relation):
    for columns in ({}, {"approximate": True}, {"combination": True, "scenario": 1, "choice_list": 1}):
        assert "exactMatch" not in predicates(map_of(("1", "A"), ("1", "B"), ("2", "B"), relation=relation, **columns))


def test_of_a_publisher_who_does_not_say_exact_no_row_is_an_exact_equivalent():
    with pytest.raises(TypeError, match="approximate"):
        as_map_rows(pa.array(["1"]), pa.array(["A"]), pa.array([1]))
    assert predicates(map_of(("1", "A"), ("2", "B"), ("2", "C"), approximate=True)) == [
        "closeMatch", "narrowMatch", "narrowMatch",
    ]  # fmt: skip
    assert predicates(map_of(("1", "A"), ("2", "B"), approximate=pa.array([None, False]))) == [
        "closeMatch",
        "exactMatch",
    ]


def test_every_relation_says_what_its_rows_claim():
    assert {"equivalence", *BITS_OF_RELATION} == set(CROSSWALK_RELATIONS)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("1", "A")], ["closeMatch"]),
        ([("1", "A"), ("1", "B")], ["narrowMatch", "narrowMatch"]),
        ([("1", "A"), ("2", "A")], ["broadMatch", "broadMatch"]),
        ([("1", "A"), ("1", "B"), ("2", "A")], ["closeMatch", "narrowMatch", "broadMatch"]),
    ],
)
def test_the_direction_of_an_approximate_equivalent_is_told_by_the_shape_of_the_map(pairs, expected):
    assert predicates(map_of(*pairs, approximate=True)) == expected


def test_a_member_of_a_combination_is_a_part_also_where_the_flag_is_missing():
    assert predicates(map_of(("1", "A"), combination=True)) == ["relatedMatch"]
    assert predicates(map_of(("1", "A"), scenario=1, choice_list=1)) == ["relatedMatch"]


def test_nothing_is_claimed_of_a_target_that_there_is_not():
    (row,) = described(map_of(("1", None)))
    assert [row[name] for name in ("predicate", "cardinality", "fan_in", "target_billable")] == [None] * 4
    assert (row["no_map"], row["fan_out"]) == (True, 0)


# What is said of a row beside the others


def test_cardinality_counts_sources_before_targets():
    rows = described(map_of(("1", "A"), ("1", "B"), ("2", "B")))
    assert [(row["source_code"], row["target_code"], row["cardinality"]) for row in rows] == [
        ("1", "A", "1:n"), ("1", "B", "n:n"), ("2", "B", "n:1"),
    ]  # fmt: skip


def test_rows_are_sorted_by_their_key_with_missing_targets_last():
    rows = described(map_of(("2", None), ("2", "A"), ("1", "B"), ("1", "A")))
    assert [(row["source_code"], row["target_code"]) for row in rows] == [
        ("1", "A"), ("1", "B"), ("2", "A"), ("2", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("scenario", [2, 1, 1], ["b", "c", "a"]),
        ("choice_list", [2, 3, 1], ["c", "a", "b"]),
        ("release_from", [None, "v2", "v1"], ["c", "b", "a"]),
    ],
)
def test_rows_of_one_pair_are_sorted_by_scenario_choice_list_and_version(column, values, expected):
    rows = pa.table({"source_code": ["1"] * 3, "target_code": ["A"] * 3, "flags": ["a", "b", "c"], column: values})
    given = {"scenario": 1, "choice_list": 1, "hops": 1}
    ordered, pairs = sort_rows(
        as_mapping_rows(rows, {name: each for name, each in given.items() if name != column}), number_pairs(rows)
    )
    assert ordered["flags"].to_pylist() == expected
    assert len(pairs.source) == len(rows)


def test_rows_that_are_in_order_by_their_code_alone_are_sorted_by_the_rest():
    rows = pa.table({"source_code": ["1", "1", "2"], "target_code": ["A", "A", "A"], "scenario": [2, 1, 1]})
    ordered, _ = sort_rows(as_mapping_rows(rows, {"choice_list": 1, "hops": 1}), number_pairs(rows))
    assert ordered["scenario"].to_pylist() == [1, 2, 1]


def test_round_trip_is_whether_the_opposite_leads_back_and_unknown_without_one():
    published = map_of(("1", "A"), ("2", "B"), ("3", None))
    back = number_pairs(map_of(("A", "1"), ("B", "1")).rows)
    assert [row["round_trip"] for row in described(published, back)] == [True, False, None]
    assert [row["round_trip"] for row in described(published)] == [None, None, None]


def test_a_row_holds_on_the_days_of_its_codes_and_on_none_where_a_code_is_in_no_listing():
    known = [("1", date(2005, 10, 1), date(2015, 9, 30), False, True, False)]
    code_days = {"ICD9CM": pa.Table.from_pylist([dict(zip(CODE_DAYS.names, row, strict=True)) for row in known])}
    first, second = described(map_of(("1", "A"), ("2", "A")), code_days=code_days)
    assert (first["valid_from"], first["valid_to"], first["source_billable"]) == (*known[0][1:3], False)
    assert (second["valid_from"], second["valid_to"], second["source_billable"]) == (None, None, False)
    assert (first["target_valid_from"], first["target_billable"]) == (None, None)


def test_year_to_year_a_row_keeps_its_own_days_and_a_code_that_stays_leads_back_to_itself():
    history = History({"A00": (0, 1), "B00": (2, None), "C00": (0, None)}, {"B00": ["A00"]})
    rows = year_to_year_rows(SYSTEM, history.forward)
    entry = entry_of("succession", way="forward", source_system=SYSTEM, target_system=SYSTEM)
    nobody = number_pairs(rows.slice(0, 0))
    found = described_rows(entry, rows, nobody).to_pylist()
    by_target = {row["target_code"]: row for row in found}
    assert by_target["B00"]["target_valid_from"] == DAYS[2]
    assert (by_target["A00"]["round_trip"], by_target["B00"]["round_trip"]) == (True, False)
    assert (by_target["A00"]["predicate"], by_target["A00"]["approximate"]) == ("exactMatch", False)
    assert (by_target["B00"]["predicate"], by_target["B00"]["approximate"]) == ("closeMatch", True)
    assert {row["origin"] for row in found} == {"derived"}


# Conversion tables


def test_a_code_carved_out_of_one_that_stays_has_it_as_its_broader_predecessor():
    history = History({"A00": (0, None), "B00": (2, None)}, {"B00": ["A00"]})
    (row,) = conversion_rows(SYSTEM, history.predecessors, history.steps).to_pylist()
    assert (row["source_code"], row["target_code"], row["origin"]) == ("B00", "A00", "published")
    entry = entry_of("succession", way="conversion", source_system=SYSTEM, target_system=SYSTEM)
    rows = conversion_rows(SYSTEM, history.predecessors, history.steps)
    (found,) = described_rows(entry, rows).to_pylist()
    assert (found["predicate"], found["approximate"]) == ("broadMatch", True)


def test_what_stood_together_in_a_conversion_table_are_parts_of_one_scenario():
    history = History(
        {"A00": (0, None), "B00": (0, None), "C00": (1, None)}, {"C00": ["A00", "B00"]}, frozenset({"C00"})
    )
    rows = conversion_rows(SYSTEM, history.predecessors, history.steps)
    assert {(row["target_code"], row["scenario"], row["choice_list"]) for row in rows.to_pylist()} == {
        ("A00", 1, 1), ("B00", 1, 2),
    }  # fmt: skip
    entry = entry_of("succession", way="conversion", source_system=SYSTEM, target_system=SYSTEM)
    found = described_rows(entry, rows)
    assert set(found["predicate"].to_pylist()) == {"relatedMatch"}


# Codes without an answer


def test_a_row_without_a_target_says_why_and_no_other_does():
    rows = described(map_of(("001", "A00"), ("002", None)))
    assert [row["status"] for row in rows] == [None, "no_map"]


@pytest.mark.parametrize(
    ("days", "unknown", "known_through", "status"),
    [
        ((DAYS[0], None), False, date(2026, 9, 30), "not_assigned"),
        ((DAYS[2], None), False, date(2026, 9, 30), "newer_than_map"),
        ((DAYS[0], date(2016, 9, 30)), False, date(2026, 9, 30), "older_than_map"),
        ((DAYS[2], None), True, date(2026, 9, 30), "not_known"),
        ((DAYS[0], None), True, date(2026, 9, 30), "not_assigned"),
        ((DAYS[0], None), False, date(2016, 9, 30), "not_known"),
        ((DAYS[0], date(2016, 6, 30)), False, date(2016, 9, 30), "older_than_map"),
    ],
    ids=["valid", "newer", "older", "of the oldest listing", "censored before", "beyond", "ended before"],
)
def test_a_code_that_a_map_lacks_is_newer_or_older_than_it_or_not_assigned_or_nobody_knows(
    days, unknown, known_through, status
):
    """Of a code of the oldest listing, newer than the map, nobody knows whether it was there; nor of one beyond."""
    rows = [("A00", DAYS[0], None, True, True, False), ("B00", *days, days[1] is None, True, unknown)]
    known = pa.Table.from_pylist([dict(zip(CODE_DAYS.names, row, strict=True)) for row in rows], CODE_DAYS)
    published = map_of(("A00", "1"))
    lacking = unanswered_rows(published.rows, known, (date(2016, 12, 24), known_through))
    (row,) = lacking.to_pylist()
    assert (row["source_code"], row["target_code"], row["status"]) == ("B00", None, status)
    described_row = described_rows(published.entry, lacking).to_pylist()[0]
    assert (described_row["status"], described_row["origin"], described_row["fan_out"]) == (status, "derived", 0)
