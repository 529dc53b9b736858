"""Lines of the explorer's index that a search looks through: each code with its marks, title and successors."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ask.code_episodes import MEASURE
from pipeline.export.page.text_columns import (
    joined_fields,
    joined_rows,
    marks,
    on_one_line,
    place_of_codes,
    text_of_days,
    title_text,
)
from pipeline.run.sql import query_tables

LETTERS = [chr(number) for number in range(128)]
IS_ALPHANUMERIC = np.array([each.isalnum() for each in LETTERS])
TODAY, TERMS = (Path(__file__).with_name(name) for name in ("ended_today.sql", "searched_terms.sql"))


def title_lines(tables: Mapping[str, pa.Table]) -> pa.Array:
    """For each code: code, mark, title, the day on which it ended, what it is today.

    The mark has each separator of the written code with the number of the code's characters before it (`3.`), and
    behind them a letter for what is not simply billed: h heading, m measure, o modifier.
    """
    codes = tables["codes"]
    kinds = (pc.invert(codes["billable"]), "h"), (_is(codes, MEASURE), "m"), (_is(codes, "modifier"), "o")
    mark = pc.binary_join_element_wise(separator_marks(codes["code_dotted"]), marks(*kinds), "")
    return joined_fields(
        codes["code"], mark, title_text(codes), text_of_days(codes["valid_to"]), _today(tables), by="\t"
    )


def term_lines(tables: Mapping[str, pa.Table]) -> list[str]:
    """Names of codes that are no titles: system, number of the code in it, t (inclusion term) or p (product), text."""
    rows = query_tables(TERMS, None, **{name: tables[name] for name in ("codes", "terms", "ndc_units")})
    fields = rows["system"], rows["number"], rows["found_in"], on_one_line(rows["text"])
    lines: list[str] = joined_fields(*fields, by="\t").to_pylist()
    return lines


def separator_marks(written: pa.ChunkedArray) -> pa.Array:
    """For each written code its separators, each behind the number of letters and digits before it. Codes are ASCII."""
    lengths = np.asarray(pc.binary_length(written)).astype(np.int64)
    characters = np.frombuffer("".join(written.to_pylist()).encode("ascii"), np.uint8)
    is_separator = ~IS_ALPHANUMERIC[characters]
    at, before = np.flatnonzero(is_separator), np.append(0, np.cumsum(~is_separator))
    starts = np.append(0, np.cumsum(lengths))
    row = np.searchsorted(starts, at, side="right") - 1
    counts = pa.array(before[at] - before[starts[row]]).cast(pa.string())
    found = joined_fields(counts, pa.array(LETTERS).take(pa.array(characters[at])), by="")
    return joined_rows(found, np.searchsorted(row, np.arange(len(written) + 1)), "")


def _is(codes: pa.Table, kind: str) -> pa.ChunkedArray:
    return pc.and_(codes["billable"], pc.equal(codes["kind"], kind))


def _today(tables: Mapping[str, pa.Table]) -> pa.Array:
    """For each code that has ended up to three that stand for it today, as a search on the command line says it."""
    found = query_tables(TODAY, None, **{name: tables[name] for name in ("codes", "mappings", "crosswalks")})
    place = place_of_codes(tables["codes"], found["system"], found["code"])
    today = np.full(len(tables["codes"]), None, dtype=object)
    today[place] = found["today"].to_pylist()
    return pc.fill_null(pa.array(today, pa.string()), "")
