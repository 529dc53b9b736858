"""AHRQ's single-level Clinical Classifications Software (CCS) of ICD-9-CM, last issued in 2015.

Codes, categories and labels stand in single quotes, which are data to a csv reader and are taken off here.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.cells import NEXT, csv_cells, require_closed_quotes
from pipeline.ingest.check_figures import CheckFigure, of_form, once_each, require_figures
from pipeline.ingest.text import decode

ENCODINGS = ("utf-8-sig",)  # the official files are ASCII: a byte of another encoding is damage
CCS_HEADER = ["ICD-9-CM CODE", "CCS CATEGORY", "CCS CATEGORY DESCRIPTION", "ICD-9-CM CODE DESCRIPTION"]
CCS_OPTIONAL = ["OPTIONAL CCS CATEGORY", "OPTIONAL CCS CATEGORY DESCRIPTION"]
CODE_WIDTH = 7  # five characters and the quotes


def _lacks_a_text(table: pa.Table) -> pa.ChunkedArray:
    return pc.or_(pc.equal(table["code_description"], ""), pc.equal(table["category_description"], ""))


def _falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    category, code = np.asarray(table["category"].cast(pa.int64())), table["code"]
    same = category[1:] == category[:-1]
    code_rises = np.asarray(pc.greater(code[1:], code[:-1]))
    return np.append(False, (category[1:] < category[:-1]) | (same & ~code_rises))


IN_ORDER = CheckFigure(
    "order", "categories in the order of their numbers, and the codes of each in their order", _falls
)
CCS_FIGURES = (
    of_form("code", "an undotted code of ICD-9-CM, or five blanks", "code", r"^(?:[0-9EV][0-9]{1,4})?$"),
    of_form("category", "a category of one to four digits for every code", "category", r"^(?:0|[1-9]\d{0,3})$"),
    CheckFigure("texts", "a description of the code and of the category", _lacks_a_text),
    IN_ORDER,
    once_each("codes", "a code in one category", "code"),
)


def read_ccs(where: str, raw: bytes) -> pa.Table:
    """One row per ICD-9-CM code of the single-level CCS: code, category, category_description, code_description, line.

    The publisher's entry for a missing code (five blanks) is kept, with an empty code. The optional category of the
    diagnoses is blank throughout and left out. Layout: line 1 is a note, line 2 the header. Raises RawFileError
    for another header, a row of another width, quotes that are not closed, a code that is not padded to five
    characters, or a row that breaks one of CCS_FIGURES.
    """
    text = decode(where, raw, ENCODINGS, tabs=False)
    require_closed_quotes(where, text)
    note, _, listing = text.partition("\n")
    quoted = csv_cells(where, listing, first_line=2)
    cells = quoted.unquoted()
    if not note.upper().startswith("NOTE") or cells.header not in (CCS_HEADER, CCS_HEADER + CCS_OPTIONAL):
        raise RawFileError(where, f"a note, then the header {CCS_HEADER}", f"{note.strip()!r}, {cells.header}", NEXT)
    code, category, label, title = cells.columns[:4]
    padded = quoted.columns[0]
    cells.refuse(pc.not_equal(pc.utf8_length(padded), CODE_WIDTH), padded, "a code of five characters in single quotes")
    names = ["code", "category", "category_description", "code_description", "line"]
    table = pa.table([code, category, label, title, pa.array(cells.lines)], names=names)
    require_figures(where, table, CCS_FIGURES)
    return table
