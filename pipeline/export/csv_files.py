"""A table as a CSV file, the same bytes for the same rows."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.export.compressed import ROWS_AT_A_TIME, open_compressed

# The tables that are compressed: 630 MB of text in 23. By name, so that a file's name does not depend on its rows.
COMPRESSED = {
    "codes", "code_history", "validity", "code_changes", "mappings", "clusters", "crosswalk_exceptions", "policy_codes",
    "terms", "notes", "code_rules", "cc_exclusions",
}  # fmt: skip


def csv_name(table: str) -> str:
    """The name of the file that a table is written to."""
    return f"{table}.csv.gz" if table in COMPRESSED else f"{table}.csv"


def write_csv(table: pa.Table, path: Path) -> None:
    """One CSV file: UTF-8, every text quoted, missing values empty and unquoted, lists as JSON arrays.

    Where the path ends in .gz it is compressed.
    """
    lists = [name for name, kind in zip(table.schema.names, table.schema.types, strict=True) if pa.types.is_list(kind)]
    for name in lists:
        table = table.set_column(table.column_names.index(name), name, _as_json(table[name]))
    options = pa_csv.WriteOptions(batch_size=ROWS_AT_A_TIME)
    if path.suffix == ".gz":
        with open_compressed(path) as file:
            pa_csv.write_csv(table, file, options)
    else:
        pa_csv.write_csv(table, path, options)


def _as_json(lists: pa.ChunkedArray) -> pa.ChunkedArray:
    inside = pc.binary_join(lists.combine_chunks(), '","')
    return pc.if_else(
        pc.equal(pc.list_value_length(lists.combine_chunks()), 0),
        pa.scalar("[]"),
        pc.binary_join_element_wise('["', inside, '"]', ""),
    )
