"""Conversion tables: what new ICD-10-CM and ICD-10-PCS codes were before, and the day on which they took effect."""

import csv
import io
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.cells import require_closed_quotes
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.text import decode
from pipeline.ingest.workbook import is_workbook, open_workbook

ICD10CM_HEADER = ("Current code assignment", "Effective", "Previous Code(s) Assignment")
ICD10PCS_HEADER = (
    "Current code(s) assignment", "Code title", "Effective year", "Previous code(s) assignment",
    "Predecessor code title", "Change type", "Comment", "Effective month/day [MM.DD]",
)  # fmt: skip
NEXT = "check that this is the conversion table; a new layout needs a reader of its own"
Rows = list[list[str]]
# Printed twice in every issue since FY2017, with the same previous code. FY2026: rows 2731 to 2746.
PRINTED_TWICE = ("O44.20", "O44.21", "O44.22", "O44.23", "O44.30", "O44.31", "O44.32", "O44.33")


def _is_unlike(column: str, pattern: str, table: pa.Table) -> pa.ChunkedArray:
    return pc.invert(pc.match_substring_regex(pc.utf8_trim_whitespace(table[column]), pattern))


def _is_no_diagnosis(table: pa.Table) -> pa.ChunkedArray:
    return _is_unlike("code", r"^[A-Z][0-9A-Z]{2}(?:\.?[0-9A-Z]{1,4})?$", table)


def _has_no_previous(table: pa.Table) -> pa.ChunkedArray:
    return _is_unlike("previous", r"\b[A-Z][0-9A-Z]{2}|^None", table)


def _is_no_year_or_day(table: pa.Table) -> pa.ChunkedArray:
    return _is_unlike("effective", r"^20(?:1[5-9]|[2-9]\d)(?:-\d\d-\d\d)?$", table)


def _is_printed_again(table: pa.Table) -> npt.NDArray[np.bool_]:
    code = pc.utf8_trim_whitespace(table["code"])
    again = pc.and_(pc.equal(code[1:], code[:-1]), pc.equal(table["previous"][1:], table["previous"][:-1]))
    declared = pc.is_in(code[1:], pa.array(PRINTED_TWICE))
    return np.append(False, np.asarray(pc.and_(again, pc.invert(declared))))


def _is_a_pair_again(table: pa.Table) -> npt.NDArray[np.bool_]:
    names = ("code", "previous", "effective_year", "change_type", "effective_day")
    pair = pc.binary_join_element_wise(*(table[name] for name in names), ";").combine_chunks()
    return np.asarray(pc.not_equal(pc.index_in(pair, pair), pa.array(np.arange(len(pair)), pa.int32())))


def _is_no_procedure(table: pa.Table) -> pa.ChunkedArray:
    form = r"^(?:[0-9A-HJ-NP-Z]{7}|NoPCS)$"
    return pc.or_(_is_unlike("code", form, table), _is_unlike("previous", form, table))


def _names_no_code(table: pa.Table) -> pa.ChunkedArray:
    return pc.and_(*(pc.equal(pc.utf8_trim_whitespace(table[name]), "NoPCS") for name in ("code", "previous")))


def _is_no_year_of_procedures(table: pa.Table) -> pa.ChunkedArray:
    return _is_unlike("effective_year", r"^20(?:1[5-9]|[2-9]\d)$", table)


def _is_no_month_and_day(table: pa.Table) -> pa.ChunkedArray:
    return _is_unlike("effective_day", r"^(?:0[1-9]|1[0-2])\.(?:0[1-9]|[12]\d|3[01])$", table)


ICD10CM_FIGURES = (
    CheckFigure("code", "a code of ICD-10-CM as current code", _is_no_diagnosis),
    CheckFigure("effective", "a year from 2015 on, or a day", _is_no_year_or_day),
    CheckFigure("previous", "a code that stood for it before, or None", _has_no_previous),
    CheckFigure("once", "a code and its previous code once", _is_printed_again),
)
# Of no official file: the table was not at hand when these were written, but what was measured on that of FY2022.
ICD10PCS_FIGURES = (
    CheckFigure("code", "codes of ICD-10-PCS, or NoPCS, as current and previous code", _is_no_procedure),
    CheckFigure("a code", "a current or a previous code, not NoPCS twice", _names_no_code),
    CheckFigure("year", "a year from 2015 on", _is_no_year_of_procedures),
    CheckFigure("day", "a month and day as MM.DD", _is_no_month_and_day),
    CheckFigure("once", "a pair of codes once for each change and day", _is_a_pair_again),
)


def read_icd10cm_conversion(where: str, raw: bytes) -> pa.Table:
    """One row per current code: code, effective (a year, or a day as YYYY-MM-DD), previous (as printed), line.

    A workbook, or the csv of FY2020; row 1 is prose. Raises RawFileError where row 2 is not the header, for a row of
    which a cell is empty (those behind the last code may be empty throughout), and for one that breaks a figure of
    ICD10CM_FIGURES.
    """
    rows = _rows(where, raw, header_row=2)
    header = [name.removesuffix(" October 1") for name in rows[1][:3]] if len(rows) > 1 else []
    _require_header(where, header, list(ICD10CM_HEADER))
    names = {"code": 0, "effective": 1, "previous": 2}
    return _as_table(where, rows, 2, names, ICD10CM_FIGURES)


def read_icd10pcs_conversion(where: str, raw: bytes) -> pa.Table:
    """One row per pair: code, effective_year, previous, change_type, effective_day (MM.DD), line. Titles are left out.

    `NoPCS` marks a missing side. Raises RawFileError where row 1 is not the header, and for a row that breaks a figure
    of ICD10PCS_FIGURES.
    """
    rows = _rows(where, raw, header_row=1)
    _require_header(where, rows[0] if rows else [], list(ICD10PCS_HEADER))
    columns = {"code": 0, "effective_year": 2, "previous": 3, "change_type": 5, "effective_day": 7}
    return _as_table(where, rows, 1, columns, ICD10PCS_FIGURES)


def _as_table(where: str, rows: Rows, before: int, names: dict[str, int], figures: tuple[CheckFigure, ...]) -> pa.Table:
    """The rows behind the first `before` up to the last that is not empty, each with its number."""
    filled = [number for number, row in enumerate(rows) if number >= before and any(cell.strip() for cell in row)]
    if not filled:
        raise RawFileError(where, "rows below the header", "none", NEXT)
    data = rows[before : filled[-1] + 1]
    columns = {name: pa.array([row[at] for row in data], pa.string()) for name, at in names.items()}
    table = pa.table({**columns, "line": pa.array(range(before + 1, before + 1 + len(data)), pa.int64())})
    require_figures(where, table, figures)
    return table


def _require_header(where: str, found: list[str], expected: list[str]) -> None:
    if [name.strip() for name in found] != expected:
        raise RawFileError(where, f"a header row {expected}", str(found), NEXT)


def _rows(where: str, raw: bytes, header_row: int) -> Rows:
    """Every row as text: of the first sheet, whose cells below the header are not merged, or of a csv."""
    if is_workbook(raw):
        workbook = open_workbook(where, raw)
        sheet = workbook.sheet(workbook.names[0])
        sheet.refuse_merged(header_row - 1)
        return [[_as_text(cell) for cell in row] for row in sheet.rows]
    text = decode(where, raw, ("utf-8-sig",), tabs=False)
    require_closed_quotes(where, text)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except csv.Error as problem:
        raise RawFileError(where, "comma-separated text", str(problem), "fetch the file again") from problem
    short = next((number for number, row in enumerate(rows, 1) if len(row) != len(rows[0])), None)
    if short:
        raise RawFileError(
            f"{where}, row {short}", f"{len(rows[0])} cells", str(rows[short - 1]), "fetch the file again"
        )
    return rows


def _as_text(cell: object) -> str:
    """A workbook's cell: whole numbers without a fraction, days in ISO form."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
