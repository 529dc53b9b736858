"""ValueSet: a code list that ships with the project, a resource for each of its concepts, with the codes of this build.

The codes are those that the macro `expand_list` finds: every one that could be reported on some day. Their titles stand
in the code systems.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from pipeline import PROJECT
from pipeline.export.fhir.resources import (
    OWN_ADDRESS,
    as_date_time,
    as_line,
    as_table,
    canonical_of,
    computable_name,
    fhir_id,
)
from pipeline.export.list_macro import EXPAND_LIST, expansion_macro
from pipeline.normalise.systems import read_systems

SHIPPED_LISTS: Final = PROJECT / "lists"
SHIPPED_COLUMNS: Final = ("concept", "system", "code", "role")
COMPOSED: Final = Path(__file__).with_name("composed_lists.sql")
NEEDED_OF_LISTS: Final = ("codes", "code_history", "systems")


def value_set_files(
    tables: Mapping[str, pa.Table], lists: Path = SHIPPED_LISTS
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """A file for each code list that the datapackage.json of a folder names, by its name: a line for each concept.
    Beside an installed package, where the project's folder of lists is not, there is none."""
    package = lists / "datapackage.json"
    if not package.is_file():
        return
    with duckdb.connect() as database:
        _prepare(database, tables)
        for each in json.loads(package.read_text(encoding="utf-8"))["resources"]:
            if {field["name"] for field in each["schema"]["fields"]} == {*SHIPPED_COLUMNS}:
                yield f"valueset_{each['name']}", _lines(database, lists / each["path"], each)


def _prepare(database: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> None:
    """Lays out what the macro asks, and the macro. Copies, not views: of an Arrow table DuckDB knows no counts, and
    joins the ranges of a list with all codes of all systems (ten minutes, where it is a second)."""
    addresses = ({"system": name, "address": canonical_of(each)} for name, each in read_systems().items())
    database.register("addresses", as_table(addresses, ("system", "address")))
    for name in NEEDED_OF_LISTS:
        database.register(f"{name}_of_build", tables[name])
        database.execute(f"create temp table {name} as from {name}_of_build")
    database.execute(f"create temp macro {EXPAND_LIST} as {expansion_macro()}")


def _lines(database: duckdb.DuckDBPyConnection, path: Path, resource: Mapping[str, Any]) -> Iterator[bytes]:
    """A value set for each concept of a list in its order; one without codes here is composed of nothing."""
    with path.open(encoding="utf-8", newline="") as file:
        database.register("entries_of_list", as_table(csv.DictReader(file), SHIPPED_COLUMNS))
    database.execute("create or replace temp table entries as from entries_of_list")
    for row in database.sql(COMPOSED.read_text(encoding="utf-8")).to_arrow_table().to_pylist():
        yield as_line(_head(resource, row["concept"]), "compose", row["compose"])


def _head(resource: Mapping[str, Any], concept: str) -> dict[str, Any]:
    terms = [each["title"] for each in resource["licenses"]]
    return {
        "resourceType": "ValueSet",
        "id": fhir_id(resource["name"], concept),
        "language": "en",
        "url": f"{OWN_ADDRESS}:list:{resource['name']}:{fhir_id(concept)}",
        "version": resource["created"],
        "name": computable_name(resource["name"], concept),
        "title": f"{concept} ({resource['title']})",
        "status": "active",
        "experimental": False,
        "date": as_date_time(resource["created"]),
        "description": f"{concept}: all codes of the list that could be reported on a day which is known here.",
        "copyright": "; ".join(terms),
        "purpose": "; ".join(each["title"] for each in resource["sources"]),
    }
