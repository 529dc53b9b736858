"""Checks of one table: its columns, and everything that its model says of its rows."""

from copy import copy
from typing import cast

import pandas as pd
import pyarrow as pa

from pipeline.gate.findings import CASES_SHOWN, as_finding, last_mention
from pipeline.normalise.listing import Listing
from pipeline.run.ordered_rows import put_in_order
from schemas import TABLES, DataFrame, SchemaErrors
from schemas.arrow import arrow_schema, key_of
from schemas.types import Table


def find_wrong_columns(name: str, table: pa.Table) -> list[str]:
    """What is wrong with the columns of a table: missing, too many, or not of the type that its model says."""
    schema = arrow_schema(TABLES[name])
    missing = [column for column in schema.names if column not in table.column_names]
    extra = [column for column in table.column_names if column not in schema.names]
    if missing or extra:
        return [as_finding(f"table {name}: columns missing {missing}, columns too many {extra}")]
    return [
        as_finding(f"table {name}, column {field.name}: {table[field.name].type} where {field.type} is expected")
        for field in schema
        if not _can_be(table[field.name], field.type)
    ]


def _can_be(values: pa.ChunkedArray, kind: pa.DataType) -> bool:
    words = values.unique() if pa.types.is_dictionary(values.type) else values
    try:
        words.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def check_table(name: str, table: pa.Table, listings: list[Listing]) -> tuple[DataFrame[Table] | None, list[str]]:
    """A table whose columns are right, sorted by its key, as what passed its model; else the findings, all at once.

    Each finding names the check, the column, the number of rows, and the first of them with the raw file and line
    that they come from.
    """
    model = TABLES[name]
    rows, is_unique = as_rows_of(model, table)
    schema = copy(model.to_schema())
    if is_unique:  # as neighbours in order show: pandas would look for repeated keys among all rows once more
        schema.unique = None
    try:
        return cast("DataFrame[Table]", schema.validate(rows, lazy=True)), []
    except SchemaErrors as failure:
        return None, _describe(name, rows, failure, listings)


def as_rows_of(model: type[Table], table: pa.Table) -> tuple[pd.DataFrame, bool]:
    """A table with the columns and types of a model, sorted by its key, as a frame of Arrow types; and whether no key
    is there twice."""
    schema = arrow_schema(model)
    plain = pa.schema([field.with_nullable(True) for field in schema])
    ordered, is_unique = put_in_order(table.select(schema.names).cast(plain), key_of(model))
    return ordered.to_pandas(types_mapper=pd.ArrowDtype), is_unique


def _describe(name: str, rows: pd.DataFrame, failure: SchemaErrors, listings: list[Listing]) -> list[str]:
    failed = failure.failure_cases
    problems = []
    of_rows = failed["schema_context"] == "DataFrameSchema"
    columns = failed["column"].astype(str).where(~of_rows, "of the row")  # a check of rows fails once, not per column
    for (check, column), group in failed.groupby([failed["check"].astype(str), columns], sort=False):
        where = pd.unique(group["index"].dropna()).astype(int)
        cases = [f"{_as_text(rows, row)} from {_place_of(rows, row, listings)}" for row in where[:CASES_SHOWN]]
        problems.append(as_finding(f"table {name}, column {column}: {check}: {len(where):,} rows", cases))
    return problems


def _as_text(rows: pd.DataFrame, row: int) -> str:
    return ", ".join(f"{column}={rows[column].iloc[row]!r}" for column in rows.columns[:3])


def _place_of(rows: pd.DataFrame, row: int, listings: list[Listing]) -> str:
    """Where a row comes from: the publisher's file that it names, else the raw file and line of its code."""
    if "source_file" in rows.columns:
        file = rows["source_file"].iloc[row]
        return str(file) if pd.notna(file) else "no raw file: it is derived"
    if "code" not in rows.columns:
        return "the registry or the catalogue"
    return last_mention(rows["system"].iloc[row], rows["code"].iloc[row], listings)
