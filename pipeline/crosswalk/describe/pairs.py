"""The pairs of crosswalks as numbers, so that counting and comparing a million of them takes no time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.registry import Crosswalk
from pipeline.history.timeline import Bools, Ints
from pipeline.run.columns import NO_NUMBER, number_texts

NONE: Final = NO_NUMBER
Fans = tuple[Ints, Ints]  # of each row the fan-out and the fan-in


@dataclass(frozen=True)
class Pairs:
    """The source and target of every row of a crosswalk: places in `sources` and `targets`, which are sorted lists of
    different codes, so that numbers compare as the codes do; the lists may have codes of other crosswalks too. A
    missing target is NONE. Rows of a code that stays as it is (`is_itself`) count as no pair."""

    sources: pa.Array
    targets: pa.Array
    source: Ints
    target: Ints
    is_itself: Bools

    def of(self, rows: Bools | Ints) -> "Pairs":
        """Some of the rows, or all in another order, in the same numbering."""
        return replace(self, source=self.source[rows], target=self.target[rows], is_itself=self.is_itself[rows])

    @cached_property
    def keys(self) -> Ints:
        """The different pairs that have a target, as one number each, sorted."""
        mapped = (self.target != NONE) & ~self.is_itself
        return distinct_sorted(self.source[mapped] * len(self.targets) + self.target[mapped])

    @cached_property
    def fan_out(self) -> Ints:
        """How many different targets the source of each row has."""
        counts = np.bincount(self.keys // max(len(self.targets), 1), minlength=len(self.sources))
        fan_out: Ints = np.where(self.is_itself, 1, counts[self.source])
        return fan_out

    @cached_property
    def fan_in(self) -> Ints:
        """How many different sources the target of each row has; 0 without a target."""
        counts = np.bincount(self.keys % max(len(self.targets), 1), minlength=len(self.targets))
        fan_in: Ints = np.where(self.is_itself, 1, np.append(counts, 0)[self.target])
        return fan_in

    def count(self) -> dict[str, int]:
        """How many mappings there are, and how many different sources and targets these have."""
        of_sides = {"sources": self.source, "targets": self.target[self.target != NONE]}
        counts = {name: int(np.count_nonzero(np.bincount(each))) for name, each in of_sides.items()}
        return {"mappings": len(self.source), **counts}

    def is_in_reverse(self, opposite: "Pairs") -> Bools:
        """Whether each pair stands in another crosswalk the other way round."""
        source = _places(opposite.targets, self.sources)[opposite.keys % max(len(opposite.targets), 1)]
        target = _places(opposite.sources, self.targets)[opposite.keys // max(len(opposite.targets), 1)]
        known = (source != NONE) & (target != NONE)
        back = np.sort(source[known] * len(self.targets) + target[known])
        own = self.source * len(self.targets) + self.target
        place = np.minimum(np.searchsorted(back, own), len(back) - 1)
        returns: Bools = (back[place] == own) & (self.target != NONE) if len(back) else np.zeros(len(own), bool)
        return returns


def distinct_sorted(numbers: Ints) -> Ints:
    """The different ones of some numbers, sorted: a sort takes a fifth of the time of `numpy.unique`, which hashes, and
    to see that they are sorted takes none."""
    ordered = numbers if (numbers[1:] >= numbers[:-1]).all() else np.sort(numbers)
    distinct: Ints = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return distinct


def number_pairs(rows: pa.Table) -> Pairs:
    """The columns source_code and target_code of a table as numbers. A row to a code without
    hops is a code that stays."""
    sources, (source,) = number_texts([rows["source_code"]])
    targets, (target,) = number_texts([rows["target_code"]])
    stays = np.asarray(rows["hops"]) == 0 if "hops" in rows.column_names else np.zeros(len(rows), bool)
    return Pairs(sources, targets, source, target, stays & (target != NONE))


def number_all(rows: Mapping[str, pa.Table], crosswalks: Iterable[Crosswalk]) -> dict[str, Pairs]:
    """The pairs of crosswalks, by their ids: the codes of each system are numbered once, for all of them."""
    columns: dict[str, list[tuple[str, str]]] = {}
    for each in crosswalks:
        columns.setdefault(each.source_system, []).append((each.crosswalk, "source_code"))
        columns.setdefault(each.target_system, []).append((each.crosswalk, "target_code"))
    codes: dict[str, pa.Array] = {}
    numbers: dict[tuple[str, str], Ints] = {}
    for system, named in columns.items():
        codes[system], of_system = number_texts([rows[crosswalk][column] for crosswalk, column in named])
        numbers |= zip(named, of_system, strict=True)
    return {
        (name := each.crosswalk): Pairs(
            codes[each.source_system],
            codes[each.target_system],
            numbers[name, "source_code"],
            (target := numbers[name, "target_code"]),
            (np.asarray(rows[name]["hops"]) == 0) & (target != NONE),
        )
        for each in crosswalks
    }


def _places(codes: pa.Array, among: pa.Array) -> Ints:
    """Where each of some codes stands among others; NONE where it does not."""
    if codes is among:
        return np.arange(len(codes))
    return np.asarray(pc.fill_null(pc.index_in(codes, among), NONE)).astype(np.int64)
