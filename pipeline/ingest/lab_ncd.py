"""The Lab NCD code list of CMS: for each national determination on a laboratory test its procedures and diagnoses.

Layout: one sheet, seven rows of title, legend and header, then two lists side by side. Columns 3 to 5 are the
procedures of a determination, columns 6 to 9 its diagnoses: what stands in one row is no pair.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.days import is_no_day
from pipeline.ingest.workbook import open_workbook

NCD_HEADER: Final = (
    ("NCD", "NCD", "CPT/HCPCS", "CPT/HCPCS", "CPT/HCPCS", "ICD-10", "ICD-10 EFF", "ICD-10 TERM", "RESOLUTION"),
    ("Number", "DESCRIPTION", "CODES", "EFF DATE", "TERM DATE", "CODE", "DATE", "DATE", "CODE 1/"),
)
LEGEND: Final = {
    "1": "1 - ICD-10-CM codes covered by Medicare.",
    "2": "2 - ICD-10-CM codes denied.",
    "3": "3 - ICD-10-CM codes that do not support medical necessity.",
}
NCD_COLUMNS: Final = (
    "ncd", "title", "procedure", "procedure_from", "procedure_to", "diagnosis", "valid_from", "valid_to", "resolution",
)  # fmt: skip
ROWS_ABOVE: Final = 7
PRINTED_DEFAULT: Final = "@@@@@@@"
AMERICAN_DAY = re.compile(r"(\d{2})/(\d{2})/0?(\d{2})")  # 10/01/21, and 10/01/021 in seven rows
NEXT: Final = "check that this is the Lab NCD code list; a new layout needs a reader of its own"


def read_lab_ncd(where: str, raw: bytes) -> pa.Table:
    """One row per row of the sheet: the columns of NCD_COLUMNS, as text, and line (the row of the sheet).

    A number of a determination has two decimals (190.30), a day is YYYY-MM-DD, a code has no fraction; the asterisk
    that marks a change of this quarter is taken off. Raises RawFileError for what is no workbook, for another legend
    or header, and for a row that breaks one of EVERY_LAB_NCD.
    """
    rows = _sheet_rows(where, raw)
    _require_head(where, rows[:ROWS_ABOVE])
    cells = [_texts(column) for column in zip(*rows[ROWS_ABOVE:], strict=True)] or [[] for _ in NCD_COLUMNS]
    cells[0] = [_two_decimals(cell) for cell in cells[0]]
    table = pa.table([pa.array(column, pa.string()) for column in cells], names=list(NCD_COLUMNS))
    lines = pa.array(range(ROWS_ABOVE + 1, len(rows) + 1), pa.int64())
    table = table.append_column("line", lines)
    require_figures(where, table, EVERY_LAB_NCD)
    return table


def _sheet_rows(where: str, raw: bytes) -> Sequence[Sequence[object]]:
    workbook = open_workbook(where, raw)
    sheet = workbook.sheet(workbook.names[0])
    sheet.refuse_merged(ROWS_ABOVE - 1)
    return sheet.rows


def _require_head(where: str, rows: Sequence[Sequence[object]]) -> None:
    """What the numbers of resolutions mean stands in the legend: a file with another is not read."""
    texts = [[" ".join(str(cell).split()) for cell in row] for row in rows]
    for line, expected in zip((6, 7), NCD_HEADER, strict=True):
        found = texts[line - 1] if len(texts) >= line else []
        if tuple(found) != expected:
            raise RawFileError(f"{where}, row {line}", f"the header {expected}", str(found), NEXT)
    legend = {text for row in texts for text in row}
    for text in LEGEND.values():
        if text not in legend:
            raise RawFileError(f"{where}, rows 1 to 5", f"a legend with {text!r}", str(sorted(legend)), NEXT)


def _texts(column: Iterable[object]) -> list[str]:
    """The cells of a column as text: the library hands out Python values, 46,000 rows of them in 0.2 s."""
    return [_as_text(cell) for cell in column]


def _as_text(cell: object) -> str:
    if cell == "":  # seven of ten cells
        return ""
    if isinstance(cell, str):
        text = cell.strip().removeprefix("*")
        found = AMERICAN_DAY.fullmatch(text)
        return f"20{found[3]}-{found[1]}-{found[2]}" if found else text
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _two_decimals(text: str) -> str:
    """A number of a determination: 190.3 is what a cell with the number 190.30 holds."""
    return f"{float(text):.2f}" if text.replace(".", "", 1).isdigit() else text


Breaks = npt.NDArray[np.bool_]


def _misfits(column: str, pattern: str, table: pa.Table) -> Breaks:
    is_broken: Breaks = ~np.asarray(pc.match_substring_regex(table[column], pattern))
    return is_broken


def _is_no_list(table: pa.Table) -> Breaks:
    return _misfits("ncd", r"^\d{3}\.\d{2}[A-Z]?$", table)


def _is_no_procedure(table: pa.Table) -> Breaks:
    return _misfits("procedure", r"^(\d{4}[0-9A-Z]|[A-Z]\d{4})?$", table)


def _is_no_diagnosis(table: pa.Table) -> Breaks:
    return _misfits("diagnosis", rf"^([A-Z][0-9A-Z]{{2,6}}(-[A-Z][0-9A-Z]{{2,6}})?|{PRINTED_DEFAULT})$", table)


def _is_no_resolution(table: pa.Table) -> Breaks:
    return _misfits("resolution", f"^[{''.join(LEGEND)}]$", table)


def _is_no_day(table: pa.Table) -> Breaks:
    days = [is_no_day(table[name], "%Y-%m-%d") for name in ("procedure_from", "procedure_to", "valid_from", "valid_to")]
    is_broken: Breaks = np.logical_or.reduce([*days, np.asarray(pc.equal(table["valid_from"], ""))])
    return is_broken


def _is_range_backwards(table: pa.Table) -> Breaks:
    ends = pc.split_pattern(table["diagnosis"], "-").combine_chunks()
    first, last = pc.list_element(ends, 0), ends.flatten().take(pc.subtract(ends.offsets[1:], 1))
    is_backwards: Breaks = np.asarray(pc.greater(first, last))
    return is_backwards


def _is_given_twice(table: pa.Table) -> Breaks:
    pair = pc.binary_join_element_wise(table["ncd"], table["diagnosis"], " ").combine_chunks()
    is_broken: Breaks = np.asarray(pc.index_in(pair, pair)) != np.arange(len(pair))
    return is_broken


def _is_last_of_list(table: pa.Table) -> Breaks:
    ncd = table["ncd"]
    is_last: Breaks = np.append(np.asarray(pc.not_equal(ncd[1:], ncd[:-1])), True)[: len(ncd)]
    return is_last


def _ends_without_default(table: pa.Table) -> Breaks:
    is_default = np.asarray(pc.equal(table["diagnosis"], PRINTED_DEFAULT))
    is_broken: Breaks = is_default != _is_last_of_list(table)
    return is_broken


def _begins_without_title(table: pa.Table) -> Breaks:
    is_first = np.roll(_is_last_of_list(table), 1)
    is_broken: Breaks = is_first & np.asarray(pc.or_(pc.equal(table["title"], ""), pc.equal(table["procedure"], "")))
    return is_broken


EVERY_LAB_NCD: Final = (
    CheckFigure("lists", "the number of a determination, such as 190.20A", _is_no_list, NEXT),
    CheckFigure("procedures", "a CPT or HCPCS code, or an empty cell", _is_no_procedure, NEXT),
    CheckFigure("diagnoses", f"an undotted code, a range of them, or {PRINTED_DEFAULT}", _is_no_diagnosis, NEXT),
    CheckFigure("ranges", "a range whose first code sorts before its last", _is_range_backwards, NEXT),
    CheckFigure("resolutions", "a resolution code of the legend", _is_no_resolution, NEXT),
    CheckFigure("days", "days in the cells of days, and a first day of every diagnosis", _is_no_day, NEXT),
    CheckFigure("titles", "a title and a procedure in the first row of each list", _begins_without_title),
    CheckFigure("defaults", f"{PRINTED_DEFAULT} in the last row of each list, and in no other", _ends_without_default),
    CheckFigure("once", "a diagnosis once in each list", _is_given_twice),
)
