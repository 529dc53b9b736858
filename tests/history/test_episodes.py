"""Episodes: the days on end on which a code meant the same and could be reported the same way."""

from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pytest

from pipeline.history import derive_history, derive_timelines
from pipeline.history.codes import derive_codes
from pipeline.history.dating import places_of_first
from pipeline.normalise.sections import built_in_sections
from tests.history.frames import FIRST, NO_CONVERSIONS, history_of, listing, listings_of, record_listing

BOTH = ("short", "long", True)


def days_of(releases):
    """First and last day of each episode, as places of the releases that begin with them."""
    days = [each.day for each in listings_of(releases)]
    last = {day - timedelta(days=1): place for place, day in enumerate(days)}
    return [(days.index(each["valid_from"]), last.get(each["valid_to"])) for each in history_of(listings_of(releases))]


@pytest.mark.parametrize("other", [("other", "long", True), ("short", "other", True), ("short", "long", False)])
def test_another_title_or_another_use_begins_a_new_episode_on_the_day_of_its_release(other):
    assert days_of([{"A00": BOTH}, {"A00": other}, {"A00": other}]) == [(0, 1), (1, None)]


def test_another_kind_begins_a_new_episode():
    one, two = listings_of([{"A00": BOTH}, {"A00": BOTH}])
    place = two.rows.column_names.index("kind")
    two = replace(two, rows=two.rows.set_column(place, "kind", pa.array(["other"])))
    assert [each["kind"] for each in history_of([one, two])] == ["diagnosis", "other"]


def test_a_code_that_is_left_out_and_comes_back_has_a_hole_between_two_episodes():
    assert days_of([{"A00": BOTH}, {"B00": BOTH}, {"A00": BOTH, "B00": BOTH}]) == [(0, 1), (2, None), (1, None)]


def test_a_title_that_becomes_known_begins_no_episode_and_is_the_one_that_is_kept():
    (row,) = history_of(listings_of([{"A00": ("short", None, True)}, {"A00": BOTH}]))
    assert (row["valid_from"], row["description"]) == (FIRST, "long")


def test_an_episode_names_the_releases_that_show_it_first_and_last():
    releases = [{"A00": BOTH}, {"A00": BOTH}, {"B00": BOTH}]
    days = [each.release for each in listings_of(releases)]
    row = history_of(listings_of(releases))[0]
    assert (row["release"], row["last_release"], row["is_oldest"]) == (days[0], days[1], True)


def test_a_record_that_is_still_open_ends_the_day_before_the_next_one_of_its_code():
    first, second = date(1994, 1, 1), date(2000, 1, 1)
    rows = [("J1", "one", first, None), ("J1", "two", second, None)]
    found = [(each["valid_from"], each["valid_to"]) for each in history_of([record_listing(date(2017, 1, 1), rows)])]
    assert found == [(first, date(1999, 12, 31)), (second, None)]


def test_a_record_that_ends_before_it_begins_is_no_episode():
    rows = [("J1", "one", date(2000, 1, 1), date(1999, 12, 31)), ("J2", "two", date(2000, 1, 1), None)]
    assert [each["code"] for each in history_of([record_listing(date(2017, 1, 1), rows)])] == ["J2"]


def test_codes_of_a_system_that_began_earlier_are_left_censored_in_the_oldest_release():
    rows = {"25000": ("short", "long", True)}
    history = history_of([listing(date(2005, 10, 1), rows, "ICD9CM"), listing(date(2014, 10, 1), rows, "ICD9CM")])
    assert [(each["valid_from_basis"], each["valid_to"]) for each in history] == [("left_censored", date(2015, 9, 30))]


def test_capitals_alone_start_no_episode_of_icd9_but_one_of_icd10cm():
    before, after = {"V700": ("ROUTINE EXAM", None, True)}, {"V700": ("Routine exam", "Long", True)}
    nine = [listing(date(2008, 10, 1), before, "ICD9CM"), listing(date(2009, 10, 1), after, "ICD9CM")]
    ten = [listing(FIRST, before), listing(date(2016, 10, 1), after)]
    assert [each["short_description"] for each in history_of(nine)] == ["Routine exam"]
    assert [each["short_description"] for each in history_of(ten)] == ["ROUTINE EXAM", "Routine exam"]


def test_a_reused_code_has_two_episodes_and_a_code_that_leaves_the_file_does_not_vanish():
    old = record_listing(
        date(2017, 1, 1),
        [("J1440", "filgrastim", date(1994, 1, 1), date(2013, 12, 31)), ("DA", "modifier", date(2011, 1, 1), None)],
    )
    new = record_listing(date(2025, 1, 1), [("J1440", "microbiota", date(2023, 7, 1), None)])
    history = history_of([old, new])
    assert [(each["code"], each["valid_from"], each["valid_to"]) for each in history] == [
        ("DA", date(2011, 1, 1), None),
        ("J1440", date(1994, 1, 1), date(2013, 12, 31)),
        ("J1440", date(2023, 7, 1), None),
    ]


def test_a_wording_that_changed_after_a_code_ended_starts_no_episode():
    ended = date(2014, 12, 31)
    old = record_listing(date(2017, 1, 1), [("G8891", "before", date(2012, 1, 1), ended)])
    new = record_listing(date(2019, 1, 1), [("G8891", "after", date(2012, 1, 1), ended)])
    assert [(each["short_description"], each["valid_to"]) for each in history_of([old, new])] == [("before", ended)]


def test_what_a_newer_record_says_of_an_ended_code_holds_for_its_days() -> None:
    """The list of 2011 shows A09 as a heading, that of 2023 as the code that it was until 2008."""
    first, ended = date(1999, 1, 1), date(2008, 12, 31)
    old = record_listing(date(2011, 1, 1), [("A09", "same", first, None)])
    old = replace(old, rows=old.rows.set_column(4, "billable", pa.array([False])))
    new = record_listing(date(2023, 1, 1), [("A09", "same", first, ended)])
    assert [(each["billable"], each["valid_to"]) for each in history_of([old, new])] == [(True, ended)]


def test_episodes_and_codes_of_several_systems_are_sorted_whatever_the_order_of_the_listings() -> None:
    row = ("a", "a", True)
    listings = [
        listing(date(2013, 10, 1), {"0020": row, "0010": row}, "ICD9CM"),
        listing(FIRST, {"B20": row, "A000": row}, "ICD10CM"),
    ]
    for given in (listings, listings[::-1]):
        episodes = derive_history(derive_timelines(given), NO_CONVERSIONS)
        for table in (episodes, derive_codes(episodes, built_in_sections())):
            keys = list(zip(table["system"].to_pylist(), table["code"].to_pylist(), strict=True))
            assert len(keys) == 4
            assert keys == sorted(keys)


def test_no_episode_is_the_first_one_of_a_code_where_there_is_none() -> None:
    episodes = derive_history(derive_timelines([listing(FIRST, {"A000": ("a", "a", True)})]), NO_CONVERSIONS)
    assert places_of_first(episodes).tolist() == [0]
    assert places_of_first(episodes.slice(0, 0)).tolist() == []
