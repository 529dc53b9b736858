"""What pandas makes of the columns of a Parquet file that may be missing.

Left alone it takes numbers with gaps for decimals and flags with gaps for objects, of which `~` makes -1 and -2. The
file says in the words of pandas itself (its key in the schema's metadata, which other readers pass over) that they are
`Int32` and `boolean`. Days have no such type that compares with a `datetime64`: docs/bi.md has the line for them. Text
stays text: as a dictionary in the schema Polars and R would not take it for that, and the file would be larger.
"""

import json
from typing import Final

import pyarrow as pa

WITH_GAPS: Final = {pa.int32(): "Int32", pa.bool_(): "boolean"}


def with_pandas_types(table: pa.Table) -> pa.Table:
    """The table with that key in its metadata: an entry for each number and flag that may be missing."""
    columns = [
        {"name": each.name, "field_name": each.name, "pandas_type": str(each.type), "numpy_type": WITH_GAPS[each.type]}
        for each in table.schema
        if each.nullable and each.type in WITH_GAPS
    ]
    said = {"index_columns": [], "column_indexes": [], "columns": [{**each, "metadata": None} for each in columns]}
    return table.replace_schema_metadata({**(table.schema.metadata or {}), "pandas": json.dumps(said)})
