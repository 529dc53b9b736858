"""Chapters, blocks and codes told apart by patterns in a document that has no columns."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.text import Lines

FIELDS = ("code", "title", "first", "last")


def read_outline(lines: Lines, patterns: dict[str, str]) -> pa.Table:
    """One row per line that fits a pattern: entry (the pattern's name), code, title, first, last, line.

    Patterns are tried in their order and a line belongs to the first that fits; lines that fit none are passed over.
    A field that a pattern does not name is empty.
    """
    text, numbers = lines.text.cast(pa.string()), lines.numbers
    frames = []
    for entry, pattern in patterns.items():
        found = pc.extract_regex(text, pattern)
        hit = np.asarray(pc.is_valid(found))
        frames.append(_as_rows(entry, pa.Table.from_struct_array(found.filter(pa.array(hit))), numbers[hit]))
        text, numbers = text.filter(pa.array(~hit)), numbers[~hit]
    return pa.concat_tables(frames).sort_by("line").combine_chunks()


def _as_rows(entry: str, found: pa.Table, numbers: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> pa.Table:
    blank = pa.repeat("", len(found))
    fields = {name: found[name] if name in found.column_names else blank for name in FIELDS}
    return pa.table({"entry": pa.repeat(entry, len(found)), **fields, "line": numbers})
