"""datapackage.json: what every file of a build is, in the form of the Frictionless Data Package standard."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline import __version__
from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.export.formats import TABLE_FORMATS, WHOLE_FORMATS, WholeFormat
from pipeline.normalise.systems import read_systems
from schemas import TABLES
from schemas.arrow import arrow_schema, columns_of, describe, key_of

FIELD_TYPES = {
    pa.string(): "string",
    pa.date32(): "date",
    pa.bool_(): "boolean",
    pa.int32(): "integer",
    pa.float64(): "number",
}
PUBLIC = {"name": "US-public-domain", "title": "Work of the US Government, in the public domain in the United States"}
MIXED = {
    "name": "see-licence-column",
    "title": "Codes of the US Government's listings: public domain. CPT codes: AMA copyright. Causes of death: codes "
    "of US lists, on a WHO base. The column `licence` of `codes` says it row by row",
}
WITH_TEXT = {
    "name": "not-for-redistribution",
    "title": "Holds text of the AMA or the WHO, for the licensee who supplied it: not for redistribution",
}
MAPS = {
    "name": "see-licence-column",
    "title": "Maps and groupings of US agencies, free to use; the column `licence` of `crosswalks` says it one by one",
}
OF_MAPS = ("crosswalks", "mappings", "clusters", "crosswalk_quality", "crosswalk_exceptions")
OF_GROUPINGS = ("categories", "grouping_versions")
OF_TABULAR_LISTS = ("terms", "notes", "seventh_characters")
OF_POLICIES, POLICY_LAYOUTS = ("policies", "policy_codes"), ("lab_ncd", "mcd_exports")
OF_RULES = ("code_rules", "rule_lists", "cc_exclusions", "msdrgs")
RULE_LAYOUTS = ("poa_exempt", "msdrg_definitions", "ipps_tables")
OWN = {"name": "MIT", "title": "Compiled by this project; see its licence"}
OF_TABLE = {"systems": OWN, "sections": MIXED, "releases": PUBLIC, **dict.fromkeys((*OF_MAPS, *OF_GROUPINGS), MAPS)}
OF_TABLE |= dict.fromkeys((*OF_TABULAR_LISTS, *OF_RULES), PUBLIC)


def write_datapackage(
    folder: Path, tables: Mapping[str, pd.DataFrame], build_id: str, inputs: list[RawRelease], *, public: bool = False
) -> None:
    """Describes every file in `folder`: of tables schema, keys, hashes, bytes, rows, licence and sources.

    A build of samples has a true `excerpt`, one without codes that need a licence a true `public`; no other has them.
    """
    sources = _as_sources(inputs)
    terms = {"licenses": [_licence("codes", tables)], "sources": sources}
    package = {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "name": "crosswalk",
        "title": "US medical code systems: codes, validity and crosswalks",
        "version": __version__,
        "id": build_id,
        **({"excerpt": True} if any(each.is_sample for each in inputs) else {}),
        **({"public": True} if public else {}),
        **terms,
        "resources": [
            resource | {"licenses": [_licence(name, tables)], "sources": _sources_of(name, inputs)}
            for name, rows in tables.items()
            for resource in _resources(folder, name, rows)
        ]
        + [each | terms for kind in WHOLE_FORMATS.values() for each in _files_of(folder, kind)],
    }
    text = json.dumps(package, indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def _as_sources(inputs: list[RawRelease]) -> list[dict[str, str]]:
    pairs = sorted({(each.source.title, each.source.publisher) for each in inputs})
    return [{"title": f"{title} ({publisher})"} for title, publisher in pairs]


def _sources_of(table: str, inputs: list[RawRelease]) -> list[dict[str, str]]:
    """What a table is made from: the registry, the tabular lists beside our own chapters, policies, rules, listings,
    or maps too."""
    if table == "systems":
        return [{"title": "Registry of code systems, compiled by this project from the maintainers' pages"}]
    lists = [each for each in inputs if each.source.layout.startswith("tabular")]
    if table in OF_TABULAR_LISTS:
        return _as_sources(lists)
    if table == "sections":
        return [*_as_sources(lists), {"title": "Chapters and letters, compiled by this project"}]
    policies = [each for each in inputs if each.source.layout in POLICY_LAYOUTS]
    if table in OF_POLICIES:
        return _as_sources(policies)
    rules = [each for each in inputs if each.source.layout in RULE_LAYOUTS]
    if table in OF_RULES:
        return _as_sources([*rules, *lists])
    inputs = [each for each in inputs if each not in policies and (table in OF_MAPS or each not in rules)]
    maps = {entry.source for entry in read_crosswalks().values() if entry.way == "file"}
    return _as_sources([each for each in inputs if table in OF_MAPS or each.source.source not in maps])


def _licence(table: str, tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """The terms of a table; text of a licensee's makes all tables with text not for redistribution."""
    codes = tables["codes"]
    licensed = codes["system"].isin([name for name, system in read_systems().items() if system.licensed_text])
    has_text = codes["description"].notna() | codes["short_description"].notna()
    if table in {"codes", "code_history"} and (licensed & has_text).any():
        return WITH_TEXT
    return OF_TABLE.get(table, MIXED)


def _resources(folder: Path, name: str, rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """A table: its CSV file, which the standard knows, else the file in the first format that was written, and under
    the name of each other format the file in that; nothing where no format of tables was."""
    known_first = sorted(TABLE_FORMATS.values(), key=lambda each: each is not TABLE_FORMATS["csv"])
    written = [each for each in known_first if (folder / each.path_of(name)).is_file()]
    if not written:
        return
    first, *others = written
    yield {
        "name": name,
        "description": describe(TABLES[name]),
        "profile": "tabular-data-resource",
        "format": first.name,
        "mediatype": first.media_type,
        "encoding": "utf-8",
        **_compression(first.path_of(name)),
        **_file(folder, first.path_of(name)),
        "rows": len(rows),
        "schema": _schema(name),
        **{each.name: {**_file(folder, each.path_of(name)), "mediatype": each.media_type} for each in others},
    }


def _files_of(folder: Path, kind: WholeFormat) -> Iterator[dict[str, Any]]:
    """The files of a format that holds the build as a whole: a resource for each that people open."""
    for path in _paths(folder, kind.files):
        name = path.rpartition("/")[2].partition(".")[0]
        yield {
            "name": kind.resource.format(file=name),
            "description": kind.description.format(file=name),
            "format": kind.extension,
            "mediatype": kind.media_type,
            **_compression(path),
            **({"dialect": {**kind.dialect}} if kind.dialect else {}),
            **({"path": path} if kind.is_same else _file(folder, path)),
            **({"files": [_file(folder, part) for part in _paths(folder, kind.parts)]} if kind.parts else {}),
        }


def _compression(path: str) -> dict[str, str]:
    return {"compression": "gz"} if path.endswith(".gz") else {}


def _paths(folder: Path, pattern: str) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(pattern))


def _file(folder: Path, path: str) -> dict[str, Any]:
    content = (folder / path).read_bytes()
    return {"path": path, "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _schema(name: str) -> dict[str, Any]:
    model = TABLES[name]
    foreign = [
        {"fields": [column], "reference": {"resource": key["table"], "fields": key["columns"]}}
        for column, spec in columns_of(model).items()
        if (key := (spec.metadata or {}).get("foreign_key"))
    ]
    fields = [
        {
            "name": field.name,
            "type": FIELD_TYPES.get(field.type, "array"),
            "description": field.metadata[b"description"].decode(),
            "constraints": {"required": not field.nullable},
        }
        for field in arrow_schema(model)
    ]
    return {"fields": fields, "primaryKey": key_of(model), "foreignKeys": foreign}
