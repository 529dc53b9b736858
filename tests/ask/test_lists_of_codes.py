"""Lists of codes that `lookup` and `translate` are given: files, their columns, and what is said of them."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import Result

from tests.samples import run

TO_ICD10PCS = ("translate", "--to", "ICD10PCS")
LIST = "code,system\n0010,ICD-9 procedures\n0010,ICD9CM\n0010,\n"


@pytest.fixture
def ask(excerpt_build: Path, tmp_path: Path):
    """Asks a command of a list; returns the result."""

    def asked(text: str, *words: str) -> Result:
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        return run(*words, "--file", str(path), "--output", str(excerpt_build.parent))

    return asked


def test_each_row_is_answered_of_the_system_that_it_names(ask) -> None:
    answers = json.loads(ask(LIST, *TO_ICD10PCS, "--format", "json").stdout)
    assert [each["asked"] for each in answers] == ["0010"] * 3
    assert [(each["system"], each["status"]) for each in answers] == [
        ("ICD9Proc", "not_assigned"), ("ICD9CM", "not_bridged"), (None, "ambiguous"),
    ]  # fmt: skip
    answers = json.loads(ask(LIST, "lookup", "--format", "json").stdout)
    assert [(each["system"], each["status"]) for each in answers] == [
        ("ICD9Proc", "found"), ("ICD9CM", "found"), (None, "ambiguous"),
    ]  # fmt: skip


def test_a_row_that_names_no_system_is_of_that_of_the_command(ask) -> None:
    answers = json.loads(ask(LIST, "lookup", "--system", "icd9cm", "--format", "json").stdout)
    assert [each["system"] for each in answers] == ["ICD9Proc", "ICD9CM", "ICD9CM"]


@pytest.mark.parametrize(
    ("name", "says"), [("EPIC", "EPIC: there is no such system"), ("ICD-9", "ICD-9: may be any system of")]
)
@pytest.mark.parametrize("command", [("lookup",), TO_ICD10PCS], ids=["lookup", "translate"])
def test_a_row_that_names_no_system_of_the_build_is_wrong_usage_with_its_line(
    ask, command, name: str, says: str
) -> None:
    result = ask(f"code,system\n0010,ICD9CM\n0011,{name}\n", *command)
    assert result.exit_code == 2
    assert f"list.csv, line 3: {says}" in result.stderr
    assert "next:" in result.stderr
    assert result.stdout == ""


def test_our_csv_read_back_asks_each_code_of_a_system_once(ask) -> None:
    first = ask("8020\nE11.9\nZZZ9\n", "lookup", "--format", "csv")
    again = ask(first.stdout, "lookup", "--format", "csv")
    pairs = [(row["asked"], row["system"]) for row in csv.DictReader(io.StringIO(first.stdout))]
    answered = [(row["asked"], row["system"]) for row in csv.DictReader(io.StringIO(again.stdout))]
    assert [*dict.fromkeys(answered)] == [*dict.fromkeys(pairs)]
    assert len(answered) == len(pairs)
    assert ("ZZZ9", "") in answered


@pytest.mark.parametrize("name", ["day", "on", "Date of Service"])
def test_a_column_of_days_is_said_to_be_unused(ask, name: str) -> None:
    result = ask(f"code,{name}\nE11.9,2020-01-01\n", "lookup", "--system", "ICD10CM")
    assert result.exit_code == 0
    assert f"list.csv: the column {name} is not used" in result.stderr
    assert "--on" in result.stderr
    assert "is not used" not in ask("code,meaning\nE11.9,diabetes\n", "lookup").stderr


def test_a_folder_is_told_from_a_file_that_is_not_there(excerpt_build: Path, tmp_path: Path) -> None:
    output = ("--output", str(excerpt_build.parent))
    for path, says in {tmp_path: "this is a folder", tmp_path / "list.txt": "there is no such file"}.items():
        result = run("lookup", "--file", str(path), *output)
        assert (result.exit_code, f"{path}: {says}" in result.stderr) == (2, True)
