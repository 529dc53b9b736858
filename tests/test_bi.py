"""The steps of docs/bi.md for DuckDB, pandas and Excel do what they say, on the built tables."""

import gzip
import re
import shlex
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas
import pytest

from pipeline import PROJECT
from schemas import TABLES
from schemas.arrow import columns_of
from tests.samples import run

TEXT = (PROJECT / "docs" / "bi.md").read_text(encoding="utf-8")


def steps(section: str, language: str) -> list[str]:
    """The blocks of a language in a section."""
    own = TEXT.split(f"\n## {section}\n")[1].split("\n## ")[0]
    found = re.findall(rf"```{language}\n(.*?)```", own, re.DOTALL)
    assert found
    return found


def test_duckdb(excerpt_build: Path) -> None:
    with duckdb.connect(str(excerpt_build / "crosswalk.duckdb"), read_only=True) as database:
        answers = [database.execute(each).fetchall() for each in steps("DuckDB", "sql")[0].split(";") if each.strip()]
        comments = database.execute("from duckdb_columns() where table_name = 'codes' and comment is null").fetchall()
    assert len(answers) == 3
    assert all(answers)
    assert any("U071" in row for row in answers[0])
    assert ("250.00", "E11.9", "Type 2 diabetes mellitus without complications") in answers[1]
    assert comments == []


def test_pandas(excerpt_build: Path) -> None:
    names: dict[str, Any] = {"pandas": pandas}
    exec(steps("pandas", "python")[0].replace("output/latest", str(excerpt_build)), names)
    assert "0010" in set(names["text"]["code"])
    guessed = pandas.read_csv(excerpt_build / "csv" / "codes.csv.gz", low_memory=False)
    guessed = guessed[guessed["system"] == "ICD9Proc"]
    assert len(guessed) == (names["codes"]["system"] == "ICD9Proc").sum()


def test_excel(excerpt_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line in steps("Excel", "sh")[0].splitlines():
        result = run(*shlex.split(line)[1:], "--output", str(excerpt_build.parent))
        assert result.exit_code == 0, result.output
    names: dict[str, Any] = {"openpyxl": openpyxl}
    exec(steps("Excel", "python")[0], names)
    header, *rows = names["rows"]
    codes = [row[header.index("source_code")] for row in rows]
    assert all(isinstance(code, str) for code in codes)
    assert "0010" in codes


def test_a_csv_read_as_text_keeps_the_zeros_and_read_by_guess_loses_them(excerpt_build: Path, tmp_path: Path) -> None:
    """What Excel does with a csv of one system whose codes are all digits, and what the steps say against it."""
    path = tmp_path / "codes.csv"
    path.write_bytes(gzip.decompress((excerpt_build / "csv" / "codes.csv.gz").read_bytes()))
    text = pandas.read_csv(path, dtype=str, keep_default_na=False)
    own = text[text["system"] == "ICD9Proc"]
    own.to_csv(path, index=False)
    guessed = pandas.read_csv(path)["code"].astype(str)
    lost = own["code"].str.startswith("0").to_numpy()
    assert lost.any()
    assert (guessed[lost].to_numpy() != own["code"][lost].to_numpy()).all()


def test_columns_that_must_be_text_are_columns_of_tables() -> None:
    names = re.findall(r"`(\w+)`", TEXT.split("Set the columns")[1].split("to text")[0])
    columns = {name for table in TABLES.values() for name in columns_of(table)}
    assert len(names) > 6
    assert set(names) <= columns


def test_codes_that_are_said_to_be_of_two_systems_are(excerpt_build: Path) -> None:
    codes = pandas.read_parquet(excerpt_build / "parquet" / "codes.parquet")
    for code, systems in (("8020", {"ICD9CM", "ICD9Proc"}), ("E119", {"ICD10", "ICD10CM"})):
        assert set(codes.loc[codes["code"] == code, "system"]) >= systems


def test_322_codes_become_another_without_their_zero(official_build: Path) -> None:
    codes = pandas.read_parquet(official_build / "parquet" / "codes.parquet")
    billable = set(codes.loc[(codes["system"] == "ICD9CM") & codes["billable"], "code"])
    assert sum(code.startswith("0") and code.lstrip("0") in billable for code in billable) == 322
