"""Two builds side by side: what a reader of the one finds changed in the other.

Asked of the Parquet files, table by table over whatever tables a build has, so that a new table needs no line here.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from schemas import TABLES
from schemas.arrow import key_of

# A code is "in" a build while it is valid there: one that ended is as gone as one whose row is gone.
CODES = """
    with pairs as (
        select coalesce(n.system, o.system) as system, coalesce(n.code_dotted, o.code_dotted) as code,
            coalesce(n.description, n.short_description, o.description, o.short_description) as meaning,
            o.code is not null and o.valid_to is null as was, n.code is not null and n.valid_to is null as "is",
            o.code is not null and n.code is not null as in_both, o.billable as was_billable, n.billable as is_billable,
            n.short_description is distinct from o.short_description or n.description is distinct from o.description
                as is_reworded
        from {after} n full join {before} o using (system, code)
    )
    select system, change, code, meaning from (
        select *, 'added' as change from pairs where "is" and not was
        union all select *, 'removed' from pairs where was and not "is"
        union all select *, 'reworded' from pairs where in_both and is_reworded
        union all select *, 'became_header' from pairs where in_both and was_billable and not is_billable
        union all select *, 'became_billable' from pairs where in_both and not was_billable and is_billable
    ) order by system, change, code
"""
MUST_STAY = {"codes": ["system"], "releases": ["system", "release"], "crosswalks": ["crosswalk"]}
CHANGES = ("added", "removed", "reworded", "became_header", "became_billable")
GROUPS = "select {columns}, count(*) from ({rows}) group by all order by all"


@dataclass(frozen=True)
class TableChange:
    """The rows of one table before and after; by its key, how many were added and removed, and how many changed."""

    table: str
    before: int
    after: int
    added: int
    removed: int
    changed: int


@dataclass(frozen=True)
class SystemChange:
    """The codes of one system that changed in one way, each with its meaning."""

    system: str
    change: str
    codes: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class CrosswalkChange:
    """The mappings of one crosswalk that were gained and lost."""

    crosswalk: str
    gained: int
    lost: int


@dataclass(frozen=True)
class Comparison:
    """What changed from one build to another; `gone` are systems, releases and crosswalks that it lacks, by table."""

    before: str
    after: str
    tables: tuple[TableChange, ...]
    systems: tuple[SystemChange, ...]
    crosswalks: tuple[CrosswalkChange, ...]
    gone: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return asdict(self)


def compare_builds(before: Path, after: Path, name: str) -> Comparison:
    """What changed from the build in one folder to the one in another, which is to be called `name`."""
    builds = _Builds(before, after)
    return Comparison(
        before=before.name,
        after=name,
        tables=tuple(builds.table(table) for table in builds.tables()),
        systems=builds.systems(),
        crosswalks=builds.crosswalks(),
        gone=tuple(
            (table, " ".join(row)) for table, columns in MUST_STAY.items() for row in builds.lacking(table, columns)
        ),
    )


class _Builds:
    """Questions to two builds at once."""

    def __init__(self, before: Path, after: Path) -> None:
        self._before, self._after = before, after
        self._connection = duckdb.connect()

    def tables(self) -> list[str]:
        """The tables of either build: those we know in their order, then any that only an older version had."""
        found = {path.stem for build in (self._before, self._after) for path in build.glob("parquet/*.parquet")}
        return [*(name for name in TABLES if name in found), *sorted(found - set(TABLES))]

    def table(self, name: str) -> TableChange:
        """Rows by key, where both builds have it in that form; else as rows that come or go."""
        old, new = (self._count(build, name) for build in (self._before, self._after))
        columns = self._common_columns(name)
        key = [column for column in (key_of(TABLES[name]) if name in TABLES else []) if column in columns]
        if not key or not all(self._has(build, name) for build in (self._before, self._after)):
            return TableChange(name, old, new, added=new, removed=old, changed=0)
        added, removed = self._difference(name, key), self._difference(name, key, reverse=True)
        return TableChange(name, old, new, added, removed, changed=self._difference(name, columns) - added)

    def systems(self) -> tuple[SystemChange, ...]:
        """The codes that changed, by system and kind of change."""
        together: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
        question = CODES.format(before=self._rows(self._before, "codes"), after=self._rows(self._after, "codes"))
        for system, change, code, meaning in self._ask(question):
            together.setdefault((system, change), []).append((code, meaning))
        order = sorted(together, key=lambda key: (key[0], CHANGES.index(key[1])))
        return tuple(SystemChange(*key, tuple(together[key])) for key in order)

    def crosswalks(self) -> tuple[CrosswalkChange, ...]:
        """Mappings gained and lost; none where a build has no table of mappings."""
        if "mappings" not in TABLES or not all(self._has(build, "mappings") for build in (self._before, self._after)):
            return ()
        counts = [self._by_crosswalk(reverse=reverse) for reverse in (False, True)]
        names = sorted({*counts[0], *counts[1]})
        return tuple(CrosswalkChange(name, *(each.get(name, 0) for each in counts)) for name in names)

    def _by_crosswalk(self, *, reverse: bool) -> dict[str, int]:
        rows = self._minus("mappings", key_of(TABLES["mappings"]), reverse=reverse)
        return dict(self._ask(GROUPS.format(columns="crosswalk", rows=rows)))

    def lacking(self, table: str, columns: list[str]) -> list[tuple[str, ...]]:
        """What the later build lacks of some columns of a table; nothing where the earlier has no such table."""
        if not self._has(self._before, table):
            return []
        if not self._has(self._after, table):
            return self._ask(
                f"select distinct {', '.join(columns)} from {self._rows(self._before, table)} order by all"
            )
        return self._ask(f"from ({self._minus(table, columns, reverse=True)}) order by all")

    def _difference(self, table: str, columns: list[str], *, reverse: bool = False) -> int:
        found: int = self._ask(f"select count(*) from ({self._minus(table, columns, reverse=reverse)})")[0][0]
        return found

    def _minus(self, table: str, columns: list[str], *, reverse: bool = False) -> str:
        """Rows of the later build that the earlier lacks, or the reverse; missing values are equal to each other."""
        names = ", ".join(f'"{column}"' for column in columns)
        builds = [self._after, self._before]
        one, other = (
            f"select distinct {names} from {self._rows(build, table)}" for build in builds[:: -1 if reverse else 1]
        )
        return f"{one} except {other}"

    def _common_columns(self, table: str) -> list[str]:
        columns = [
            [row[0] for row in self._ask(f"describe from {self._rows(build, table)}")]
            for build in (self._after, self._before)
            if self._has(build, table)
        ]
        return [column for column in columns[0] if all(column in each for each in columns)]

    def _count(self, build: Path, table: str) -> int:
        if not self._has(build, table):
            return 0
        count: int = self._ask(f"select count(*) from {self._rows(build, table)}")[0][0]
        return count

    @staticmethod
    def _has(build: Path, table: str) -> bool:
        return (build / "parquet" / f"{table}.parquet").is_file()

    @staticmethod
    def _rows(build: Path, table: str) -> str:
        path = str(build / "parquet" / f"{table}.parquet").replace("'", "''")
        return f"read_parquet('{path}')"

    def _ask(self, question: str) -> list[Any]:
        return self._connection.execute(question).fetchall()
