"""What changed in a system between two days, and how it is printed."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.ask.build import Build
from pipeline.ask.diff import DIFF_FORMATS, find_differences
from pipeline.errors import NotKnown, UsageError
from tests.samples import run


def test_differences_between_two_days(opened: Build) -> None:
    rows = find_differences(opened, "icd10cm", date(2020, 10, 1), date(2021, 1, 1))
    assert {(change, code) for change, code, *_ in rows} == {
        ("added", "J12.82"), ("added", "M35.81"), ("added", "M35.89"), ("added", "Z20.822"), ("became_header", "M35.8"),
    }  # fmt: skip
    assert find_differences(opened, "ICD10CM", date(2021, 1, 1), date(2021, 1, 1)) == []


@pytest.mark.parametrize(
    ("code", "before", "after", "change"),
    [
        ("E11.A", date(2020, 10, 1), date(2023, 10, 1), "not_known"),  # no list of the years between is here
        ("E11.A", date(2022, 10, 1), date(2023, 10, 1), "not_known"),
        ("E11.A", date(2020, 10, 1), date(2025, 10, 1), "added"),
        ("H81.41", date(2017, 9, 30), date(2019, 1, 1), "not_known"),
        ("H81.41", date(2017, 9, 30), date(2020, 10, 1), "removed"),
    ],
)
def test_what_may_have_changed_by_a_day_between_two_lists_is_not_known(
    opened: Build, code: str, before: date, after: date, change: str
) -> None:
    rows = [each for each in find_differences(opened, "ICD10CM", before, after) if each[1] == code]
    assert [each[0] for each in rows] == [change]
    assert change != "not_known" or rows == [("not_known", code, None, None)]


def test_a_code_that_turned_heading_is_not_also_reworded(opened: Build) -> None:
    rows = find_differences(opened, "ICD9CM", date(2009, 10, 1), date(2011, 10, 1))
    assert {change for change, code, *_ in rows if code == "041.4"} == {"became_header"}


def test_differences_are_printed_as_table_csv_and_markdown(opened: Build) -> None:
    rows = find_differences(opened, "ICD10CM", date(2015, 10, 1), date(2016, 10, 1))
    assert DIFF_FORMATS["table"](rows).startswith("added ")
    assert DIFF_FORMATS["csv"](rows).splitlines()[0] == '"change","code","before","after"'
    assert len(DIFF_FORMATS["csv"](rows).splitlines()) == len(rows) + 1
    assert "| became_billable | I60.2 |" in DIFF_FORMATS["md"](rows)
    assert DIFF_FORMATS["table"]([]) == "nothing changed\n\n"


def test_text_in_a_markdown_table_is_no_markup() -> None:
    page = DIFF_FORMATS["md"]([("added", "A00 | `", "<b>x</b>", "[y](https://z)\n| new | row |")])
    assert page.splitlines()[-1] == (
        "| added | A00 \\| \\` | &lt;b&gt;x&lt;/b&gt; | \\[y\\](https\\://z) \\| new \\| row \\| |"
    )


@pytest.mark.parametrize(
    ("system", "before", "after", "says"),
    [
        ("foo", date(2020, 1, 1), date(2021, 1, 1), "no such system"),
        ("ICD10CM", date(2021, 1, 1), date(2020, 1, 1), "is before"),
    ],
)
def test_unknown_systems_and_days_the_wrong_way_round_are_refused(opened: Build, system, before, after, says) -> None:
    with pytest.raises(UsageError, match=says):
        find_differences(opened, system, before, after)


@pytest.mark.parametrize(
    ("system", "before", "after", "says"),
    [
        ("ICD10CM", date(2025, 10, 1), date(2026, 10, 1), "of 2025-10-01, known through 2026-03-31"),
        ("HCPCS", date(2025, 1, 1), date(2026, 11, 1), "newest HCPCS here is of 2025-01-01, known through 2025-03-31"),
        ("ICD10CM", date(2035, 1, 1), date(2036, 1, 1), "not known: the newest ICD10CM"),
        ("ICD9CM", date(2000, 1, 1), date(2014, 10, 1), "not known: the oldest ICD9CM here is of 2005-10-01"),
    ],
)  # fmt: skip
def test_nothing_is_said_of_days_of_which_nothing_is_known(opened: Build, system, before, after, says) -> None:
    with pytest.raises(NotKnown, match=says) as raised:
        find_differences(opened, system, before, after)
    assert raised.value.exit_code == 8


def test_what_is_known_of_a_closed_system_goes_on_after_its_end(opened: Build) -> None:
    """On the day after its last one no code of it is valid: all of them are gone."""
    rows = find_differences(opened, "ICD9CM", date(2015, 9, 30), date(2020, 1, 1))
    assert {change for change, *_ in rows} == {"removed"}
    assert find_differences(opened, "ICD10CM", date(2026, 3, 31), date(2026, 3, 31)) == []


def test_a_day_before_a_system_was_in_use_is_known_to_have_no_codes(opened: Build) -> None:
    rows = find_differences(opened, "ICD10CM", date(2012, 1, 1), date(2015, 10, 1))
    assert {change for change, *_ in rows} == {"added"}


def test_the_command_ends_with_a_code_of_its_own_and_never_says_that_nothing_changed(excerpt_build: Path) -> None:
    result = run("diff", "ICD10CM", "2025-10-01", "2026-10-01", "--output", str(excerpt_build.parent))
    assert result.exit_code == 8
    assert "not known" in result.stderr
    assert result.stdout == ""
