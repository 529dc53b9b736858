"""Releases side by side: which row of which listing says what a code meant."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from pipeline.history import derive_history, derive_timelines
from pipeline.history.timeline import as_days, derive_timeline, without_listed
from pipeline.normalise.systems import read_systems
from tests.history.frames import FIRST, NO_CONVERSIONS, headings_of, listing, listings_of, record_listing

BOTH = ("short", "long", True)


def timeline_of(listings):
    return derive_timeline(read_systems()[listings[0].system], listings)


def cells_of(timeline, column):
    """Of each line its code, and what its rows say in each release; None where it is not listed."""
    values = timeline.rows[column].to_pylist()
    cells = [[values[place] if place >= 0 else None for place in line] for line in timeline.row.tolist()]
    return list(zip(timeline.code.to_pylist(), cells, strict=True))


def test_codes_stand_in_order_and_each_release_in_the_column_of_its_day():
    releases = listings_of([{"B20": BOTH, "A00": BOTH}, {"B20": ("newer", "long", True)}])
    for given in (releases, releases[::-1]):
        timeline = timeline_of(given)
        assert timeline.days.astype(object).tolist() == [each.day for each in releases]
        assert cells_of(timeline, "short_description") == [("A00", ["short", None]), ("B20", ["short", "newer"])]


def test_of_a_code_that_a_release_lists_twice_the_later_row_counts():
    """The gate reports it; until then every stage goes on."""
    (once,) = listings_of([{"A00": BOTH, "B20": ("other", "other", True)}])
    twice = replace(once, rows=once.rows.set_column(0, "code", pa.array(["A00", "A00"])))
    assert cells_of(timeline_of([twice]), "short_description") == [("A00", ["other"])]
    assert len(derive_history(derive_timelines([twice]), NO_CONVERSIONS)) == 1


def test_a_record_has_a_line_for_each_day_it_starts_on_and_is_carried_on_where_a_release_leaves_it_out():
    one, two = date(1994, 1, 1), date(2000, 1, 1)
    old = record_listing(date(2017, 1, 1), [("J1", "one", one, date(1999, 12, 31)), ("J1", "two", two, None)])
    new = record_listing(date(2019, 1, 1), [("J2", "three", two, None)])
    timeline = timeline_of([old, new])
    assert cells_of(timeline, "short_description") == [
        ("J1", ["one", "one"]), ("J1", ["two", "two"]), ("J2", [None, "three"]),
    ]  # fmt: skip
    assert timeline.valid.tolist() == [[False, False], [True, True], [False, True]]


def test_a_record_is_valid_from_its_first_to_its_last_day_inclusive():
    day = date(2017, 1, 1)
    rows = [("J1", "a", day, None), ("J2", "b", date(2000, 1, 1), day), ("J3", "c", date(2017, 1, 2), None)]
    assert timeline_of([record_listing(day, rows)]).valid.tolist() == [[True], [True], [False]]


def test_an_unknown_title_counts_as_the_next_known_one_else_as_the_last():
    releases = [{"A00": (None, "long", True)}, {"A00": ("a", "long", True)}, {"A00": (None, "long", True)}]
    (numbers,) = timeline_of(listings_of(releases)).short.tolist()
    assert len(set(numbers)) == 1
    (numbers,) = timeline_of(listings_of([*releases, {"A00": ("b", "long", True)}])).short.tolist()
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


@pytest.mark.parametrize(("system", "is_same"), [("ICD9CM", True), ("ICD10CM", False)])
def test_capitals_tell_titles_apart_only_where_the_registry_says_so(system, is_same):
    rows = [{"V700": ("ROUTINE", "long", True)}, {"V700": ("Routine", "long", True)}]
    (numbers,) = timeline_of([listing(date(2008 + at, 10, 1), row, system) for at, row in enumerate(rows)]).short
    assert (numbers[0] == numbers[1]) == is_same


def test_billable_and_kind_make_the_state_of_a_cell():
    one, two, three = listings_of([{"A00": BOTH}, {"A00": ("short", "long", False)}, {"A00": BOTH}])
    place = three.rows.column_names.index("kind")
    three = replace(three, rows=three.rows.set_column(place, "kind", pa.array(["other"])))
    (states,) = timeline_of([one, two, three]).state.tolist()
    assert len(set(states)) == 3


def test_a_supplement_keeps_what_the_main_source_does_not_list_from_its_day_on():
    """0461 is listed until 2008: a tabular list of 2011 knows it as a heading, one of 2007 does not need to."""
    rows = [{"0461": BOTH, "25000": BOTH}, {"25000": BOTH}]
    main = timeline_of(
        [listing(date(year, 10, 1), row, "ICD9CM") for year, row in zip((2005, 2008), rows, strict=True)]
    )
    for year, kept in ((2007, ["046"]), (2011, ["046", "0461"])):
        supplement = headings_of(date(year, 10, 1), ["046", "0461", "25000"])
        assert without_listed(supplement, main).rows["code"].to_pylist() == kept


def test_days_that_are_missing_are_no_days():
    found = as_days(pa.chunked_array([pa.array([FIRST, None], pa.date32())]))
    assert found.astype(object).tolist() == [FIRST, None]
