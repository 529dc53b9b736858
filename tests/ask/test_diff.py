"""What changed in a system between two days, and how it is printed."""

from datetime import date

import pytest

from pipeline.ask.build import Build
from pipeline.ask.diff import DIFF_FORMATS, find_differences
from pipeline.errors import UsageError


def test_differences_between_two_days(opened: Build) -> None:
    rows = find_differences(opened, "icd10cm", date(2020, 10, 1), date(2021, 1, 1))
    assert {(change, code) for change, code, *_ in rows} == {
        ("added", "J12.82"), ("added", "M35.81"), ("added", "M35.89"), ("added", "Z20.822"), ("became_header", "M35.8"),
    }  # fmt: skip
    assert find_differences(opened, "ICD10CM", date(2021, 1, 1), date(2021, 1, 1)) == []


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


@pytest.mark.parametrize(
    ("system", "before", "after", "says"),
    [
        ("foo", date(2020, 1, 1), date(2021, 1, 1), "no such system"),
        ("ICD10CM", date(2021, 1, 1), date(2020, 1, 1), "is before"),
        ("ICD10CM", date(2012, 1, 1), date(2020, 1, 1), "the oldest release here is of 2015-10-01"),
    ],
)
def test_days_of_which_nothing_is_known_are_wrong_usage(opened: Build, system, before, after, says) -> None:
    with pytest.raises(UsageError, match=says):
        find_differences(opened, system, before, after)
