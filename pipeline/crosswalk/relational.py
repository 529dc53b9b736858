"""Questions to tables that are in memory, asked in SQL: the files in `sql/`.

What chains and counts mappings are joins, groups and windows; DuckDB does them on every core and says them in the
plainest words.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

QUESTIONS = Path(__file__).with_name("sql")


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One database in memory for all questions: to open one costs as much as a question. It holds no table."""
    return duckdb.connect()


@cache
def _read_question(name: str) -> str:
    return (QUESTIONS / f"{name}.sql").read_text(encoding="utf-8")


def ask(question: str, values: Mapping[str, Any] | None = None, /, **tables: pa.Table) -> pa.Table:
    """The answer to the question in `sql/<question>.sql` about some tables, each known in it by the name given here.

    `values` are the parameters of the question (`$day`), by name.
    """
    with _database().cursor() as database:
        for name, table in tables.items():
            database.register(name, table)
        return database.sql(_read_question(question), params=dict(values or {})).to_arrow_table()
