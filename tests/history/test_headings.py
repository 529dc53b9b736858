"""Headings of tabular lists: which printed codes are some, on which days, under which title."""

from datetime import date
from itertools import pairwise
from typing import Any

from pipeline.history import derive_history, derive_timelines
from pipeline.history.changes import derive_code_changes
from pipeline.history.headings import find_neither
from pipeline.history.releases import derive_releases
from pipeline.normalise.listing import Listing
from tests.history.frames import FIRST, NO_CONVERSIONS, headings_of, history_of, listing

CODE = ("short", "long", True)
LAST_DAY = date(2015, 9, 30)


def october(year: int) -> date:
    """The first day of an edition."""
    return date(year, 10, 1)


def titles(first: int, *editions: str) -> list[Listing]:
    """Title files from a year on, one a year, each given by its codes."""
    return [
        listing(october(first + at), dict.fromkeys(each.split(), CODE), "ICD9CM") for at, each in enumerate(editions)
    ]


def headings(listings: list[Listing]) -> list[tuple[Any, ...]]:
    """Code, first day, last day, title, basis, release and last release of each episode of a heading."""
    columns = ("code", "valid_from", "valid_to", "description", "valid_from_basis", "release", "last_release")
    return [tuple(each[name] for name in columns) for each in history_of(listings) if not each["billable"]]


def test_lists_with_the_same_title_make_one_episode_that_the_newest_of_them_shows() -> None:
    printed = [headings_of(october(year), ["046", "04611"]) for year in (1998, 2004, 2008)]
    assert headings([*titles(2005, "04611", "04611"), *printed]) == [
        ("046", october(2005), LAST_DAY, "heading 046", "left_censored", "2005-10-01", "2008-10-01")
    ]


def test_a_title_holds_until_the_first_list_with_another_and_the_first_one_back_to_the_first_day() -> None:
    printed = [
        headings_of(october(year), ["046"], title) for year, title in ((2006, "old"), (2007, "old"), (2008, "new"))
    ]
    assert headings([*titles(2005, "04611"), *printed]) == [
        ("046", october(2005), date(2008, 9, 30), "old 046", "left_censored", "2005-10-01", "2007-10-01"),
        ("046", october(2008), LAST_DAY, "new 046", "release", "2008-10-01", "2008-10-01"),
    ]


def test_titles_of_lists_before_the_oldest_title_file_leave_the_last_of_them() -> None:
    printed = [headings_of(october(year), ["046"], title) for year, title in ((1998, "oldest"), (2004, "old"))]
    assert headings([*titles(2005, "04611"), *printed]) == [
        ("046", october(2005), LAST_DAY, "old 046", "left_censored", "2005-10-01", "2005-10-01")
    ]


def test_a_heading_that_newer_lists_leave_out_is_in_force_while_a_code_is_listed_below_it() -> None:
    """E849 is printed in FY1999 alone, and its places of occurrence are listed to the end."""
    printed = [headings_of(october(1998), ["E849", "E8490"]), headings_of(october(2011), ["E8490"])]
    (heading,) = headings([*titles(2005, "E8490", "E8490"), *printed])
    assert heading[:4] == ("E849", october(2005), LAST_DAY, "heading E849")


def test_a_heading_ends_with_the_last_code_below_it_and_begins_anew_with_the_next() -> None:
    found = headings([*titles(2005, "04611 250", "250", "04612 250"), headings_of(october(2008), ["046"])])
    assert [each[:3] + each[4:] for each in found] == [
        ("046", october(2005), date(2006, 9, 30), "left_censored", "2005-10-01", "2008-10-01"),
        ("046", october(2007), LAST_DAY, "release", "2007-10-01", "2008-10-01"),
    ]


def test_a_code_that_was_split_is_a_heading_from_then_on_under_the_title_that_is_printed_since() -> None:
    printed = [headings_of(october(year), ["0461"], title) for year, title in ((2004, "of the code"), (2008, "since"))]
    (heading,) = headings([*titles(2005, "0461", "04611"), *printed])
    assert heading == ("0461", october(2006), LAST_DAY, "since 0461", "release", "2006-10-01", "2008-10-01")


def test_a_heading_that_becomes_a_code_ends_the_day_before() -> None:
    (heading,) = headings([*titles(2005, "04611", "0461"), headings_of(october(2004), ["0461", "04611"])])
    assert heading[:3] == ("0461", october(2005), date(2006, 9, 30))


def test_a_printed_code_that_is_not_listed_and_has_nothing_below_it_is_no_heading_and_is_counted() -> None:
    """As 81.09, which ended before the oldest title file, or 36.01 with a code printed below it."""
    listings = [*titles(2005, "04611"), headings_of(october(1998), ["046", "8109", "360", "3601"])]
    timelines = derive_timelines(listings)
    episodes = derive_history(timelines, NO_CONVERSIONS)
    assert {each["code"] for each in episodes.to_pylist()} == {"046", "04611"}
    assert find_neither(episodes, timelines) == [("ICD9CM", "360"), ("ICD9CM", "3601"), ("ICD9CM", "8109")]


def test_capitals_alone_are_no_other_title() -> None:
    printed = [headings_of(october(year), ["046"], title) for year, title in ((2004, "HEADING"), (2008, "heading"))]
    (heading,) = headings([*titles(2005, "04611"), *printed])
    assert heading[3] == "heading 046"


def test_no_code_has_two_episodes_on_a_day_and_no_title_of_a_heading_is_a_change() -> None:
    editions = titles(2005, "0461 25000", "04611 25000", "04611", "04611 25000")
    printed = [headings_of(october(year), ["046", "0461", "250"], f"of {year}") for year in (1998, 2006, 2007, 2008)]
    timelines = derive_timelines([*editions, *printed])
    episodes = derive_history(timelines, NO_CONVERSIONS)
    rows = episodes.to_pylist()
    pairs = [(one, two) for one, two in pairwise(rows) if one["code"] == two["code"]]
    assert pairs
    assert all(one["valid_from"] <= one["valid_to"] < two["valid_from"] for one, two in pairs)
    changes = derive_code_changes(episodes, timelines, NO_CONVERSIONS).to_pylist()
    assert "description_revised" not in {each["change"] for each in changes}


def test_a_list_is_named_beside_the_title_files_of_its_day() -> None:
    printed = [headings_of(october(year), ["046"]) for year in (1998, 2006)]
    rows = derive_releases(derive_timelines([*titles(2005, "04611", "04611"), *printed])).to_pylist()
    assert [each["file"].count("invented") for each in rows] == [1, 2]


def test_a_list_without_title_files_makes_no_headings() -> None:
    other = listing(FIRST, {"A000": CODE})
    assert headings([other, headings_of(october(2008), ["046", "0461"])]) == []
