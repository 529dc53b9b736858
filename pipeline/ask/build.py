"""The tables of a build as views that questions can be asked of."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import UsageError

Row = dict[str, Any]


def open_build(build: Path) -> duckdb.DuckDBPyConnection:
    """A connection with one view for each table of a published build. Raises UsageError where there is none."""
    if not (build / "datapackage.json").is_file():
        raise UsageError(f"{build}: there is no build here\n  next:     `make` builds the tables, or name --output")
    connection = duckdb.connect()
    place = str(build.resolve()).replace("'", "''")
    for name in sorted(path.stem for path in (build / "parquet").glob("*.parquet")):
        connection.execute(f"create view {name} as from '{place}/parquet/{name}.parquet'")
    return connection


def ask(connection: duckdb.DuckDBPyConnection, question: str, **values: str | int | date | list[str]) -> list[Row]:
    """The rows of an answer, each by column name."""
    answer = connection.execute(question, values)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
