"""Listings of HCPCS Level II: records with their dates, long descriptions put together."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.ingest.anweb_figures import STARTS
from pipeline.normalise.kinds import hcpcs_kinds
from pipeline.normalise.listing import Listing, blank_as_null, listing_rows

MODIFIER_RECORD = "7"
# Text and data, long text, short text: other actions say nothing of the wording.
REWORDING_ACTIONS = {"B": "both", "C": "both", "S": "short"}


def hcpcs_listings(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[Listing]:
    """One row per code or modifier; valid_from is the day it was added, valid_to the last day it may be used.

    A modifier never stands alone. The file keeps terminated codes for years and then drops them, so absence says
    nothing of a code with a last day. `changed_on` is the day of the last action of any kind: where the wording is
    another than in an earlier file, it changed on that day or before.
    """
    frame = parts["records"]
    records = frame.table.combine_chunks()
    starts = np.flatnonzero(np.asarray(pc.is_in(records["record_id"], pa.array(STARTS))))
    table = records.take(pa.array(starts))
    is_modifier = pc.equal(table["record_id"], MODIFIER_RECORD)
    code, betos = table["code"].combine_chunks(), table["betos"].combine_chunks()
    added, terminated = as_day(frame, table, "added"), as_day(frame, table, "terminated")
    _refuse_end_before_start(frame, table, added, terminated)
    short = table["short_description"].combine_chunks()
    long = _joined(records["long_description"].combine_chunks(), starts)
    title = pc.if_else(pc.equal(long, ""), short, long)
    rows = listing_rows(
        "HCPCS",
        code,
        table["line"],
        kind=pc.if_else(is_modifier, pa.scalar("modifier"), hcpcs_kinds(code, betos, title)),
        short_description=short,
        description=long,
        billable=True,
        standalone=pc.invert(is_modifier),
        valid_from=added,
        valid_to=terminated,
        changed_on=as_day(frame, table, "action_effective"),
        changed_titles=_reworded(table["action"].combine_chunks()),
    )
    return [Listing("HCPCS", delivery, frame.where, len(frame.table), rows, complete=False, absence_ends=True)]


def _reworded(action: pa.Array) -> pa.Array:
    """Which titles each action reworded; null for one on something else."""
    titles = pa.array(list(REWORDING_ACTIONS.values()), pa.string())
    return titles.take(pc.index_in(action, pa.array(list(REWORDING_ACTIONS))))


def _joined(slices: pa.Array, starts: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> pa.Array:
    """The slices of each record and its continuations joined by one blank, runs of blanks made one."""
    offsets = pa.array(np.append(starts, len(slices)), pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, slices), " ")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(joined, " {2,}", " "))


def _refuse_end_before_start(frame: TextFrame, records: pa.Table, added: pa.Array, terminated: pa.Array) -> None:
    """Raises RawFileError for a record that ends before it begins."""
    wrong = pc.fill_null(pc.less(terminated, added), False)
    if pc.any(wrong).as_py():
        row = pc.index(wrong, True).as_py()
        raise RawFileError(
            f"{frame.where}, line {records['line'][row]}",
            expected="a termination date that is not before the date added",
            found=f"added {added[row]}, terminated {terminated[row]}",
            next_step="fetch the file again; if it is as published, ask the publisher",
        )


def as_day(frame: TextFrame, records: pa.Table, column: str) -> pa.Array:
    """A column of YYYYMMDD as days; blank is null. Raises RawFileError for what is no day of the calendar."""
    text = blank_as_null(records[column].combine_chunks())
    digits = pc.if_else(pc.match_substring_regex(text, r"^\d{8}$"), text, pa.scalar(None, pa.string()))
    day = pc.strptime(digits, format="%Y%m%d", unit="s", error_is_null=True)
    is_day = pc.fill_null(pc.equal(pc.strftime(day, format="%Y%m%d"), digits), False)
    wrong = pc.and_(pc.is_valid(text), pc.invert(is_day))
    if pc.any(wrong).as_py():
        row = pc.index(wrong, True).as_py()
        raise RawFileError(
            f"{frame.where}, line {records['line'][row]}",
            expected=f"a day as YYYYMMDD, or blanks, in the field {column!r}",
            found=repr(text[row].as_py()),
            next_step="fetch the file again; if it is as published, the layout has changed",
        )
    return day.cast(pa.date32())
