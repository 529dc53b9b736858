"""ConceptMap: every crosswalk whose targets stand for a code (equivalence) or took its place (succession).

A row of `mappings` with a target is a target here. What stands only together with others says so: `product` has its
scenario and choice list, the comment the reason. Year to year a row holds for some days alone: `dependsOn` has them. R4
and R5 have other words for the same: a file for each.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline.export.fhir.resources import (
    OWN_ADDRESS,
    Resource,
    as_date_time,
    as_fhir_json,
    as_line,
    as_table,
    canonical_of,
    computable_name,
    fhir_id,
)
from pipeline.normalise.hierarchy import dotted
from pipeline.normalise.systems import read_systems
from pipeline.run.sql import query_tables

MAP_ELEMENTS: Final = Path(__file__).with_name("map_elements.sql")
RELATIONS_TOLD: Final = ("equivalence", "succession")
# A part of a crosswalk ends with the code that brings it to this many rows: 2 to 7 MB.
ROWS_OF_PART: Final = 20_000
BY_SHAPE: Final = "by the shape of the map"
# A predicate of `mappings` in the words of R4 (what the target is) and of R5 (what the source is), and the comment that
# R4 wants of narrower and inexact ones, R5 of broader sources.
PREDICATE_WORDS: Final = (
    ("exactMatch", "equivalent", "equivalent", None),
    ("closeMatch", "inexact", "related-to", f"close, {BY_SHAPE}: neither is sure to contain the other"),
    ("broadMatch", "wider", "source-is-narrower-than-target", None),
    ("narrowMatch", "narrower", "source-is-broader-than-target", f"one of several targets, {BY_SHAPE}"),
    ("relatedMatch", "relatedto", "related-to", None),
)
# What a row depends on, or yields beside its target: the code of the attribute, and what it is.
ATTRIBUTES: Final = (
    (
        "scenario",
        "the number of a combination: one target of each of its choice lists, together, stands for the source",
    ),
    ("choice-list", "the list of a scenario from which one target is to be taken"),
    ("source-day", "the day of the source's code: first/last, .. where none is known"),
    ("target-day", "the day for which the target is wanted: first/last, .. where none is known"),
)


@dataclass(frozen=True)
class FhirRelease:
    """What is written in other words from one release of FHIR to another: the column of elements, the name of the
    member for the next part, and what the head has beside."""

    name: str
    other_map: str
    has_attributes: bool


FHIR_RELEASES: Final = (
    FhirRelease("r4", "url", has_attributes=False),
    FhirRelease("r5", "otherMap", has_attributes=True),
)


def concept_map_files(tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Two files for each crosswalk, by their names: a line for each part."""
    rows = tables["mappings"]
    for entry in tables["crosswalks"].to_pylist():
        if entry["relation"] in RELATIONS_TOLD:
            parts = _parts_of(entry, rows.filter(pa.compute.equal(rows["crosswalk"], entry["crosswalk"])))
            for release in FHIR_RELEASES:
                yield f"conceptmap_{release.name}_{entry['crosswalk']}", map(partial(_line, entry, release), parts)


def _parts_of(entry: Mapping[str, Any], rows: pa.Table) -> list[Resource]:
    """The elements of a crosswalk in each release of FHIR, in parts; each with its number and how many there are."""
    systems = read_systems()
    source, target = (systems[entry[name]] for name in ("source_system", "target_system"))
    written = rows.append_column("source", dotted(rows["source_code"].combine_chunks(), source))
    written = written.append_column("target", dotted(rows["target_code"].combine_chunks(), target))
    words = as_table(
        (
            dict(zip(("predicate", "equivalence", "relationship", "about"), each, strict=True))
            for each in PREDICATE_WORDS
        ),
        ("predicate", "equivalence", "relationship", "about"),
    )
    values = {"rows_of_part": ROWS_OF_PART, "is_year_to_year": entry["direction"] is not None}
    parts: list[Resource] = query_tables(MAP_ELEMENTS, values, mappings=written, words=words).to_pylist()
    return parts


def _line(entry: Mapping[str, Any], release: FhirRelease, part: Mapping[str, Any]) -> bytes:
    systems = read_systems()
    source, target = (canonical_of(systems[entry[name]]) for name in ("source_system", "target_system"))
    group = as_fhir_json({"source": source, "target": target})
    unmapped = ""
    if part["part"] + 1 < part["parts"]:
        address = _address(entry["crosswalk"], part["part"] + 1)
        unmapped = f',"unmapped":{as_fhir_json({"mode": "other-map", release.other_map: address})}'
    content = f'[{group[:-1]},"element":[{part[release.name]}]{unmapped}}}]'
    return as_line(_head(entry, release, part), "group", content)


def _address(crosswalk: str, part: int) -> str:
    """The canonical address of a part: of the first that of the crosswalk."""
    return f"{OWN_ADDRESS}:{crosswalk}" + (f":part-{part + 1}" if part else "")


def _head(entry: Mapping[str, Any], release: FhirRelease, part: Mapping[str, Any]) -> Resource:
    systems, number = read_systems(), part["part"] + 1
    own = (entry["crosswalk"], *([f"part-{number}"] if number > 1 else []))
    days = f"It speaks of codes from {entry['known_from']} to {entry['known_through']}."
    of_parts = f" Part {number} of {part['parts']}: what it lacks is in the next." if part["parts"] > 1 else ""
    sides = " to ".join(systems[entry[name]].system for name in ("source_system", "target_system"))
    of_r5 = {
        "effectivePeriod": {"start": f"{entry['known_from']}", "end": f"{entry['known_through']}"},
        "additionalAttribute": [
            {"code": code, "uri": _attribute(code), "description": meaning, "type": "string"}
            for code, meaning in ATTRIBUTES
        ],
    }
    return {
        "resourceType": "ConceptMap",
        "id": fhir_id(*own),
        "language": "en",
        "url": _address(entry["crosswalk"], part["part"]),
        "version": entry["release"],
        "name": computable_name(*own),
        "title": f"{sides}: {' '.join(own)}",
        "status": "active",
        "experimental": False,
        "date": as_date_time(entry["release"]),
        "publisher": entry["publisher"],
        "description": f"{entry['method']}. {entry['origin'].capitalize()}. {days}{of_parts}",
        "copyright": entry["licence"],
        **(of_r5 if release.has_attributes else {}),
    }


def _attribute(code: str) -> str:
    return f"{OWN_ADDRESS}:attribute:{code}"
