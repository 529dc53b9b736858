"""`crosswalk codelist expand` and `check`: files, arguments, standard input, formats, exit codes, mended lists."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline import PROJECT
from pipeline.cli import app
from tests.samples import run

TABLE = "concept,system,code,role\nDM,ICD9CM,250.x,include\nDM,ICD9CM,250.02,exclude\nHTN,ICD10CM,I10,include\n"


@pytest.fixture
def ask(excerpt_build: Path):
    """Asks a command of codelist; returns the result."""

    def asked(*words: str) -> Result:
        return run("codelist", *words, "--output", str(excerpt_build.parent))

    return asked


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A file with a list of two concepts in two systems."""
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def rows(result: Result) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(result.stdout))]


def test_a_file_arguments_and_standard_input_are_one_list(ask, excerpt_build: Path, listed: Path) -> None:
    of_file = ask("expand", str(listed), "--format", "csv")
    assert [(row["concept"], row["code_dotted"]) for row in rows(of_file)][-1] == ("HTN", "I10")
    words = ["codelist", "expand", "-", "--format", "csv", "--output", str(excerpt_build.parent)]
    of_input = CliRunner().invoke(app, words, input=TABLE)
    assert rows(of_input) == rows(of_file)
    of_arguments = ask("expand", "250.x", "!250.02", "--system", "ICD9CM", "--format", "csv")
    codes = [row["code"] for row in rows(of_file) if row["concept"] == "DM"]
    assert [row["code"] for row in rows(of_arguments)] == codes
    assert (of_file.exit_code, of_input.exit_code, of_arguments.exit_code) == (0, 0, 0)


def test_of_several_files_each_is_a_concept(ask, tmp_path: Path) -> None:
    for name, text in (("diabetes", "250.00\n"), ("hypertension", "401.9\n")):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    found = rows(ask("expand", *(str(path) for path in sorted(tmp_path.glob("*.txt"))), "--format", "csv"))
    assert [(row["concept"], row["code"]) for row in found] == [("diabetes", "25000"), ("hypertension", "4019")]


def test_json_has_the_codes_and_what_has_none(ask) -> None:
    result = ask("expand", "401.9", "999.99", "--system", "ICD9CM", "--format", "json")
    told = json.loads(result.stdout)
    assert [each["code"] for each in told["codes"]] == ["4019"]
    assert [each["text"] for each in told["unmatched"]] == ["999.99"]
    assert (told["codes"][0]["valid_to"], result.exit_code) == ("2015-09-30", 1)


def test_a_table_names_the_concept_and_csv_tells_beside_what_has_no_code(ask, listed: Path) -> None:
    lines = ask("expand", str(listed), "--on", "2014-05-01").stdout.splitlines()
    assert lines[0].startswith("DM: ")
    assert "Without a code (1):" in lines
    result = ask("expand", str(listed), "--on", "2014-05-01", "--format", "csv")
    assert "warning: line 4: I10 (ICD10CM): no code of ICD10CM that could be reported on 2014-05-01" in result.stderr
    assert (result.exit_code, {row["concept"] for row in rows(result)}) == (1, {"DM"})


def test_what_the_command_writes_is_a_list_again(ask, tmp_path: Path, listed: Path) -> None:
    first = ask("expand", str(listed), "--format", "csv")
    again = tmp_path / "again.csv"
    again.write_text(first.stdout, encoding="utf-8")
    second = rows(ask("expand", str(again), "--format", "csv"))
    assert [row["code"] for row in second] == [row["code"] for row in rows(first)]
    assert ask("check", str(again)).exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere.csv",), "nowhere.csv: there is no such file"),
        (("E11.9", "--on", "2020-01-01", "--from", "2019-01-01"), "--on names one day, --from and --to a period"),
        (("E11.9", "--from", "2020-01-01", "--to", "2019-01-01"), "2020-01-01 is later than 2019-01-01"),
        (("E11.9", "--system", "EPIC"), "EPIC: there is no such system"),
        ((" ",), "no code was given"),
    ],
)
@pytest.mark.parametrize("command", ["expand", "check"])
def test_wrong_usage_says_what_to_do_next(ask, command: str, words: tuple[str, ...], says: str) -> None:
    result = ask(command, *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert "next:" in result.stderr


def test_words_and_headers_that_are_left_out_are_told(ask, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("Diagnosis\nE11.9 Type 2 diabetes\n", encoding="utf-8")
    result = ask("expand", str(path))
    assert "note: read as a header line: Diagnosis" in result.stderr
    assert "note: line 2: read as words: Type 2 diabetes" in result.stderr


def test_check_ends_with_1_and_with_0_where_nothing_is_found(ask) -> None:
    found = ask("check", "40190", "--system", "ICD9CM", "--format", "json")
    (told,) = json.loads(found.stdout)
    assert (told["finding"], told["meant"], told["is_sure"], found.exit_code) == ("padded_zeros", "401.9", True, 1)
    clean = ask("check", "401.9", "--system", "ICD9CM")
    assert (clean.stdout, clean.exit_code) == ("nothing found\n", 0)


def test_fix_writes_the_list_and_the_log_and_overwrites_nothing(ask, tmp_path: Path) -> None:
    fixed = tmp_path / "fixed.csv"
    result = ask("check", "40190", "401.9", "8020", "401.9", "--system", "ICD9CM", "--fix", str(fixed))
    assert result.exit_code == 1
    assert [row["code"] for row in csv.DictReader(fixed.open(encoding="utf-8"))] == ["401.9", "8020"]
    log = [*csv.DictReader((tmp_path / "fixed.changes.csv").open(encoding="utf-8"))]
    assert [(row["written"], row["mended"]) for row in log] == [("40190", "401.9"), ("401.9", ""), ("401.9", "")]
    again = ask("check", "401.9", "--system", "ICD9CM", "--fix", str(fixed))
    assert (again.exit_code, "this is there already" in again.stderr) == (2, True)


def test_no_list_waits_for_pandas() -> None:
    program = "import pipeline.ask.codelist.check, sys; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout == "False\n"
