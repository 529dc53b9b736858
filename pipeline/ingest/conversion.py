"""Conversion tables: what new ICD-10-CM and ICD-10-PCS codes were before, and the day on which they took effect."""

import csv
import io
from datetime import date, datetime

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from pipeline.errors import RawFileError
from pipeline.ingest.text import decode

ICD10CM_HEADER = ("Current code assignment", "Effective", "Previous Code(s) Assignment")
ICD10PCS_HEADER = (
    "Current code(s) assignment", "Code title", "Effective year", "Previous code(s) assignment",
    "Predecessor code title", "Change type", "Comment", "Effective month/day [MM.DD]",
)  # fmt: skip
NEXT = "check that this is the conversion table; a new layout needs a reader of its own"
Rows = list[list[str]]


def read_icd10cm_conversion(where: str, raw: bytes) -> pa.Table:
    """One row per current code: code, effective (a year, or a day as YYYY-MM-DD), previous (as printed), line.

    A workbook, or the csv of FY2020; row 1 is prose. Raises RawFileError where row 2 is not the header.
    """
    rows = _rows(where, raw)
    header = [name.removesuffix(" October 1") for name in rows[1][:3]] if len(rows) > 1 else []
    _require_header(where, header, list(ICD10CM_HEADER))
    data = [(line, row) for line, row in enumerate(rows[2:], 3) if row[0].strip()]
    return pa.table(
        {
            "code": pa.array([row[0] for _, row in data], pa.string()),
            "effective": pa.array([row[1] for _, row in data], pa.string()),
            "previous": pa.array([row[2] for _, row in data], pa.string()),
            "line": pa.array([line for line, _ in data], pa.int64()),
        }
    )


def read_icd10pcs_conversion(where: str, raw: bytes) -> pa.Table:
    """One row per pair: code, effective_year, previous, change_type, effective_day (MM.DD), line. Titles are left out.

    `NoPCS` marks a missing side. Raises RawFileError where row 1 is not the header.
    """
    rows = _rows(where, raw)
    _require_header(where, rows[0] if rows else [], list(ICD10PCS_HEADER))
    columns = {"code": 0, "effective_year": 2, "previous": 3, "change_type": 5, "effective_day": 7}
    data = {name: pa.array([row[at] for row in rows[1:]], pa.string()) for name, at in columns.items()}
    return pa.table({**data, "line": pa.array(range(2, len(rows) + 1), pa.int64())})


def _require_header(where: str, found: list[str], expected: list[str]) -> None:
    if [name.strip() for name in found] != expected:
        raise RawFileError(where, f"a header row {expected}", str(found), NEXT)


def _rows(where: str, raw: bytes) -> Rows:
    """Every row as text. The library hands out Python rows: 16,000 of them take a quarter of a second."""
    if raw[:2] == b"PK":
        try:
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
        except (CalamineError, OSError) as problem:
            raise RawFileError(where, "a whole workbook", str(problem), "fetch the file again") from problem
        return [[_as_text(cell) for cell in row] for row in sheet.to_python()]
    text = decode(where, raw, ("utf-8-sig", "cp1252"))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    short = next((number for number, row in enumerate(rows, 1) if row and len(row) != len(rows[0])), None)
    if short:
        raise RawFileError(
            f"{where}, row {short}", f"{len(rows[0])} cells", str(rows[short - 1]), "fetch the file again"
        )
    return [row for row in rows if row]


def _as_text(cell: object) -> str:
    """A workbook's cell: whole numbers without a fraction, days in ISO form."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
