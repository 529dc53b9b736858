"""Checks across tables: what one table names must stand in the other."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.run.sql import query_tables
from schemas import TABLES
from schemas.arrow import columns_of

_HERE = Path(__file__).parent

SHOWN = 5


def find_dangling(tables: Mapping[str, pa.Table]) -> list[str]:
    """Each broken reference as a line: foreign keys of the schemas, and codes of mappings that no listing has."""
    return [*_foreign_keys(tables), *_codes_of_mappings(tables)]


def _foreign_keys(tables: Mapping[str, pa.Table]) -> Iterator[str]:
    """Values of a column that refers to another table and are not there."""
    for name, table in tables.items():
        for column, spec in columns_of(TABLES[name]).items():
            key = (spec.metadata or {}).get("foreign_key")
            if key and key["table"] in tables and column in table.column_names:
                known = tables[key["table"]][key["columns"][0]].unique()
                values = table[column].unique().drop_null()
                lost = values.filter(pc.invert(pc.is_in(values, known))).to_pylist()
                if lost:
                    yield f"  table {name}, column {column}: not in {key['table']}: {', '.join(lost[:SHOWN])}"


def _codes_of_mappings(tables: Mapping[str, pa.Table]) -> Iterator[str]:
    """Codes of mappings that stand in no listing and no grouping, and are not declared."""
    names = ["mappings", "crosswalks", "categories", "crosswalk_exceptions", "code_history"]
    if "mappings" not in tables:
        return
    unknown = query_tables(
        _HERE / "unknown_codes.sql", None, **{name: _slim(tables[name]) for name in names}
    ).to_pylist()
    for row in unknown[:SHOWN]:
        yield f"  table mappings, {row['crosswalk']}: {row['side']} {row['code']} of {row['file']} is in no listing"
    if len(unknown) > SHOWN:
        yield f"  table mappings: {len(unknown) - SHOWN:,} more such codes"


def _slim(table: pa.Table) -> pa.Table:
    wanted = {
        "crosswalk", "source_system", "source_code", "target_system", "target_code", "source_file", "category",
        "exception", "system", "code",
    }  # fmt: skip
    return table.select([name for name in table.column_names if name in wanted])
