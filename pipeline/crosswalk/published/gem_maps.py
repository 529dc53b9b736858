"""General Equivalence Mappings and reimbursement mappings: flags, scenarios and choice lists as columns.

Rules: `GemsTechDoc_2018.pdf` and `reimb_map_guide_2016.pdf` inside the archives.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.published.maps import NOTES, PublishedMap, as_map_rows, as_notes, crosswalks_in
from pipeline.ingest import TextFrame

NO_MAP = pa.array(["NODX", "NOPCS", "NOI9"])


def gem_maps(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[PublishedMap]:
    """The two directions of a GEM release, each a map of its own."""
    return [
        PublishedMap(entry, delivery, frame.where, len(frame.table), *_read_flags(frame.table))
        for frame in parts.values()
        for entry in crosswalks_in(delivery, frame)
    ]


def _read_flags(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The rows of a GEM file, and what is to be said of them. The target's text tells no map, not the flag."""
    target, flags = table["target"], table["flags"]
    upper = pc.utf8_upper(target)
    has_target = pc.invert(pc.is_in(upper, NO_MAP))
    digit = [pc.cast(pc.utf8_slice_codeunits(flags, at, at + 1), pa.int32()) for at in range(5)]
    rows = as_map_rows(
        table["source"],
        pc.if_else(has_target, upper, pa.scalar(None, pa.string())),
        table["line"],
        approximate=pc.equal(digit[0], 1),
        combination=pc.equal(digit[2], 1),
        scenario=digit[3],
        choice_list=digit[4],
        flags=flags,
    )
    unflagged = pc.and_(pc.invert(has_target), pc.equal(digit[1], 0))
    lower_case = pc.and_(has_target, pc.not_equal(target, upper))
    loose = pc.and_(pc.greater(digit[4], 0), pc.equal(digit[2], 0))
    notes = [
        as_notes("corrected", "the target is printed in lower case", rows.filter(lower_case)),
        as_notes("corrected", "the target says no map, the no-map flag does not", rows.filter(unflagged)),
        as_notes("as_printed", "a choice list without the combination flag", rows.filter(loose)),
    ]
    return rows, pa.concat_tables(notes)


def reimbursement_maps(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[PublishedMap]:
    """The one map of a reimbursement release. Several codes stand together: one scenario, a choice list for each.

    A code that a line prints twice (a procedure done on two vessels) stands in two choice lists.
    """
    return [
        PublishedMap(entry, delivery, frame.where, len(frame.table), _sets(frame.table), NOTES.empty_table())
        for frame in parts.values()
        for entry in crosswalks_in(delivery, frame)
    ]


def _sets(table: pa.Table) -> pa.Table:
    targets = table["targets"].combine_chunks()
    lengths = np.asarray(pc.list_value_length(targets))
    row = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    together = lengths[row] > 1
    code = pc.utf8_upper(targets.flatten())
    return as_map_rows(
        table["source"].take(pa.array(row)),
        pc.if_else(pc.is_in(code, NO_MAP), pa.scalar(None, pa.string()), code),
        table["line"].take(pa.array(row)),
        approximate=True,  # the guide says that a code was paid as these, not that they are exact
        combination=pa.array(together),
        scenario=pa.array(together.astype(np.int32)),
        choice_list=pa.array(np.where(together, place + 1, 0).astype(np.int32)),
        flags=table["count"].take(pa.array(row)),
    )
