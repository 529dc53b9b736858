"""Tables as files."""

import gzip
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.export import DATABASE
from pipeline.export.csv_files import write_csv
from pipeline.export.database import is_same_database
from pipeline.export.formats import TABLE_FORMATS
from pipeline.export.parquet import write_parquet
from schemas import TABLES
from schemas.arrow import arrow_schema, describe, key_of
from tests.samples import Project, hashes

ROWS = pa.table(
    {
        "code": ["0010", "NA"],
        "description": [None, 'A "quoted", text'],
        "billable": [True, False],
        "valid_from": [date(2015, 10, 1), None],
        "kinds": pa.array([["drug", "supply"], []], pa.list_(pa.string())),
    }
)


def test_csv_quotes_text_and_leaves_missing_values_empty(tmp_path: Path) -> None:
    write_csv(ROWS, tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text("utf-8").splitlines() == [
        '"code","description","billable","valid_from","kinds"',
        '"0010",,true,2015-10-01,"[""drug"",""supply""]"',
        '"NA","A ""quoted"", text",false,,"[]"',
    ]


def test_a_compressed_csv_is_the_plain_one_without_name_and_time(tmp_path: Path) -> None:
    for name in ("x.csv", "x.csv.gz", "y.csv.gz"):
        write_csv(ROWS, tmp_path / name)
    assert gzip.decompress((tmp_path / "x.csv.gz").read_bytes()) == (tmp_path / "x.csv").read_bytes()
    assert (tmp_path / "x.csv.gz").read_bytes() == (tmp_path / "y.csv.gz").read_bytes()


def test_parquet_gives_back_the_rows(tmp_path: Path) -> None:
    write_parquet(ROWS, tmp_path / "x.parquet")
    assert pq.read_table(tmp_path / "x.parquet").equals(ROWS)


def test_pandas_takes_numbers_and_flags_with_gaps_for_what_they_are(whole: Project) -> None:
    for name in TABLES:
        frame = pd.read_parquet(
            whole.output / "latest" / "parquet" / f"{name}.parquet", to_pandas_kwargs={"date_as_object": False}
        )
        kinds = {pa.int32(): ("int32", "Int32"), pa.bool_(): ("bool", "boolean"), pa.date32(): ("datetime64[ms]",) * 2}
        fields = [each for each in arrow_schema(TABLES[name]) if each.type in kinds]
        wanted = {each.name: kinds[each.type][each.nullable] for each in fields}
        assert {each.name: str(frame[each.name].dtype) for each in fields} == wanted


def test_every_table_is_there_in_both_formats(whole: Project) -> None:
    latest = whole.output / "latest"
    for kind in ("parquet", "csv"):
        found = {path.relative_to(latest).as_posix() for path in (latest / kind).iterdir()}
        assert found == {TABLE_FORMATS[kind].path_of(name) for name in TABLES}


@pytest.mark.parametrize("name", list(TABLES))
def test_parquet_carries_types_and_descriptions_of_the_model(whole: Project, name: str) -> None:
    schema = pq.read_schema(whole.output / "latest" / "parquet" / f"{name}.parquet")
    model = arrow_schema(TABLES[name])
    assert schema.names == model.names
    assert schema.types == model.types
    assert [field.nullable for field in schema] == [field.nullable for field in model]
    for field in schema:
        description = field.metadata[b"description"].decode()
        assert description == model.field(field.name).metadata[b"description"].decode()
        assert len(description) >= 10
    assert schema.metadata[b"description"].decode() == describe(TABLES[name])


@pytest.mark.parametrize("name", list(TABLES))
def test_rows_are_sorted_by_key_and_the_same_in_both_formats(whole: Project, name: str) -> None:
    latest, key = whole.output / "latest", key_of(TABLES[name])
    parquet = pq.read_table(latest / "parquet" / f"{name}.parquet")
    keys = list(zip(*(parquet[column].to_pylist() for column in key), strict=True))
    assert keys == sorted(set(keys), key=lambda values: [(value is None, value) for value in values])
    csv = pd.read_csv(latest / TABLE_FORMATS["csv"].path_of(name), dtype=str, keep_default_na=False)
    assert list(csv.columns) == parquet.column_names
    assert len(csv) == len(parquet)
    for column in parquet.schema:
        if pa.types.is_string(column.type):
            assert csv[column.name].tolist() == [value or "" for value in parquet[column.name].to_pylist()]
        if pa.types.is_list(column.type):
            assert [json.loads(cell) if cell else None for cell in csv[column.name]] == parquet[column.name].to_pylist()


def test_leading_zeros_are_in_the_files(whole: Project) -> None:
    path = whole.output / "latest" / TABLE_FORMATS["csv"].path_of("codes")
    csv = gzip.decompress(path.read_bytes()).decode("utf-8")
    assert '"0010","ICD9CM"' in csv


def test_two_builds_of_the_same_raw_files_are_the_same_bytes(whole: Project, tmp_path: Path) -> None:
    again = Project(whole.raw, whole.catalogue, tmp_path / "elsewhere")
    assert again.build().exit_code == 0
    builds = [hashes(project.output / "latest") for project in (again, whole)]
    databases = [project.output / "latest" / DATABASE for project in (again, whole)]
    for each in builds:
        del each[DATABASE]  # DuckDB's own bytes differ from run to run; what it holds does not
    assert builds[0] == builds[1]
    assert is_same_database(*databases)
    assert (again.output / "latest").readlink() == (whole.output / "latest").readlink()
