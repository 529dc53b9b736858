"""The columns of the tables in the DuckDB file: types, keys, and how titles are compressed."""

from typing import Final

import pyarrow as pa

from schemas import TABLES
from schemas.arrow import arrow_schema, key_of

TYPES: Final = {
    pa.string(): "varchar",
    pa.date32(): "date",
    pa.bool_(): "boolean",
    pa.int32(): "integer",
    pa.float64(): "double",
    pa.list_(pa.string()): "varchar[]",
}
# An index on the keys of the second line takes 1 MB each, as much as their rows; that their keys are unique the gate
# has checked.
WITHOUT_INDEX: Final = {"code_changes", "crosswalk_quality"} | {
    "ndc_units",
    "terms",
    "notes",
    "seventh_characters",
    "cc_exclusions",
}
# Titles, of which zstd makes 11 MB of a full build, where what DuckDB takes by itself makes 23. Codes and short texts
# are larger with it: it keeps the length of each value.
COMPRESSED_TITLES: Final = {"description", "short_description"}


def column_definitions(name: str) -> str:
    """The columns of a table and its key, as `create table` takes them."""
    fields = arrow_schema(TABLES[name])
    columns, key = [_column(each) for each in fields], key_of(TABLES[name])
    if name not in WITHOUT_INDEX and not any(fields.field(column).nullable for column in key):
        columns.append(f"primary key ({', '.join(key)})")
    return ", ".join(columns)


def stored_column_definitions(rows: pa.Table) -> str:
    """The columns of a table that a view stands for, as its rows have them."""
    return ", ".join(map(_column, rows.schema))


def _column(field: pa.Field) -> str:
    compression = " using compression zstd" if field.name in COMPRESSED_TITLES else ""
    return f'"{field.name}" {TYPES[field.type]}{compression}{"" if field.nullable else " not null"}'
