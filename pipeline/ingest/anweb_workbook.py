"""HCPCS alpha-numeric file as a workbook: April, July and October 2020 and January 2023, of which no text file is here.

One sheet; the header is the row that starts with `HCPC`, behind a disclaimer or first. The 48 columns become those of
the text file: the cells of one field stand side by side in its widths. Cells are text but for a few that somebody typed
as numbers. `ACT EFF DT` is empty in 116 entries whose day the text files of other years have: lost, not none.
"""

from collections import Counter
from datetime import date
from typing import NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.anweb import ANWEB_FIELDS, read_anweb
from pipeline.ingest.anweb_figures import ANWEB_FIGURES, STARTS
from pipeline.ingest.check_figures import require_figures
from pipeline.ingest.workbook import SheetCell, is_workbook, open_workbook

FIRST_CELL = "HCPC"
# Our column: the workbook's cells, and the width that each has in the text file (see anweb.COLUMNS).
CELLS: dict[str, tuple[tuple[str, ...], int]] = {
    "code": (("HCPC",), 5),
    "sequence": (("SEQNUM",), 4),
    "record_id": (("RECID",), 1),
    "long_description": (("LONG DESCRIPTION",), 0),
    "short_description": (("SHORT DESCRIPTION",), 28),
    "pricing_indicators": (("PRICE1", "PRICE2", "PRICE3", "PRICE4"), 2),
    "multiple_pricing": (("MULT_PI",), 1),
    "cim_references": (("CIM1", "CIM2", "CIM3"), 6),
    "mcm_references": (("MCM1", "MCM2", "MCM3"), 8),
    "statute": (("STATUTE",), 10),
    "lab_certification": (tuple(f"LABCERT{number}" for number in range(1, 9)), 3),
    "cross_references": (tuple(f"XREF{number}" for number in range(1, 6)), 5),
    "coverage": (("COV",), 1),
    "asc_group": (("ASC_GRP",), 2),
    "asc_date": (("ASC_DT",), 8),
    "mog_group": (("OPPS",), 3),
    "mog_policy": (("OPPS_PI",), 1),
    "mog_date": (("OPPS_DT",), 8),
    "processing_note": (("PROCNOTE",), 4),
    "betos": (("BETOS",), 3),
    "type_of_service": (tuple(f"TOS{number}" for number in range(1, 6)), 1),
    "anaesthesia_units": (("ANEST_BU",), 3),
    "added": (("ADD DT",), 8),
    "action_effective": (("ACT EFF DT",), 8),
    "terminated": (("TERM DT",), 8),
    "action": (("ACTION CD",), 1),
}
KNOWN_IDS = ("3", "4", "7", "8")
NEXT = "check that this is the ANWEB workbook; a new layout needs a reader of its own"
# Fields of digits with leading zeros, which a cell typed as a number has lost.
WITH_ZEROS = ("SEQNUM", "PRICE", "LABCERT", "XREF", "ASC_GRP", "PROCNOTE")
CODE = r"^(?:[A-Z]\d{4}|[A-Z0-9]{2})$"


def read_anweb_records(where: str, raw: bytes) -> pa.Table:
    """The records of an ANWEB file of either form: a workbook is a zip, the text file is not. Raises as they do."""
    return read_anweb_workbook(where, raw) if is_workbook(raw) else read_anweb(where, raw)


def read_anweb_workbook(where: str, raw: bytes) -> pa.Table:
    """One row per row of the sheet with a code, the continuation of G0503 included: the columns of `read_anweb`.

    All is text; `line` is the row of the sheet. Raises RawFileError for what is no such workbook, lacks a column, or
    has a row without a code, of no known record id, listed twice, or with the error of a formula in a cell.
    """
    rows, header = _read_sheet(where, raw)
    names = [str(name).strip() for name in rows[header]]
    missing = [cell for cells, _ in CELLS.values() for cell in cells if cell not in names]
    if missing:
        _refuse(where, header, "the 48 columns of the layout", f"no column {', '.join(missing)}")
    lines = [number for number in range(header + 1, len(rows)) if any(cell != "" for cell in rows[number])]
    if not lines:
        _refuse(where, header, "rows behind the header", "none")
    sheet = dict(zip(names, zip(*(rows[number] for number in lines), strict=True), strict=True))
    fields = {column: _field(where, lines, sheet, *CELLS[column]) for column in ANWEB_FIELDS}
    fields["sequence"] = pc.binary_join_element_wise(fields["sequence"], "0", "")  # 0010 is 00100 in the text file
    _check_records(where, lines, fields)
    table = pa.table({**fields, "line": np.asarray(lines) + 1})
    require_figures(where, table, ANWEB_FIGURES)
    return table


def _read_sheet(where: str, raw: bytes) -> tuple[list[list[SheetCell]], int]:
    """The rows of the sheet that has the header, and the place of the header among them."""
    workbook = open_workbook(where, raw)
    for sheet in map(workbook.sheet, workbook.names):
        for number, row in enumerate(sheet.rows):
            if row and row[0] == FIRST_CELL:
                sheet.refuse_merged(number)
                return sheet.rows, number
    raise RawFileError(where, f"a header row that starts with {FIRST_CELL}", "none", NEXT)


def _field(
    where: str, lines: list[int], sheet: dict[str, tuple[SheetCell, ...]], cells: tuple[str, ...], width: int
) -> pa.Array:
    """One field of the text file: its cell, or its cells side by side, each in its width."""
    parts = [_texts(cell, sheet[cell], width) for cell in cells]
    if len(parts) == 1:
        return parts[0]
    for cell, part in zip(cells, parts, strict=True):
        too_long = pc.greater(pc.utf8_length(part), width)
        _refuse_row(where, lines, too_long, f"at most {width} characters in {cell}", part)
    padded = [pc.utf8_rpad(part, width) for part in parts]
    return pc.utf8_rtrim_whitespace(pc.binary_join_element_wise(*padded, ""))


def _texts(cell: str, values: tuple[SheetCell, ...], width: int) -> pa.Array:
    """A column of cells as stripped text: numbers without `.0`, days as YYYYMMDD."""
    digits = width if cell.startswith(WITH_ZEROS) else 0
    texts = pa.array([value if type(value) is str else _as_text(value, digits) for value in values], pa.string())
    return pc.utf8_trim_whitespace(pc.replace_substring(texts, "\N{NO-BREAK SPACE}", " "))


def _as_text(value: SheetCell, digits: int) -> str:
    if isinstance(value, date):
        return value.strftime("%Y%m%d")
    return str(value).removesuffix(".0").zfill(digits)


def _check_records(where: str, lines: list[int], fields: dict[str, pa.Array]) -> None:
    code, record_id, sequence = (fields[name] for name in ("code", "record_id", "sequence"))
    _refuse_row(where, lines, pc.invert(pc.match_substring_regex(code, CODE)), "a code or a modifier in HCPC", code)
    _refuse_row(where, lines, pc.invert(pc.is_in(record_id, pa.array(KNOWN_IDS))), "3, 4, 7 or 8 in RECID", record_id)
    is_start = pc.is_in(record_id, pa.array(STARTS))
    repeated = [one for one, times in Counter(code.filter(is_start).to_pylist()).items() if times > 1]
    twice = pc.and_(is_start, pc.is_in(code, pa.array(repeated, pa.string())))
    _refuse_row(where, lines, twice, "a code once", code)
    follows = np.append(False, np.asarray(pc.equal(code[1:], code[:-1])))
    rises = np.append(True, np.asarray(pc.greater(sequence[1:], sequence[:-1])))
    loose = pc.and_(pc.invert(is_start), pa.array(~(follows & rises)))
    _refuse_row(where, lines, loose, "a continuation behind the record it continues", code)


def _refuse_row(where: str, lines: list[int], wrong: pa.Array, expected: str, found: pa.Array) -> None:
    """Raises RawFileError for the first row where `wrong` is true, if any."""
    if pc.any(wrong).as_py():
        place = pc.index(wrong, True).as_py()
        _refuse(where, lines[place], expected, repr(found[place].as_py()))


def _refuse(where: str, row: int, expected: str, found: str) -> NoReturn:
    raise RawFileError(f"{where}, row {row + 1}", expected, found, NEXT)
