"""Tables as Parquet and CSV files, the same bytes for the same rows."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from isal import igzip

from schemas import TABLES
from schemas.arrow import arrow_schema


def as_arrow(name: str, rows: pd.DataFrame) -> pa.Table:
    """A table with its model's Arrow schema: types, required columns, and descriptions in the metadata."""
    schema = arrow_schema(TABLES[name])
    return pa.Table.from_pandas(rows, schema=schema, preserve_index=False).replace_schema_metadata(schema.metadata)


ROWS_OF_A_GROUP = 16_384  # small enough that a look-up of one code reads a fraction of the file
ROWS_OF_A_LARGE_GROUP = 65_536  # the same fraction of a table with a million rows, written in two thirds of the time
LARGE = 500_000


def write_parquet(table: pa.Table, path: Path) -> None:
    """One Parquet file, zstd, in the table's order."""
    rows = ROWS_OF_A_LARGE_GROUP if len(table) > LARGE else ROWS_OF_A_GROUP
    pq.write_table(table, path, compression="zstd", compression_level=3, row_group_size=rows)


def write_csv(table: pa.Table, path: Path) -> None:
    """One CSV file: UTF-8, every text quoted, missing values empty and unquoted, lists as JSON arrays.

    Where the path ends in .gz it is compressed, without a name and a time, so that the bytes follow from the rows.
    """
    lists = [name for name, kind in zip(table.schema.names, table.schema.types, strict=True) if pa.types.is_list(kind)]
    for name in lists:
        table = table.set_column(table.column_names.index(name), name, _as_json(table[name]))
    if path.suffix != ".gz":
        pa_csv.write_csv(table, path)
        return
    plain = pa.BufferOutputStream()
    pa_csv.write_csv(table, plain)
    path.write_bytes(igzip.compress(plain.getvalue(), mtime=0))


def _as_json(lists: pa.ChunkedArray) -> pa.ChunkedArray:
    inside = pc.binary_join(lists.combine_chunks(), '","')
    return pc.if_else(
        pc.equal(pc.list_value_length(lists.combine_chunks()), 0),
        pa.scalar("[]"),
        pc.binary_join_element_wise('["', inside, '"]', ""),
    )


# The CSV files that are compressed: 400 MB of text in 20. By name, so that a file's name does not depend on its rows.
COMPRESSED = {"codes", "code_history", "code_changes", "mappings", "clusters", "crosswalk_exceptions"}


def path_of(kind: str, table: str) -> str:
    """Where a build has a table in one of the formats of WRITERS, below its folder."""
    return f"{kind}/{table}.{kind}" + (".gz" if kind == "csv" and table in COMPRESSED else "")


WRITERS = {"parquet": write_parquet, "csv": write_csv}
