"""Laws of history on invented releases: what is read back from it is what the releases said."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.history import derive_history, derive_timelines
from pipeline.history.codes import derive_codes
from pipeline.normalise.sections import built_in_sections
from tests.history.frames import FIRST, NO_CONVERSIONS, RELEASES, history_of, listing, listings_of


def state_on(history: list[dict], day: date) -> dict[str, tuple[str, str, bool]]:
    return {
        each["code"]: (each["short_description"], each["description"], each["billable"])
        for each in history
        if each["valid_from"] <= day and (each["valid_to"] is None or day <= each["valid_to"])
    }


@pytest.mark.slow
@given(RELEASES)
def test_reading_history_back_on_every_effective_day_gives_the_releases(releases):
    listings = listings_of(releases)
    history = history_of(listings)
    for each, rows in zip(listings, releases, strict=True):
        assert state_on(history, each.day) == rows
        assert state_on(history, each.day + timedelta(days=179)) == rows


@pytest.mark.slow
@given(RELEASES, st.randoms())
def test_the_order_of_input_files_does_not_matter(releases, random):
    listings = listings_of(releases)
    shuffled = random.sample(listings, len(listings))
    assert history_of(shuffled) == history_of(listings)


@pytest.mark.slow
@given(RELEASES)
def test_a_release_repeated_changes_nothing_but_the_last_release(releases):
    listings = listings_of(releases)
    again = listing(listings[-1].day + timedelta(days=90), releases[-1])

    def days(history):
        return [{key: value for key, value in each.items() if key != "last_release"} for each in history]

    assert days(history_of([*listings, again])) == days(history_of(listings))


@pytest.mark.slow
@given(RELEASES)
def test_episodes_of_one_code_neither_overlap_nor_leave_a_hole_that_the_releases_do_not_show(releases):
    listings = listings_of(releases)
    history = history_of(listings)
    for before, after in itertools.pairwise(history):
        if before["code"] == after["code"]:
            assert before["valid_to"] < after["valid_from"]
            if before["valid_to"] + timedelta(days=1) < after["valid_from"]:
                between = [rows for each, rows in zip(listings, releases, strict=True) if before["valid_to"] < each.day]
                assert before["code"] not in between[0]


def test_a_new_wording_does_not_begin_the_validity_of_a_code_anew_but_a_hole_does():
    a, b = ("short a", "long a", True), ("short b", "long b", True)
    releases = [{"A00": a, "B20": a}, {"A00": b}, {"A00": b, "B20": a}]
    episodes = derive_history(derive_timelines(listings_of(releases)), NO_CONVERSIONS)
    codes = {row["code"]: row for row in derive_codes(episodes, built_in_sections()).to_pylist()}
    assert codes["A00"]["valid_from"] == FIRST
    assert codes["B20"]["valid_from"] == FIRST + timedelta(days=360)
    assert codes["B20"]["first_release"] == FIRST.isoformat()
