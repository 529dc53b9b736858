"""CMS reimbursement mappings: each ICD-10 code with the one ICD-9-CM code, or set of codes, it was paid as.

Layout: `reimb_map_guide_2016.pdf` inside the archives; a count, then that many codes in five columns each.
Codes and counts only: a byte that is not ASCII is damage.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.text import Lines, require_ascii, split_lines

NEXT = "check that this is the text member of a reimbursement mapping; a new layout needs a reader of its own"
NO_ICD9 = "NOI9"
BEFORE_CODES = 10  # columns before the first ICD-9-CM code, each of which has five and a blank


def _is_no_source(table: pa.Table) -> pa.ChunkedArray:
    return pc.invert(pc.match_substring_regex(table["source"], r"^[0-9A-Z]{3,7}$"))


def _does_not_rise(table: pa.Table) -> npt.NDArray[np.bool_]:
    source = table["source"]
    return np.append(False, np.asarray(pc.less_equal(source[1:], source[:-1])))


def _has_a_strange_target(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a target is no code of ICD-9-CM, or NOI9 is not the only one of its line."""
    targets, counts = table["targets"].combine_chunks(), table["count"]
    line = np.asarray(pc.list_parent_indices(targets))
    fits = np.asarray(pc.match_substring_regex(targets.flatten(), r"^(?:[0-9EV]\d{2,4}|\d{2}|NOI9)$"))
    has_none = np.asarray(pc.equal(targets.flatten(), NO_ICD9))
    is_alone = np.asarray(pc.equal(counts, "1"))[line]
    wrong = np.zeros(len(table), bool)
    wrong[line[~fits | (has_none & ~is_alone)]] = True
    return wrong


REIMBURSEMENT_FIGURES = (
    CheckFigure("codes", "an ICD-10 code as source", _is_no_source, NEXT),
    CheckFigure("targets", "ICD-9-CM codes behind the count, or NOI9 alone", _has_a_strange_target, NEXT),
    CheckFigure("order", "lines in the order of the ICD-10 codes, each code once", _does_not_rise),
)


def read_reimbursement(where: str, raw: bytes) -> pa.Table:
    """One row per ICD-10 code: source, count (text), targets (a list of text), line.

    No map is the target `NOI9` with count 1. Raises RawFileError where a line lacks a field, its count is not the
    number of codes that follow or its length not that of so many, and where it breaks a figure of
    REIMBURSEMENT_FIGURES.
    """
    require_ascii(where, raw)
    lines = split_lines(where, raw)
    fields = pc.ascii_split_whitespace(lines.column(1))
    width = pc.list_value_length(fields)
    lines.refuse(np.asarray(width) < 3, "an ICD-10 code, a count and at least one ICD-9-CM code", NEXT)
    count = pc.list_element(fields, 1)
    counted = np.asarray(pc.equal(count, pc.cast(pc.subtract(width, 2), pa.string())))
    lines.refuse(~counted, "a count in the second field equal to the number of codes behind it", NEXT)
    _require_lengths(lines, np.asarray(width) - 2)
    table = pa.table(
        {"source": pc.list_element(fields, 0), "count": count, "targets": _behind(fields), "line": lines.numbers}
    )
    require_figures(where, table, REIMBURSEMENT_FIGURES)
    return table


def _require_lengths(lines: Lines, counts: npt.NDArray[np.int32]) -> None:
    """Raises RawFileError for a line that is not as long as its codes make it."""
    lines.refuse(lines.lengths() != BEFORE_CODES + 6 * counts, "five columns and a blank for each code", NEXT)


def _behind(fields: pa.ListArray) -> pa.ListArray:
    """The third and further fields of every line."""
    lengths = np.asarray(pc.list_value_length(fields))
    ends = np.cumsum(lengths)
    place = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
    offsets = np.concatenate([[0], np.cumsum(lengths - 2)]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, fields.flatten().filter(pa.array(place >= 2)))
