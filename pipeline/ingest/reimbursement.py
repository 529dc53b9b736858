"""CMS reimbursement mappings: each ICD-10 code with the one ICD-9-CM code, or set of codes, it was paid as.

Layout: `reimb_map_guide_2016.pdf` inside the archives; a count, then that many codes in five columns each.
Codes and counts only: a byte that is not ASCII is damage.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.text import require_ascii, split_lines

NEXT = "check that this is the text member of a reimbursement mapping; a new layout needs a reader of its own"


def read_reimbursement(where: str, raw: bytes) -> pa.Table:
    """One row per ICD-10 code: source, count (text), targets (a list of text), line.

    No map is the target `NOI9` with count 1. Raises RawFileError where a line lacks a field, or its count is not the
    number of codes that follow.
    """
    require_ascii(where, raw)
    lines = split_lines(where, raw)
    fields = pc.ascii_split_whitespace(lines.column(1))
    width = pc.list_value_length(fields)
    lines.refuse(np.asarray(width) < 3, "an ICD-10 code, a count and at least one ICD-9-CM code", NEXT)
    count = pc.list_element(fields, 1)
    counted = np.asarray(pc.equal(count, pc.cast(pc.subtract(width, 2), pa.string())))
    lines.refuse(~counted, "a count in the second field equal to the number of codes behind it", NEXT)
    return pa.table(
        {"source": pc.list_element(fields, 0), "count": count, "targets": _behind(fields), "line": lines.numbers}
    )


def _behind(fields: pa.ListArray) -> pa.ListArray:
    """The third and further fields of every line."""
    lengths = np.asarray(pc.list_value_length(fields))
    ends = np.cumsum(lengths)
    place = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
    offsets = np.concatenate([[0], np.cumsum(lengths - 2)]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, fields.flatten().filter(pa.array(place >= 2)))
