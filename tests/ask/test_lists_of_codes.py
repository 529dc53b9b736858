"""Lists of codes that `lookup` and `translate` are given: files, their columns, and what is said of them."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline import PROJECT
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
        ("ICD9Proc", "not_assigned"), ("ICD9CM", "other_field"), (None, "ambiguous"),
    ]  # fmt: skip
    answers = json.loads(ask(LIST, "lookup", "--format", "json").stdout)
    assert [(each["system"], each["status"]) for each in answers] == [
        ("ICD9Proc", "found"), ("ICD9CM", "found"), (None, "ambiguous"),
    ]  # fmt: skip


def test_a_row_that_names_no_system_is_of_that_of_the_command(ask) -> None:
    answers = json.loads(ask(LIST, "lookup", "--system", "icd9cm", "--format", "json").stdout)
    assert [each["system"] for each in answers] == ["ICD9Proc", "ICD9CM", "ICD9CM"]


@pytest.mark.parametrize("command", [("lookup",), TO_ICD10PCS], ids=["lookup", "translate"])
def test_a_row_that_names_no_system_of_the_build_is_wrong_usage_with_its_line(ask, command) -> None:
    says = "EPIC: there is no such system"
    result = ask("code,system\n0010,ICD9CM\n0011,EPIC\n", *command)
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
@pytest.mark.parametrize("command", [("lookup",), ("translate", "--to", "ICD10CM")], ids=["lookup", "translate"])
def test_each_row_is_answered_on_the_day_that_it_names_else_on_that_of_the_command(ask, command, name: str) -> None:
    rows = f"code,{name}\n250.00,2010-05-01\n250.00,20160501\n250.00,\n250.00,2014-05-01 00:00:00\n"
    result = ask(rows, *command, "--system", "ICD9CM", "--on", "1999-05-01", "--format", "json")
    answers = json.loads(result.stdout)
    valid = "valid" if command == ("lookup",) else "translated"
    assert [each["status"] for each in answers] == [valid, "invalid", "not_known", valid]
    assert [each["on"] for each in answers] == ["2010-05-01", "2016-05-01", "1999-05-01", "2014-05-01"]


def test_year_to_year_each_row_leads_on_from_its_own_day(ask) -> None:
    """J12.89 was split up in January 2021: on a later day it is what it was, on an earlier one the others too."""
    rows = "code,day\nJ12.82,2021-05-01\nJ12.89,2020-05-01\nE11.9,2020-05-01\n"
    words = ("translate", "--to", "ICD10CM", "--release", "2020-11-01", "--format", "json")
    answers = json.loads(ask(rows, *words).stdout)
    codes = [[each["code_dotted"] for (each,) in answer["alternatives"]] for answer in answers]
    assert codes == [["J12.89"], ["J12.89"], ["E11.9"]]
    assert [each["crosswalk"] for each in answers] == ["icd10cm_backward", "icd10cm_forward", "icd10cm_forward"]


def test_what_is_no_day_is_wrong_usage_with_its_line(ask) -> None:
    result = ask("code,day\nI10,2020-05-01\nI10,5/1/2020\n", "lookup")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "list.csv, line 3: 5/1/2020 is no day" in result.stderr


def test_our_csv_read_back_asks_each_code_on_its_day(ask) -> None:
    first = ask("code,day\n250.00,2010-05-01\n250.00,2016-05-01\n", "lookup", "--format", "csv")
    again = ask(first.stdout, "lookup", "--format", "csv")
    assert again.stdout == first.stdout
    assert "2016-05-01" in again.stdout


def test_where_nobody_reads_on_the_command_ends_quietly_and_that_is_no_no(excerpt_build: Path, tmp_path: Path) -> None:
    """As `crosswalk lookup ... | head -1`: what stands in a pipe that is closed was never answered with a no."""
    path = tmp_path / "codes.txt"
    path.write_text("ZZZ9\n" * 20_000, encoding="utf-8")
    words = ["lookup", "--file", str(path), "--output", str(excerpt_build.parent)]
    command = [sys.executable, "-m", "pipeline", *words]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == "ZZZ9\n"
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_a_folder_is_told_from_a_file_that_is_not_there(excerpt_build: Path, tmp_path: Path) -> None:
    output = ("--output", str(excerpt_build.parent))
    for path, says in {tmp_path: "this is a folder", tmp_path / "list.txt": "there is no such file"}.items():
        result = run("lookup", "--file", str(path), *output)
        assert (result.exit_code, f"{path}: {says}" in result.stderr) == (2, True)


def test_a_name_that_several_systems_have_is_the_one_that_has_the_code(ask) -> None:
    """Causes of death are not meant by it; of a code that two have it stays open which, and none is in another."""
    result = ask("code,system\n250.00,ICD-9\n36.10,icd9\nE11.9,icd10\nE11.9,icd9\n", "lookup", "--format", "json")
    said = [(each["system"], each["status"]) for each in json.loads(result.stdout)]
    assert said == [("ICD9CM", "found"), ("ICD9Proc", "found"), ("ICD10CM", "found"), (None, "unknown")]


def test_such_a_name_holds_for_all_codes_of_a_command_and_is_told(ask) -> None:
    result = ask("250.00\n36.10\n", "translate", "--system", "icd9", "--to", "CCSProc", "--format", "json")
    said = [(each["system"], each["status"]) for each in json.loads(result.stdout)]
    assert said == [("ICD9CM", "other_field"), ("ICD9Proc", "translated")]
    assert "note: icd9 is ICD9CM or ICD9Proc here, whichever has the code" in result.stderr
