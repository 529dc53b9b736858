"""The index that `crosswalk search` looks in: one SQLite file with a full-text table (FTS5) of titles, terms and notes.

It holds no text: to each text belongs the number of its code's row in `codes`, from where the answer's words come. One
library writes the same rows as the same bytes, so the file has a hash like those of the tables. As rows of a table the
numbers took 3.2 MB, as blobs they take 1.4 MB.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.export.new_sqlite import new_sqlite
from pipeline.export.words_of_texts import Ints, numbers_of_telling_words, times_of_words, words_of
from pipeline.run.sql import query_tables

TEXTS, FURTHER_TEXTS = (Path(__file__).with_name(f"{name}.sql") for name in ("search_texts", "further_texts"))
NEEDED: Final = ("codes", "code_history", "terms", "notes", "ndc_units")
# No place of a word is kept (detail) and no length of a text (columnsize): words are sought in any order.
DEFINITIONS: Final = """
    create virtual table texts using fts5(
        words, content='', detail=none, columnsize=0, tokenize='porter unicode61 remove_diacritics 2'
    );
    create table words (word text primary key, times integer) without rowid;
    create table columns_of_texts (name text primary key, kinds text, numbers blob) without rowid;
"""
MOST_COST: Final = 99  # how far a text may be from the plainest one


def find_further_texts(tables: Mapping[str, pa.Table]) -> pa.Table:
    """Texts under which codes are looked for beside their titles: number of the code's row, found_in, further, text."""
    return query_tables(FURTHER_TEXTS, None, **{name: tables[name] for name in NEEDED})


def write_search_index(tables: Mapping[str, pa.Table], further_texts: pa.Table, path: Path) -> None:
    """Writes the index of the tables of a build, which are sorted by their keys, and of the further texts of its codes.

    The likeliest answers stand first: codes that are valid before those that ended, then texts by `cost`, which is how
    far one is from the plainest: its words, and how much further its kind is from the code than a title.

    `texts` is the full-text table; its row ids, from 1 on, are in the order in which answers are given. `words` has
    each word with how often it stands in them. `columns_of_texts` has for each text `number` (of the row in
    `codes`, from 0; four bytes, the lowest first), and in a byte each `cost` and `found_in` (a number among `kinds`).
    Raises OSError as `new_sqlite` does.
    """
    rows = query_tables(TEXTS, None, codes=tables["codes"], further_texts=further_texts)
    words, more = (words_of(rows[name]) for name in ("words", "more"))
    cost = np.minimum(np.asarray(rows["further"]) + numbers_of_telling_words(words), MOST_COST)
    likeliest_first = np.lexsort((cost, np.asarray(rows["has_ended"])))  # of as likely ones the order stays
    rows, cost = rows.take(pa.array(likeliest_first)), cost[likeliest_first]
    texts = pc.binary_join_element_wise(rows["words"], rows["more"], " ").to_pylist()
    with new_sqlite(path, compact=True) as index:
        for definition in DEFINITIONS.split(";"):
            index.execute(definition)
        index.executemany("insert into texts(rowid, words) values (?, ?)", enumerate(texts, 1))
        index.execute("insert into texts(texts) values ('optimize')")
        index.executemany("insert into words values (?, ?)", times_of_words(words, more))
        index.executemany("insert into columns_of_texts values (?, ?, ?)", _columns(rows, cost))


def _columns(rows: pa.Table, cost: Ints) -> list[tuple[str, str, bytes]]:
    kinds = rows["found_in"].combine_chunks().dictionary_encode()
    return [
        ("number", "", np.asarray(rows["number"]).astype("<u4").tobytes()),
        ("cost", "", cost.astype("u1").tobytes()),
        ("found_in", ",".join(kinds.dictionary.to_pylist()), np.asarray(kinds.indices).astype("u1").tobytes()),
    ]
