"""The SQLite file: the rows of the tables, codes as text, days that compare, and what to look up by."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.export.sqlite_file import write_sqlite
from schemas import TABLES
from tests.samples import hashes, run


@pytest.fixture(scope="module")
def file(excerpt_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite")
    result = run("export", str(folder), "--format", "sqlite", "--output", str(excerpt_build.parent))
    assert result.exit_code == 0, result.output
    assert {path.name for path in folder.iterdir()} == {"crosswalk.sqlite", "datapackage.json"}
    return folder / "crosswalk.sqlite"


def ask(path: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(question).fetchall()


@pytest.mark.parametrize("name", list(TABLES))
def test_rows_are_those_of_the_parquet_tables(file: Path, excerpt_build: Path, name: str) -> None:
    table = pq.read_table(excerpt_build / "parquet" / f"{name}.parquet")
    columns = [
        [json.dumps(each, ensure_ascii=False) if isinstance(each, list) else each for each in column.to_pylist()]
        if pa.types.is_list(column.type)
        else [None if each is None else str(each) for each in column.to_pylist()]
        if pa.types.is_date(column.type)
        else column.to_pylist()
        for column in table.columns
    ]
    assert ask(file, f"select * from {name} order by rowid") == list(zip(*columns, strict=True))


def test_codes_are_text_and_days_compare(file: Path) -> None:
    assert ask(file, "select distinct typeof(code), typeof(valid_from) from codes") == [("text", "text")]
    asked = "select code from validity where system = 'ICD10CM' and code = 'U071' and '{}' >= valid_from and billable"
    assert [ask(file, asked.format(day)) for day in ("2020-03-31", "2020-04-01")] == [[], [("U071",)]]


@pytest.mark.parametrize(
    "question",
    [
        "select * from codes where system = 'ICD10CM' and code = 'E119'",
        "select * from mappings where source_system = 'ICD9CM' and source_code = '25000'",
        "select * from mappings where crosswalk = 'icd9cm_icd10cm_current' and source_code = '25000'",
        "select * from policy_codes where system = 'ICD10CM' and code = 'C61'",
    ],
)
def test_codes_are_looked_up_by_an_index(file: Path, question: str) -> None:
    assert "USING INDEX" in ask(file, f"explain query plan {question}")[0][-1]


def test_it_says_what_every_column_means(file: Path) -> None:
    told = ask(file, 'select "table", "column" from meanings where meaning is not null and "column" is not null')
    assert {name for name, _ in told} == {*TABLES}
    assert ("codes", "valid_from") in told


def test_the_same_rows_are_the_same_bytes(excerpt_build: Path, tmp_path: Path) -> None:
    codes = pq.read_table(excerpt_build / "parquet" / "codes.parquet")
    for name in ("one.sqlite", "two.sqlite"):
        write_sqlite([("codes", codes)], tmp_path / name)
    assert len({*hashes(tmp_path).values()}) == 1
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["one.sqlite", "two.sqlite"]


def test_a_folder_that_is_not_empty_is_left_alone(excerpt_build: Path, tmp_path: Path) -> None:
    (tmp_path / "there.sqlite").write_text("mine")
    result = run("export", str(tmp_path), "--format", "sqlite", "--output", str(excerpt_build.parent))
    assert result.exit_code == 2
    assert "this is no empty folder" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["there.sqlite"]
