"""How well a crosswalk covers what could be reported, by release and chapter."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.crosswalk.describe.mappings import published_rows
from pipeline.crosswalk.describe.pairs import number_pairs
from pipeline.crosswalk.describe.quality import derive_quality, group_reported
from pipeline.crosswalk.published.maps import PublishedMap, as_map_rows
from pipeline.crosswalk.registry import Crosswalk
from schemas.crosswalk_quality import CrosswalkQuality
from tests.crosswalk.frames import BILLABLE_EPISODES, DAYS, SYSTEM, described_rows

ENTRY = Crosswalk("map", SYSTEM, "ICD9CM", "equivalence", "a map of the tests")
RELEASES = pa.Table.from_pylist(
    [{"system": SYSTEM, "release": day.isoformat(), "effective_from": day} for day in DAYS[:2]]
    + [{"system": "ICD9CM", "release": "v32", "effective_from": date(2014, 10, 1)}]
)
COLUMNS = pa.schema(
    [
        ("source_code", pa.string()), ("target_code", pa.string()), ("predicate", pa.string()), ("no_map", pa.bool_()),
        ("scenario", pa.int32()), ("round_trip", pa.bool_()), ("target_valid_from", pa.date32()),
        ("target_valid_to", pa.date32()),
    ]
)  # fmt: skip


def reported(*codes):
    """The codes, each with its first and last day (all of them, where none are named)."""
    rows = [(SYSTEM, *each) if isinstance(each, tuple) else (SYSTEM, each, DAYS[0], None) for each in codes]
    table = pa.Table.from_pylist(
        [dict(zip(BILLABLE_EPISODES.names, row, strict=True)) for row in rows], BILLABLE_EPISODES
    )
    return group_reported(SYSTEM, table, RELEASES)


def mapped(source, target, predicate="closeMatch", **more):
    plain = {"no_map": target is None, "scenario": 0, "round_trip": False, "target_valid_from": DAYS[0]}
    said = predicate if target else None
    return {"source_code": source, "target_code": target, "predicate": said, **plain, **more}


def counted(entry, mappings, codes):
    pairs = number_pairs(mappings)
    return derive_quality(entry, mappings, pairs, codes, codes.places_in(pairs.sources))


def quality_of(codes, mappings, entry=ENTRY, release=DAYS[0]):
    """The counts of each chapter in one release."""
    rows = counted(entry, pa.Table.from_pylist(mappings, COLUMNS), codes).to_pylist()
    return {row["chapter"]: row for row in rows if row["release"] == release.isoformat()}


def test_codes_are_counted_in_their_chapter_and_in_all():
    chapters = quality_of(reported("A000", "A009", "E1010"), [mapped("A000", "0010"), mapped("E1010", "25001")])
    counts = {chapter: (row["billable"], row["covered"]) for chapter, row in chapters.items()}
    (infectious,) = [chapter for chapter in counts if chapter.startswith("A00")]
    (endocrine,) = [chapter for chapter in counts if chapter.startswith("E00")]
    assert counts == {infectious: (2, 1), endocrine: (1, 1), "all": (3, 2)}


def test_a_code_outside_of_every_chapter_has_a_row_of_its_own():
    assert quality_of(reported("ZZZZ"), [])["none"]["billable"] == 1


def test_a_code_counts_in_the_releases_on_whose_first_day_it_could_be_reported():
    codes = reported(("A000", DAYS[0], DAYS[1].replace(month=9, day=30)), ("A009", DAYS[1], None), "A010")
    assert [quality_of(codes, [], release=day)["all"]["billable"] for day in DAYS[:2]] == [2, 2]
    assert quality_of(reported(("A000", date(2015, 10, 2), None), "A010"), [])["all"]["billable"] == 1


def test_a_release_that_two_sources_of_a_system_have_is_counted_once():
    """The taxonomy of RBCS takes effect on the day of the HCPCS file of January."""
    codes = pa.Table.from_pylist([dict(zip(BILLABLE_EPISODES.names, (SYSTEM, "A000", DAYS[0], None), strict=True))])
    twice = group_reported(SYSTEM, codes.cast(BILLABLE_EPISODES), pa.concat_tables([RELEASES, RELEASES]))
    rows = counted(ENTRY, pa.Table.from_pylist([], COLUMNS), twice)
    assert rows == counted(ENTRY, pa.Table.from_pylist([], COLUMNS), reported("A000"))
    assert rows["release"].to_pylist().count(DAYS[0].isoformat()) == 2


@pytest.mark.parametrize(
    ("mappings", "true"),
    [
        ([], set()),
        ([mapped("A000", "0010", "exactMatch")], {"covered", "exact"}),
        ([mapped("A000", "0010")], {"covered", "approximate"}),
        ([mapped("A000", "0010", "exactMatch"), mapped("A000", "0011")], {"covered", "exact", "several"}),
        ([mapped("A000", "0010", "relatedMatch", scenario=1)], {"covered", "approximate", "combination"}),
        ([mapped("A000", "0010"), mapped("A000", "0010", scenario=1)], {"covered", "approximate", "combination"}),
        ([mapped("A000", None)], {"covered", "no_map"}),
        ([mapped("A000", None, no_map=False)], set()),
        ([mapped("A000", "0010"), mapped("A000", None)], {"covered", "approximate"}),
        ([mapped("A000", "0010"), mapped("A000", "0011", round_trip=True)],
         {"covered", "approximate", "several", "round_trip"}),
        ([mapped("A000", "0010", round_trip=None)], {"covered", "approximate"}),
        ([mapped("B999", "0010", "exactMatch")], set()),
    ],
    ids=[
        "no row", "exact", "approximate", "one of several is exact", "part of a combination", "one target twice",
        "no equivalent", "nobody says", "a target after all", "one of several comes back", "no way back known",
        "another code",
    ],
)  # fmt: skip
def test_what_is_true_of_one_row_of_a_code_is_true_of_the_code(mappings, true):
    row = quality_of(reported("A000"), mappings)["all"]
    names = ("covered", "exact", "approximate", "combination", "several", "no_map", "round_trip")
    assert {name for name in names if row[name]} == true


def test_a_code_that_was_used_again_is_covered_in_both_its_lives():
    lives = reported(("A000", DAYS[0], DAYS[1] - timedelta(1)), ("A000", DAYS[1], None))
    for release in DAYS[:2]:
        assert quality_of(lives, [mapped("A000", "0010")], release=release)["all"]["covered"] == 1


@pytest.mark.parametrize(
    ("relation", "exact", "others"),
    [
        ("equivalence", 1, 1), ("succession", 0, 2), ("grouping", 0, 2), ("coverage", 0, 2), ("same_category", 0, 2),
        ("packaging", 0, 2),
    ],
)  # fmt: skip
def test_no_row_of_a_relation_without_equivalents_counts_as_exact_and_the_parts_add_up(relation, exact, others):
    """The second row is flagged approximate; the third code has no target."""
    codes = pa.array(["A000", "A009", "E1010"]), pa.array(["0010", "0019", None])
    rows = as_map_rows(*codes, pa.array([1, 2, 3]), approximate=pa.array([False, True, True]))
    published = PublishedMap(replace(ENTRY, relation=relation), SimpleNamespace(), "a.zip!map.txt", 3, rows)
    mappings = described_rows(published.entry, published_rows(published))
    quality = counted(published.entry, mappings, reported("A000", "A009", "E1010", "Z000"))
    found = CrosswalkQuality.validate(quality.to_pandas(types_mapper=pd.ArrowDtype))
    (row,) = found[(found["chapter"] == "all") & (found["release"] == DAYS[0].isoformat())].to_dict("records")
    names = ("billable", "covered", "exact", "approximate", "no_map")
    assert [row[name] for name in names] == [4, 3, exact, others, 1]


def test_codes_with_one_target_each_have_not_several():
    row = quality_of(reported("A000", "A009"), [mapped("A000", "0010"), mapped("A009", "0019")])["all"]
    assert (row["covered"], row["several"]) == (2, 0)


def test_year_to_year_a_code_without_a_row_stands_for_itself():
    entry = Crosswalk("years", SYSTEM, SYSTEM, "succession", "year to year", way="forward")
    row = quality_of(reported("A000"), [], entry)["all"]
    assert (row["covered"], row["exact"], row["round_trip"], row["several"]) == (1, 1, 1, 0)


@pytest.mark.parametrize(
    ("way", "days"),
    [
        ("forward", {"target_valid_from": DAYS[1], "target_valid_to": None}),
        ("backward", {"target_valid_from": DAYS[0], "target_valid_to": DAYS[1]}),
    ],
)
def test_year_to_year_only_rows_that_lead_to_the_other_end_count(way, days):
    entry = Crosswalk("years", SYSTEM, SYSTEM, "succession", "year to year", way=way)
    between = {"target_valid_from": DAYS[1], "target_valid_to": DAYS[2]}
    mappings = [mapped("A000", "A001", **days), mapped("A009", "A008", **between), mapped("B000", "B001", **days)]
    row = quality_of(reported("A000", "A009"), mappings, entry)["all"]
    assert (row["covered"], row["exact"], row["approximate"]) == (1, 0, 1)
