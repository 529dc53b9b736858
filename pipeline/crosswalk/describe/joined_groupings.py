"""Codes of one category: what two groupings joined make, counted and not spelt out, and how far schemes agree.

The pairs are millions and say no more than the groupings do: they are a definition (view `same_category` of the
database), not rows of `mappings`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline.crosswalk.registry import JOINED, Crosswalk, read_crosswalks, read_groupings
from pipeline.run.sql import query_tables

_HERE = Path(__file__).parent
JOINS: Final = pa.schema(
    [(name, pa.string()) for name in ("crosswalk", "one", "other", "one_compared", "other_compared")]
)


def joined_crosswalks(present: Mapping[str, pa.Table]) -> list[Crosswalk]:
    """The crosswalks that join groupings which are here, by id."""
    entries = sorted(read_crosswalks().items())
    return [each for _, each in entries if each.way == JOINED and set(each.made_from) <= present.keys()]


def count_same_category(entries: list[Crosswalk], rows: Mapping[str, pa.Table]) -> dict[str, dict[str, Any]]:
    """By crosswalk what its join makes (pairs, sources, targets), and `agreement`: of its pairs, the share that another
    scheme puts into one category too, null where no other is here.

    `entries` are joins and groupings; of a grouping the pairs are those of different codes of its own system.
    """
    joins = [_as_join(each, rows) for each in entries]
    used = {name for each in joins for key, name in each.items() if name and key != "crosswalk"}
    grouped = [_grouped(name, rows[name]) for name in sorted(used)]
    if not joins:
        return {}
    counted = query_tables(
        _HERE / "joined_groupings.sql", joins=pa.Table.from_pylist(joins, JOINS), grouped=pa.concat_tables(grouped)
    )
    return {str(row["crosswalk"]): row for row in counted.to_pylist()}


def compared_groupings(present: Mapping[str, pa.Table]) -> list[Crosswalk]:
    """The groupings here whose scheme is measured against another one that is here too."""
    entries = (each for name, each in sorted(read_crosswalks().items()) if name in present)
    return [each for each in entries if each.relation == "grouping" and compared_with(each, present)]


def compared_with(grouping: Crosswalk, present: Mapping[str, pa.Table]) -> str | None:
    """The crosswalk that groups the codes of the same system by the scheme which agreement is measured against."""
    scheme = read_groupings()[grouping.target_system].compared_with
    return next(_groupings_of(grouping.source_system, scheme, present), None)


def joined_with(entry: Crosswalk, present: Mapping[str, pa.Table]) -> str | None:
    """The join of the other scheme that agreement of a join is measured against."""
    compared = tuple(compared_with(read_crosswalks()[name], present) for name in entry.made_from)
    return next((each.crosswalk for each in joined_crosswalks(present) if each.made_from == compared), None)


def _groupings_of(system: str, scheme: str | None, present: Mapping[str, pa.Table]) -> Iterator[str]:
    for name, each in read_crosswalks().items():
        if name in present and (each.source_system, each.target_system) == (system, scheme):
            yield name


def _as_join(entry: Crosswalk, rows: Mapping[str, pa.Table]) -> dict[str, str | None]:
    names = entry.made_from if entry.way == JOINED else (entry.crosswalk, entry.crosswalk)
    compared = [compared_with(read_crosswalks()[name], rows) for name in names]
    if not all(compared):
        compared = [None, None]
    return dict(zip(JOINS.names, (entry.crosswalk, *names, *compared), strict=True))


def _grouped(name: str, rows: pa.Table) -> pa.Table:
    own = rows.filter(rows["target_code"].is_valid())
    columns = [pa.repeat(name, len(own)), own["source_code"], own["target_code"]]
    return pa.table(columns, names=["crosswalk", "code", "category"])
