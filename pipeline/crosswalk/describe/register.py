"""The table of crosswalks: what the registry and the catalogue say of each, and how many mappings it has."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.describe.days_known import KnownInputs, days_known
from pipeline.crosswalk.describe.joined_groupings import (
    compared_groupings,
    compared_with,
    count_same_category,
    joined_crosswalks,
    joined_with,
)
from pipeline.crosswalk.describe.pairs import Pairs
from pipeline.crosswalk.inputs import CrosswalkInputs
from pipeline.crosswalk.published.maps import PublishedMap
from pipeline.crosswalk.registry import JOINED, Crosswalk, read_crosswalks
from schemas.arrow import arrow_schema
from schemas.crosswalks import Crosswalks
from schemas.grouping_versions import GroupingVersions


def register_crosswalks(entries: list[Crosswalk], pairs: Mapping[str, Pairs], inputs: CrosswalkInputs) -> pa.Table:
    """One row per crosswalk, in the order of `entries`: the columns of `schemas.crosswalks.Crosswalks`."""
    schema = pa.schema([field.with_nullable(True) for field in arrow_schema(Crosswalks)])
    raw_rows = {each.entry.crosswalk: each.raw_rows for each in inputs.maps} | _rows_of_conversions(inputs.conversions)
    known = _known(inputs)
    days = {each.crosswalk: days_known(each, known) for each in entries}
    present = {each.crosswalk for each in entries}
    maps = {each.entry.crosswalk: each.newest_rows for each in inputs.maps}
    agreement = count_same_category(compared_groupings(maps), maps)
    rows = [
        _registered(entry, known, inputs.releases)
        | {
            **pairs[entry.crosswalk].count(),
            "raw_rows": raw_rows.get(entry.crosswalk),
            "known_from": days[entry.crosswalk][0],
            "known_through": days[entry.crosswalk][1],
            "opposite": entry.opposite if entry.opposite in present else None,
            "compared_with": compared_with(entry, maps) if entry.crosswalk in agreement else None,
            "agreement": agreement.get(entry.crosswalk, {}).get("agreement"),
        }
        for entry in entries
    ]  # fmt: skip
    return pa.Table.from_pylist([{name: row[name] for name in schema.names} for row in rows], schema)


def register_joined(inputs: CrosswalkInputs) -> pa.Table:
    """One row per crosswalk of relation same_category, in the same columns: the groupings here, joined by category. One
    of which no category has codes of both systems is left out."""
    schema = pa.schema([field.with_nullable(True) for field in arrow_schema(Crosswalks)])
    known = _known(inputs)
    maps = {each.entry.crosswalk: each.newest_rows for each in inputs.maps}
    counts = count_same_category(entries := joined_crosswalks(maps), maps)
    rows = [
        _registered(entry, known, inputs.releases)
        | dict(zip(("known_from", "known_through"), days_known(entry, known), strict=True))
        | {"mappings": counted["pairs"], "sources": counted["sources"], "targets": counted["targets"]}
        | {"opposite": entry.opposite, "raw_rows": None, "agreement": counted["agreement"]}
        | {"compared_with": joined_with(entry, maps) if counted["agreement"] is not None else None}
        for entry in entries
        if (counted := counts[entry.crosswalk])["pairs"]
    ]
    return pa.Table.from_pylist([{name: row[name] for name in schema.names} for row in rows], schema)


def register_versions(grouping: PublishedMap, mappings: pa.Table, pairs: Pairs) -> pa.Table:
    """One row per version of a grouping that is here: the columns of `schemas.grouping_versions.GroupingVersions`.

    `mappings` are its rows of all versions, `pairs` theirs.
    """
    entry = grouping.entry
    rows = [
        {
            "crosswalk": entry.crosswalk,
            "release": each.delivery.release.release,
            "effective_from": (day := each.delivery.release.effective_from),
            "known_from": entry.known_from or day,
            "known_through": entry.known_through or each.delivery.source.known_through(day),
            "newest": each is grouping.versions[-1],
            "edition": each.edition,
            "source_file": each.source_file,
            "raw_rows": each.raw_rows,
            **pairs.of(np.asarray(grouping.standing_in(mappings, place))).count(),
        }
        for place, each in enumerate(grouping.versions)
    ]
    return pa.Table.from_pylist(rows, arrow_schema(GroupingVersions))


def _known(inputs: CrosswalkInputs) -> KnownInputs:
    newest = {
        each.source.source: each for each in sorted(inputs.deliveries, key=lambda each: each.release.effective_from)
    }
    oldest = {
        each.entry.crosswalk: each.versions[0].delivery.release.effective_from
        for each in inputs.maps
        if len(each.versions) > 1
    }
    of_maps = {each.entry.crosswalk: each.delivery for each in inputs.maps}
    return KnownInputs(newest, inputs.conversions, inputs.horizons, oldest, of_maps)


def _rows_of_conversions(conversions: pa.Table) -> dict[str, int]:
    """How many rows the newest conversion table of each system has: one of ICD-9-CM can be of several codes."""
    printed = conversions.group_by(["system", "release", "line", "previous"]).aggregate([])
    counts = printed.group_by(["system", "release"]).aggregate([([], "count_all")]).sort_by("release")
    of_system = {row["system"]: row["count_all"] for row in counts.to_pylist()}
    conversion = (each for each in read_crosswalks().values() if each.way == "conversion")
    return {each.crosswalk: of_system[each.source_system] for each in conversion if each.source_system in of_system}


def _registered(entry: Crosswalk, known: KnownInputs, releases: pa.Table) -> dict[str, Any]:
    """What is known of a crosswalk without its rows."""
    sources = _sources(entry, known)
    if entry.way == JOINED:
        release = " and ".join(each.release.release for each in sources)
    else:
        release = known.newest_of(entry).release.release if entry.source else _reached(entry, releases)
    return {
        "crosswalk": entry.crosswalk,
        "source_system": entry.source_system,
        "target_system": entry.target_system,
        "relation": entry.relation,
        "direction": entry.way if entry.is_year_to_year else None,
        "publisher": ", ".join(sorted({name for each in sources for name in each.source.publisher.split(", ")})),
        "release": release,
        "origin": entry.origin,
        "method": entry.method,
        "made_from": list(entry.made_from) or None,
        "licence": "; ".join(sorted({each.source.licence for each in sources})),
        "url": known.newest_of(entry).release.url if entry.source else None,
    }


def _sources(entry: Crosswalk, known: KnownInputs) -> list[RawRelease]:
    """The releases that a crosswalk is made of, in the end."""
    if entry.source:
        return [known.newest_of(entry)]
    return [each for name in entry.made_from for each in _sources(read_crosswalks()[name], known)]


def _reached(entry: Crosswalk, releases: pa.Table) -> str:
    """The newest release of the ICD-10 side of a derived crosswalk."""
    rows = releases.select(["system", "release", "effective_from"]).to_pylist()
    own = [row for row in rows if row["system"] == entry.reaches]
    return str(max(own, key=lambda row: row["effective_from"])["release"])
