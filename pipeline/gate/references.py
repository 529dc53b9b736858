"""Checks across tables: what one table names must stand in the other."""

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.gate.findings import CASES_SHOWN, as_finding
from schemas import TABLES
from schemas.arrow import columns_of


def find_dangling(tables: Mapping[str, pa.Table]) -> list[str]:
    """Each column that refers to another table (`refers_to` of the schemas) and has values that are not there.

    A table that is missing refers to nothing, and nothing is asked of it.
    """
    return list(_foreign_keys(tables))


def _foreign_keys(tables: Mapping[str, pa.Table]) -> Iterator[str]:
    for name, table in tables.items():
        for column, spec in columns_of(TABLES[name]).items():
            key = (spec.metadata or {}).get("foreign_key")
            if key and key["table"] in tables:
                known = tables[key["table"]][key["columns"][0]].unique()
                values = table[column].unique().drop_null()
                lost = values.filter(pc.invert(pc.is_in(values, known))).to_pylist()
                if lost:
                    shown = ", ".join(lost[:CASES_SHOWN])
                    yield as_finding(f"table {name}, column {column}: not in {key['table']}: {shown}")
