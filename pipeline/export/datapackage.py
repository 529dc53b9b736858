"""datapackage.json: what every file of a build is, in the form of the Frictionless Data Package standard."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sized
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.export.build_identity import DATA_TITLE, SOFTWARE, BuildIdentity, system_licences
from pipeline.export.croissant import CROISSANT
from pipeline.export.formats import TABLE_FORMATS, WHOLE_FORMATS, WholeFormat
from pipeline.export.table_terms import as_sources, licences_of, sources_of
from schemas import TABLES
from schemas.arrow import arrow_schema, columns_of, describe, key_of
from schemas.published import leaving_columns

FIELD_TYPES = {
    pa.string(): "string",
    pa.date32(): "date",
    pa.bool_(): "boolean",
    pa.int32(): "integer",
    pa.float64(): "number",
}


def write_datapackage(folder: Path, tables: Mapping[str, pd.DataFrame], identity: BuildIdentity) -> None:
    """Describes every file in `folder`: of tables schema, keys, hashes, bytes, rows, licence and sources.

    A build of samples has a true `excerpt`, one without codes that need a licence a true `public`; no other has them.
    """
    inputs = identity.inputs
    licences = licences_of(tables)
    package = {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "name": "crosswalk",
        "title": DATA_TITLE,
        **({"version": identity.version} if identity.version else {}),
        "id": identity.build_id,
        **({"excerpt": True} if any(each.is_sample for each in inputs) else {}),
        **({"public": True} if identity.public else {}),
        "citation": identity.citation,
        "software": SOFTWARE,
        "licenses": [licences["codes"]],
        "sources": as_sources(inputs),
        "system_licences": system_licences(tables),
        "columns_that_leave": leaving_columns(),
    }
    of_tables = {name: {"licenses": [licences[name]], "sources": sources_of(name, inputs)} for name in tables}
    _write(folder, package, tables, of_tables)


def write_export_datapackage(folder: Path, tables: Mapping[str, Sized], published: Mapping[str, Any]) -> None:
    """Describes every file in `folder`, made from the tables of a published build: as that describes itself
    (`published`), with the licences and sources that it gives each table."""
    told = {each.get("name"): each for each in published["resources"]}
    of_tables = {name: _terms_of(told.get(name, published)) for name in tables}
    _write(folder, {**published}, tables, of_tables)


def _terms_of(described: Mapping[str, Any]) -> dict[str, Any]:
    return {term: described[term] for term in ("licenses", "sources") if term in described}


def _write(
    folder: Path, package: dict[str, Any], tables: Mapping[str, Sized], of_tables: Mapping[str, dict[str, Any]]
) -> None:
    """Writes a package with the files of a folder as its resources, each with the terms of its table or of them all."""
    of_all = _terms_of(package)
    resources = [
        resource | of_tables[name] for name, rows in tables.items() for resource in _resources(folder, name, rows)
    ]
    resources += [each | of_all for kind in WHOLE_FORMATS.values() for each in _files_of(folder, kind)]
    resources += [each | of_all for each in _croissant_of(folder)]
    text = json.dumps({**package, "resources": resources}, indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def _resources(folder: Path, name: str, rows: Sized) -> Iterator[dict[str, Any]]:
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


def _croissant_of(folder: Path) -> Iterator[dict[str, Any]]:
    """The description of the Parquet files for catalogues of data sets, where it was written."""
    if (folder / CROISSANT).is_file():
        yield {
            "name": "croissant",
            "description": "The tables as Parquet, in the form of Croissant 1.0.",
            "format": "json",
            "mediatype": "application/ld+json",
            **_file(folder, CROISSANT),
        }


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
