"""CMS's crosswalk of drug products to the codes they are billed by (ASP NDC-HCPCS): a csv each quarter.

Eight rows of preamble, the days of the quarter among them; then a header whose first cell carries the year, and rows of
250 cells of which ten are used. Text is cp1252. Some drug names hold a line feed.
"""

import re
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.cells import NEXT, Cells, csv_cells, require_closed_quotes
from pipeline.ingest.check_figures import CheckFigure, of_form, require_figures
from pipeline.ingest.text import decode

ENCODINGS = ("utf-8-sig", "cp1252")
HEADER = re.compile(r"^_(\d{4})_CODE,", re.MULTILINE)
ROW_OF_CODE = re.compile(r"^(?:[A-V]\d{4}|\d{4}[0-9A-Z]),.*", re.MULTILINE)
QUARTER = re.compile(r"Effective (\w+ \d+, \d{4}) through (\w+ \d+, \d{4})")
# The publisher's columns behind the code, and ours; its short description is the AMA's in rows of CPT, and left out.
COLUMNS = {
    "LABELER NAME": "labeler",
    "NDC2": "product_number",
    "Drug Name": "drug_name",
    "HCPCS dosage": "dosage",
    "PKG SIZE": "package_size",
    "PKG QTY": "package_quantity",
    "BILLUNITS": "billing_units",
    "BILLUNITSPKG": "units_per_package",
}
USED = 10
DAY_IN_WORDS = "%B %d, %Y"
QUANTITIES = ("package_size", "package_quantity", "billing_units", "units_per_package")


def read_asp_ndc(where: str, raw: bytes) -> pa.Table:
    """One row per product and code: code, product_number, labeler, drug_name, dosage, package_size, package_quantity,
    billing_units, units_per_package, first_day and last_day (of the quarter, as printed), all text, and line.

    Raises RawFileError without the days of the quarter or the header, for a row above the header or of another width,
    for cells behind the ten that are used, or where a check figure is broken.
    """
    text = decode(where, raw, ENCODINGS)
    require_closed_quotes(where, text)
    start = HEADER.search(text)
    if not start:
        raise RawFileError(where, "a header row that starts with `_2025_CODE`", repr(text[:80]), NEXT)
    preamble = text[: start.start()]
    if row := ROW_OF_CODE.search(preamble):
        line = preamble.count("\n", 0, row.start()) + 1
        raise RawFileError(f"{where}, line {line}", "no row above the header", repr(row[0][:80]), NEXT)
    cells = csv_cells(where, text[start.start() :], preamble.count("\n") + 1, cells_run_on=True)
    columns = {name: _column(cells, published) for published, name in COLUMNS.items()}
    _refuse_more_cells(cells)
    days = dict(zip(("first_day", "last_day"), _quarter(where, preamble), strict=True))
    fixed = {name: pa.repeat(day, len(cells.lines)) for name, day in days.items()}
    table = pa.table({"code": cells.columns[0], **columns, **fixed, "line": cells.lines})
    require_figures(where, table, ASP_NDC_FIGURES)
    return table


def _column(cells: Cells, name: str) -> pa.StringArray:
    found = cells.column([name])
    if found is None:
        raise RawFileError(cells.where, f"a column {name!r}", ", ".join(filter(None, cells.header)), NEXT)
    return found


def _refuse_more_cells(cells: Cells) -> None:
    """Raises RawFileError where a column is used that had no name so far."""
    for column in cells.columns[USED:]:
        cells.refuse(pc.not_equal(column, ""), column, f"nothing behind the {USED} columns")


def _quarter(where: str, preamble: str) -> tuple[str, str]:
    """The first and last day of the quarter as printed, from the second row; both are days of the calendar."""
    found = QUARTER.search(preamble)
    if not found:
        expected = "a line `Effective <day> through <day>` above the header"
        raise RawFileError(where, expected, repr(preamble[:200]), NEXT)
    for printed in found.groups():
        try:
            datetime.strptime(printed, DAY_IN_WORDS)
        except ValueError as problem:
            line = preamble.count("\n", 0, found.start()) + 1
            raise RawFileError(f"{where}, line {line}", "a day such as October 1, 2025", printed, NEXT) from problem
    return found[1], found[2]


def _has_no_product(table: pa.Table) -> Any:
    return pc.equal(table["product_number"], "")


def _falls_back(table: pa.Table) -> Any:
    code = table["code"].combine_chunks()
    return np.append(False, np.asarray(pc.less(code[1:], code[:-1])))


def _is_repeated(table: pa.Table) -> Any:
    pairs = pc.binary_join_element_wise(table["code"], table["product_number"], " ").combine_chunks()
    places = np.asarray(pc.index_in(pairs, pairs.unique()))
    _, first = np.unique(places, return_index=True)
    return ~np.isin(np.arange(len(table)), first)


def _is_no_amount(table: pa.Table) -> Any:
    wrong = [pc.invert(pc.match_substring_regex(table[name], r"^\d+(?:\.\d+)?$")) for name in QUANTITIES]
    return np.any([np.asarray(each) for each in wrong], axis=0)


ASP_NDC_FIGURES = (
    of_form("codes", "a code of HCPCS or CPT in the first column", "code", r"^(?:[A-CE-V]\d{4}|\d{4}[0-9AFMTU])$"),
    CheckFigure("products", "a product number in every row", _has_no_product),
    CheckFigure("order", "codes in ascending order", _falls_back),
    CheckFigure("pairs", "every pair of code and product number once", _is_repeated),
    CheckFigure("quantities", "numbers for package size and quantity, units and units per package", _is_no_amount),
)
