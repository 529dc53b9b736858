"""What a new year does to a list, and the report of it for all lists of a folder."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.ask.build import Build
from pipeline.ask.codelist.drift import ListChange, find_drift
from pipeline.ask.codelist.list_systems import resolve_list
from pipeline.ask.codelist.list_text import read_list
from pipeline.cli import app
from pipeline.errors import UsageError


def drift_of(build: Build, text: str, since: str, through: str, system: str = "ICD10CM") -> dict[str, ListChange]:
    """The changes of a list from one day to another, by code."""
    days = (date.fromisoformat(since), date.fromisoformat(through))
    return {each.code: each for each in find_drift(build, resolve_list(build, read_list(text), system), *days)}


def test_a_new_code_that_belongs_is_told_with_its_reason(opened: Build) -> None:
    found = drift_of(opened, "E11.9", "2024-10-01", "2025-10-01")
    assert {code: (each.change, each.reason, each.via, each.is_in_text) for code, each in found.items()} == {
        "E11A": ("new", "narrower", ["E119"], False)
    }
    assert found["E11A"].first_day == date(2025, 10, 1)


def test_a_list_that_is_written_as_a_prefix_has_the_new_code_already(opened: Build) -> None:
    assert drift_of(opened, "E11%", "2024-10-01", "2025-10-01")["E11A"].is_in_text


def test_a_code_that_becomes_a_heading_is_told_with_what_is_below_it(opened: Build) -> None:
    found = drift_of(opened, "K35.20", "2021-05-01", "2025-10-01")
    assert (found["K3520"].change, found["K3520"].first_day) == ("heading", date(2025, 10, 1))
    assert "K35200" in found["K3520"].via
    assert found["K35200"].change == "new"


def test_a_code_that_ended_is_told_with_the_first_day_without_it(opened: Build) -> None:
    found = drift_of(opened, "C1204", "2013-10-01", "2025-01-01", "HCPCS")
    assert (found["C1204"].change, found["C1204"].first_day) == ("ended", date(2014, 1, 1))
    assert found["C1204"].reason == "nobody says what took its place"


def test_a_code_in_other_words_is_told_with_both(opened: Build) -> None:
    rows = opened.rows(
        "select a.system, a.code, a.valid_from as since, b.valid_from as through, a.description as one, "
        "b.description as other from code_history a join code_history b on a.system = b.system and a.code = b.code "
        "and b.valid_from > a.valid_from and lower(a.description) != lower(b.description) join systems s on "
        "s.system = a.system where a.billable and b.billable and a.valid_from >= s.known_from "
        "and a.valid_from >= coalesce(s.in_use_from, a.valid_from) order by all limit 1"
    )
    (row,) = rows
    found = drift_of(opened, row["code"], str(row["since"]), str(row["through"]), row["system"])
    change = found[row["code"]]
    assert (change.change, change.description_before, change.description_after) == (
        "reworded",
        row["one"],
        row["other"],
    )


def test_nothing_changes_from_a_day_to_itself(opened: Build) -> None:
    assert drift_of(opened, "E11%\nI10\nK35.20", "2022-10-01", "2022-10-01") == {}


def run(*words: str) -> tuple[str, int]:
    """The output and the exit code of a command."""
    result = CliRunner().invoke(app, words)
    return result.output, result.exit_code


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A folder with a list that changes, one that does not, and one that nobody can read."""
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "diabetes.csv").write_text("system,code\nICD10CM,E11.9\n")
    (folder / "quiet.txt").write_text("I10\n")
    return folder


def test_a_folder_is_reported_list_by_list_and_the_exit_code_says_that_one_changes(
    excerpt_build: Path, lists: Path, tmp_path: Path
) -> None:
    days = ("--from", "2024-10-01", "--to", "2025-10-01", "--output", str(excerpt_build.parent))
    _, code = run("codelist", "drift", str(lists), *days, "--report", str(tmp_path / "report"))
    assert code == 1
    report = (tmp_path / "report" / "drift.md").read_text()
    assert "1 of 2 lists need a look." in report
    assert "| quiet.txt | 0 | 0 | 0 | 0 | 0 |" in report
    assert "E11.A" in report
    rows = (tmp_path / "report" / "drift.csv").read_text().splitlines()
    assert len(rows) == 2
    assert rows[1].startswith('"diabetes.csv",')
    (lists / "diabetes.csv").unlink()
    _, code = run("codelist", "drift", str(lists), *days)
    assert code == 0


def test_a_list_that_cannot_be_read_is_in_the_report_and_stops_no_other(excerpt_build: Path, lists: Path) -> None:
    (lists / "broken.csv").write_text("code,role\nE11.9,perhaps\n")
    output, code = run(
        "codelist", "drift", str(lists), "--from", "2024-10-01", "--to", "2025-10-01", "--output",
        str(excerpt_build.parent),
    )  # fmt: skip
    assert code == 1
    assert "Not read: " in output
    assert "E11.A" in output


@pytest.mark.parametrize(
    ("text", "last_day", "told"),
    [
        ("code,system\nE11.9,ICD11\n", "2025-10-01", ("Not read: ICD11: there is no such system", 1)),
        ("I10\n", "2090-10-01", ("Not told: ICD10CM on 2090-10-01: not known", 8)),
    ],
)
def test_a_list_of_which_nothing_can_be_said_is_in_the_report_of_its_folder(
    excerpt_build: Path, lists: Path, text: str, last_day: str, told: tuple[str, int]
) -> None:
    (lists / "odd.csv").write_text(text)
    days = ("--from", "2024-10-01", "--to", last_day, "--output", str(excerpt_build.parent))
    output, code = run("codelist", "drift", str(lists), *days)
    assert told[0] in output
    assert code == told[1]


def test_where_no_day_is_known_of_any_list_the_exit_code_is_8(excerpt_build: Path, lists: Path) -> None:
    days = ("--from", "2024-10-01", "--to", "2090-10-01", "--output", str(excerpt_build.parent))
    assert run("codelist", "drift", str(lists), *days)[1] == 8


def test_a_list_drifts_from_an_earlier_day_to_a_later_one(opened: Build) -> None:
    with pytest.raises(UsageError, match=r"2025-10-01 is later than 2024-10-01(?s:.*)next: "):
        drift_of(opened, "E11%", "2025-10-01", "2024-10-01")
