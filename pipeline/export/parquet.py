"""A table as a Parquet file, the same bytes for the same rows."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.export.pandas_types import with_pandas_types

ROWS_OF_A_GROUP = 16_384  # small enough that a look-up of one code reads a fraction of the file
ROWS_OF_A_LARGE_GROUP = 65_536  # the same fraction of a table with a million rows, written in two thirds of the time
LARGE_TABLE = 500_000


def write_parquet(table: pa.Table, path: Path) -> None:
    """One Parquet file, zstd, in the table's order."""
    rows = ROWS_OF_A_LARGE_GROUP if len(table) > LARGE_TABLE else ROWS_OF_A_GROUP
    pq.write_table(with_pandas_types(table), path, compression="zstd", compression_level=3, row_group_size=rows)
