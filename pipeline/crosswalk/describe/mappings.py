"""Mappings of every origin as rows of one form, and what can be said of each beside the others of its crosswalk."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.chains.completed import MAPPED
from pipeline.crosswalk.chains.steps import BROAD, CLOSE, EXACT, NARROW, PART
from pipeline.crosswalk.describe.pairs import NONE, Bools, Ints, Pairs
from pipeline.crosswalk.published.maps import PublishedMap
from pipeline.crosswalk.registry import Crosswalk
from pipeline.run.sql import query_tables
from schemas.arrow import columns_of
from schemas.mappings import CARDINALITIES, PREDICATES, Mappings

HERE = Path(__file__).parent

PLACES: Final = 1_000_000  # more than the choice lists of any scenario
LIFE: Final = pa.schema(
    [("code", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32()), ("is_billable", pa.bool_())]
)

DAYS: Final = ("valid_from", "valid_to", "target_valid_from", "target_valid_to")
ROWS: Final = pa.schema(
    [
        *MAPPED,
        ("approximate", pa.bool_()),
        ("combination", pa.bool_()),
        ("flags", pa.string()),
        ("origin", pa.string()),
        ("source_file", pa.string()),
        *((name, pa.date32()) for name in DAYS),
    ]
)


def published_rows(published: PublishedMap, pairs: Pairs) -> pa.Table:
    """A published map as ROWS, with the relation of each target to its source in bits (`steps`).

    It is exact where the publisher says so and a part where it says combination. The direction of the rest is told by
    its shape: of several targets each is narrower, what is the target of several sources is broader.
    """
    rows = published.rows
    is_part = np.asarray(rows["combination"]) | (np.asarray(rows["scenario"]) > 0)
    shape = CLOSE | NARROW * (pairs.fan_out > 1) | BROAD * (pairs.fan_in > 1)
    is_exact = ~np.asarray(rows["approximate"]) | (pairs.target == NONE)
    bits = np.select([is_part, is_exact], [CLOSE | PART, EXACT], shape)
    if len(published.categories):
        bits = np.full(len(rows), CLOSE | BROAD)
    return as_rows(rows, {"bits": bits, "hops": 1, "origin": "published", "source_file": published.source_file})


def as_rows(known: pa.Table, given: dict[str, Any]) -> pa.Table:
    """ROWS from the columns of a table and those given beside it, scalars repeated; what neither has is null."""
    columns = [
        _column(given[name], len(known), kind) if name in given
        else known[name].cast(kind) if name in known.column_names
        else pa.nulls(len(known), kind)
        for name, kind in zip(ROWS.names, ROWS.types, strict=True)
    ]  # fmt: skip
    return pa.table(columns, schema=ROWS)


def _column(value: Any, length: int, kind: pa.DataType) -> pa.Array:
    if isinstance(value, np.ndarray | pa.Array):
        return pa.array(value, kind)
    return pa.repeat(pa.scalar(value, kind), length)


def conversion_rows(system: str, predecessors: pa.Table, steps: pa.Table) -> pa.Table:
    """The conversion table of a system as ROWS: from each code to those before it, as the publisher names them."""
    values = {"system": system, "close": CLOSE, "part": PART, "broad": BROAD}
    return as_rows(
        query_tables(HERE / "conversion.sql", values, predecessors=predecessors, steps=steps),
        {"origin": "published", "hops": 1},
    )


def year_to_year_rows(system: str, chains: pa.Table) -> pa.Table:
    """The chains of a system (`year_to_year`) as ROWS."""
    own = chains.filter(pc.equal(chains["system"], system))
    named = own.rename_columns({"source": "source_code", "target": "target_code"})
    is_combined = pc.greater(named["scenario"], 0).combine_chunks()
    approximate = pc.not_equal(named["bits"], EXACT).combine_chunks()
    return as_rows(named, {"origin": "derived", "combination": is_combined, "approximate": approximate})


def completed_rows(completed: pa.Table, published: pa.Table) -> pa.Table:
    """A completed map (`completed`) as ROWS: what stands in the published one as well keeps its flags and origin."""
    return as_rows(query_tables(HERE / "completed_rows.sql", completed=completed, published=published), {})


def derive_lives(spells: pa.Table, episodes: pa.Table) -> dict[str, pa.Table]:
    """For each system one row per code, LIFE: its days, and whether it can be reported by the newest release."""
    lives = query_tables(
        HERE / "lives.sql", spells=spells, episodes=episodes.select(["system", "code", "valid_from", "valid_to"])
    )
    return {
        system: lives.filter(pc.equal(lives["system"], system)).select(LIFE.names)
        for system in lives["system"].unique().to_pylist()
    }


def describe_rows(
    entry: Crosswalk, rows: pa.Table, pairs: tuple[Pairs, Pairs | None], lives: Mapping[str, pa.Table]
) -> pa.Table:
    """ROWS of a crosswalk as published, sorted by key: the columns of `schemas.mappings.Mappings`.

    `pairs` are those of the crosswalk and of its opposite; `lives` has a table for each system. Fan-out and fan-in
    count over the whole crosswalk. `round_trip` is null where there is no opposite crosswalk.
    """
    own, opposite = pairs
    missing = own.target == NONE
    source_life = _lives_of(own.sources, own.source, lives.get(entry.source_system))
    target_life = _lives_of(own.targets, own.target, lives.get(entry.target_system))
    described = {
        "crosswalk": pa.repeat(entry.crosswalk, len(rows)),
        "source_system": pa.repeat(entry.source_system, len(rows)),
        "target_system": pa.repeat(entry.target_system, len(rows)),
        "predicate": _words(PREDICATES, _predicate(np.asarray(rows["bits"])), missing),
        "cardinality": _words(CARDINALITIES, (own.fan_in > 1) * 2 + (own.fan_out > 1), missing),
        "fan_out": pa.array(own.fan_out, pa.int32()),
        "fan_in": pa.array(own.fan_in, pa.int32(), mask=missing),
        "round_trip": _round_trip(entry, rows, own, opposite),
        "source_billable": pc.fill_null(source_life["is_billable"], False),
        "target_billable": target_life["is_billable"],
        **_days(rows, "valid_from", source_life),
        **_days(rows, "target_valid_from", target_life),
    }
    table = pa.table(
        {name: described.get(name, rows[name] if name in ROWS.names else None) for name in columns_of(Mappings)}
    )
    order = _order(rows, own)
    return table if order is None else table.take(pa.array(order))


def _order(rows: pa.Table, own: Pairs) -> Ints | None:
    """The order of the rows by key, missing targets last; None where they are in it already."""
    target = np.where(own.target == NONE, len(own.targets), own.target)
    pair = own.source * (len(own.targets) + 1) + target
    place = np.asarray(rows["scenario"]).astype(np.int64) * PLACES + np.asarray(rows["choice_list"])
    ascending = (pair[1:] > pair[:-1]) | ((pair[1:] == pair[:-1]) & (place[1:] > place[:-1]))
    return None if ascending.all() else np.lexsort((place, pair))


def _predicate(bits: npt.NDArray[np.int32]) -> Ints:
    """The place in PREDICATES of a relation in bits."""
    narrow, broad = (bits & NARROW) > 0, (bits & BROAD) > 0
    cases = [bits == EXACT, (bits & PART) > 0, narrow & ~broad, broad & ~narrow]
    names = ["exactMatch", "relatedMatch", "narrowMatch", "broadMatch"]
    return np.select(cases, [PREDICATES.index(name) for name in names], PREDICATES.index("closeMatch"))


def _words(words: list[str], number: Ints, missing: Bools) -> pa.Array:
    return pa.array(words).take(pa.array(number, mask=missing))


def _round_trip(entry: Crosswalk, rows: pa.Table, own: Pairs, opposite: Pairs | None) -> pa.Array:
    if opposite is None:
        return pa.nulls(len(rows), pa.bool_())
    returns = own.is_in_reverse(opposite)
    if entry.is_year_to_year:  # a code that stays has no row in the direction in which nothing else happens to it
        returns |= np.asarray(pc.fill_null(pc.equal(rows["source_code"], rows["target_code"]), False))
    return pa.array(returns, mask=own.target == NONE)


def _lives_of(codes: pa.Array, number: Ints, lives: pa.Table | None) -> pa.Table:
    """What `lives` says of the code of each row; null where it is in no listing."""
    known = LIFE.empty_table() if lives is None else lives
    place = pc.index_in(codes, known["code"].combine_chunks())
    return known.take(place.take(pa.array(number, mask=number == NONE)))


def _days(rows: pa.Table, first: str, life: pa.Table) -> dict[str, pa.Array]:
    """The stretch of days of a row where it has one of its own, else that of the code."""
    last = first.replace("from", "to")
    is_own = pc.is_valid(rows[first])
    return {
        first: pc.coalesce(rows[first], life["valid_from"]),
        last: pc.if_else(is_own, rows[last], life["valid_to"]),
    }
