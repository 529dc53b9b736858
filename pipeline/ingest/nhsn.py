"""The operative procedure categories of CDC's National Healthcare Safety Network (NHSN), a workbook each year.

One sheet has all codes, an index says what the categories are; further sheets repeat the codes category by category
and are not read. The names of the sheets change with the year.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, of_form, require_figures
from pipeline.ingest.workbook import Workbook, open_workbook

NEXT: Final = "check that this is NHSN's workbook of all codes; a new layout needs a reader of its own"
ALL_CODES: Final = re.compile(r"ALL \d{4} (?:ICD-10-PCS|CPT) CODES", re.IGNORECASE)
INDEX: Final = "Index"
CODES_HEADER: Final = re.compile(r"procedure code category, (?:icd-10-pcs|cpt) codes?, [^,]*descriptions?, code status")
INDEX_HEADER: Final = re.compile("procedure code category, operative procedure, procedure description")
SheetRows = Sequence[Sequence[object]]


def read_nhsn(where: str, raw: bytes) -> pa.Table:
    """One row per row of the sheet of all codes: code, category, category_description (from the index), code_status,
    line (the row of the sheet).

    The titles of codes are not the owners' own (of ICD-10-PCS 279 differ, of CPT they are the AMA's) and are left out.
    Raises RawFileError for what is no workbook, without one of the sheets, with another header, or where a check figure
    is broken.
    """
    workbook = open_workbook(where, raw)
    codes = _below_header(where, workbook, ALL_CODES, CODES_HEADER)
    index = _below_header(where, workbook, re.compile(INDEX), INDEX_HEADER)
    titles = {_text(row[0]): _text(row[1]) for row in index}
    # The library hands out Python rows: the 8,973 of 2025 take 0.1 s to turn.
    category, code = (pa.array([_text(row[place]) for row in codes], pa.string()) for place in (0, 1))
    status = pa.array(["; ".join(str(row[3]).splitlines()) for row in codes], pa.string())
    title = pa.array(list(map(titles.get, category.to_pylist())), pa.string())
    names = ["code", "category", "category_description", "code_status", "line"]
    table = pa.table([code, category, title, status, pa.array(np.arange(2, len(codes) + 2))], names=names)
    require_figures(where, table, NHSN_FIGURES)
    return table


def _below_header(where: str, workbook: Workbook, sheet: re.Pattern[str], header: re.Pattern[str]) -> SheetRows:
    """The rows of the one sheet of that name below its header."""
    names = [each for each in workbook.names if sheet.fullmatch(each.strip())]
    if len(names) != 1:
        raise RawFileError(where, f"one sheet named {sheet.pattern}", ", ".join(workbook.names), NEXT)
    own = workbook.sheet(names[0])
    own.refuse_merged(0)
    head, *rows = own.rows or [[]]
    found = ", ".join(_text(cell).lower() for cell in head)
    if not header.fullmatch(found):
        raise RawFileError(f"{where}, sheet {names[0]}, row 1", f"the header {header.pattern}", found, NEXT)
    return rows


def _text(cell: object) -> str:
    """A cell as text: a number without its point, white space and line feeds made one blank."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def _lacks_a_text(table: pa.Table) -> Any:
    return pc.or_(
        pc.equal(table["category_description"], ""), pc.equal(pc.utf8_trim_whitespace(table["code_status"]), "")
    )


def _is_in_no_index(table: pa.Table) -> Any:
    return pc.is_null(table["category_description"])


def _is_out_of_order(table: pa.Table) -> Any:
    category = table["category"].combine_chunks()
    return np.append(False, np.asarray(pc.less(category[1:], category[:-1])))


NHSN_FIGURES: Final = (
    of_form(
        "codes", "a code of ICD-10-PCS or CPT in the second column", "code", r"^(?:[0-9A-HJ-NP-Z]{7}|\d{4}[0-9FTUM])$"
    ),
    CheckFigure("categories", "a category that the index has", _is_in_no_index),
    CheckFigure("texts", "a name of the category and a status of the code", _lacks_a_text),
    CheckFigure("order", "categories in ascending order", _is_out_of_order),
)
