"""The one door to a build: tables that questions in SQL are asked of, and what a build says of its own content.

Every table is a view by its name (`from codes where system = $system`), made when a question first names it: to look at
all of them costs 0.1 s, and most questions need two. Each has a connection of its own, for one thread at a time.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import duckdb

from pipeline.ask.relations import SUCCESSION
from pipeline.ask.system_names import find_named
from pipeline.errors import UsageError

if TYPE_CHECKING:
    import pyarrow

Row = dict[str, Any]
PACKAGE: Final = "datapackage.json"
NAMES = re.compile(r"\w+(?:\.\w+)?")
SYSTEM_ROWS = "select system, written_as, code_pattern, settings from systems order by system"
CROSSWALK_ROWS = """
    select crosswalk, source_system, target_system, relation, origin, opposite, release, known_from, known_through
    from crosswalks order by crosswalk
"""
SECTION_ROWS = "select system, section, title, first, last from sections order by system, first, section"
RELEASE_DAYS = "select system, min(effective_from) as oldest, max(effective_from) as newest from releases group by all"


@dataclass(frozen=True)
class SystemRow:
    """A row of `systems`, as far as questions need it: `written_as` are pictures of how people write its codes."""

    system: str
    written_as: list[str]
    code_pattern: str
    settings: list[str]


@dataclass(frozen=True)
class CrosswalkRow:
    """A row of `crosswalks`, as far as questions need it: from where to where, of which days, by which relation."""

    crosswalk: str
    source_system: str
    target_system: str
    relation: str
    origin: str
    opposite: str | None
    release: str
    known_from: date | None
    known_through: date | None

    @property
    def is_year_to_year(self) -> bool:
        """Whether it leads from a day to any other day of the same system; its id says in which direction."""
        itself = self.source_system == self.target_system
        return itself and self.relation == SUCCESSION and self.origin == "derived"


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

    def __init__(self, sources: "Mapping[str, Path | pyarrow.Table]") -> None:
        self._sources = dict(sources)
        self._viewed: set[str] = set()
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
        """The columns of a table, in order."""
        return [row["column_name"] for row in self.rows(f"describe from {table}")]

    def rows(self, question: str, **values: object) -> list[Row]:
        """The rows of an answer, each by column name."""
        return self.ask(question, **values).rows

    def ask(self, question: str, **values: object) -> Records:
        """The answer to a question in SQL, with the values of its `$names`.

        Raises UsageError where a table or a column is asked for that builds have today and these tables have not.
        """
        named = set(NAMES.findall(question))
        for name in sorted(named & self._sources.keys() - self._viewed):
            self._view(name)
        try:
            answer = self._connection.execute(question, values)
        except (duckdb.BinderException, duckdb.CatalogException) as problem:
            if lacking := self._lacking(named):
                raise UsageError(
                    f"this build was made by an older version: it has no {', '.join(lacking)}\n"
                    "  next:     build again: `crosswalk build`"
                ) from problem
            raise
        return Records([column[0] for column in answer.description or []], answer.fetchall())

    def _view(self, name: str) -> None:
        source = self._sources[name]
        if not isinstance(source, Path):
            self._connection.register(name, source)
        else:
            schema, _, _ = name.rpartition(".")
            if schema:
                self._connection.execute(f"create schema if not exists {schema}")
            path = str(source).replace("'", "''")
            self._connection.execute(f"create view {name} as from '{path}'")
        self._viewed.add(name)

    def _lacking(self, named: set[str]) -> list[str]:
        """What builds of this version have and these tables have not, of the tables that a question names."""
        from schemas import TABLES
        from schemas.arrow import columns_of

        absent = [f"table {name}" for name in sorted(named & TABLES.keys() - self._sources.keys())]
        for name in sorted(named & TABLES.keys() & self._sources.keys()):
            own = self.columns(name)
            absent += [f"column {name}.{column}" for column in columns_of(TABLES[name]) if column not in own]
        return absent


class Build(OpenTables):
    """The tables of one build, and small facts that it tells of itself."""

    def __init__(self, sources: "Mapping[str, Path | pyarrow.Table]", folder: Path | None = None) -> None:
        super().__init__(sources)
        self._folder = folder

    @cached_property
    def id(self) -> str:
        """The id of the build."""
        if self._folder is None:
            return "not published"
        return str(json.loads((self._folder / PACKAGE).read_text(encoding="utf-8"))["id"])

    @cached_property
    def systems(self) -> dict[str, SystemRow]:
        """Every code system by its id, in the order of ids."""
        return {row["system"]: SystemRow(**row) for row in self.rows(SYSTEM_ROWS)}

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
        found = find_named(name, self.systems)
        if found is None:
            raise UsageError(f"{name}: there is no such system\n  next:     one of {', '.join(self.systems)}")
        return found


def open_build(folder: Path) -> Build:
    """A published build. A link is followed once: what is published meanwhile does not mix in. Raises UsageError."""
    place = _published(folder)
    return Build(_parquet_files(place), place)


def open_arrow(tables: "Mapping[str, pyarrow.Table]") -> Build:
    """A build that is not published yet, by its tables in memory."""
    return Build(tables)


def open_two(before: Path, after: Path) -> OpenTables:
    """Two published builds side by side: the tables of the one in schema `before`, of the other in `after`.

    Raises UsageError where one of them is none.
    """
    sides = {"before": _published(before), "after": _published(after)}
    return OpenTables(
        {f"{side}.{name}": path for side, place in sides.items() for name, path in _parquet_files(place).items()}
    )


def _published(folder: Path) -> Path:
    """The folder of a build, links followed. Raises UsageError where there is none."""
    place = folder.resolve()
    if not (place / PACKAGE).is_file():
        raise UsageError(f"{folder}: there is no build here\n  next:     `make` builds the tables, or name --output")
    return place


def _parquet_files(place: Path) -> dict[str, Path]:
    return {path.stem: path for path in (place / "parquet").glob("*.parquet")}
