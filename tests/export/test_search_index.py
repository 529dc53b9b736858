"""The index of texts: the same bytes for the same rows, and every text of every code in it."""

import sqlite3
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from pipeline.export.search_index import NEEDED, write_search_index


def test_the_same_tables_make_the_same_bytes(excerpt_build: Path, tmp_path: Path) -> None:
    tables = {name: pq.read_table(excerpt_build / "parquet" / f"{name}.parquet") for name in NEEDED}
    write_search_index(tables, tmp_path / "again.sqlite")
    assert (tmp_path / "again.sqlite").read_bytes() == (excerpt_build / "search.sqlite").read_bytes()


def test_every_code_with_a_title_has_a_text(excerpt_build: Path) -> None:
    codes = pq.read_table(excerpt_build / "parquet" / "codes.parquet").to_pandas()
    titled = codes["description"].notna() | codes["short_description"].notna()
    with sqlite3.connect(excerpt_build / "search.sqlite") as index:
        ((raw,),) = index.execute("select numbers from columns_of_texts where name = 'number'").fetchall()
    assert set(np.frombuffer(raw, "<u4").tolist()) == set(np.flatnonzero(titled).tolist())


def test_the_columns_are_as_long_as_the_table_of_texts(excerpt_build: Path) -> None:
    with sqlite3.connect(excerpt_build / "search.sqlite") as index:
        sizes = dict(index.execute("select name, length(numbers) from columns_of_texts").fetchall())
        ((last,),) = index.execute("select max(rowid) from texts where texts match 'icd10cm OR icd9cm OR hcpcs'")
    assert sizes["number"] == 4 * sizes["cost"] == 4 * sizes["found_in"]
    assert last <= sizes["cost"]
