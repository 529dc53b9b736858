"""The database that claims are asked in: DuckDB in this process, with a limit of memory and a folder for the rest."""

import errno
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from pipeline.ask.build import DuckConnection
from pipeline.ask.claims.claim_tables import values_in
from pipeline.errors import UnreadableClaims, UsageError

Relation = duckdb.DuckDBPyRelation
MEMORY: Final = "512MB"
DISK_FULL: Final = ("No space left on device", "max_temp_directory_size", "Disk quota exceeded")
# Of the memory that is asked for DuckDB gets this share: the rest is the process itself, and what it holds beside.
SHARE: Final = 0.85
AMOUNT: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]i?B)", re.IGNORECASE)
SECONDS_BETWEEN_LOOKS: Final = 0.2


@contextmanager
def open_database(scratch: Path, memory: str = MEMORY) -> Iterator[DuckConnection]:
    """An empty database for a run that takes about so much memory, and what is more in a folder. Raises UsageError for
    a limit that is none, or is not enough; OSError where the disk is full."""
    amount = AMOUNT.fullmatch(memory.strip())
    if amount is None:
        raise _no_amount(memory)
    database = duckdb.connect()
    try:
        try:
            database.execute(f"set memory_limit = '{float(amount[1]) * SHARE:.3f}{amount[2]}'")
        except duckdb.ParserException as problem:  # more than it can count
            raise _no_amount(memory) from problem
        database.execute("set temp_directory = $scratch", {"scratch": str(scratch)})
        database.execute("set TimeZone = 'UTC'")  # a moment's day is the same on every machine, and on Spark
        database.execute("set enable_progress_bar = true; set enable_progress_bar_print = false")
        with _problems_said(memory):
            yield database
    finally:
        database.close()


def _no_amount(memory: str) -> UsageError:
    return UsageError(f"--memory {memory}: no amount of memory\n  next:     512MB, 2GB, ...")


@contextmanager
def _problems_said(memory: str) -> Iterator[None]:
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException) as problem:
        said = str(problem)
        if any(each in said for each in DISK_FULL):
            raise OSError(errno.ENOSPC, f"No space left on device: {said.splitlines()[0]}") from problem
        if isinstance(problem, duckdb.OutOfMemoryException):
            raise UsageError(
                f"the limit of memory, {memory}, is not enough: {said.splitlines()[0]}\n  next:     raise --memory"
            ) from problem
        raise


@contextmanager
def reading_claims(where: str, expected: str) -> Iterator[None]:
    """Within the block what cannot be read of claims is said with the file and, where it has lines, the line."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as problem:
        if any(each in str(problem) for each in DISK_FULL):
            raise
        found = next(line for line in str(problem).splitlines() if line.strip())
        raise UnreadableClaims(
            where, expected, found, "see whether the file is whole; text has to be UTF-8, each row with all its fields"
        ) from problem


@contextmanager
def rows_ticked(database: DuckConnection, tick: Callable[[int, int], None], rows: int) -> Iterator[None]:
    """Within the block a caller hears again and again how many of some rows a question has come through."""
    ended = threading.Event()

    def look() -> None:
        """Tells how far the question has come, until it has ended."""
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            tick(int(max(database.query_progress(), 0) * rows / 100), rows)

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()


def columns_with_types(database: DuckConnection, table: str) -> dict[str, str]:
    """The columns of a table, or of a question in brackets, with their types as DuckDB writes them."""
    return {row[0]: row[1] for row in database.execute(f"describe select * from {table}").fetchall()}


def count_rows_of(database: DuckConnection, table: str) -> int:
    """How many rows a table has, or a question in brackets."""
    row = database.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def open_results(files: Mapping[str, Path], *, in_memory: bool) -> dict[str, Relation]:
    """Files as relations by name: read when they are asked, or now, as tables in memory."""
    database = duckdb.connect()
    for name, path in files.items():
        below = "/*.parquet" if path.is_dir() else ""  # as Spark writes it
        where = str(path).replace("'", "''")
        kind = "table" if in_memory else "view"
        database.execute(f"create {kind} {name} as from '{where}{below}'")
    return {name: database.table(name) if in_memory else database.view(name) for name in files}


def make_table(database: DuckConnection, name: str, sql: str, values: Mapping[str, Any] | None = None) -> None:
    """Makes a table of the answer to the question in an SQL file beside this module, with those `$values` it names."""
    question = read_question(sql)
    database.execute(f"create table {name} as {question}", values_in(question, values or {}))


def read_question(sql: str) -> str:
    """The question in an SQL file beside this module."""
    return Path(__file__).with_name(sql).read_text(encoding="utf-8")


def write_table(database: DuckConnection, question: str, path: Path, values: Mapping[str, Any] | None = None) -> None:
    """Writes the answer to a question as a Parquet file, or csv with a line of names where its name says so."""
    target = str(path).replace("'", "''")
    form = "csv, header true" if path.suffix == ".csv" else "parquet"
    database.execute(f"copy ({question}) to '{target}' (format {form})", dict(values or {}))
