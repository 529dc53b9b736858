"""All tables of a build in one SQLite file, for Datasette, Excel's ODBC and whoever has nothing else.

It is no format of every build: it is five times as large as the DuckDB file. Days are text as ISO writes them, which
SQLite compares as days and has functions for; flags are 0 and 1; lists are JSON. One library writes the same rows as
the same bytes.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline.export.new_sqlite import new_sqlite
from pipeline.run.files import incoming_of
from schemas import TABLES
from schemas.arrow import arrow_schema, describe

AFFINITIES: Final = {pa.int32(): "integer", pa.bool_(): "integer", pa.float64(): "real"}  # all else is text
# What is looked up by: where a table has all of these columns, it has an index on them.
INDEXES: Final = (
    ("system", "code"),
    ("crosswalk", "source_code"),
    ("source_system", "source_code"),
    ("target_system", "target_code"),
    ("ndc",),
)
ROWS_AT_ONCE: Final = 50_000


def write_sqlite(tables: Iterable[tuple[str, pa.Table]], path: Path) -> None:
    """Writes the tables, each with its name, into a file, and one more that says what each column means.

    The file has its name when it is whole. Raises OSError as `new_sqlite` does.
    """
    aside = incoming_of(path)
    aside.unlink(missing_ok=True)
    try:
        with new_sqlite(aside) as database:
            for name, table in tables:
                _write_table(database, name, table)
            _write_meanings(database)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _write_table(database: sqlite3.Connection, name: str, table: pa.Table) -> None:
    columns = [f'"{each.name}" {AFFINITIES.get(each.type, "text")}' for each in table.schema]
    database.execute(f"create table {name} ({', '.join(columns)})")
    places = ", ".join("?" * table.num_columns)
    database.executemany(f"insert into {name} values ({places})", _rows_of(table))
    for wanted in INDEXES:
        if {*wanted} <= {*table.column_names}:
            database.execute(f"create index {name}_by_{'_'.join(wanted)} on {name} ({', '.join(wanted)})")


def _rows_of(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows as SQLite takes them; a piece at a time, since a million rows of Python's own are a gigabyte."""
    for start in range(0, len(table), ROWS_AT_ONCE):
        piece = table.slice(start, ROWS_AT_ONCE)
        yield from zip(*(_cells_of(column) for column in piece.columns), strict=True)


def _cells_of(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_list(column.type):
        return [None if each is None else json.dumps(each, ensure_ascii=False) for each in column.to_pylist()]
    return list((column.cast(pa.string()) if pa.types.is_date(column.type) else column).to_pylist())


def _write_meanings(database: sqlite3.Connection) -> None:
    database.execute('create table meanings ("table" text, "column" text, meaning text)')
    for name, model in TABLES.items():
        database.execute("insert into meanings values (?, null, ?)", (name, describe(model)))
        told = ((name, field.name, field.metadata[b"description"].decode()) for field in arrow_schema(model))
        database.executemany("insert into meanings values (?, ?, ?)", told)
