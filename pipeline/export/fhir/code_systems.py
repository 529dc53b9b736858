"""CodeSystem: every code of a system, those that ended too, nested below their headings.

One resource for each canonical address: the two volumes of ICD-9-CM share one, and with the dot their codes differ. A
complete code system is one resource by the standard, whatever its size: parts of one address would take each other's
place. R4 and R5 read the same file.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

import pyarrow as pa

from pipeline.export.fhir.resources import (
    OID_SYSTEM,
    OWN_ADDRESS,
    Resource,
    as_date_time,
    as_line,
    canonical_of,
    computable_name,
    fhir_id,
)
from pipeline.normalise.systems import System, read_systems
from pipeline.run.sql import query_tables

CONCEPTS: Final = Path(__file__).with_name("concepts.sql")
# What the content of a system is said to be where its text is licensed, by the owner. AMA: also the list of numbers is
# theirs to give. WHO: the codes of causes of death are a US list, which is not all of ICD-10, and the titles are WHO's.
CONTENT_OF_LICENSED: Final = {"AMA": "not-present", "WHO": "fragment"}
STANDARD_PROPERTIES: Final = "http://hl7.org/fhir/concept-properties#"
# Code, type and meaning; those of the standard first, then ours.
PROPERTIES: Final = (
    ("status", "code", "active, or retired where the code had ended by the last day that the build knows"),
    ("inactive", "boolean", "true where it is retired"),
    ("effectiveDate", "dateTime", "first day on which it was valid; missing where only a bound is known: listedFrom"),
    ("retirementDate", "dateTime", "first day on which it was no longer valid"),
    ("notSelectable", "boolean", "true for headings, which no claim can carry"),
    ("parent", "code", "the heading right above it"),
)
OWN_PROPERTIES: Final = (
    ("listedFrom", "dateTime", "first day of the oldest release here, which had the code: it began then or before"),
    ("billable", "boolean", "whether the code itself can be reported"),
    ("kind", "code", "what it stands for: diagnosis, procedure, drug ..."),
)


def code_system_files(tables: Mapping[str, pa.Table], *, is_of_samples: bool) -> Iterator[tuple[str, Iterator[bytes]]]:
    """A file for each canonical address, by its name: one line."""
    of_build = {row["system"]: row for row in tables["systems"].to_pylist()}
    listed = {*tables["codes"]["system"].unique().to_pylist()}
    in_order = sorted(read_systems().values(), key=canonical_of)
    for _, group in groupby(in_order, key=canonical_of):
        systems = list(group)
        content = content_of(systems, listed, is_of_samples=is_of_samples)
        name = f"codesystem_{systems[0].bioregistry_prefix}"
        yield name, _lines(tables, systems, of_build[systems[0].system], content)


def content_of(systems: Sequence[System], listed: set[str], *, is_of_samples: bool) -> str:
    """What a resource holds of its codes, in the words of the standard: not-present, fragment or complete."""
    licensed = [CONTENT_OF_LICENSED[each.licensed_text] for each in systems if each.licensed_text]
    if listed.isdisjoint(each.system for each in systems) or "not-present" in licensed:
        return "not-present"
    is_partial = is_of_samples or licensed or not listed.issuperset(each.system for each in systems)
    return "fragment" if is_partial else "complete"


def _lines(
    tables: Mapping[str, pa.Table], systems: Sequence[System], of_build: Mapping[str, object], content: str
) -> Iterator[bytes]:
    newest = None if of_build["newest_release"] is None else str(of_build["newest_release"])
    head = _head(systems, newest) | {"content": content}
    if content == "not-present":
        yield as_line(head, "concept", None)
        return
    values = {"systems": [each.system for each in systems], "has_text": not any(each.licensed_text for each in systems)}
    answer = query_tables(CONCEPTS, values, codes=tables["codes"], systems=tables["systems"]).to_pylist()[0]
    defined = {"count": answer["concepts"], "property": _properties()}
    yield as_line(head | defined, "concept", f"[{answer['text']}]")


def _head(systems: Sequence[System], newest: str | None) -> Resource:
    first = systems[0]
    return {
        "resourceType": "CodeSystem",
        "id": fhir_id(first.bioregistry_prefix),
        "language": "en",
        "url": canonical_of(first),
        "identifier": [{"system": OID_SYSTEM, "value": f"urn:oid:{each.oid}"} for each in systems],
        "version": newest,
        "name": computable_name(first.version_family if len(systems) > 1 else first.system),
        "title": "; ".join(each.name for each in systems),
        "status": "active",
        "experimental": False,
        "date": as_date_time(newest),
        "publisher": "; ".join(dict.fromkeys(each.maintainer for each in systems)),
        "description": " ".join(each.description for each in systems),
        "copyright": "; ".join(dict.fromkeys(each.licence for each in systems)),
        "caseSensitive": True,
        "hierarchyMeaning": "is-a" if any(each.prefix_tree for each in systems) else None,
        "compositional": False,
        "versionNeeded": False,
    }


def _properties() -> list[Resource]:
    return [
        {"code": code, "uri": f"{start}{code}", "description": meaning, "type": kind}
        for start, properties in ((STANDARD_PROPERTIES, PROPERTIES), (f"{OWN_ADDRESS}:property:", OWN_PROPERTIES))
        for code, kind, meaning in properties
    ]
