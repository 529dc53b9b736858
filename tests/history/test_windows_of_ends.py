"""Ends that are known only by a list that lacks the code: some day between the last list that has it and that one."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from pipeline.catalogue.sources import Release
from pipeline.history.episodes import tell_ends
from pipeline.normalise.listing import Listing
from tests.history.frames import headings_of, history_of, listing, record_listing
from tests.history.test_several_lists import list_of_ends, own_list, rbcs

OPEN = None
Window = tuple[date | None, date | None, str | None]


def windows_of(*listings: Listing) -> dict[str, list[Window]]:
    """By code the earliest and the latest last day of each episode, and how that is known."""
    found: dict[str, list[Window]] = {}
    for row in history_of(list(listings)):
        found.setdefault(row["code"], []).append((row["valid_to_earliest"], row["valid_to"], row["valid_to_basis"]))
    return found


def edition(year: int, codes: dict[str, bool], catalogue: tuple[int, ...] = ()) -> Listing:
    """A complete list of 1 October, code and whether it is billable, of a series with editions in some years."""
    made = listing(date(year, 10, 1), {code: (code, code, flag) for code, flag in codes.items()})
    return of_series(made, [date(each, 10, 1) for each in catalogue])


def of_series(made: Listing, days: list[date]) -> Listing:
    """The listing as one of a series of which the catalogue knows editions of some days."""
    known = tuple(Release(day.isoformat(), "invented", day) for day in days)
    return replace(made, delivery=replace(made.delivery, source=replace(made.delivery.source, releases=known)))


def test_a_code_that_the_next_edition_lacks_ended_the_day_before_that() -> None:
    years = (2016, 2017)
    lists = [edition(2016, {"A000": True, "B000": True}, years), edition(2017, {"B000": True}, years)]
    assert windows_of(*lists)["A000"] == [(None, date(2017, 9, 30), "release")]


@pytest.fixture
def with_a_hole() -> list[Listing]:
    """Editions of 2016 and 2020; those of 2017 to 2019 are not here. A000 is gone, B000 a heading, C000 new."""
    years = (2016, 2017, 2018, 2019, 2020)
    before = edition(2016, {"A000": True, "B000": True, "D000": True}, years)
    return [before, edition(2020, {"B000": False, "C000": True, "D000": True}, years)]


def test_a_code_that_is_gone_after_editions_that_are_not_here_may_have_ended_with_any(
    with_a_hole: list[Listing],
) -> None:
    assert windows_of(*with_a_hole)["A000"] == [(date(2017, 9, 30), date(2020, 9, 30), "release")]


def test_a_code_that_is_a_heading_then_may_have_become_one_with_any(with_a_hole: list[Listing]) -> None:
    assert windows_of(*with_a_hole)["B000"] == [
        (date(2017, 9, 30), date(2020, 9, 30), "next_episode"),
        (None, None, None),
    ]


def test_a_code_that_is_new_then_may_have_begun_with_any(with_a_hole: list[Listing]) -> None:
    began = {row["code"]: (row["valid_from_earliest"], row["valid_from"]) for row in history_of(with_a_hole)}
    assert began["C000"] == (date(2017, 10, 1), date(2020, 10, 1))
    assert began["D000"] == (None, date(2016, 10, 1))


def test_a_code_that_leaves_lists_of_ends_without_one_ended_since_the_last_that_has_it() -> None:
    lists = [list_of_ends(2012, {"G0449": OPEN, "J2": OPEN}), list_of_ends(2013, {"J2": OPEN})]
    assert windows_of(*lists)["G0449"] == [(date(2012, 1, 1), date(2012, 12, 31), "release")]


def test_a_record_that_a_later_file_lacks_ended_since_the_last_that_has_it() -> None:
    rows = [("J1", "one", date(2000, 1, 1), OPEN), ("J2", "two", date(2000, 1, 1), OPEN)]
    lists = [record_listing(date(2017, 1, 1), rows), record_listing(date(2019, 1, 1), rows[1:])]
    dropped = [replace(each, absence_ends=True) for each in lists]
    assert windows_of(*dropped)["J1"] == [(date(2017, 1, 1), date(2018, 12, 31), "release")]


def test_a_code_of_a_list_of_ends_that_the_keeper_s_later_list_lacks_ended_between_the_two() -> None:
    lists = [own_list(2022, ["99213"]), list_of_ends(2014, {"99213": OPEN, "27130": OPEN}, "CPT4")]
    assert windows_of(*lists)["27130"] == [(date(2014, 1, 1), date(2021, 12, 31), "release")]


def keeper_s_lists_with_a_hole() -> list[Listing]:
    days = [date(year, 1, 1) for year in range(2016, 2023)]
    lists = [own_list(2016, ["99213", "27130"]), own_list(2022, ["99213"])]
    return [of_series(each, days) for each in lists]


def test_a_weaker_list_that_has_the_code_later_narrows_the_window() -> None:
    weaker = list_of_ends(2019, {"99213": OPEN, "27130": OPEN}, "CPT4")
    lists = keeper_s_lists_with_a_hole()
    assert windows_of(*lists)["27130"] == [(date(2016, 12, 31), date(2021, 12, 31), "release")]
    assert windows_of(*lists, weaker)["27130"] == [(date(2019, 1, 1), date(2021, 12, 31), "release")]


def test_a_last_day_that_a_record_of_a_weaker_list_tells_is_exact() -> None:
    records = rbcs({"99213": (date(1992, 1, 1), None), "27130": (date(1984, 1, 1), date(2018, 6, 30))})
    assert windows_of(*keeper_s_lists_with_a_hole(), records)["27130"] == [(None, date(2018, 6, 30), "record")]


def test_an_episode_that_the_next_one_cuts_short_has_an_exact_last_day() -> None:
    days = {"valid_from": date(2010, 1, 1), "valid_to": date(2012, 12, 31), "valid_to_earliest": date(2014, 1, 1)}
    row = {"system": "CPT4", "code": "1", "billable": True, "valid_to_basis": "release", **days}
    (told,) = tell_ends(pa.Table.from_pylist([row])).to_pylist()
    assert told["valid_to_earliest"] is None


def test_a_number_that_may_have_ended_before_it_begins_anew_is_another_code() -> None:
    """No file says that the two are one: the latest end and the next first day only meet."""
    first = {"valid_from": date(2010, 1, 1), "valid_to": date(2013, 12, 31), "valid_to_earliest": date(2010, 1, 1)}
    second = {"valid_from": date(2014, 1, 1), "valid_to": None, "valid_to_earliest": None}
    same = {"system": "CPT4", "code": "1", "billable": True}
    rows = [{**same, **first, "valid_to_basis": "release"}, {**same, **second, "valid_to_basis": None}]
    assert tell_ends(pa.Table.from_pylist(rows))["valid_to_basis"].to_pylist() == ["release", None]


def test_a_heading_ends_when_the_last_code_below_it_may_have() -> None:
    """Of the two codes below 046 one is in the lists of 2008 and not in those of 2010, the other ended exactly."""
    days = [date(year, 10, 1) for year in range(2005, 2011)]
    below = {2005: ["0461", "0462"], 2006: ["0462"], 2010: []}
    lists = [
        of_series(
            listing(date(year, 10, 1), dict.fromkeys([*own, "25000"], ("a", "a", True)), "ICD9CM"),
            days,
        )
        for year, own in below.items()
    ]
    found = windows_of(*lists, headings_of(date(2006, 10, 1), ["046", "250"]))
    assert found["0461"] == [(None, date(2006, 9, 30), "release")]
    assert found["0462"] == [(date(2007, 9, 30), date(2010, 9, 30), "release")]
    assert found["046"] == [(date(2007, 9, 30), date(2010, 9, 30), "release")]
    assert [each[0] for each in found["250"]] == [None]
