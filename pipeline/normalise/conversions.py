"""Conversion tables in our columns: which code took effect on which day, and what stood for it before."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.listing import bare

COLUMNS = pa.schema(
    [("system", pa.string()), ("code", pa.string()), ("effective_from", pa.date32()), ("previous", pa.string())]
)
MISSING = "NoPCS"


def icd10cm_conversions(frame: TextFrame) -> pa.Table:
    """One row per current code: the columns of COLUMNS, `previous` as printed.

    A bare year means its 1 October (the table's own first row says so); a day means that day.
    """
    table = frame.table
    effective = pc.utf8_trim_whitespace(table["effective"])
    day = pc.if_else(
        pc.match_substring_regex(effective, r"^\d{4}$"), pc.binary_join_element_wise(effective, "-10-01", ""), effective
    )
    return _as_conversions("ICD10CM", frame, table, day)


def icd10pcs_conversions(frame: TextFrame) -> pa.Table:
    """One row per pair of a current and a previous code: the columns of COLUMNS.

    The year is a calendar year and the day stands in a column of its own. Pairs without a current code are left out;
    revisions, which pair a code with itself, too.
    """
    table = frame.table.filter(
        pc.and_(pc.not_equal(frame.table["code"], MISSING), pc.not_equal(frame.table["change_type"], "Revised"))
    )
    day = pc.binary_join_element_wise(
        table["effective_year"], pc.replace_substring(table["effective_day"], ".", "-"), "-"
    )
    return _as_conversions("ICD10PCS", frame, table, day)


def _as_conversions(system: str, frame: TextFrame, table: pa.Table, day: pa.ChunkedArray) -> pa.Table:
    is_day = pc.match_substring_regex(day, r"^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$")
    if not pc.all(is_day).as_py():
        row = pc.index(is_day, False).as_py()
        raise RawFileError(
            f"{frame.where}, row {table['line'][row]}",
            expected="a year, or a day",
            found=repr(day[row].as_py()),
            next_step="correct the file, or fetch it again",
        )
    columns = [
        pa.repeat(system, len(table)),
        pc.utf8_upper(bare(table["code"].combine_chunks())),
        pc.strptime(day, format="%Y-%m-%d", unit="s").cast(pa.date32()),
        pc.utf8_trim_whitespace(table["previous"]),
    ]
    return pa.table(columns, schema=COLUMNS)


CONVERSIONS: dict[str, Callable[[TextFrame], pa.Table]] = {
    "icd10cm_conversion": icd10cm_conversions,
    "icd10pcs_conversion": icd10pcs_conversions,
}
