"""The steps of docs/bi.md for DuckDB, pandas and Excel do what they say, on the built tables."""

import datetime
import gzip
import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas
import pyarrow
import pyarrow.parquet
import pytest
from pyarrow import compute

from pipeline import PROJECT
from pipeline.export.formats import TABLE_FORMATS
from schemas import TABLES
from schemas.arrow import columns_of
from schemas.dictionary import INTRODUCTION
from tests.samples import run

TEXT = (PROJECT / "docs" / "bi.md").read_text(encoding="utf-8")
README = (PROJECT / "README.md").read_text(encoding="utf-8")
CSV_LINES = re.findall(r"^codes = .*read_csv.*$", README, re.MULTILINE)  # pandas, then DuckDB
CODES_CSV = "output/latest/csv/codes.csv.gz"


def steps(section: str, language: str) -> list[str]:
    """The blocks of a language in a section."""
    own = TEXT.split(f"\n## {section}\n")[1].split("\n## ")[0]
    found = re.findall(rf"```{language}\n(.*?)```", own, re.DOTALL)
    assert found
    return found


def test_duckdb(excerpt_build: Path) -> None:
    with duckdb.connect(str(excerpt_build / "crosswalk.duckdb"), read_only=True) as database:
        answers = [database.execute(each).fetchall() for each in steps("DuckDB", "sql")[0].split(";") if each.strip()]
        columns = "from duckdb_columns() where schema_name = 'main' and table_name = 'codes'"
        comments = database.execute(f"{columns} and comment is null").fetchall()
    assert len(answers) == 3
    assert all(answers)
    assert any("U071" in row for row in answers[0])
    assert ("250.00", "closeMatch", "E11.9", "Type 2 diabetes mellitus without complications") in answers[1]
    assert comments == []


def test_pandas(excerpt_build: Path) -> None:
    names: dict[str, Any] = {"pandas": pandas}
    exec(steps("pandas", "python")[0].replace("output/latest", str(excerpt_build)), names)
    assert "0010" in set(names["text"]["code"])
    guessed = pandas.read_csv(excerpt_build / "csv" / "codes.csv.gz", low_memory=False)
    guessed = guessed[guessed["system"] == "ICD9Proc"]
    assert len(guessed) == (names["codes"]["system"] == "ICD9Proc").sum()


def arguments_for_csv(text: str) -> list[str]:
    """What a text says that csv is read with in pandas and in DuckDB, once each, sorted; Polars apart."""
    return sorted(set(re.findall(r"(?<!polars\.)read_csv\([\"'][^\"']*[\"'], (.*?)\)(?!\))", text)))


def as_cells(table: pyarrow.Table) -> pyarrow.Table:
    """A published table as its CSV file spells it: days, numbers and lists as text, missing values missing."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pyarrow.types.is_list(column.type):
            cells = [None if each is None else json.dumps(each, separators=(",", ":")) for each in column.to_pylist()]
            columns[name] = pyarrow.chunked_array([cells], pyarrow.string())
        else:
            columns[name] = column.cast(pyarrow.string())
    return pyarrow.table(columns)


def without_empty_text(column: pyarrow.ChunkedArray) -> pyarrow.ChunkedArray:
    return compute.if_else(compute.equal(column, ""), pyarrow.scalar(None, pyarrow.string()), column)


def damaged_columns(build: Path, name: str) -> list[str]:
    """The columns of a table's CSV file in which a cell read by README's lines is not the cell of the Parquet file."""
    path = build / TABLE_FORMATS["csv"].path_of(name)
    cells = as_cells(pyarrow.parquet.read_table(build / TABLE_FORMATS["parquet"].path_of(name)))
    in_duckdb, in_pandas = (line.split(" = ", 1)[1].replace(CODES_CSV, str(path)) for line in reversed(CSV_LINES))
    found = eval(in_duckdb, {"duckdb": duckdb}).to_arrow_table()
    damaged = [f"{each} in DuckDB" for each in cells.column_names if not found[each].equals(cells[each])]
    frame = pyarrow.Table.from_pandas(eval(in_pandas, {"pandas": pandas}), preserve_index=False)
    for each in cells.column_names:
        if not frame[each].cast(pyarrow.string()).equals(without_empty_text(cells[each])):
            damaged.append(f"{each} in pandas")
    assert found.column_names == frame.column_names == cells.column_names
    return damaged


@pytest.mark.parametrize("name", list(TABLES))
def test_the_lines_for_csv_give_back_every_cell(excerpt_build: Path, name: str) -> None:
    assert damaged_columns(excerpt_build, name) == []


def test_the_lines_for_csv_give_back_every_cell_of_the_full_files(official_build: Path) -> None:
    assert {name: damaged_columns(official_build, name) for name in TABLES} == {name: [] for name in TABLES}


def test_a_changed_cell_would_be_seen(excerpt_build: Path, tmp_path: Path) -> None:
    shutil.copytree(excerpt_build / "csv", tmp_path / "csv")
    shutil.copytree(excerpt_build / "parquet", tmp_path / "parquet")
    systems = (tmp_path / "csv" / "systems.csv").read_text("utf-8")
    (tmp_path / "csv" / "systems.csv").write_text(systems.replace('"ICD9Proc"', '"ICD09Proc"', 1), "utf-8")
    assert damaged_columns(tmp_path, "systems") == ["system in DuckDB", "system in pandas"]


def test_empty_text_beside_missing_values_is_where_the_guide_says(official_build: Path) -> None:
    found = set()
    for name in TABLES:
        table = pyarrow.parquet.read_table(official_build / TABLE_FORMATS["parquet"].path_of(name))
        strings = [field.name for field in table.schema if pyarrow.types.is_string(field.type)]
        found |= {(name, each) for each in strings if compute.any(compute.equal(table[each], "")).as_py()}
    assert found == {("crosswalk_exceptions", "source_code")}


def test_one_way_to_read_csv_is_given_everywhere() -> None:
    ways = arguments_for_csv("\n".join(CSV_LINES))
    assert len(ways) == 2
    for text in (README, TEXT, INTRODUCTION):
        assert arguments_for_csv(text) == ways


def test_duckdb_reads_a_csv_as_the_guide_says(excerpt_build: Path) -> None:
    question = steps("The CSV files", "sql")[0].replace("output/latest", str(excerpt_build))
    assert "0010" in {row[0] for row in duckdb.sql(question).fetchall()}


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


def test_all_columns_of_mappings_take_less_than_150_mb_as_the_guide_loads_them(official_build: Path) -> None:
    names: dict[str, Any] = {"pandas": pandas, "pyarrow": pyarrow, "datetime": datetime}
    block = next(each for each in steps("pandas", "python") if "strings_to_categorical" in each)
    exec(block.replace("output/latest", str(official_build)), names)
    whole = pandas.read_parquet(official_build / "parquet" / "mappings.parquet")
    assert list(names["mappings"]) == list(whole)
    assert len(names["mappings"]) == len(whole)
    assert names["mappings"].memory_usage(deep=True).sum() < 150_000_000 < whole.memory_usage(deep=True).sum()
