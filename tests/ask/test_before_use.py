"""Editions from before a system was in use are history of the text: nothing in them was valid, nor a heading."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.ask.conftest import ChangeTable
from tests.samples import run

WHY = "not valid on 2014-01-01: ICD10CM was not in use before 2015-10-01"


@pytest.fixture
def listed_before_use(changed: ChangeTable) -> Path:
    """A build that has E11 and E11.9 of an edition of 2012, as the folders of the publisher have."""

    def with_early_edition(rows: pa.Table) -> pa.Table:
        own = pc.and_(pc.equal(rows["system"], "ICD10CM"), pc.is_in(rows["code"], pa.array(["E11", "E119"])))
        days = {"valid_from": date(2012, 10, 1), "valid_to": date(2015, 9, 30), "valid_from_basis": "left_censored"}
        early = [row | days | {"billable": False} for row in rows.filter(own).to_pylist()]
        return pa.concat_tables([pa.Table.from_pylist(early, rows.schema), rows])

    return changed("code_history", with_early_edition).parent


@pytest.mark.parametrize(("code", "later"), [("E11.9", "valid"), ("E11", "a heading")])
def test_on_a_day_before_use_no_code_is_valid_and_none_a_heading(
    listed_before_use: Path, code: str, later: str
) -> None:
    """What it is later, is said of its days in use alone."""
    result = run("lookup", code, "--on", "2014-01-01", "--system", "ICD10CM", "--output", str(listed_before_use))
    assert (result.exit_code, result.output.count("heading")) == (1, later.count("heading"))
    assert f"  {WHY}; {later} from 2015-10-01 on, known through 2026-03-31\n" in result.output


def test_days_before_any_edition_are_answered_in_the_same_words(listed_before_use: Path) -> None:
    output = ("--system", "ICD10CM", "--output", str(listed_before_use))
    result = run("lookup", "E11.9", "--on", "2000-01-01", *output)
    assert result.exit_code == 1
    assert "ICD10CM was not in use before 2015-10-01; valid from 2015-10-01 on, known" in result.output
    assert "2012" not in result.output


def test_json_has_the_same_answer_and_says_which_episodes_are_of_before_the_use(listed_before_use: Path) -> None:
    output = ("--system", "ICD10CM", "--format", "json", "--output", str(listed_before_use))
    (answer,) = json.loads(run("lookup", "E11.9", "--on", "2014-01-01", *output).output)
    assert (answer["status"], answer["reason"]) == ("invalid", WHY)
    assert [each["is_before_use"] for each in answer["episodes"]] == [True, False]


def test_ever_an_edition_before_use_is_listed_as_such(listed_before_use: Path) -> None:
    result = run("lookup", "E11.9", "--system", "ICD10CM", "--output", str(listed_before_use))
    assert result.exit_code == 0
    (line,) = [each for each in result.output.splitlines() if "2012-10-01" in each]
    assert line.startswith("  from before 2012-10-01 to 2015-09-30          listed before use  Type 2 diabetes")
    assert "heading" not in result.output


def test_a_code_of_a_day_before_use_is_not_translated(listed_before_use: Path) -> None:
    words = ("--to", "ICD10CM", "--on", "2014-01-01", "--release", "2025-10-01", "--output", str(listed_before_use))
    result = run("translate", "E11.9", *words)
    assert result.exit_code == 1
    assert f"  invalid: {WHY}\n" in result.output


@pytest.fixture
def listed_before_use_only(changed: ChangeTable) -> str:
    """A build that has T40.1X5A, adverse effect of heroin, of an edition of 2012 and of no later one."""

    def with_heroin(rows: pa.Table) -> pa.Table:
        (like,) = rows.filter(pc.and_(pc.equal(rows["system"], "ICD10CM"), pc.equal(rows["code"], "E119"))).to_pylist()
        days = {"valid_from": date(2012, 10, 1), "valid_to": date(2015, 9, 30), "valid_from_basis": "left_censored"}
        text = {"code": "T401X5A", "description": "Adverse effect of heroin, initial encounter", "billable": False}
        return pa.concat_tables([pa.Table.from_pylist([like | days | text], rows.schema), rows])

    return str(changed("code_history", with_heroin).parent)


def test_a_code_that_was_listed_before_use_only_is_found_and_said_to_be_never_valid(
    listed_before_use_only: str,
) -> None:
    result = run("lookup", "t40.1x5a", "--output", listed_before_use_only)
    assert result.exit_code == 1
    assert "T40.1X5A  ICD10CM  (diagnosis, kept by NCHS/CDC)" in result.output
    assert "  never valid: listed before use" in result.output
    assert "from before 2012-10-01 to 2015-09-30  listed before use  Adverse effect of heroin" in result.output


@pytest.mark.parametrize("day", ["2014-01-01", "2018-01-01"])
def test_a_code_that_was_listed_before_use_only_is_valid_on_no_day_that_is_known(
    listed_before_use_only: str, day: str
) -> None:
    result = run("lookup", "T401X5A", "--on", day, "--output", listed_before_use_only)
    assert result.exit_code == 1
    why = f"not valid on {day}: listed before ICD10CM was in use, which is since 2015-10-01, and not later"
    assert f"  {why}\n" in result.output


def test_a_code_that_was_listed_before_use_only_may_be_added_beyond_the_horizon(listed_before_use_only: str) -> None:
    result = run("lookup", "T401X5A", "--on", "2030-01-01", "--output", listed_before_use_only)
    assert result.exit_code == 8
    assert "on 2030-01-01 not known: the newest ICD10CM here is of 2025-10-01" in result.output


def test_a_code_that_was_listed_before_use_only_is_not_translated(listed_before_use_only: str) -> None:
    result = run("translate", "T40.1X5A", "--to", "ICD9CM", "--output", listed_before_use_only)
    assert result.exit_code == 1
    assert "never valid: listed before ICD10CM was in use" in result.output
