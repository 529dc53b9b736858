"""The index of texts: the same bytes for the same rows, and every text of every code in it."""

import sqlite3
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.export.search_index import NEEDED, TEXTS, find_further_texts, write_search_index
from pipeline.run.sql import query_tables


def test_the_same_tables_make_the_same_bytes(excerpt_build: Path, tmp_path: Path) -> None:
    tables = {name: pq.read_table(excerpt_build / "parquet" / f"{name}.parquet") for name in NEEDED}
    write_search_index(tables, find_further_texts(tables), tmp_path / "again.sqlite")
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


def test_a_text_of_two_kinds_as_far_from_a_title_is_of_the_first_by_name(excerpt_build: Path) -> None:
    """Else it was of the kind that a thread came upon first, and the bytes differed."""
    tables = {name: pq.read_table(excerpt_build / "parquet" / f"{name}.parquet") for name in NEEDED}
    codes, history = tables["codes"].to_pandas(), tables["code_history"].to_pandas()
    both = history.merge(codes, on=["system", "code"], suffixes=("", "_now"))
    former = both[
        both["description"].notna() & (both["description"].str.lower() != both["description_now"].str.lower())
    ]
    one = former.iloc[0]
    units = (
        tables["ndc_units"]
        .to_pandas()
        .head(1)
        .assign(system=one["system"], code=one["code"], drug_name=one["description"])
    )
    tables["ndc_units"] = pa.Table.from_pandas(units, schema=tables["ndc_units"].schema, preserve_index=False)
    further = find_further_texts(tables)
    rows = query_tables(TEXTS, None, codes=tables["codes"], further_texts=further).to_pandas()
    number = codes.index[(codes["system"] == one["system"]) & (codes["code"] == one["code"])][0]
    own = rows[(rows["number"] == number) & rows["words"].str.startswith(one["description"].lower().replace("'", ""))]
    assert own["found_in"].tolist() == ["former title"]
