"""What a search of the explorer looks through: each code with its marks and successors, and its texts in numbers."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ask.code_episodes import MEASURE
from pipeline.export.page.text_columns import (
    Ints,
    joined_fields,
    joined_rows,
    joined_values,
    marks,
    most_frequent_first,
)
from pipeline.run.columns import as_array
from pipeline.run.sql import query_tables

LETTERS_OF_SHARED = [chr(number) for number in range(ord("a"), ord("z") + 1)]
LETTERS = [chr(number) for number in range(128)]
IS_ALPHANUMERIC = np.array([each.isalnum() for each in LETTERS])
TODAY, TERMS = (Path(__file__).with_name(name) for name in ("ended_today.sql", "searched_terms.sql"))


def code_lines(tables: Mapping[str, pa.Table], places: Mapping[str, Ints]) -> pa.Array:
    """For each code: the code after the one before it, mark, the day on which it ended, what it is today.

    The mark has each separator of the written code with the number of the code's characters before it (`3.`), and
    behind them a letter for what is not simply billed: h heading, m measure, o modifier. `places` are the rows in
    `codes` of the codes that other tables name.
    """
    codes = tables["codes"]
    kinds = (pc.invert(codes["billable"]), "h"), (_is(codes, MEASURE), "m"), (_is(codes, "modifier"), "o")
    mark = joined_fields(separator_marks(codes["code_dotted"]), as_array(marks(*kinds)).dictionary_decode(), by="")
    today = _today(tables, places["mappings"])
    ended = joined_values(codes["valid_to"], by="").dictionary_decode()
    return joined_fields(after_the_one_before(codes["code"]), mark, ended, today, by="\t")


def after_the_one_before(codes: pa.ChunkedArray) -> pa.Array:
    """Each code by what sets it apart: a letter for how many characters it shares with the one before, and the rest.

    Codes are ASCII. So 262,000 codes in their order take 0.06 MB compressed, as they are 0.5 MB.

    >>> after_the_one_before(pa.chunked_array([["E11", "E119", "E12"]])).to_pylist()
    ['aE11', 'd9', 'c2']
    """
    longest = pc.max(pc.binary_length(codes)).as_py()
    cells = characters_of(pc.ascii_rpad(codes, longest, padding="\0")).reshape(len(codes), longest)
    is_same = (cells[1:] == cells[:-1]) & (cells[1:] > 0)
    shared = np.append(0, np.logical_and.accumulate(is_same, axis=1).sum(axis=1)).clip(max=len(LETTERS_OF_SHARED) - 1)
    is_own = (cells > 0) & (np.arange(cells.shape[1]) >= shared[:, None])
    ends = np.append(0, np.cumsum(is_own.sum(axis=1))).astype(np.int32)
    rest = pa.StringArray.from_buffers(len(codes), pa.py_buffer(ends), pa.py_buffer(cells[is_own]))
    return joined_fields(pa.array(LETTERS_OF_SHARED).take(pa.array(shared)), rest, by="")


def characters_of(texts: pa.ChunkedArray) -> npt.NDArray[np.uint8]:
    """The bytes of some texts one behind the other."""
    (joined,) = joined_rows(as_array(texts), np.array([0, len(texts)]), "")
    return np.frombuffer(joined.as_buffer(), np.uint8)


def names_of_codes(codes: pa.Table, further_texts: pa.Table) -> pa.Table:
    """Texts that find codes beside their titles, each once: number of the code's row, found_in, further, text."""
    return query_tables(TERMS, None, codes=codes, further_texts=further_texts)


def numbered_words(texts: pa.Array) -> tuple[pa.Array, bytes]:
    """What stands between blanks in some texts, and each text as numbers of it, two bytes each (the lowest first).

    Number 0 is the end of a text and stands for no words. Where there are more than two bytes can number, it is four.
    """
    split = pc.split_pattern(texts, " ")
    words = most_frequent_first(split.flatten().dictionary_encode())
    size = "<u2" if len(words.dictionary) < 2**16 else "<u4"
    numbers = np.insert(np.asarray(words.indices).astype(size) + 1, np.asarray(split.offsets)[1:], 0)
    return pa.concat_arrays([pa.array([""]), words.dictionary]), numbers.tobytes()


def separator_marks(written: pa.ChunkedArray) -> pa.Array:
    """For each written code its separators, each behind the number of letters and digits before it. Codes are ASCII."""
    lengths = np.asarray(pc.binary_length(written)).astype(np.int64)
    characters = characters_of(written)
    is_separator = ~IS_ALPHANUMERIC[characters]
    at, before = np.flatnonzero(is_separator), np.append(0, np.cumsum(~is_separator))
    starts = np.append(0, np.cumsum(lengths))
    row = np.searchsorted(starts, at, side="right") - 1
    counts = pa.array(before[at] - before[starts[row]]).cast(pa.string())
    found = joined_fields(counts, pa.array(LETTERS).take(pa.array(characters[at])), by="")
    return joined_rows(found, np.searchsorted(row, np.arange(len(written) + 1)), "")


def _is(codes: pa.Table, kind: str) -> pa.ChunkedArray:
    return pc.and_(codes["billable"], pc.equal(codes["kind"], kind))


def _today(tables: Mapping[str, pa.Table], sources: Ints) -> pa.Array:
    """For each code that has ended up to three that stand for it today, as a search on the command line says it."""
    codes, mappings = tables["codes"], tables["mappings"]
    has_ended = np.append(pc.is_valid(codes["valid_to"]), False)  # the last stands for a code that is not here, -1
    rows = mappings.select(["crosswalk", "target_system", "target_code"]).append_column("number", pa.array(sources))
    asked = rows.filter(pa.array(has_ended[sources]))
    found = query_tables(TODAY, None, codes=codes, mappings=asked, crosswalks=tables["crosswalks"])
    return found["today"].take(pc.index_in(pa.array(np.arange(len(codes))), as_array(found["number"])))
