"""The command: its options reach the run, and its exit codes say how it ended."""

import csv
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from pipeline import PROJECT
from pipeline.ask.build import open_build
from pipeline.ask.claims.claims_function import claims
from pipeline.cli import app
from tests.ask.claims.claim_files import LONG_HEAD, WIDE, rows_of, write_rows, write_text

BENCH = PROJECT.parent / "shared" / "bench" / "claims"
LONG = [("C1", "2010-03-04", "dx", "9", "250.00"), ("C2", "2016-03-04", "dx", "0", "QQQQ")]
needs_bench = pytest.mark.skipif(not BENCH.is_dir(), reason=f"NOT TESTED ON THE BENCH: there is no {BENCH}")


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    return write_text(tmp_path / "wide.csv", WIDE)


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working folder is that of the claims."""
    monkeypatch.chdir(tmp_path)


def ask(build: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["claims", *map(str, arguments), "--output", str(build.parent)])


def test_the_command_writes_results_and_says_what_it_did(excerpt_build: Path, wide: Path, tmp_path: Path) -> None:
    result = ask(excerpt_build, wide, "--out", tmp_path / "out", "--report", tmp_path / "report")
    assert result.exit_code == 0, result.output
    assert "16 written codes" in result.stdout
    assert "layout table: dx in dx1, dx2; px in px1; hcpcs in hcpcs1" in result.stdout
    assert pq.read_table(tmp_path / "out" / "codes.parquet").num_rows == 16
    assert (tmp_path / "report" / "report.html").is_file()


def test_every_option_reaches_the_run(excerpt_build: Path, wide: Path, tmp_path: Path) -> None:
    result = ask(
        excerpt_build, wide, "--out", tmp_path / "out", "--dx", "dx*", "--flag", "dxver", "--day", "day", "--key", "id",
        "--numbers", "dx2=dotted", "--keep", "--to", "ICD9CM", "--shape", "rows", "--categories", "CCSProc",
        "--with", "section,meaning",
        "--repairs", "plain", "--memory", "300MB", "--fail-on", "unknown=90%",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    codes = pq.read_table(tmp_path / "out" / "codes.parquet")
    assert codes.column_names[:4] == ["id", "input_day", "dxver", "px1"]
    assert codes.num_rows == 8
    answers = pq.read_table(tmp_path / "out" / "answers.parquet")
    assert {"ccsproc", "ccsproc_status", "section", "target_status"} <= {*answers.column_names}
    assert (tmp_path / "out" / "targets.parquet").is_file()


@pytest.mark.parametrize("field", [("dx",), ("ICD9CM",), ("field",)])
def test_a_column_of_codes_is_of_a_role_a_system_or_what_a_column_says(
    excerpt_build: Path, tmp_path: Path, field: tuple[str]
) -> None:
    source = write_rows(tmp_path / "long.csv", LONG_HEAD, LONG)
    result = ask(excerpt_build, source, "--code", "text", "--field", *field, "--day", "day", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert pq.read_table(tmp_path / "out" / "codes.parquet")["status"].to_pylist() == ["valid", "unknown"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "--out DIR"),
        (["--out", "out", "--dx", "nope"], 2, "no column is called nope"),
        (["--out", "out", "--code", "dx1"], 2, "--code and --field belong together"),
        (["--out", "out", "--numbers", "dx1"], 2, "--numbers dx1"),
        (["--out", "out", "--to", "ICD11"], 2, "no crosswalk leads there"),
        (["--out", "out", "--memory", "much"], 2, "no amount of memory"),
        (["--out", ".", "--dx", "dx1"], 2, "was not made by"),
        (["--out", "out", "--fail-on", "unknown=0"], 4, "unknown: 3 of 13"),
        (["--out", "out", "--layout", "rif"], 2, "not of layout rif"),
    ],
)
@pytest.mark.usefixtures("inside")
def test_what_is_wrong_is_said_without_a_traceback(
    excerpt_build: Path, wide: Path, arguments: list[str], code: int, said: str
) -> None:
    result = ask(excerpt_build, wide, *arguments)
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    assert said in result.stderr


def test_a_file_that_cannot_be_read_is_exit_code_3(excerpt_build: Path, tmp_path: Path) -> None:
    result = ask(excerpt_build, write_text(tmp_path / "cut.parquet", "PAR1"), "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "cut.parquet" in result.stderr


def test_the_sql_for_a_warehouse_is_printed(excerpt_build: Path, wide: Path) -> None:
    result = ask(excerpt_build, wide, "--emit-sql", "snowflake")
    assert result.exit_code == 0
    assert "claim_answers" in result.stdout


@needs_bench
@pytest.mark.official
def test_wide_claims_come_out_as_they_were_decided_by_hand(official_build: Path, tmp_path: Path) -> None:
    """But for CPT: the build knows its numbers of 2009 to 2014 by BETOS, the decisions are for one that knows none."""
    found = {(row["id"], row["column"]): row for row in judged_rows(official_build, BENCH / "dev" / "wide.csv")}
    with (BENCH / "dev" / "wide_expected.csv").open(newline="", encoding="utf-8") as file:
        expected = {(row["id"], row["column"]): row for row in csv.DictReader(file)}
    assert found.keys() == expected.keys()
    names = ("status", "system", "code", "repairs", "basis", "candidates")
    differ = {
        key
        for key, row in expected.items()
        if tuple(found[key][name] or "" for name in names) != tuple(map(row.get, names))
    }
    assert all(expected[key]["status"] == "not_in_build" and found[key]["system"] == "CPT4" for key in differ)


def judged_rows(build: Path, source: Path) -> list[dict[str, Any]]:
    """The written codes of some claims, each with what its answer says."""
    with open_build(build) as opened:
        result = claims(source, build=opened)
    answers = {row["answer"]: row for row in rows_of(result.answers)}
    return [answers[row["answer"]] | row for row in rows_of(result.codes)]


@needs_bench
@pytest.mark.official
@pytest.mark.parametrize(
    ("name", "layout", "codes"),
    [
        ("bfd_rif_synthea/inpatient.csv", "rif", 430), ("bfd_rif_synthea/snf.csv", "rif", 1541),
        ("bfd_rif_synthea/carrier.csv", "rif", 1445),
        ("synpuf50_omop/condition_occurrence.csv", "omop_condition", 5121),
        ("synpuf50_omop/procedure_occurrence.csv", "omop_procedure", 4713),
    ],
)  # fmt: skip
def test_public_claims_are_read_by_their_columns(
    official_build: Path, tmp_path: Path, name: str, layout: str, codes: int
) -> None:
    result = ask(official_build, BENCH / "real" / name, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert f"of layout {layout}:" in result.stdout
    status = pq.read_table(tmp_path / "out" / "codes.parquet")["status"].to_pylist()
    assert len([each for each in status if each != "empty"]) == codes
