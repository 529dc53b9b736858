"""Questions to tables that are in memory, asked in SQL: files that lie beside the step which they serve.

What chains and counts mappings are joins, groups and windows; DuckDB does them on every core, or on one each where many
are asked side by side, and says them in the plainest words.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One database in memory for all questions: to open one costs as much as a question. It holds no table."""
    return duckdb.connect()


@cache
def _read_sql(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Each question on one thread meanwhile. Where many small ones are asked side by side, threads that share one wait
    for one another: a tenth of the processor time of all crosswalks."""
    _database().execute("set threads = 1")
    try:
        yield
    finally:
        _database().execute("reset threads")


def query_tables(sql: Path, values: Mapping[str, Any] | None = None, /, **tables: pa.Table) -> pa.Table:
    """The answer to the question in an SQL file about some tables, each known in it by the name given here.

    `values` are the parameters of the question (`$day`), by name. Raises MemoryError where the memory is not enough.
    """
    try:
        with _database().cursor() as database:
            for name, table in tables.items():
                database.register(name, table)
            return database.sql(_read_sql(sql), params=dict(values or {})).to_arrow_table()
    except duckdb.OutOfMemoryException as problem:
        raise MemoryError(str(problem)) from problem
