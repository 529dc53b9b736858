"""First days that tabular lists tell: which codes a list lacks, and what that says of them."""

from datetime import date

import pyarrow.compute as pc
import pytest

from pipeline.history import derive_history, derive_timelines
from tests.history.frames import conversion, headings_of, history_of
from tests.history.test_headings import october, titles

UNKNOWN = (october(2005), None, "left_censored", "2005-10-01")
BETWEEN_LIST_AND_FILE = (october(2005), date(2004, 10, 2), "release", "2005-10-01")
BETWEEN_LISTS = (october(2004), date(1998, 10, 2), "release", "2004-10-01")


def first_day(code: str, printed: dict[int, str], listed: str = "") -> tuple[object, ...]:
    """The first day of a code of the title file of 2005, by what lists print: day, earliest, basis, release."""
    lists = [headings_of(october(year), codes.split()) for year, codes in printed.items()]
    history = history_of([*titles(2005, f"{code} {listed}"), *lists])
    (row,) = (each for each in history if each["code"] == code)
    return tuple(row[name] for name in ("valid_from", "valid_from_earliest", "valid_from_basis", "release"))


@pytest.mark.parametrize(
    ("code", "printed", "expected"),
    [
        ("27802", {2004: "278 2780 27800 27801"}, BETWEEN_LIST_AND_FILE),  # sisters of its own
        ("27802", {1998: "278 2780 27801", 2004: "278 2780 27801"}, BETWEEN_LIST_AND_FILE),  # the newest of two counts
        ("28731", {2004: "287 2873", 2008: "287 2873 28731"}, BETWEEN_LIST_AND_FILE),  # a later list prints it
        ("32701", {2004: "326 3260"}, BETWEEN_LIST_AND_FILE),  # its category is not yet there
        ("65171", {2004: "651 6510 6516"}, BETWEEN_LIST_AND_FILE),  # fifth digits of a heading that is not yet there
        ("4387", {1998: "438 4381", 2004: "438 4381 4387"}, BETWEEN_LISTS),
        ("34830", {1998: "348 3483", 2004: "348 3483 34830"}, BETWEEN_LISTS),
        ("71871", {1998: "718 7186", 2004: "718 7186 7187"}, (october(2005), date(1998, 10, 2), *UNKNOWN[2:])),
    ],
)
def test_a_code_began_after_the_newest_list_that_lacks_it(code: str, printed: dict[int, str], expected: tuple) -> None:
    day, earliest, _, release = expected
    assert first_day(code, printed) == (day, earliest, "release", release)


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("25000", {1998: "250 2500", 2004: "250 2500"}),  # fifth digits that are given once for the category
        ("67000", {2004: "670", 2011: "670 6700"}),  # fourth digits too, until a later list prints a heading for them
        ("0010", {1998: "001 0010", 2004: "001 0010"}),  # printed in the oldest list
        ("E8490", {1998: "E849 E8490", 2004: "E848 E8490"}),  # the heading above it is left out: it is printed itself
        ("0010", {2008: "001", 2011: "001 0010"}),  # no list is older than the title files
    ],
)
def test_a_list_says_nothing_of_a_code_that_it_prints_or_has_no_line_for(code: str, printed: dict[int, str]) -> None:
    assert first_day(code, printed) == UNKNOWN


def test_what_a_list_prints_as_a_heading_is_not_the_code_of_that_number() -> None:
    """It may have become one since: only the list without the number bounds its first day."""
    found = first_day("2765", {1998: "276", 2004: "276 2764 2765 27650"})
    assert found == (october(2005), date(1998, 10, 2), "release", "2005-10-01")


def test_a_heading_begins_as_the_first_code_below_it_and_with_one_of_unknown_age_at_an_unknown_day() -> None:
    lists = [headings_of(october(2004), ["327", "276", "2764", "326"]), headings_of(october(2008), ["3270", "32701"])]
    rows = [each for each in history_of([*titles(2005, "32701 27650 2764"), *lists]) if not each["billable"]]
    told = {each["code"]: (each["valid_from_basis"], each["valid_from_earliest"]) for each in rows}
    assert told == {
        "276": ("left_censored", None),
        "327": ("release", date(2004, 10, 2)),
        "3270": ("release", date(2004, 10, 2)),
    }


def test_a_title_may_have_changed_since_the_last_list_with_the_one_before() -> None:
    lists = [
        headings_of(october(year), ["046"], title) for year, title in ((2004, "old"), (2006, "old"), (2008, "new"))
    ]
    rows = history_of([*titles(2005, "04611"), *lists])
    assert [(each["valid_from"], each["valid_from_earliest"]) for each in rows if each["code"] == "046"] == [
        (october(2005), None),
        (october(2008), date(2006, 10, 2)),
    ]


def test_a_conversion_table_goes_before_the_lists() -> None:
    table = conversion("27802", october(2004), system="ICD9CM")
    listings = [*titles(2005, "27802"), headings_of(october(1998), ["278", "2780", "27801"])]
    (row,) = derive_history(derive_timelines(listings), table).filter(pc.field("billable")).to_pylist()
    assert (row["valid_from"], row["valid_from_earliest"], row["valid_from_basis"]) == (
        october(2004),
        None,
        "conversion_table",
    )
