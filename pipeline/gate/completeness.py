"""Checks of published maps that speak of every code: none has lost some, against the listing that was in force.

Nothing in such a file counts its lines: one that was cut at the end of a line is a map of fewer codes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.gate.findings import as_finding
from pipeline.normalise.systems import read_systems
from pipeline.run.registries import read_registry

COMPLETE_MAPS: Final = Path(__file__).with_name("complete_maps.toml")
EVERY_CODE: Final = "every code"  # what a folder of samples calls it, where its maps do not keep it
LOST_CODES: Final = "fetch the map's file again: it was cut, or its publisher posted a part of it"
LEFT_OUT: Final = "not_assigned"  # the status of a code that the map could have listed


@dataclass(frozen=True)
class CompleteMap:
    """A published map by its crosswalk, how many codes of its day it leaves out, and of which files that is true."""

    complete: str
    leaves_out: int
    reason: str


@cache
def read_complete_maps() -> Mapping[str, CompleteMap]:
    """The maps by their crosswalks."""
    return read_registry(COMPLETE_MAPS, "complete", CompleteMap)


def find_incomplete(tables: Mapping[str, pa.Table], deliveries: Sequence[RawRelease]) -> list[str]:
    """A finding for each map that leaves out more codes than its publisher does, of the day on which it took effect.

    Not of samples, which say that they do not keep EVERY_CODE, nor where no listing here speaks of that day.
    """
    if not {"mappings", "releases"} <= tables.keys():
        return []
    mappings = tables["mappings"].select(["crosswalk", "source_code", "status"])
    left_out = mappings.filter(pc.equal(mappings["status"], LEFT_OUT))
    here = {"left_out": left_out, "releases": tables["releases"]}
    newest = {each.source.source: each for each in sorted(deliveries, key=lambda each: each.release.effective_from)}
    return [finding for each in read_complete_maps().values() for finding in _finding(each, here, newest)]


def _finding(one: CompleteMap, tables: Mapping[str, pa.Table], newest: Mapping[str, RawRelease]) -> Iterator[str]:
    entry = read_crosswalks()[one.complete]
    delivery = newest.get(str(entry.source))
    if delivery is None or EVERY_CODE in delivery.not_kept:
        return
    day = read_systems()[entry.source_system].nearest_in_use(delivery.release.effective_from)
    if not _is_listed(entry.source_system, day, tables["releases"], newest):
        return
    left_out = tables["left_out"].filter(pc.field("crosswalk") == one.complete)
    lost = sorted(left_out["source_code"].to_pylist())
    if len(lost) > one.leaves_out:
        what = f"{len(lost):,} codes that {entry.source_system} had on {day} are not in it"
        whole = f"its publisher's file leaves out {one.leaves_out:,} ({one.reason})"
        yield as_finding(f"crosswalk {one.complete}: {what}; {whole}", lost, LOST_CODES)


def _is_listed(system: str, day: date, releases: pa.Table, newest: Mapping[str, RawRelease]) -> bool:
    """Whether a listing here speaks of a day: it took effect before, and no later one that the catalogue knows did."""
    own = releases.filter(pc.field("system") == system).select(["source", "effective_from"]).to_pylist()
    return any(
        each["effective_from"] <= day <= newest[each["source"]].source.known_through(each["effective_from"])
        for each in own
        if each["source"] in newest
    )
