"""Conversion tables in our columns: which code took effect on which day, and what stood for it before."""

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.hierarchy import bare
from pipeline.normalise.systems import read_systems

CONVERSION_COLUMNS = pa.schema(
    [
        ("system", pa.string()),
        ("code", pa.string()),
        ("effective_from", pa.date32()),
        ("previous", pa.string()),
        ("change", pa.string()),
        ("release", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
    ]
)
NEW, DELETED, REVISED = "New", "Deleted", "Revised"
NEW_FOR_DELETED = "New, Deleted"  # a new code in the place of a deleted one
REPLACED = "Replaced"  # the record of the code that ended says so
MISSING = "NoPCS"


def icd10cm_conversions(frame: TextFrame, release: str) -> pa.Table:
    """One row per current code: the columns of CONVERSION_COLUMNS, `previous` as printed. Every row is of a new code.

    A bare year means its 1 October (the table's own first row says so); a day means that day.
    """
    table = frame.table
    effective = pc.utf8_trim_whitespace(table["effective"])
    day = pc.if_else(
        pc.match_substring_regex(effective, r"^\d{4}$"), pc.binary_join_element_wise(effective, "-10-01", ""), effective
    )
    return _as_conversions("ICD10CM", frame, release, day, pa.repeat(NEW, len(table)))


def icd10pcs_conversions(frame: TextFrame, release: str) -> pa.Table:
    """One row per printed pair of a current and a previous code: the columns of CONVERSION_COLUMNS.

    `change` is New (a new code and what was reported before), Deleted (the code in the place of a deleted one, null
    where there is none) or Revised. The year is a calendar year and the day stands in a column of its own.
    """
    table = frame.table
    day = pc.binary_join_element_wise(
        table["effective_year"], pc.replace_substring(table["effective_day"], ".", "-"), "-"
    )
    return _as_conversions("ICD10PCS", frame, release, day, table["change_type"])


def _as_conversions(
    system: str, frame: TextFrame, release: str, day: pa.ChunkedArray, change: pa.ChunkedArray
) -> pa.Table:
    table = frame.table
    is_day = pc.match_substring_regex(day, r"^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$")
    _refuse(frame, is_day, day, "a year, or a day")
    effective_from = pc.strptime(day, format="%Y-%m-%d", unit="s")
    # Of 30 February the library makes 1 March.
    _refuse(frame, pc.equal(pc.strftime(effective_from, format="%Y-%m-%d"), day), day, "a day that is in the calendar")
    _refuse(frame, pc.is_in(change, pa.array([NEW, DELETED, REVISED])), change, "New, Deleted or Revised")
    code = pc.utf8_upper(bare(table["code"].combine_chunks(), read_systems()[system]))
    columns = [
        pa.repeat(system, len(table)),
        pc.if_else(pc.equal(code, MISSING.upper()), pa.scalar(None, pa.string()), code),
        effective_from.cast(pa.date32()),
        pc.utf8_trim_whitespace(table["previous"]),
        change,
        pa.repeat(release, len(table)),
        pa.repeat(frame.file_name, len(table)),
        table["line"],
    ]
    return pa.table(columns, schema=CONVERSION_COLUMNS)


def _refuse(frame: TextFrame, fits: pa.ChunkedArray, cells: pa.ChunkedArray, expected: str) -> None:
    """Raises RawFileError for the first row that does not fit, if any."""
    if pc.all(fits).as_py() is False:
        row = pc.index(fits, False).as_py()
        raise RawFileError(
            f"{frame.where}, row {frame.table['line'][row]}",
            expected=expected,
            found=repr(cells[row].as_py()),
            next_step="correct the file, or fetch it again",
        )
