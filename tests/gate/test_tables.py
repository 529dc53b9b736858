"""The gate."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ValidationFailed
from pipeline.gate.tables import _is_sorted, as_rows_of, validate_listings, validate_tables
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
        validate_tables({**tables, table: new}, [])
    return str(problem.value)


def test_tables_of_a_build_pass_again(tables: dict[str, pa.Table]) -> None:
    passed = validate_tables(tables, [])
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
        validate_tables({**tables, "codes": twice}, [])


def test_all_failures_are_listed_at_once(tables: dict[str, pa.Table]) -> None:
    releases = tables["releases"]
    wrong = releases.set_column(releases.column_names.index("sha256"), "sha256", pa.repeat("abc", len(releases)))
    codes = pa.concat_tables([tables["codes"], tables["codes"].slice(0, 1)])
    with pytest.raises(ValidationFailed) as problem:
        validate_tables({**tables, "releases": wrong, "codes": codes}, [])
    assert "table codes" in str(problem.value)
    assert "table releases" in str(problem.value)


def test_column_missing_or_too_many(tables: dict[str, pa.Table]) -> None:
    with pytest.raises(ValidationFailed, match=r"missing \['kind'\]"):
        as_rows_of(TABLES["codes"], tables["codes"].drop_columns(["kind"]))
    with pytest.raises(ValidationFailed, match=r"too many \['colour'\]"):
        extra = tables["codes"].append_column("colour", pa.repeat("red", len(tables["codes"])))
        as_rows_of(TABLES["codes"], extra)


def test_rows_come_sorted_by_key_with_the_types_of_the_model(tables: dict[str, pa.Table]) -> None:
    backwards = tables["codes"].take(pa.array(range(len(tables["codes"]) - 1, -1, -1)))
    rows = as_rows_of(TABLES["codes"], backwards)
    assert list(zip(rows["system"], rows["code"], strict=True)) == sorted(
        zip(rows["system"], rows["code"], strict=True)
    )
    types = {field.name: pd.ArrowDtype(field.type) for field in arrow_schema(TABLES["codes"])}
    assert rows.dtypes.to_dict() == types


def test_listing_with_a_code_twice_is_refused_with_its_lines() -> None:
    validate_listings(listings_of("icd10cm", {"order": text_of(ORDER_LINES)}))
    twice = listings_of("icd10cm", {"order": text_of([*ORDER_LINES, order_line(10, "A000", 1, "x")])})
    with pytest.raises(ValidationFailed) as problem:
        validate_listings(twice)
    assert "A000 in order.txt, line 2" in str(problem.value)
    assert "A000 in order.txt, line 7" in str(problem.value)


def test_failed_check_names_the_raw_file_and_line(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    listings = listings_of("icd10cm", {"order": text_of([*ORDER_LINES, order_line(10, "A0.0", 1, "x")])})
    old = tables["codes"]
    codes = ["A0.0" if code == "A41" else code for code in old["code"].to_pylist()]
    edited = old.set_column(old.column_names.index("code"), old.schema.field("code"), pa.array(codes))
    with pytest.raises(ValidationFailed, match=r"code='A0\.0', system='ICD10CM'.* from order\.txt, line 7"):
        validate_tables({**tables, "codes": edited}, listings)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("AB"), st.none() | st.sampled_from("CD")), max_size=6))
def test_a_table_in_the_order_of_its_key_is_known_as_such(rows):
    table = pa.table({"one": [one for one, _ in rows], "two": [two for _, two in rows]}).cast(
        pa.schema([("one", pa.string()), ("two", pa.string())])
    )
    in_order = table.sort_by([("one", "ascending"), ("two", "ascending")]).equals(table)
    assert _is_sorted([table["one"].combine_chunks(), table["two"].combine_chunks()]) == in_order
