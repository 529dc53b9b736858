"""Each table against its model."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ValidationFailed
from pipeline.gate import validate_tables
from pipeline.gate.tables import as_rows_of
from schemas import TABLES
from schemas.arrow import arrow_schema
from tests.normalise.frames import listings_of
from tests.samples import ORDER_LINES, copy_excerpt, order_line, text_of


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """Good tables: those of a build of a part of the excerpt."""
    project = copy_excerpt(tmp_path_factory.mktemp("validate"), "icd10cm", "hcpcs")
    assert project.build().exit_code == 0
    folder = project.output / "latest" / "parquet"
    return {name: pa.parquet.read_table(folder / f"{name}.parquet") for name in TABLES}


def refuse(tables: dict[str, pa.Table], table: str, column: str, values: object) -> str:
    """What the gate says where the first row of a table has another value."""
    old = tables[table]
    edited = [values, *old[column].to_pylist()[1:]]
    position = old.column_names.index(column)
    new = old.set_column(position, pa.field(column, old.schema.field(column).type), pa.array(edited, old[column].type))
    with pytest.raises(ValidationFailed) as problem:
        validate_tables({**tables, table: new}, [], [])
    return str(problem.value)


def test_tables_of_a_build_pass_again(tables: dict[str, pa.Table]) -> None:
    passed = validate_tables({**tables}, [], [])
    assert {name: len(rows) for name, rows in passed.items()} == {name: len(table) for name, table in tables.items()}


@pytest.mark.parametrize(
    ("table", "column", "value", "says"),
    [
        ("codes", "kind", "diagnoses", "table codes, column kind: isin"),
        ("codes", "setting", "home", "table codes, column setting: isin"),
        ("codes", "valid_from_basis", "guess", "table codes, column valid_from_basis: isin"),
        ("codes", "level", 0, "table codes, column level: greater_than_or_equal_to(1)"),
        ("codes", "code", "A0.0", "the code fits the pattern of its system"),
        ("codes", "parent_code", "nowhere", "parent_code is a code of the same system"),
        ("codes", "first_release", "2999-01-01", "first_release is not newer than last_release"),
        ("codes", "licence", None, "table codes, column licence: not_nullable"),
        ("releases", "sha256", "abc", "table releases, column sha256: str_matches"),
        ("releases", "rows", 0, "table releases, column rows"),
        ("systems", "home_url", "http://x", "table systems, column home_url: str_startswith"),
    ],
)
def test_value_that_a_column_may_not_have(
    tables: dict[str, pa.Table], table: str, column: str, value: object, says: str
) -> None:
    message = refuse(tables, table, column, value)
    assert says in message
    assert "nothing was published" in message


def test_code_that_ends_before_it_starts(tables: dict[str, pa.Table]) -> None:
    first = tables["codes"]["valid_from"][0].as_py()
    message = refuse(tables, "codes", "valid_to", first.replace(year=first.year - 1))
    assert "valid_to is not before valid_from" in message


def test_row_that_stands_twice(tables: dict[str, pa.Table]) -> None:
    twice = pa.concat_tables([tables["codes"], tables["codes"].slice(0, 1)])
    with pytest.raises(ValidationFailed, match="unique"):
        validate_tables({**tables, "codes": twice}, [], [])


def test_all_failures_are_listed_at_once(tables: dict[str, pa.Table]) -> None:
    releases = tables["releases"]
    wrong = releases.set_column(releases.column_names.index("sha256"), "sha256", pa.repeat("abc", len(releases)))
    codes = pa.concat_tables([tables["codes"], tables["codes"].slice(0, 1)])
    with pytest.raises(ValidationFailed) as problem:
        validate_tables({**tables, "releases": wrong, "codes": codes}, [], [])
    assert "table codes" in str(problem.value)
    assert "table releases" in str(problem.value)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda codes: codes.drop_columns(["kind"]), "table codes: columns missing ['kind']"),
        (lambda codes: codes.append_column("colour", codes["kind"]), "columns too many ['colour']"),
        (
            lambda codes: codes.drop_columns(["level"]).append_column("level", codes["kind"]),
            "table codes, column level: string where int32 is expected",
        ),
    ],
)
def test_columns_that_are_wrong_are_found_beside_what_is_wrong_elsewhere(
    tables: dict[str, pa.Table], edit: Callable[[pa.Table], pa.Table], says: str
) -> None:
    releases = tables["releases"]
    wrong = releases.set_column(releases.column_names.index("sha256"), "sha256", pa.repeat("abc", len(releases)))
    with pytest.raises(ValidationFailed) as problem:
        validate_tables({**tables, "codes": edit(tables["codes"]), "releases": wrong}, [], [])
    assert says in str(problem.value)
    assert "table releases, column sha256" in str(problem.value)


def test_rows_come_sorted_by_key_with_the_types_of_the_model(tables: dict[str, pa.Table]) -> None:
    backwards = tables["codes"].take(pa.array(range(len(tables["codes"]) - 1, -1, -1)))
    rows, _ = as_rows_of(TABLES["codes"], backwards)
    assert list(zip(rows["system"], rows["code"], strict=True)) == sorted(
        zip(rows["system"], rows["code"], strict=True)
    )
    types = {field.name: pd.ArrowDtype(field.type) for field in arrow_schema(TABLES["codes"])}
    assert rows.dtypes.to_dict() == types


def test_failed_check_names_the_raw_file_and_line(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    listings = listings_of("icd10cm", {"order": text_of([*ORDER_LINES, order_line(10, "A0.0", 1, "x")])})
    old = tables["codes"]
    codes = ["A0.0" if code == "A41" else code for code in old["code"].to_pylist()]
    edited = old.set_column(old.column_names.index("code"), old.schema.field("code"), pa.array(codes))
    with pytest.raises(ValidationFailed, match=r"code='A0\.0', system='ICD10CM'.* from order\.txt, line 7"):
        validate_tables({**tables, "codes": edited}, listings, [])


KEYS = st.tuples(st.sampled_from("AB"), st.none() | st.sampled_from("CD"), st.none() | st.sampled_from("EF"))


@settings(max_examples=100, deadline=None)
@given(st.lists(KEYS, max_size=6))
def test_rows_come_sorted_with_missing_values_last_and_repeated_keys_are_seen(keys: list[tuple[str, ...]]) -> None:
    columns = ["exception", "source_code", "target_code"]
    rows = [dict(zip(columns, key, strict=True)) for key in keys]
    plain = pa.schema([field.with_nullable(True) for field in arrow_schema(TABLES["crosswalk_exceptions"])])
    table = pa.Table.from_pylist([{"crosswalk": "x", "reason": "r", "rows": 1, **row} for row in rows], plain)
    ordered, is_unique = as_rows_of(TABLES["crosswalk_exceptions"], table)
    found = ordered[columns].astype(object).to_numpy().tolist()
    expected = sorted(keys, key=lambda key: [(value is None, value or "") for value in key])
    assert [tuple(None if pd.isna(value) else value for value in row) for row in found] == expected
    assert is_unique == (len(set(keys)) == len(keys))
