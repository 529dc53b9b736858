"""What asks the two questions that touch the claims: DuckDB in this process, or Spark. The rules run in DuckDB."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final, Protocol

from pipeline.ask.build import DuckConnection
from pipeline.ask.claims.claims_database import count_rows_of, reading_claims, rows_ticked, write_table
from pipeline.ask.claims.claims_source import SOURCE_CLAIMS, ClaimsSource, open_source, stage
from pipeline.ask.claims.claims_sql import quoted

__all__ = ["SOURCE_CLAIMS", "WRITTEN_KEYS", "ClaimsEngine", "DuckEngine", "counted_sql"]
WRITTEN_KEYS: Final = "written_keys"
COUNTED_ROWS: Final = "counted_rows"
Tick = Callable[[int, int], None]


def counted_sql(codes: str) -> str:
    """Rows by column, year and answer of a table of codes."""
    day, column = quoted("day"), quoted("column")
    return (
        f"select {column}, cast(year({day}) as integer) as {quoted('year')}, answer, count(*) as {quoted('rows')} "
        f"from {codes} group by {column}, cast(year({day}) as integer), answer"
    )


class ClaimsEngine(Protocol):
    """An engine over one set of claims, and the database in which the rules run.

    `types` are the columns with their types, `files` what the claims stand in, as far as they stand in files.
    """

    types: dict[str, str]
    files: tuple[Path, ...]

    def stage(self, needed: Sequence[str]) -> int:
        """Makes the claims known as SOURCE_CLAIMS, with the columns that are needed; returns how many rows."""

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """The rows of a small answer about SOURCE_CLAIMS."""

    def store_keys(self, question: str, rows: int) -> int:
        """Makes WRITTEN_KEYS of the answer to a question about SOURCE_CLAIMS; returns how many rows it has."""

    def write_codes(self, question: str, path: Path, rows: int) -> int:
        """Writes the answer to a question about SOURCE_CLAIMS and the joined answers; returns how many rows it has."""

    def count_answers(self, path: Path) -> None:
        """Makes COUNTED_ROWS in the database, of the codes that were written."""


class DuckEngine:
    """The engine that needs nothing but this process, its limit of memory and a folder."""

    def __init__(self, database: DuckConnection, source: Any, scratch: Path, tick: Tick) -> None:
        self._database = database
        self._source: ClaimsSource = open_source(database, source)
        self._scratch = scratch
        self._tick = tick
        self.types = self._source.types
        self.files = self._source.files

    def stage(self, needed: Sequence[str]) -> int:
        """See ClaimsEngine."""
        return stage(self._database, self._source, needed, self._scratch)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """See ClaimsEngine."""
        with self._reading():
            return self._database.execute(question).fetchall()

    def store_keys(self, question: str, rows: int) -> int:
        """See ClaimsEngine."""
        with self._reading(), rows_ticked(self._database, self._tick, rows):
            self._database.execute(f"create table {WRITTEN_KEYS} as {question}")
        return count_rows_of(self._database, WRITTEN_KEYS)

    def write_codes(self, question: str, path: Path, rows: int) -> int:
        """See ClaimsEngine."""
        with self._reading(), rows_ticked(self._database, self._tick, rows):
            write_table(self._database, question, path)
        return count_rows_of(self._database, _named(path))

    def count_answers(self, path: Path) -> None:
        """See ClaimsEngine."""
        self._database.execute(f"create table {COUNTED_ROWS} as {counted_sql(_named(path))}")

    def _reading(self) -> AbstractContextManager[None]:
        """Names and a footer that can be read say nothing of the pages behind them, nor that a file stays there."""
        return reading_claims(self._source.where, "pages that can be read, in files with the same types of columns")


def _named(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
