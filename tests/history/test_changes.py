"""What changed between one release and the next."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given

from pipeline.crosswalk.chains.predecessors import derive_predecessors
from pipeline.history import derive_history, derive_timelines
from pipeline.history.changes import derive_code_changes
from pipeline.history.validity import derive_billable_episodes
from tests.history.frames import (
    FIRST,
    NO_CONVERSIONS,
    RELEASES,
    conversion,
    listing,
    listings_of,
    nine_with_headings,
    record_listing,
)

BOTH = ("short", "long", True)


def changes_of(listings, conversions=NO_CONVERSIONS):
    timelines = derive_timelines(listings)
    episodes = derive_history(timelines, conversions)
    predecessors = derive_predecessors(conversions, derive_billable_episodes(episodes))
    return derive_code_changes(episodes, timelines, predecessors).to_pylist()


def kinds_of(changes):
    return {(row["code"], row["change"]) for row in changes}


@pytest.mark.parametrize(
    ("title", "says"), [(("other", "long"), "short"), (("short", "other"), "long"), (("other", "other"), "both")]
)
def test_a_revision_says_which_title_differs(title, says):
    (row,) = changes_of(listings_of([{"A00": BOTH}, {"A00": (*title, True)}]))
    assert (row["change"], row["titles"]) == ("description_revised", says)


def test_a_title_that_was_not_known_before_is_no_revision():
    assert changes_of(listings_of([{"A00": ("short", None, True)}, {"A00": BOTH}])) == []


def test_a_title_that_becomes_known_with_another_one_revised_is_not_said_to_differ():
    (row,) = changes_of(listings_of([{"A00": ("short", None, True)}, {"A00": ("other", "long", True)}]))
    assert row["titles"] == "short"


def test_a_heading_that_can_be_reported_now_became_billable():
    (row,) = changes_of(listings_of([{"A00": ("short", "long", False)}, {"A00": BOTH}]))
    assert row["change"] == "became_billable"


def test_a_code_that_comes_back_was_removed_and_is_added_again():
    listings = listings_of([{"A00": BOTH, "B00": BOTH}, {"B00": BOTH}, {"A00": BOTH, "B00": BOTH}])
    found = [(row["change"], row["release"], row["effective_from"]) for row in changes_of(listings)]
    assert sorted(found) == [
        ("added", listings[2].release, listings[2].day),
        ("removed", listings[1].release, listings[1].day),
    ]


def test_the_end_of_a_system_removes_none_of_its_codes():
    listings = [listing(day, {"V700": BOTH}, "ICD9CM") for day in (date(2013, 10, 1), date(2014, 10, 1))]
    assert changes_of(listings) == []


def test_a_change_takes_place_on_its_day_and_is_shown_by_the_first_release_behind_it():
    ended, shown = date(2017, 6, 30), date(2019, 1, 1)
    rows = [("J1", "one", date(1994, 1, 1), None), ("J2", "two", date(1994, 1, 1), None)]
    listings = [record_listing(date(2017, 1, 1), rows), record_listing(shown, [rows[0], (*rows[1][:3], ended)])]
    (row,) = changes_of(listings)
    assert (row["code"], row["change"], row["release"]) == ("J2", "removed", shown.isoformat())
    assert row["effective_from"] == ended + timedelta(days=1)


def test_a_code_that_ended_is_replaced_by_those_that_the_conversion_table_names_for_it_on_that_day():
    listings = listings_of([{"A000": BOTH, "B20": BOTH}, {"A001": BOTH, "B20": BOTH}])
    changes = changes_of(listings, conversion("A001", listings[1].day, previous="A00.0"))
    assert kinds_of(changes) == {("A000", "removed"), ("A001", "added"), ("A000", "replaced")}
    assert [row["replaced_by"] for row in changes if row["change"] == "replaced"] == [["A001"]]


@pytest.mark.parametrize(
    "table",
    [
        conversion("A001", FIRST + timedelta(days=1), previous="A00.0"),
        conversion("A001", FIRST + timedelta(days=180), previous="A00.0", change="Revised"),
        conversion("A001", FIRST + timedelta(days=180), previous="B20"),
    ],
    ids=["another day", "a revision", "a code that goes on"],
)
def test_nothing_else_that_a_conversion_table_names_replaces_a_code(table):
    listings = listings_of([{"A000": BOTH, "B20": BOTH}, {"A001": BOTH, "B20": BOTH}])
    assert "replaced" not in {row["change"] for row in changes_of(listings, table)}


@given(RELEASES)
def test_changes_lead_from_each_release_to_the_next(releases):
    listings = listings_of(releases)
    changes = changes_of(listings)
    assert listings[0].release not in {row["release"] for row in changes}
    for (before, after), each in zip(itertools.pairwise(releases), listings[1:], strict=True):
        own = {(row["change"], row["code"]) for row in changes if row["release"] == each.release}
        both = before.keys() & after.keys()
        assert {code for change, code in own if change == "added"} == after.keys() - before.keys()
        assert {code for change, code in own if change == "removed"} == before.keys() - after.keys()
        assert {code for change, code in own if change == "became_header"} == {
            code for code in both if before[code][2] and not after[code][2]
        }
        assert {code for change, code in own if change == "description_revised"} == {
            code for code in both if before[code][:2] != after[code][:2]
        }


def test_a_split_code_became_a_heading_and_the_other_wording_of_the_tabular_list_is_no_revision() -> None:
    assert kinds_of(changes_of(nine_with_headings())) == {("04611", "added"), ("0461", "became_header")}
