"""The one door to a build: tables that questions in SQL are asked of, and what a build says of its own content.

Every table is a view by its name (`from codes where system = $system`), made when a question first names it: to look at
all of them costs 0.1 s, and most questions need two. Each has a connection of its own, for one thread at a time.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import duckdb

from pipeline.ask.build_files import (
    BUILD_AGAIN,
    find_damaged,
    is_missing,
    parquet_files,
    parquet_path,
    place_of,
    read_build_id,
    read_is_excerpt,
    read_source_titles,
)  # fmt: skip
from pipeline.ask.crosswalk_rows import CROSSWALK_ROWS, CrosswalkRow
from pipeline.ask.system_names import require_named
from pipeline.ask.system_rows import LISTS, SYSTEM_ROWS, SystemRow
from pipeline.errors import UnreadableBuild, UsageError

if TYPE_CHECKING:
    import pyarrow

Row = dict[str, Any]
Taken = TypeVar("Taken")
DuckConnection = duckdb.DuckDBPyConnection
ASKED_IN_VAIN: Final = (duckdb.BinderException, duckdb.CatalogException, KeyError)
NAMES = re.compile(r"\w+(?:\.\w+)?")
SECTION_ROWS = "select system, section, title, first, last from sections order by system, first, section"
RELEASE_DAYS = "select system, min(effective_from) as oldest, max(effective_from) as newest from releases group by all"


@dataclass(frozen=True)
class Records:
    """The rows of an answer as tuples, and the names of their columns."""

    header: list[str]
    records: list[tuple[Any, ...]]

    @property
    def rows(self) -> list[Row]:
        """The rows, each by column name."""
        return [dict(zip(self.header, record, strict=True)) for record in self.records]


class OpenTables:
    """Tables by name, Parquet files or Arrow tables, and a connection to ask them; `with` closes it.

    A name may have a schema: `before.codes`.
    """

    def __init__(
        self, sources: "Mapping[str, Path | pyarrow.Table]", places: Mapping[str, Path] = MappingProxyType({})
    ) -> None:
        """`places` are the folders of the builds, by the schema of their tables; without a schema it is empty."""
        self._sources = dict(sources)
        self._places = dict(places)
        self._viewed: set[str] = set()
        self._shown: set[str] = set()
        self._connection = duckdb.connect()

    def __enter__(self) -> Self:
        """Itself, to be asked."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        """Closes the connection."""
        self.close()

    def close(self) -> None:
        """Closes the connection. Nothing can be asked after that."""
        self._connection.close()

    @property
    def names(self) -> frozenset[str]:
        """The tables that are here, with their schemas where they have one."""
        return frozenset(self._sources)

    def columns(self, table: str) -> list[str]:
        """The columns of a table, in order. Raises UnreadableBuild as `ask` does."""
        return [row["column_name"] for row in self.rows(f"describe from {table}")]

    def require_present(self, table: str) -> None:
        """Raises UnreadableBuild where the file of a table is gone from one of the builds."""
        path = parquet_path(table)
        for place in self._places.values():
            if is_missing(place, path) and (found := find_damaged(place, [path])):
                raise found

    def rows(self, question: str, **values: object) -> list[Row]:
        """The rows of an answer, each by column name."""
        return self.ask(question, **values).rows

    def ask(self, question: str, **values: object) -> Records:
        """The answer to a question in SQL, with the values of its `$names`.

        Raises UnreadableBuild where a table that the question names is damaged, or lacks what builds have today.
        """

        def take() -> Records:
            """The rows of the answer, with the names of their columns."""
            answer = self._connection.execute(question, values)
            return Records([column[0] for column in answer.description or []], answer.fetchall())

        return self._taken(question, take)

    def ask_table(self, question: str, **values: object) -> "pyarrow.Table":
        """The same answer as an Arrow table, where it has many rows. Raises UnreadableBuild as `ask` does."""
        return self._taken(question, lambda: self._connection.sql(question, params=values).to_arrow_table())

    def lend(self, name: str, table: "pyarrow.Table") -> None:
        """A table of the asker's own, to be named in questions, in the place of what was lent by that name before."""
        self._sources[name] = table
        self._viewed.discard(name)

    def _taken(self, question: str, take: Callable[[], Taken]) -> Taken:
        """What is taken of a question's answer, once the tables that it names are there."""
        named = set(NAMES.findall(question))
        with self._reading(named):
            for name in sorted(named & self._sources.keys() - self._viewed):
                self._view(name)
            return take()

    def show_to(self, connection: DuckConnection, tables: Iterable[str], prefix: str) -> None:
        """Shows tables to another connection, as temporary views whose names begin with a prefix.

        Raises UnreadableBuild as `ask` does.
        """
        with self._reading({*tables}):
            for name in tables:
                _show(connection, f"{prefix}{name}", self._sources[name])
                self._shown.add(name)

    def shown_to_others(self) -> AbstractContextManager[None]:
        """Within the block a page of a table that was shown raises as `ask` does where another connection cannot read
        it: a table is shown by its footer alone."""
        return self._reading(self._shown)

    @contextmanager
    def _reading(self, named: set[str]) -> Iterator[None]:
        try:
            yield
        except (duckdb.Error, KeyError) as problem:
            unreadable = self._why_unreadable(named, isinstance(problem, ASKED_IN_VAIN))
            if unreadable is None:
                raise
            raise unreadable from problem

    def _view(self, name: str) -> None:
        schema, _, _ = name.rpartition(".")
        if schema:
            self._connection.execute(f"create schema if not exists {schema}")
        _show(self._connection, name, self._sources[name])
        self._viewed.add(name)

    def _why_unreadable(self, named: set[str], in_vain: bool) -> UnreadableBuild | None:
        """What is wrong with the tables that a question names, where it is not the question.

        Asked `in_vain`, for a table or a column that is not there, they may be those of an older version.
        """
        from schemas import TABLES

        of_tables = [name for name in sorted(named) if _parted(name)[1] in TABLES]
        for schema, table in map(_parted, of_tables):
            place, path = self._places.get(schema), parquet_path(table)
            if place and (is_missing(place, path) or not in_vain) and (found := find_damaged(place, [path])):
                return found
        lacking = [each for name in of_tables for each in self._lacking(name)] if in_vain else []
        if lacking:
            return UnreadableBuild(
                f"this build was made by an older version: it has no {', '.join(lacking)}{BUILD_AGAIN}"
            )
        return None

    def _lacking(self, name: str) -> list[str]:
        """What builds of this version have and these have not, of one table; nothing of a schema that is not here."""
        from schemas import TABLES
        from schemas.arrow import columns_of

        schema, table = _parted(name)
        if schema not in (self._places or {""}):
            return []
        if name not in self._sources:
            return [f"table {name}"]
        own = self.columns(name)
        return [f"column {name}.{column}" for column in columns_of(TABLES[table]) if column not in own]


def _show(connection: DuckConnection, name: str, source: "Path | pyarrow.Table") -> None:
    """Makes a table known to a connection by a name, which may have a schema."""
    if not isinstance(source, Path):
        connection.register(name, source)
        return
    path = str(source).replace("'", "''")
    connection.execute(f"create or replace {'' if '.' in name else 'temp '}view {name} as from '{path}'")


def _parted(name: str) -> tuple[str, str]:
    """The schema of a table's name, empty where it has none, and the table."""
    schema, _, table = name.rpartition(".")
    return schema, table


class Build(OpenTables):
    """The tables of one build, and small facts that it tells of itself."""

    def __init__(self, sources: "Mapping[str, Path | pyarrow.Table]", folder: Path | None = None) -> None:
        super().__init__(sources, {"": folder} if folder else {})
        self._folder = folder

    @property
    def folder(self) -> Path:
        """The folder of a published build. Raises UsageError where it is in memory only."""
        if self._folder is None:
            raise UsageError("this build is not published: it has no files to look in")
        return self._folder

    @cached_property
    def id(self) -> str:
        """The id of the build."""
        if self._folder is None:
            return "not published"
        return read_build_id(self._folder)

    @cached_property
    def is_excerpt(self) -> bool:
        """Whether it is made of samples, too few codes for any analysis; not known, so no, where it is in memory."""
        return self._folder is not None and read_is_excerpt(self._folder)

    @cached_property
    def source_titles(self) -> frozenset[str]:
        """The titles of the sources that it is made from; none of a build that is not published."""
        return read_source_titles(self._folder) if self._folder else frozenset()

    @cached_property
    def systems(self) -> dict[str, SystemRow]:
        """Every code system by its id, in the order of ids."""
        rows = self.rows(SYSTEM_ROWS)
        return {row["system"]: SystemRow(**row | {name: row[name] or [] for name in LISTS}) for row in rows}

    @cached_property
    def crosswalks(self) -> dict[str, CrosswalkRow]:
        """Every crosswalk by its id, in the order of ids."""
        return {row["crosswalk"]: CrosswalkRow(**row) for row in self.rows(CROSSWALK_ROWS)}

    @cached_property
    def sections(self) -> list[Row]:
        """Every section of every system: system, section, title, and the first and last code where it has numbers."""
        return self.rows(SECTION_ROWS)

    @cached_property
    def release_days(self) -> dict[str, tuple[date, date]]:
        """The first day of the oldest and of the newest release of each system that has any."""
        return {row["system"]: (row["oldest"], row["newest"]) for row in self.rows(RELEASE_DAYS)}

    def system_called(self, name: str) -> str:
        """The id of a system by a name that people type, in capitals or not.

        Raises UsageError where there is none of that name, or several.
        """
        return require_named(name, self.systems)


def open_build(folder: Path) -> Build:
    """A published build. A link is followed once: what is published meanwhile does not mix in. Raises UsageError."""
    place = place_of(folder)
    return Build(parquet_files(place), place)


def open_arrow(tables: "Mapping[str, pyarrow.Table]") -> Build:
    """A build that is not published yet, by its tables in memory."""
    return Build(tables)


def open_two(before: Path, after: Path) -> OpenTables:
    """Two published builds side by side: the tables of the one in schema `before`, of the other in `after`.

    Raises UsageError where one of them is none.
    """
    sides = {"before": place_of(before), "after": place_of(after)}
    tables = {f"{side}.{name}": path for side, place in sides.items() for name, path in parquet_files(place).items()}
    return OpenTables(tables, sides)
