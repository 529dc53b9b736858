"""Two builds side by side: what a reader of the one finds changed in the other.

Asked of the Parquet files, table by table over whatever tables a build has, so that a new table needs no line here.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from pipeline.ask.build import OpenTables, open_two
from pipeline.errors import UnreadableBuild
from schemas import TABLES
from schemas.arrow import key_of

# A code is "in" a build while it is valid there: one that ended is as gone as one whose row is gone.
CHANGED_CODES = """
    with pairs as (
        select coalesce(n.system, o.system) as system, coalesce(n.code_dotted, o.code_dotted) as code,
            coalesce(n.description, n.short_description, o.description, o.short_description) as meaning,
            o.code is not null and o.valid_to is null as was, n.code is not null and n.valid_to is null as "is",
            o.code is not null and n.code is not null as in_both, o.billable as was_billable, n.billable as is_billable,
            n.short_description is distinct from o.short_description or n.description is distinct from o.description
                as is_reworded
        from after.codes n full join before.codes o using (system, code)
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
SYSTEM_CHANGES = ("added", "removed", "reworded", "became_header", "became_billable")
SIDES = ("before", "after")


@dataclass(frozen=True)
class TableChange:
    """The rows of one table before and after; by its key, how many were added and removed, and how many changed.

    Where the builds have no key in common, all rows are removed and added, and `has_key` is false.
    """

    table: str
    before: int
    after: int
    added: int
    removed: int
    changed: int
    has_key: bool = True


@dataclass(frozen=True)
class SystemChange:
    """The codes of one system that changed in one way, each with its meaning."""

    system: str
    change: str
    codes: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class CrosswalkChange:
    """The mappings of one crosswalk that were gained and lost, and how many it had before."""

    crosswalk: str
    gained: int
    lost: int
    before: int


@dataclass(frozen=True)
class BuildComparison:
    """What changed from one build to another.

    `gone` are systems, releases and crosswalks that it lacks, by table; `not_compared` what of the earlier one could
    not be compared, by table, and why: it is damaged, or an older version made it.
    """

    before: str
    after: str
    tables: tuple[TableChange, ...]
    systems: tuple[SystemChange, ...]
    crosswalks: tuple[CrosswalkChange, ...]
    gone: tuple[tuple[str, str], ...]
    not_compared: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return asdict(self)


def compare_builds(before: Path, after: Path, name: str) -> BuildComparison:
    """What changed from the build in one folder to the one in another, which is to be called `name`.

    Where the earlier one is damaged, or lacks what builds have today, the rest of it is compared.
    """
    with open_two(before, after) as builds:
        found = Comparing(builds)
        return BuildComparison(
            before=before.name,
            after=name,
            tables=tuple(each for table in _tables(builds) for each in found.part(table, _table, table)),
            systems=tuple(found.part("codes", _systems)),
            crosswalks=tuple(found.part("mappings", _crosswalks)),
            gone=tuple(each for table, key in MUST_STAY.items() for each in found.part(table, _gone, table, key)),
            not_compared=tuple(found.not_compared.items()),
        )


Part = TypeVar("Part")


class Comparing:
    """Two builds that are compared part by part, and what could not be: by table, the first reason."""

    def __init__(self, builds: OpenTables) -> None:
        self._builds = builds
        self.not_compared: dict[str, str] = {}

    def part(self, table: str, compare: Callable[..., Iterable[Part]], *about: object) -> list[Part]:
        """What one comparison finds; nothing where a table that it needs cannot be read."""
        try:
            return [*compare(self._builds, *about)]
        except UnreadableBuild as problem:
            self.not_compared.setdefault(table, str(problem).partition("\n")[0])
            return []


def _tables(builds: OpenTables) -> list[str]:
    """The tables of either build: those we know in their order, then any that only an older version had."""
    found = {name.rpartition(".")[2] for name in builds.names}
    return [*(name for name in TABLES if name in found), *sorted(found - set(TABLES))]


def _table(builds: OpenTables, name: str) -> Iterator[TableChange]:
    """Rows by key, where both builds have it in that form; else as rows that come or go."""
    builds.require_present(name)
    old, new = (_count(builds, f"from {side}.{name}") if _has(builds, side, name) else 0 for side in SIDES)
    columns = _common_columns(builds, name)
    key = [column for column in (key_of(TABLES[name]) if name in TABLES else []) if column in columns]
    if not key or not _have(builds, name):
        yield TableChange(name, old, new, added=new, removed=old, changed=0, has_key=False)
        return
    added = _count(builds, _minus(name, key, "after", "before"))
    removed = _count(builds, _minus(name, key, "before", "after"))
    changed = _count(builds, _minus(name, columns, "after", "before")) - added
    yield TableChange(name, old, new, added, removed, changed)


def _systems(builds: OpenTables) -> tuple[SystemChange, ...]:
    """The codes that changed, by system and kind of change. Raises UnreadableBuild where a build cannot tell."""
    together: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
    for row in builds.rows(CHANGED_CODES):
        together.setdefault((row["system"], row["change"]), []).append((row["code"], row["meaning"]))
    order = sorted(together, key=lambda key: (key[0], SYSTEM_CHANGES.index(key[1])))
    return tuple(SystemChange(*key, tuple(together[key])) for key in order)


def _crosswalks(builds: OpenTables) -> tuple[CrosswalkChange, ...]:
    """Mappings gained and lost, of groupings by their newest versions; none where a build has no table of mappings."""
    if not _have(builds, "mappings"):
        return ()
    before, after = (_newest_mappings(builds, side) for side in SIDES)
    gained = _by_crosswalk(builds, f"{after} except {before}")
    lost = _by_crosswalk(builds, f"{before} except {after}")
    had = _by_crosswalk(builds, before)
    return tuple(
        CrosswalkChange(name, gained.get(name, 0), lost.get(name, 0), had.get(name, 0))
        for name in sorted({*gained, *lost})
    )


def _newest_mappings(builds: OpenTables, side: str) -> str:
    """The keys of the mappings of a build, of groupings in their newest version alone: what an older one had stays."""
    key = ", ".join(column for column in key_of(TABLES["mappings"]) if column != "release_from")
    has_versions = "newest" in builds.columns(f"{side}.mappings")
    return f"select distinct {key} from {side}.mappings" + (" where newest" if has_versions else "")


def _by_crosswalk(builds: OpenTables, rows: str) -> dict[str, int]:
    """How many of some mappings each crosswalk has."""
    return {
        row["crosswalk"]: row["n"] for row in builds.rows(f"select crosswalk, count(*) as n from ({rows}) group by all")
    }


def _gone(builds: OpenTables, table: str, columns: list[str]) -> Iterator[tuple[str, str]]:
    """What the later build lacks of some columns of a table; nothing where the earlier has no such table."""
    if not _has(builds, "before", table):
        return
    rows = f"select distinct {', '.join(columns)} from before.{table}"
    if _has(builds, "after", table):
        rows = _minus(table, columns, "before", "after")
    yield from ((table, " ".join(record)) for record in builds.ask(f"from ({rows}) order by all").records)


def _minus(table: str, columns: list[str], side: str, other: str) -> str:
    """Rows of one build that the other lacks; missing values are equal to each other."""
    names = ", ".join(f'"{column}"' for column in columns)
    return f"select distinct {names} from {side}.{table} except select distinct {names} from {other}.{table}"


def _common_columns(builds: OpenTables, table: str) -> list[str]:
    """The columns that a table has in every build that has it, in the order of the later one."""
    columns = [builds.columns(f"{side}.{table}") for side in reversed(SIDES) if _has(builds, side, table)]
    return [column for column in columns[0] if all(column in each for each in columns)]


def _count(builds: OpenTables, rows: str) -> int:
    return int(builds.rows(f"select count(*) as n from ({rows})")[0]["n"])


def _has(builds: OpenTables, side: str, table: str) -> bool:
    return f"{side}.{table}" in builds.names


def _have(builds: OpenTables, table: str) -> bool:
    return all(_has(builds, side, table) for side in SIDES)
