"""datapackage.json: what every file of a build is, in the form of the Frictionless Data Package standard."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline import __version__
from pipeline.catalogue import RawRelease
from schemas import TABLES
from schemas.arrow import arrow_schema, columns_of, describe, key_of

FIELD_TYPES = {pa.string(): "string", pa.date32(): "date", pa.bool_(): "boolean", pa.int32(): "integer"}
LICENCES = [
    {"name": "CC0-1.0", "title": "Codes and text of the US Government: public domain; see `licence` of each row"}
]


def write_datapackage(
    folder: Path, tables: Mapping[str, pd.DataFrame], build_id: str, inputs: list[RawRelease]
) -> None:
    """Describes the CSV and Parquet files in `folder`: schema, keys, hashes, bytes, rows, licence and sources."""
    sources = sorted({(each.source.title, each.source.publisher) for each in inputs})
    package = {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "name": "crosswalk",
        "title": "US medical code systems: codes, validity and crosswalks",
        "version": __version__,
        "id": build_id,
        "licenses": LICENCES,
        "sources": [{"title": f"{title} ({publisher})"} for title, publisher in sources],
        "resources": [_resource(folder, name, rows) for name, rows in tables.items()],
    }
    text = json.dumps(package, indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def _resource(folder: Path, name: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "name": name,
        "description": describe(TABLES[name]),
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **_file(folder, f"csv/{name}.csv"),
        "rows": len(rows),
        "schema": _schema(name),
        "parquet": _file(folder, f"parquet/{name}.parquet"),
    }


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
