"""Mappings of every origin as rows of one form, and what can be said of each beside the others of its crosswalk."""

from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.chains.completed import MAPPED
from pipeline.crosswalk.chains.steps import BROAD, CLOSE, EXACT, LOOSE, NARROW, PART
from pipeline.crosswalk.code_days import CODE_DAYS, days_of_life
from pipeline.crosswalk.describe.pairs import NONE, Fans, Pairs, number_pairs
from pipeline.crosswalk.published.maps import PublishedMap
from pipeline.crosswalk.registry import Crosswalk
from pipeline.history.timeline import Bools, Ints
from pipeline.run.columns import SHARED_TEXT, as_array, number_texts, repeat_text
from pipeline.run.sql import query_tables
from schemas.arrow import columns_of
from schemas.mappings import CARDINALITIES, PREDICATES, Mappings

_HERE = Path(__file__).parent

NEWER_THAN_MAP: Final = "newer_than_map"
MOST_CHOICE_LISTS: Final = 1_000_000  # more than the choice lists of any scenario

# What a row of a published map claims of its target, where it is no equivalent of the source whatever the flags say
BITS_OF_RELATION: Final = {
    "succession": CLOSE | BROAD,  # as a row of a conversion table that no step knows more of
    "grouping": CLOSE | BROAD,  # a category holds many codes
    "packaging": CLOSE | BROAD,  # a code is billed for many products
    "coverage": CLOSE | PART,  # a policy lists a test and a diagnosis together: neither stands for the other
    "same_category": CLOSE | PART,  # both belong to one category, and nobody compared them
}

DAY_COLUMNS: Final = ("valid_from", "valid_to", "target_valid_from", "target_valid_to")
MAPPING_ROWS: Final = pa.schema(
    [
        *MAPPED,
        ("approximate", pa.bool_()),
        ("combination", pa.bool_()),
        ("flags", pa.string()),
        ("origin", SHARED_TEXT),
        ("source_file", SHARED_TEXT),
        ("status", SHARED_TEXT),
        *((name, pa.date32()) for name in DAY_COLUMNS),
        ("release_from", SHARED_TEXT),
        ("release_to", SHARED_TEXT),
        ("newest", pa.bool_()),
    ]
)


def published_rows(published: PublishedMap, billable_episodes: pa.Table | None = None) -> pa.Table:
    """A published map as MAPPING_ROWS, with the relation of each target to its source in bits (`steps`).

    What a row may claim is told by the `relation` of its crosswalk: BITS_OF_RELATION, or, of an equivalence, by its
    flags and the shape of the map. Where the map says on which day a code had its target, the row has the days of the
    billable episode that holds it: a number that was used again is another code.
    """
    rows, relation = published.rows, published.entry.relation
    if relation == "equivalence":
        bits = _bits_of_equivalence(rows, number_pairs(rows))
    else:
        bits = np.full(len(rows), BITS_OF_RELATION[relation])
    approximate = pc.fill_null(rows["approximate"], True).combine_chunks()
    given = {"bits": bits, "hops": 1, "origin": "published"}
    if "source_file" not in rows.column_names:
        given["source_file"] = published.source_file
    if "known_on" in rows.column_names and billable_episodes is not None:
        given |= days_of_life(rows, published.entry.source_system, billable_episodes)
    return as_mapping_rows(rows, {**given, "approximate": approximate})


def _bits_of_equivalence(rows: pa.Table, pairs: Pairs) -> npt.NDArray[np.int32]:
    """Exact where the publisher says so and nowhere else, a part where it says combination. The direction of the rest
    is told by the shape of the map: of several targets each is narrower, what is the target of several sources is
    broader."""
    is_part = np.asarray(rows["combination"]) | (np.asarray(rows["scenario"]) > 0)
    shape = CLOSE | NARROW * (pairs.fan_out > 1) | BROAD * (pairs.fan_in > 1)
    is_exact = ~np.asarray(pc.fill_null(rows["approximate"], True)) | (pairs.target == NONE)
    bits: npt.NDArray[np.int32] = np.select([is_part, is_exact], [CLOSE | PART, EXACT], shape)
    return bits


def as_mapping_rows(known: pa.Table, given: dict[str, Any]) -> pa.Table:
    """MAPPING_ROWS, from the columns of a table and those given beside, scalars repeated; what neither has is null.
    Rows of which no version is told are of the newest."""
    if "newest" not in known.column_names:
        given = {"newest": True, **given}
    columns = [
        _column(given[name], len(known), kind) if name in given
        else known[name].cast(kind) if name in known.column_names
        else pa.nulls(len(known), kind)
        for name, kind in zip(MAPPING_ROWS.names, MAPPING_ROWS.types, strict=True)
    ]  # fmt: skip
    return pa.table(columns, schema=MAPPING_ROWS)


def _column(value: Any, length: int, kind: pa.DataType) -> pa.Array:
    if isinstance(value, np.ndarray | pa.Array):
        return pa.array(value, kind)
    if kind == SHARED_TEXT:
        return repeat_text(value, length)
    return pa.repeat(pa.scalar(value, kind), length)


def conversion_rows(system: str, predecessors: pa.Table, steps: pa.Table) -> pa.Table:
    """The conversion table of a system as MAPPING_ROWS: from each code to those before it, as published."""
    values = {"system": system, "close": CLOSE, "part": PART, "broad": BROAD, "loose": LOOSE}
    return as_mapping_rows(
        query_tables(_HERE / "conversion.sql", values, predecessors=predecessors, steps=steps),
        {"origin": "published", "hops": 1},
    )


def successor_rows(
    target_system: str, predecessors: pa.Table, steps: pa.Table, billable_episodes: pa.Table
) -> pa.Table:
    """What the records of ended codes name in their place, in one system, as MAPPING_ROWS."""
    values = {"system": target_system, "bits": BITS_OF_RELATION["succession"]}
    return as_mapping_rows(
        query_tables(
            _HERE / "successors.sql",
            values,
            predecessors=predecessors,
            steps=steps,
            billable_episodes=billable_episodes,
        ),
        {"origin": "published", "hops": 1},
    )


def year_to_year_rows(system: str, chains: pa.Table) -> pa.Table:
    """The chains of a system (`year_to_year`) as MAPPING_ROWS."""
    own = chains.filter(pc.equal(chains["system"], system))
    named = own.rename_columns({"source": "source_code", "target": "target_code"})
    is_combined = pc.greater(named["scenario"], 0).combine_chunks()
    approximate = pc.not_equal(named["bits"], EXACT).combine_chunks()
    return as_mapping_rows(named, {"origin": "derived", "combination": is_combined, "approximate": approximate})


def completed_rows(completed: pa.Table, published: pa.Table) -> pa.Table:
    """A completed map (`completed`) as MAPPING_ROWS: what the published one has too keeps its flags and origin."""
    return as_mapping_rows(query_tables(_HERE / "completed_rows.sql", completed=completed, published=published), {})


def unanswered_rows(published: pa.Table, code_days: pa.Table, days: tuple[date, date]) -> pa.Table:
    """The codes ever billable of a system that a published map of some day does not have, as MAPPING_ROWS of ours.

    `code_days` are those of the system (CODE_DAYS). `status` is newer_than_map or older_than_map, of codes all of whose
    days lie on one side of that day, or not_assigned: the publisher could have listed the code. It is not_known where
    no listing here reaches to that day: of a code of the oldest one, and of one that has not ended. Of `days` the first
    is that of the map, the second the last of which the listings speak.
    """
    is_lacking = pc.and_not(code_days["was_billable"], pc.is_in(code_days["code"], as_array(published["source_code"])))
    lacking = code_days.filter(is_lacking)
    day, known_through = days
    is_beyond = pc.and_(pc.is_null(lacking["valid_to"]), day > known_through)
    newer = pc.if_else(lacking["is_start_unknown"], "not_known", NEWER_THAN_MAP)
    status = pc.if_else(
        pc.greater(lacking["valid_from"], day), newer,
        pc.if_else(
            pc.fill_null(pc.less(lacking["valid_to"], day), False), "older_than_map",
            pc.if_else(is_beyond, "not_known", "not_assigned"),
        ),
    )  # fmt: skip
    unanswered = pa.table({"source_code": lacking["code"], "status": status})
    given = {"scenario": 0, "choice_list": 0, "no_map": False, "approximate": False, "combination": False}
    return as_mapping_rows(unanswered, {**given, "bits": EXACT, "hops": 0, "origin": "derived"})


def carried_rows(carried: pa.Table) -> pa.Table:
    """The categories carried to codes that are newer than a grouping (`carried_categories`) as MAPPING_ROWS of ours."""
    given = {"scenario": 0, "choice_list": 0, "no_map": False, "approximate": False, "combination": False}
    return as_mapping_rows(carried, {**given, "bits": BITS_OF_RELATION["grouping"], "origin": "derived"})


def describe_rows(
    entry: Crosswalk,
    rows: pa.Table,
    pairs: Pairs,
    days: tuple[pa.Table, pa.Table],
    *,
    fans: Fans,
    opposite: Pairs | None,
) -> pa.Table:
    """MAPPING_ROWS of a crosswalk as published: the columns of `schemas.mappings.Mappings`.

    `rows` are sorted by their key, `pairs` are theirs; `days` what `days_of_codes` says of the sources and of the
    targets in these; `fans` the fan-out and the fan-in of each row. `opposite` are the pairs of the opposite crosswalk:
    without one `round_trip` is null.
    """
    missing = pairs.target == NONE
    source_days = days[0].take(pa.array(pairs.source))
    target_days = days[1].take(pa.array(pairs.target, mask=missing))
    fan_out, fan_in = fans
    described = {
        "crosswalk": repeat_text(entry.crosswalk, len(rows)),
        "source_system": repeat_text(entry.source_system, len(rows)),
        "target_system": repeat_text(entry.target_system, len(rows)),
        "predicate": _words(PREDICATES, _predicate(np.asarray(rows["bits"])), missing),
        "cardinality": _words(CARDINALITIES, (fan_in > 1) * 2 + (fan_out > 1), missing),
        "status": _status(rows, missing),
        "fan_out": pa.array(fan_out, pa.int32()),
        "fan_in": pa.array(fan_in, pa.int32(), mask=missing),
        "round_trip": _round_trip(entry, pairs, opposite),
        "source_billable": pc.fill_null(source_days["is_billable"], False),
        "target_billable": target_days["is_billable"],
        **_days(rows, "valid_from", source_days),
        **_days(rows, "target_valid_from", target_days),
    }
    return pa.table(
        {name: described.get(name, rows[name] if name in MAPPING_ROWS.names else None) for name in columns_of(Mappings)}
    )


def sort_rows(rows: pa.Table, pairs: Pairs) -> tuple[pa.Table, Pairs]:
    """MAPPING_ROWS of a crosswalk and their pairs in the order of their key, missing targets and versions last."""
    target = np.where(pairs.target == NONE, len(pairs.targets), pairs.target)
    _, (release,) = number_texts([rows["release_from"].cast(pa.string())])
    place = np.asarray(rows["scenario"]).astype(np.int64) * MOST_CHOICE_LISTS + np.asarray(rows["choice_list"])
    keys = [pairs.source * (len(pairs.targets) + 1) + target, place, np.where(release == NONE, len(rows), release)]
    if _is_in_order(keys):
        return rows, pairs
    order = np.lexsort(keys[::-1])
    return rows.take(pa.array(order)), pairs.of(order)


def _is_in_order(keys: list[Ints]) -> bool:
    """Whether no row stands before one that it should stand behind, the first key deciding first."""
    ties = np.ones(max(len(keys[0]) - 1, 0), bool)
    for key in keys:
        if (ties & (key[1:] < key[:-1])).any():
            return False
        ties &= key[1:] == key[:-1]
    return True


def _predicate(bits: npt.NDArray[np.int32]) -> Ints:
    """The place in PREDICATES of a relation in bits."""
    narrow, broad = (bits & NARROW) > 0, (bits & BROAD) > 0
    cases = [bits == EXACT, (bits & (PART | LOOSE)) > 0, narrow & ~broad, broad & ~narrow]
    names = ["exactMatch", "relatedMatch", "narrowMatch", "broadMatch"]
    return np.select(cases, [PREDICATES.index(name) for name in names], PREDICATES.index("closeMatch"))


def _words(words: list[str], number: Ints, missing: Bools) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(number, SHARED_TEXT.index_type, mask=missing), pa.array(words))


def _status(rows: pa.Table, missing: Bools) -> pa.Array:
    """Why there is no target; null where there is one."""
    of_row = pc.if_else(rows["no_map"], "no_map", pc.coalesce(rows["status"].cast(pa.string()), "not_bridged"))
    return pc.if_else(pa.array(missing), of_row, pa.scalar(None, pa.string())).cast(SHARED_TEXT)


def _round_trip(entry: Crosswalk, pairs: Pairs, opposite: Pairs | None) -> pa.Array:
    if opposite is None:
        return pa.nulls(len(pairs.source), pa.bool_())
    returns = pairs.is_in_reverse(opposite)
    if entry.is_year_to_year:  # a code that stays has no row in the direction in which nothing else happens to it
        returns |= pairs.is_itself
    return pa.array(returns, mask=pairs.target == NONE)


def days_of_codes(codes: pa.Array, code_days: pa.Table | None) -> pa.Table:
    """What `derive_code_days` says of codes of a system, a row for each; null where a code is in no listing."""
    known = CODE_DAYS.empty_table() if code_days is None else code_days
    return known.select(["valid_from", "valid_to", "is_billable"]).take(pc.index_in(codes, as_array(known["code"])))


def _days(rows: pa.Table, first: str, of_code: pa.Table) -> dict[str, pa.Array]:
    """The days of a row where it has its own, else those of its code."""
    last = first.replace("from", "to")
    is_own = pc.is_valid(rows[first])
    return {
        first: pc.coalesce(rows[first], of_code["valid_from"]),
        last: pc.if_else(is_own, rows[last], of_code["valid_to"]),
    }
