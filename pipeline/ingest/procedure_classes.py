"""AHRQ's procedure classes of ICD-10-PCS, last issued for 2018: minor or major, diagnostic or therapeutic."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.ccs import ENCODINGS, IN_ORDER
from pipeline.ingest.cells import NEXT, csv_cells, require_closed_quotes
from pipeline.ingest.check_figures import CheckFigure, of_form, once_each, require_figures
from pipeline.ingest.text import decode

CLASSES_NOTE: Final = "1=minor diagnostic / 2=minor therapeutic / 3 = major diagnostic / 4=major therapeutic"
# The publisher's header says ICD-10-CM: the codes below it are of ICD-10-PCS.
CLASSES_HEADER: Final = ["ICD-10-CM CODE", "ICD-10-CM CODE DESCRIPTION", "PROCEDURE CLASS", "PROCEDURE CLASS NAME"]
CLASS_NAMES: Final = {
    "1": "Minor Diagnostic",
    "2": "Minor Therapeutic",
    "3": "Major Diagnostic",
    "4": "Major Therapeutic",
}


def _is_named_otherwise(table: pa.Table) -> pa.ChunkedArray:
    pairs = [f"{number} {name}" for number, name in CLASS_NAMES.items()]
    printed = pc.binary_join_element_wise(table["category"], table["category_description"], " ")
    return pc.invert(pc.is_in(printed, pa.array(pairs)))


PROCEDURE_CLASS_FIGURES: Final = (
    of_form("codes", "a code of ICD-10-PCS in the first column", "code", "^[0-9A-HJ-NP-Z]{7}$"),
    CheckFigure("classes", "a class of 1 to 4 with the name that the note gives it", _is_named_otherwise),
    once_each("once", "every code once", "code"),
    IN_ORDER,
)


def read_procedure_classes(where: str, raw: bytes) -> pa.Table:
    """One row per ICD-10-PCS code: code, category (its class, 1 to 4), category_description, line.

    Titles of codes are left out: they are the listing's. Layout: line 1 is the note that says what the classes are,
    line 2 the header. Raises RawFileError for another note or header, a row of another width, or where a check figure
    is broken.
    """
    text = decode(where, raw, ENCODINGS)
    require_closed_quotes(where, text)
    note, _, listing = text.partition("\n")
    cells = csv_cells(where, listing, first_line=2).unquoted()
    if note.strip() != CLASSES_NOTE or cells.header != CLASSES_HEADER:
        raise RawFileError(
            where, f"{CLASSES_NOTE!r}, then the header {CLASSES_HEADER}", f"{note!r}, {cells.header}", NEXT
        )
    code, _, category, title = cells.columns
    names = ["code", "category", "category_description", "line"]
    table = pa.table([code, category, title, pa.array(cells.lines)], names=names)
    require_figures(where, table, PROCEDURE_CLASS_FIGURES)
    return table
