"""What a look-up says of the categories of a code: by the version of the day, by the newest without one."""

import csv
import io
import json
from datetime import date

import pytest

from pipeline.ask.answers import as_csv
from pipeline.ask.build import Build
from pipeline.ask.lookup import CodeAnswer, look_up
from pipeline.ask.lookup_formats import LOOKUP_FORMATS, LOOKUP_HEAD
from pipeline.ask.lookup_text import describe_code


def answer(build: Build, code: str, day: str | None, system: str | None = None) -> CodeAnswer:
    (found,) = look_up(build, [code], system, date.fromisoformat(day) if day else None)
    return found


@pytest.mark.parametrize(
    ("code", "day", "said"),
    [
        ("I10", None, "CCS (2019-1): 98 Essential hypertension"),
        ("I10", None, "Elixhauser Refined (2026-1): HTN_UNCX Hypertension, uncomplicated"),
        ("I10", "2021-11-01", "Elixhauser Refined (2022-1): HTN_UNCX Hypertension, uncomplicated"),
        ("I10", "2017-05-01", "CCI (2019-1): 1 Chronic"),
        ("I10", "2021-11-01", "no version here speaks of 2021-11-01: CCI Body System, CCI, CCS, Elixhauser, MDC"),
        ("E11.9", "2023-12-01", "MDC (2023-10-01): 10; Pre Pre-MDC"),
        ("A0428", None, "BETOS (2014-01-01): O1A Ambulance"),
        ("36.10", None, "CCSProc (2015): 44 CABG"),
    ],
)  # fmt: skip
def test_the_categories_are_said_with_their_versions_and_titles(
    opened: Build, code: str, day: str | None, said: str
) -> None:
    assert said in describe_code(answer(opened, code, day))


def test_a_version_that_does_not_have_the_row_does_not_say_it(opened: Build) -> None:
    """Pre-MDC was a category of E11.9 in version 41 and is none in 43."""
    assert "Pre Pre-MDC" not in describe_code(answer(opened, "E11.9", "2025-12-01", "ICD10CM"))


def test_of_a_code_that_is_newer_than_a_grouping_what_it_was_is_told_and_marked(opened: Build) -> None:
    for day in (None, "2025-12-01"):
        assert "CCS (2019-1, of what the code was before): 49" in describe_code(answer(opened, "E11.A", day))


def test_a_number_that_was_used_again_has_the_categories_of_its_own_life(opened: Build) -> None:
    assert "BETOS" not in describe_code(answer(opened, "J1440", None))
    assert "BETOS (2011-01-01): O1E" in describe_code(answer(opened, "J1440", "2011-05-05"))


def test_a_type_of_service_in_the_place_of_a_text_is_not_told_twice(opened: Build) -> None:
    assert describe_code(answer(opened, "99213", "2011-05-05")).count("M1B") == 1


@pytest.mark.parametrize(("code", "day"), [("E11", None), ("I10", "2035-01-01"), ("Q9Z9Z9Z", None)])
def test_headings_and_what_is_not_known_or_unknown_have_no_categories(
    opened: Build, code: str, day: str | None
) -> None:
    assert "categories" not in describe_code(answer(opened, code, day, "ICD10CM"))


def test_csv_has_the_categories_in_one_column(opened: Build) -> None:
    found = answer(opened, "I10", "2017-05-01", "ICD10CM")
    text = as_csv([LOOKUP_HEAD]) + LOOKUP_FORMATS["csv"].one(found)
    (row,) = csv.DictReader(io.StringIO(text))
    told = dict(each.split("=") for each in row["categories"].split("; "))
    assert told == {
        "CCI Body System": "7", "CCI": "1", "CCS": "98", "Elixhauser": "HTN", "Elixhauser Refined": "HTN_UNCX",
        "MDC": "not_known",
    }  # fmt: skip
    assert row["on"] == "2017-05-01"


def test_json_has_each_grouping_with_its_version_status_and_titles(opened: Build) -> None:
    found = json.loads(LOOKUP_FORMATS["json"].one(answer(opened, "E11.A", "2025-12-01", "ICD10CM")))
    told = {each["grouping"]: each for each in found["episodes"][0]["categories"]}
    assert told["CCS"] == {
        "grouping": "CCS", "version": "2019-1", "status": "carried",
        "categories": [{"category": "49", "title": "Diabetes mellitus without complication"}],
    }  # fmt: skip
