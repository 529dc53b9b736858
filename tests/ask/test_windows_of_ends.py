"""What is said of days on which a code may have ended: it is in one list, and in the next that is here it is not."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from typer.testing import Result

from pipeline.ask.build import Build
from pipeline.ask.code_episodes import Episode
from pipeline.ask.resolve_codes import Reading, resolve_codes
from pipeline.ask.translate.model import life_of
from tests.samples import run


@pytest.fixture
def output(excerpt_build: Path) -> Path:
    return excerpt_build.parent


def ask(output: Path, *words: str) -> Result:
    return run(*words, "--output", str(output))


IN_BETWEEN = "not known: it ended some time between 2022-12-31 and 2025-12-31"


@pytest.mark.parametrize("words", [("lookup", "0001A"), ("translate", "0001A", "--to", "HCPCS")])
@pytest.mark.parametrize(
    ("day", "says", "exit_code"),
    [
        ("2023-01-01", IN_BETWEEN, 8),
        ("2025-12-31", IN_BETWEEN, 8),
        ("2026-01-01", "not valid on 2026-01-01", 1),
    ],
)
def test_a_code_that_may_have_ended_by_the_day_is_neither_valid_nor_invalid(
    output: Path, words: tuple[str, ...], day: str, says: str, exit_code: int
) -> None:
    result = ask(output, *words, "--on", day)
    assert says in result.output
    assert result.exit_code == exit_code


def test_on_the_last_day_on_which_it_was_one_for_sure_it_is_valid(output: Path) -> None:
    result = ask(output, "lookup", "0001A", "--on", "2022-12-31")
    assert "\n  billable on professional claims" in result.output
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("K35.2", "not known: it became a heading some time between 2017-09-30 and 2020-09-30"),
        ("H81.4", "not known: it became one that can be reported some time between 2017-09-30 and 2020-09-30"),
    ],
)
def test_between_a_code_and_a_heading_it_is_not_known_which_it_is(output: Path, code: str, says: str) -> None:
    result = ask(output, "lookup", code, "--system", "ICD10CM", "--on", "2019-01-01")
    assert says in result.output
    assert result.exit_code == 8


def test_a_code_of_an_unknown_end_is_billable_through_some_day(output: Path) -> None:
    text = ask(output, "lookup", "0001A").output
    assert "billable through some day from 2022-12-31 to 2025-12-31 on professional claims" in text


def test_a_code_that_is_a_heading_from_some_day_on_is_one_life(opened: Build) -> None:
    assert [each.billable for each in _life(opened, "K35.2")] == [True, False]


def test_a_number_that_begins_on_the_day_after_the_latest_end_is_another_life(opened: Build) -> None:
    """Only the latest of the days on which the first may have ended meets the second."""
    first, second = _life(opened, "K35.2")
    both = [first, replace(second, billable=True)]
    assert life_of(Reading("K35.2", "K352", "resolved", system="ICD10CM", episodes=both)) == both[1:]
    exact = [replace(first, valid_to_earliest=None), both[1]]
    assert life_of(Reading("K35.2", "K352", "resolved", system="ICD10CM", episodes=exact)) == exact


def _life(opened: Build, code: str) -> list[Episode]:
    (reading,) = resolve_codes(opened, [code], "ICD10CM")
    return life_of(reading)


@pytest.mark.parametrize(
    ("day", "has_it", "exit_code"), [("2022-12-31", True, 0), ("2023-01-01", False, 8), ("2026-01-01", False, 1)]
)
def test_a_list_has_a_code_on_the_days_on_which_it_was_one_for_sure(
    output: Path, day: str, has_it: bool, exit_code: int
) -> None:
    result = ask(output, "codelist", "expand", "0001A", "--system", "CPT4", "--on", day)
    assert ("The list: 1 codes" in result.output) == has_it
    assert ("codes of CPT4 that may have begun, or ended, by then: 0001A" in result.output) == (exit_code == 8)
    assert result.exit_code == exit_code


def test_a_list_says_of_a_heading_what_below_it_is_not_known(output: Path) -> None:
    """K35.2 became a heading between two lists: below it nothing is sure, beside it there are codes."""
    result = ask(output, "codelist", "expand", "K35%", "E11.9", "--system", "ICD10CM", "--on", "2019-01-01")
    assert "E11.9" in result.output
    assert "not known on 2019-01-01: codes of ICD10CM that may have begun, or ended, by then: K35.2" in result.output
    assert result.exit_code == 8


def test_what_is_wrong_with_a_list_on_such_a_day_is_not_known(output: Path) -> None:
    words = ("codelist", "check", "0001A", "--system", "CPT4", "--format", "csv", "--on")
    assert "not_known" in ask(output, *words, "2023-06-01").output
    assert "ended" in ask(output, *words, "2026-01-01").output
    assert "not_known" not in ask(output, *words, "2022-12-31").output


def test_the_macro_has_no_code_on_a_day_on_which_it_may_have_ended(excerpt_build: Path) -> None:
    with duckdb.connect() as session:
        session.execute(f"attach '{excerpt_build}/crosswalk.duckdb' as xw (read_only)")
        session.execute("create table mine as select 'a' as concept, 'CPT4' as system, '0001A' as code, '' as role")
        asked = "select code from xw.expand_list('mine', date '{0}', date '{0}', catalog := 'xw')"
        found = [session.execute(asked.format(day)).fetchall() for day in ("2022-12-31", "2023-01-01")]
    assert found == [[("0001A",)], []]
