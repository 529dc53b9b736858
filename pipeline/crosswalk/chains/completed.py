"""The published maps completed to the current year: each mapping carried along the steps that codes took since.

A GEM speaks of the codes of one day. Towards ICD-10 its targets are carried on from that day to the newest; a source
that has no entry takes those of the codes that it was, or became, on that day. What has none then is a row without a
target.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import product, zip_longest
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.chains.steps import BROAD, LOOSE, NARROW, PART, PATH_BITS, along_path
from pipeline.run.sql import query_tables

_HERE = Path(__file__).parent

MOST_ALTERNATIVES: Final = (
    1_000  # alternatives of a scenario that are spelt out; published ones have 720 at most, carried ones 1,296
)
MAPPED = pa.schema(
    [
        ("source_code", pa.string()),
        ("target_code", pa.string()),
        ("scenario", pa.int32()),
        ("choice_list", pa.int32()),
        ("no_map", pa.bool_()),
        ("bits", pa.int32()),
        ("hops", pa.int32()),
        ("path", pa.string()),
    ]
)
Option = tuple[str, int, int, str]  # target, bits, hops, path
Lists = list[list[Option]]  # choice lists of options


def carry_forward(
    name: str, published: pa.Table, chains: pa.Table, billable_episodes: pa.Table, days: tuple[date, date]
) -> pa.Table:
    """A published map with its targets carried on: the columns of MAPPED.

    `published` has the columns of MAPPED but hops and path; `chains` are those of `derive_forward` for the target's
    system. Of `days` the first is that of the map, the second the one to carry its targets to. A target that is still
    valid stays; one that ended is replaced by its successors, in its own choice list; a code carved out of one that
    is valid is added.
    """
    systems = chains["system"].unique().to_pylist()
    names = {"system": "".join(systems), "name": name, "start": days[0], "end": days[1], "part": PART, **PATH_BITS}
    return query_tables(
        _HERE / "carried.sql", names, published=published, chains=chains, billable_episodes=billable_episodes
    ).cast(MAPPED)


def as_mapped(name: str, published: pa.Table) -> pa.Table:
    """The rows of a published map as MAPPED: each a path of one step."""
    codes = published["source_code"], published["target_code"]
    path = pc.binary_join_element_wise(codes[0], name, codes[1], " ", null_handling="skip")
    hops = pa.repeat(1, len(published))
    mapped = published.select(MAPPED.names[:-2]).append_column("hops", hops).append_column("path", path)
    return mapped.cast(MAPPED)


def complete_sources(
    name: str,
    mapped: pa.Table,
    chains: tuple[pa.Table, pa.Table],
    billable_episodes: pa.Table,
    *,
    system: str,
    day: date,
) -> pa.Table:
    """A map completed to every code ever billable of its source's system: the columns of MAPPED, as `mapped` has them.

    `chains` are those of `derive_backward` and `derive_forward`; `day` is that of the map. What a code was together
    with another (a scenario of the chain) is mapped together: every alternative of the one with every one of the other.
    """
    followed = query_tables(
        _HERE / "followed.sql",
        {"system": system, "day": day},
        published=mapped,
        backward=chains[0],
        forward=chains[1],
        billable_episodes=billable_episodes,
    )
    single = query_tables(_HERE / "alternatives.sql", PATH_BITS, followed=followed, published=mapped).cast(MAPPED)
    sets = query_tables(_HERE / "sets.sql", followed=followed, published=mapped)
    together = _map_sets(name, sets.to_pylist(), single)
    return query_tables(
        _HERE / "completed.sql",
        {"system": system, "loose": LOOSE, "part": PART},
        published=mapped,
        completed=pa.concat_tables([single, together]),
        billable_episodes=billable_episodes,
    ).cast(MAPPED)


def _map_sets(name: str, rows: list[dict[str, Any]], single: pa.Table) -> pa.Table:
    """The sets of codes that stood together, mapped together. A loop: a hundred codes of 75,000 were such a set."""
    scenarios: dict[str, dict[int, dict[int, list[dict[str, Any]]]]] = defaultdict(dict)
    for row in rows:
        scenarios[row["source"]].setdefault(row["scenario"], {}).setdefault(row["choice_list"], []).append(row)
    used = single.group_by("source_code").aggregate([("scenario", "max")])
    taken = dict(zip(used["source_code"].to_pylist(), used["scenario_max"].to_pylist(), strict=True))
    found: list[dict[str, Any]] = []
    for source, of_source in scenarios.items():
        number = int(taken.get(source, 0))
        for lists in of_source.values():
            choices = combine_choice_lists([list(_variants(each)) for each in lists.values()])
            for together in map(without_repeated_lists, choices):
                number += len(together) > 1
                found += _as_rows(source, together, number)
        if not any(row["source_code"] == source for row in found):
            found.append(
                _nothing(name, source, [row for members in of_source[min(of_source)].values() for row in members])
            )
    return pa.Table.from_pylist(found, MAPPED)


def _nothing(name: str, source: str, members: list[dict[str, Any]]) -> dict[str, Any]:
    """The row of a set of which no member has a target: no map where the publisher says so of one of them."""
    first = min(members, key=lambda row: (not row["no_map"], row["path"]))
    path = f"{first['path']} {name}" if first["no_map"] else first["path"]
    return _row(source, (None, 0, first["hops"] + first["no_map"], path), 0, 0) | {"no_map": first["no_map"]}


def _variants(members: list[dict[str, Any]]) -> Iterator[Lists]:
    """The readings of one choice list in the target's system: one of all single targets, or a set of one member."""
    single: list[Option] = []
    sets: dict[tuple[str, int], dict[int, list[Option]]] = defaultdict(dict)
    for member in members:
        for entry in member["entries"] or ():
            path = member["path"] + entry["path"].removeprefix(member["member"])
            bits = along_path(member["bits"], entry["bits"])
            option = (entry["target"], bits, member["hops"] + entry["hops"], path)
            if entry["scenario"] == 0:
                single.append(option)
            else:
                sets[member["member"], entry["scenario"]].setdefault(entry["choice_list"], []).append(option)
    if single:
        yield [single]
    yield from (list(lists.values()) for lists in sets.values())


def combine_choice_lists(parts: list[list[Lists]]) -> Iterator[Lists]:
    """Every choice of one variant for each part, put together; parts that have none are passed over.

    Where there are more than MOST_ALTERNATIVES, each variant is used once instead, so that none is lost.
    """
    parts = [variants for variants in parts if variants]
    size = 1
    for variants in parts:
        size *= len(variants)
    choices: Iterable[tuple[Lists | None, ...]] = product(*parts) if size <= MOST_ALTERNATIVES else zip_longest(*parts)
    for choice in choices if parts else ():
        chosen = [variant or part[0] for variant, part in zip(choice, parts, strict=True)]
        yield [options for variant in chosen for options in variant]


def without_repeated_lists(lists: Lists) -> Lists:
    """The choice lists without those that hold the same one code as another: both sides are one ICD-9-CM code."""
    kept: dict[tuple[str, ...], list[Option]] = {}
    for number, options in enumerate(lists):
        targets = tuple(sorted({to for to, *_ in options}))
        kept.setdefault(targets if len(targets) == 1 else (*targets, str(number)), options)
    return list(kept.values())


def _as_rows(source: str, lists: Lists, scenario: int) -> Iterator[dict[str, Any]]:
    """A set as rows; one that is followed with a single list is no set, but alternatives."""
    if len(lists) == 1:
        yield from (
            _row(source, (to, (bits & ~PART) | NARROW | BROAD, hops, path), 0, 0) for to, bits, hops, path in lists[0]
        )
        return
    for number, options in enumerate(lists, 1):
        yield from (_row(source, option, scenario, number) for option in options)


def _row(source: str, option: tuple[str | None, int, int, str], scenario: int, choice_list: int) -> dict[str, Any]:
    target, bits, hops, path = option
    values = (source, target, scenario, choice_list, target is None, bits, hops, path)
    return dict(zip(MAPPED.names, values, strict=True))
