"""AHRQ's CCS for services and procedures: ranges of CPT and HCPCS codes, and their categories.

A user supplies the file: a title, a header, and a row for each range (`'61000-61055'`, mostly of one code), as public
readers describe it. Its terms forbid to pass it on, so that no row of it is in this project.
"""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.cells import NEXT, csv_cells, require_closed_quotes
from pipeline.ingest.check_figures import CheckFigure, of_form, require_figures
from pipeline.ingest.text import decode

ENCODINGS: Final = ("utf-8-sig", "cp1252")
SERVICES_HEADER: Final = ["Code Range", "CCS", "CCS Label"]
BOUND: Final = r"[0-9A-V]\d{3}[0-9A-Z]"


def read_ccs_services(where: str, raw: bytes) -> pa.Table:
    """One row per range: first, last, category, category_description, line. A range of one code is that code twice.

    Raises RawFileError without the header, for a row of another width, or where a check figure is broken.
    """
    text = decode(where, raw, ENCODINGS)
    require_closed_quotes(where, text)
    title, _, listing = text.partition("\n")
    cells = csv_cells(where, listing, first_line=2).unquoted()
    if cells.header[: len(SERVICES_HEADER)] != SERVICES_HEADER:
        raise RawFileError(where, f"a title, then the header {SERVICES_HEADER}", f"{title!r}, {cells.header}", NEXT)
    code_range, category, label = cells.columns[:3]
    first = pc.replace_substring_regex(code_range, "-.*$", "")
    last = pc.replace_substring_regex(code_range, "^.*-", "")
    names = ["first", "last", "category", "category_description", "line"]
    table = pa.table([first, last, category, label, pa.array(cells.lines)], names=names)
    require_figures(where, table, CCS_SERVICES_FIGURES)
    return table


def _is_no_range(table: pa.Table) -> Any:
    both = [pc.match_substring_regex(table[name], f"^{BOUND}$") for name in ("first", "last")]
    return pc.invert(pc.and_(*both))


def _ends_before_it_begins(table: pa.Table) -> Any:
    return pc.less(table["last"], table["first"])


def _overlaps(table: pa.Table) -> Any:
    """Whether a range begins before the one in front of it, in the order of codes, has ended."""
    order = np.asarray(pc.sort_indices(table, [("first", "ascending"), ("last", "ascending")]))
    first, last = (table[name].take(pa.array(order)).combine_chunks() for name in ("first", "last"))
    overlaps = np.zeros(len(table), bool)
    overlaps[order[1:]] = np.asarray(pc.less_equal(first[1:], last[:-1]))
    return overlaps


CCS_SERVICES_FIGURES: Final = (
    CheckFigure("ranges", "a range of two codes of CPT or HCPCS, such as '61000-61055'", _is_no_range),
    CheckFigure("direction", "a range that ends behind its beginning", _ends_before_it_begins),
    of_form("categories", "a category in every row", "category", r"^\d{1,3}$"),
    CheckFigure("overlap", "no code in two ranges", _overlaps),
)
