"""What took the place of HCPCS codes that ended: the cross references of their records, in our columns.

`HCPC2025_recordlayout.txt` calls XREF1 to XREF5 "an explicit reference crosswalking a deleted code or a code that is
not valid for Medicare to a valid current code (or range of codes)". Of an entry that has not ended they name other
codes, no successors.
"""

from datetime import timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest import TextFrame
from pipeline.ingest.anweb_figures import STARTS
from pipeline.normalise.conversions import CONVERSION_COLUMNS, REPLACED
from pipeline.normalise.hcpcs import as_day

DAY_AFTER: Final = pa.scalar(timedelta(days=1))
REFERENCE_WIDTH: Final = 5
REFERENCES: Final = 5
LEVEL_II: Final = "^[A-Z][0-9]{4}$"
CPT: Final = "^[0-9]{4}[0-9A-Z]$"  # QM, a modifier, and the word CPT are neither


def hcpcs_successors(frame: TextFrame, release: str) -> pa.Table:
    """One row per ended code and code that its record refers to: the columns of CONVERSION_COLUMNS.

    `code` is the successor, `system` its own (HCPCS or CPT4), `previous` the ended code of HCPCS, `effective_from` the
    day after its last. `change` is Replaced.
    """
    starts = pc.is_in(frame.table["record_id"], pa.array(STARTS))
    records = frame.table.filter(starts).combine_chunks()
    day = as_day(frame, records, "terminated")
    named = [_reference(records["cross_references"], number) for number in range(REFERENCES)]
    tables = [_as_conversions(frame, release, records, day, code) for code in named]
    return pa.concat_tables(tables).sort_by([("line", "ascending")])


def _reference(cells: pa.ChunkedArray, number: int) -> pa.ChunkedArray:
    start = number * REFERENCE_WIDTH
    return pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(cells, start, start + REFERENCE_WIDTH))


def _as_conversions(
    frame: TextFrame, release: str, records: pa.Table, ended: pa.Array, code: pa.ChunkedArray
) -> pa.Table:
    is_level_ii, is_cpt = pc.match_substring_regex(code, LEVEL_II), pc.match_substring_regex(code, CPT)
    previous = pc.utf8_trim_whitespace(records["code"])
    columns = [
        pc.if_else(is_level_ii, "HCPCS", "CPT4"),
        code,
        pc.add(ended.cast(pa.timestamp("s")), DAY_AFTER.cast(pa.duration("s"))).cast(pa.date32()),
        previous,
        pa.repeat(REPLACED, len(records)),
        pa.repeat(release, len(records)),
        pa.repeat(frame.file_name, len(records)),
        records["line"],
    ]
    is_named = np.asarray(pc.or_(is_level_ii, is_cpt)) & np.asarray(pc.is_valid(ended))
    is_named &= np.asarray(pc.not_equal(code, previous))
    return pa.table(columns, schema=CONVERSION_COLUMNS).filter(pa.array(is_named))
