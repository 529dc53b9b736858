"""A table as a Parquet file, the same bytes for the same rows."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.export.pandas_types import with_pandas_types

ROWS_OF_A_GROUP = 16_384  # small enough that a look-up of one code reads a fraction of the file
ROWS_OF_A_LARGE_GROUP = 65_536  # the same fraction of a table with a million rows, written in two thirds of the time
LARGE_TABLE = 500_000
LEVEL = 3  # of zstd: 6 makes an eighth less, for 0.7 s of processor time of a full build
ROWS_LOOKED_AT = 1_024
REPEATED = 10  # times that a text stands in those rows, from which on a dictionary of a column is worth its bytes


def write_parquet(table: pa.Table, path: Path) -> None:
    """One Parquet file, zstd, in the table's order.

    Codes and titles are written as they are: zstd finds what neighbours have in common, which a dictionary with a
    number for each row hides from it. All tables are 17 MB, and 26 with a dictionary for every column.
    Prefixes left out (DELTA_BYTE_ARRAY) would make them a fifth smaller, but Power BI and other readers do not know
    that encoding.
    """
    rows = ROWS_OF_A_LARGE_GROUP if len(table) > LARGE_TABLE else ROWS_OF_A_GROUP
    pq.write_table(
        with_pandas_types(table),
        path,
        compression="zstd",
        compression_level=LEVEL,
        row_group_size=rows,
        use_dictionary=_columns_that_repeat(table),
    )


def _columns_that_repeat(table: pa.Table) -> list[str]:
    """The columns, numbers apart, that have few distinct values among rows taken evenly from all."""
    is_looked_at = np.zeros(len(table), bool)  # a filter: it goes by chunks, where `take` makes each column one first
    is_looked_at[:: len(table) // ROWS_LOOKED_AT + 1] = True
    some = table.filter(pa.array(is_looked_at))
    flat = [each for each in some.schema if not (pa.types.is_list(each.type) or pa.types.is_integer(each.type))]
    return [each.name for each in flat if pc.count_distinct(some[each.name]).as_py() * REPEATED <= len(some)]
