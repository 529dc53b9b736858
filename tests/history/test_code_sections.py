"""Sections of codes: by the tabular list of the code's own days."""

from datetime import date

import pyarrow as pa

from pipeline.history import derive_history, derive_timelines
from pipeline.history.codes import derive_codes
from pipeline.normalise.sections import SECTION_COLUMNS, combine_sections
from tests.history.frames import NO_CONVERSIONS, listing

OLD, NEW = date(2021, 1, 1), date(2025, 4, 1)
CODE = ("short", "long", True)


def list_of(*sections: str) -> pa.Table:
    """The sections of a tabular list of ICD-10-CM, each given by its range."""
    bounds = [section.split("-") for section in sections]
    columns = {
        "system": ["ICD10CM"] * len(sections),
        "section": list(sections),
        "title": [f"Title of {section}" for section in sections],
        "first": [first for first, *_ in bounds],
        "last": [last for *_, last in bounds],
    }
    return pa.table(columns)


OLDER, NEWER = (OLD, list_of("I10-I16", "I30-I52")), (NEW, list_of("I10-I1A", "I30-I5A"))


def sections_of(releases: dict[date, str], *lists: tuple[date, pa.Table]) -> dict[str, str]:
    """The section of each code of some order files."""
    listings = [listing(day, dict.fromkeys(codes.split(), CODE)) for day, codes in releases.items()]
    episodes = derive_history(derive_timelines(listings), NO_CONVERSIONS)
    codes = derive_codes(episodes, combine_sections(lists)).to_pylist()
    assert all(each["section_title"] for each in codes)
    return {each["code"]: each["section"] for each in codes}


def test_a_code_that_is_still_listed_takes_the_newest_list_and_one_that_ended_that_of_its_days() -> None:
    listed = {2019: "I300 I301 I302", 2022: "I301 I302", 2024: "I302 I5A", 2025: "I302 I5A"}
    releases = {date(year, 10, 1): codes for year, codes in listed.items()}
    assert sections_of(releases, OLDER, NEWER) == {
        "I300": "I30-I52",
        "I301": "I30-I52",
        "I302": "I30-I5A",
        "I5A": "I30-I5A",
    }


def test_the_order_of_the_lists_does_not_matter() -> None:
    releases = {date(2019, 10, 1): "I300 I302", date(2025, 10, 1): "I302"}
    assert sections_of(releases, OLDER, NEWER) == sections_of(releases, NEWER, OLDER)


def test_a_list_that_is_newer_than_the_last_release_of_a_code_is_not_asked_where_an_older_one_is_of_its_days() -> None:
    assert sections_of({date(2019, 10, 1): "I300", date(2022, 10, 1): "I300"}, OLDER, NEWER) == {"I300": "I30-I52"}


def test_the_nearest_list_is_asked_where_none_is_of_the_days_of_a_code() -> None:
    releases = {date(2016, 10, 1): "I300 I302", date(2018, 10, 1): "I302 I301", date(2026, 10, 1): "I302 I303"}
    found = sections_of(releases, OLDER, NEWER)
    assert (found["I300"], found["I303"]) == ("I30-I52", "I30-I5A")


def test_a_category_that_the_list_of_its_days_lacks_takes_the_section_of_one_that_has_it() -> None:
    releases = {date(2020, 10, 1): "I5A I52", date(2021, 10, 1): "I52"}
    assert sections_of(releases, OLDER, NEWER)["I5A"] == "I30-I5A"


def test_a_category_that_no_list_has_goes_with_the_last_of_its_ten() -> None:
    assert sections_of({date(2022, 10, 1): "I52 I5A I5A0"}, OLDER) == dict.fromkeys(("I52", "I5A", "I5A0"), "I30-I52")


def test_a_code_outside_every_list_lies_in_its_chapter() -> None:
    assert sections_of({date(2022, 10, 1): "A00"}, OLDER) == {"A00": "A00-B99"}
    assert SECTION_COLUMNS.names[-1] == "listed_on"
