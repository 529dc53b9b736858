"""croissant.json: the tables as Parquet in the form of Croissant 1.0, which catalogues of data sets read.

Tables, columns, types, keys and references are those of the models. It names no day of publication and no address: a
build knows neither.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from pipeline.export.build_identity import AUTHORS, DATA_TITLE, BuildIdentity
from pipeline.export.formats import TABLE_FORMATS
from pipeline.export.table_terms import licences_of
from pipeline.run.files import hash_of
from schemas import TABLES
from schemas.arrow import arrow_schema, columns_of, describe, key_of

CROISSANT: Final = "croissant.json"
DATA_TYPES: Final = {
    pa.string(): "sc:Text",
    pa.list_(pa.string()): "sc:Text",
    pa.date32(): "sc:Date",
    pa.bool_(): "sc:Boolean",
    pa.int32(): "sc:Integer",
    pa.float64(): "sc:Float",
}
PARQUET_AS_READ: Final = "application/x-parquet"  # the name by which readers of Croissant know it
# As the standard prescribes it, word for word.
CONTEXT: Final = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def write_croissant(folder: Path, tables: Mapping[str, pd.DataFrame], identity: BuildIdentity) -> None:
    """Describes the Parquet files in `folder`; writes nothing where there are none."""
    parquet = TABLE_FORMATS["parquet"]
    here = [name for name in tables if (folder / parquet.path_of(name)).is_file()]
    if not here:
        return
    described = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "crosswalk",
        "description": f"{DATA_TITLE}. Build {identity.build_id}.",
        **({"version": identity.version} if identity.version else {}),
        "license": licences_of(tables)["codes"]["title"],
        "creator": {"@type": "sc:Organization", "name": AUTHORS},
        "citeAs": identity.citation,
        "distribution": [_file_object(folder, name) for name in here],
        "recordSet": [_record_set(name) for name in here],
    }
    text = json.dumps(described, indent=1, ensure_ascii=False)
    (folder / CROISSANT).write_text(text + "\n", encoding="utf-8")


def _file_object(folder: Path, table: str) -> dict[str, Any]:
    parquet = TABLE_FORMATS["parquet"]
    path = parquet.path_of(table)
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "description": describe(TABLES[table]),
        "contentUrl": path,
        "contentSize": f"{(folder / path).stat().st_size} B",
        "encodingFormat": PARQUET_AS_READ,
        "sha256": hash_of(folder / path),
    }


def _record_set(table: str) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": describe(TABLES[table]),
        "key": [{"@id": f"{table}/{column}"} for column in key_of(TABLES[table])],
        "field": list(_fields(table)),
    }


def _fields(table: str) -> Iterator[dict[str, Any]]:
    columns = columns_of(TABLES[table])
    for field in arrow_schema(TABLES[table]):
        refers = (columns[field.name].metadata or {}).get("foreign_key")
        yield {
            "@type": "cr:Field",
            "@id": f"{table}/{field.name}",
            "name": field.name,
            "description": field.metadata[b"description"].decode(),
            "dataType": DATA_TYPES[field.type],
            **({"repeated": True} if pa.types.is_list(field.type) else {}),
            "source": {
                "fileObject": {"@id": TABLE_FORMATS["parquet"].path_of(table)},
                "extract": {"column": field.name},
            },
            **({"references": {"field": {"@id": f"{refers['table']}/{refers['columns'][0]}"}}} if refers else {}),
        }
