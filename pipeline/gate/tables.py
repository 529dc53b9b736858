"""The gate: nothing is exported that has not passed every check of its table's model.

Beside the models there is one check of what goes in: a release lists no code twice.
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandera.errors import SchemaErrors
from pandera.typing import DataFrame

from pipeline.errors import ValidationFailed
from pipeline.gate.patterns import find_misfits
from pipeline.gate.references import find_dangling
from pipeline.history.timeline import Bools
from pipeline.normalise.listing import Listing
from schemas import TABLES
from schemas.arrow import arrow_schema, key_of
from schemas.types import Table

SHOWN = 5


def validate_listings(listings: list[Listing]) -> None:
    """Raises ValidationFailed, with files and lines, where a release lists a code (or a record of it) twice."""
    problems = [problem for listing in listings if (problem := _repeated_codes(listing))]
    if problems:
        raise ValidationFailed(_as_message(problems))


def _repeated_codes(listing: Listing) -> str | None:
    key = listing.rows["code"]
    if not listing.complete:  # records: a code that was used again has one for each meaning
        key = pc.binary_join_element_wise(key, pc.fill_null(listing.rows["valid_from"].cast(pa.string()), ""), " ")
    encoded = key.combine_chunks().dictionary_encode()
    if len(encoded.dictionary) == len(encoded):
        return None
    indices = np.asarray(encoded.indices)
    repeated = np.flatnonzero(np.bincount(indices)[indices] > 1)
    codes = listing.rows["code"].take(pa.array(repeated)).to_pylist()
    lines = listing.rows["line"].take(pa.array(repeated)).to_pylist()
    shown = [f"      {code} in {listing.where}, line {line}" for code, line in zip(codes, lines, strict=True)][:SHOWN]
    return "\n".join([f"  {listing.system} {listing.release}: a code is listed twice: {len(repeated):,} rows", *shown])


def validate_tables(tables: Mapping[str, pa.Table], listings: list[Listing]) -> dict[str, DataFrame[Table]]:
    """Every table sorted by its key and checked against its model and what it refers to, all failures collected.

    Raises ValidationFailed that lists each failing check with its table, column, number of rows, and the first rows
    with the raw file and line they come from.
    """

    def check(name: str) -> tuple[DataFrame[Table] | None, list[str]]:
        """One table that passed, or what is wrong with it."""
        rows = as_rows_of(TABLES[name], tables[name])
        try:
            return TABLES[name].validate(rows, lazy=True), []
        except SchemaErrors as failure:
            return None, _describe(name, rows, failure, listings)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        dangling = threads.submit(find_dangling, tables)
        checked = dict(zip(tables, threads.map(check, tables), strict=True))
        problems = [*chain.from_iterable(found for _, found in checked.values()), *dangling.result()]
        problems += find_misfits(tables, listings)
    passed = {name: rows for name, (rows, _) in checked.items() if rows is not None}
    if problems:
        raise ValidationFailed(_as_message(problems))
    return passed


def as_rows_of(model: type[Table], table: pa.Table) -> pd.DataFrame:
    """A table with the columns and types of a model, sorted by its key, as a frame of Arrow types."""
    schema = arrow_schema(model)
    missing = [name for name in schema.names if name not in table.column_names]
    extra = [name for name in table.column_names if name not in schema.names]
    if missing or extra:
        raise ValidationFailed(f"table {model.__name__}: columns missing {missing}, columns too many {extra}")
    plain = pa.schema([field.with_nullable(True) for field in schema])
    ordered = _sorted(table.select(schema.names).cast(plain), key_of(model))
    rows: pd.DataFrame = ordered.to_pandas(types_mapper=pd.ArrowDtype)
    return rows


def _sorted(table: pa.Table, key: list[str]) -> pa.Table:
    """The rows in the order of their key, missing values last; to see that they are in order is quick."""
    if _is_sorted([table[column].combine_chunks() for column in key]):
        return table
    return table.sort_by([(column, "ascending") for column in key])


def _is_sorted(columns: list[pa.Array]) -> bool:
    """Whether no row stands before one that it should stand behind, the first column deciding first."""
    ties = np.ones(max(len(columns[0]) - 1, 0), bool)
    for column in columns:
        is_before, is_same = _neighbours(column)
        if (ties & ~is_before & ~is_same).any():
            return False
        ties &= is_same
    return True


def _neighbours(column: pa.Array) -> tuple[Bools, Bools]:
    """Of each value but the last, whether it sorts before the next, and whether it is the same; missing ones last."""
    before, behind = column[:-1], column[1:]
    is_before, is_same = pc.less(before, behind), pc.equal(before, behind)
    if not column.null_count:
        return np.asarray(is_before), np.asarray(is_same)
    is_missing = np.asarray(pc.is_null(column))
    was, will = is_missing[:-1], is_missing[1:]
    known = [np.asarray(pc.fill_null(each, False)) for each in (is_before, is_same)]
    return known[0] | (~was & will), known[1] | (was & will)


def _describe(name: str, rows: pd.DataFrame, failure: SchemaErrors, listings: list[Listing]) -> list[str]:
    cases = failure.failure_cases
    problems = []
    of_rows = cases["schema_context"] == "DataFrameSchema"
    columns = cases["column"].astype(str).where(~of_rows, "of the row")  # a check of rows fails once, not per column
    for (check, column), group in cases.groupby([cases["check"].astype(str), columns], sort=False):
        where = pd.unique(group["index"].dropna()).astype(int)
        shown = [f"      {_as_text(rows, row)} from {_trace(rows, row, listings)}" for row in where[:SHOWN]]
        problems.append("\n".join([f"  table {name}, column {column}: {check}: {len(where):,} rows", *shown]))
    return problems


def _as_text(rows: pd.DataFrame, row: int) -> str:
    return ", ".join(f"{column}={rows[column].iloc[row]!r}" for column in rows.columns[:3])


def _trace(rows: pd.DataFrame, row: int, listings: list[Listing]) -> str:
    """The raw file and line that last said something of the code of a row."""
    if "code" not in rows.columns:
        return "the registry or the catalogue"
    system, code = rows["system"].iloc[row], rows["code"].iloc[row]
    for listing in reversed(listings):
        position = pc.index(listing.rows["code"], code).as_py() if listing.system == system else -1
        if position >= 0:
            return f"{listing.where}, line {listing.rows['line'][position]}"
    return "no raw file"


def _as_message(problems: list[str]) -> str:
    return "\n".join(
        [
            f"{len(problems)} checks failed; nothing was published",
            *problems,
            "  next:     correct the raw file, or teach the rules what the publisher means",
        ]
    )
