"""AHRQ's Chronic Condition Indicator (CCI) of ICD-10-CM, last issued for 2019: whether a diagnosis is chronic, and its
body system.
"""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.ccs import ENCODINGS
from pipeline.ingest.cells import NEXT, csv_cells, require_closed_quotes
from pipeline.ingest.check_figures import CheckFigure, of_form, once_each, require_figures
from pipeline.ingest.text import decode

CHRONIC: Final = "CHRONIC INDICATOR"
BODY_SYSTEM: Final = "BODY SYSTEM"
CCI_HEADER: Final = ["ICD-10-CM CODE", "ICD-10-CM CODE DESCRIPTION", CHRONIC, BODY_SYSTEM]
# Chapters of ICD-9-CM, by their numbers; `None`, a value and no missing one, stands at external causes.
BODY_SYSTEM_FORM: Final = "^(?:[1-9]|1[0-8]|None)$"


def _lacks_a_title(table: pa.Table) -> pa.ChunkedArray:
    return pc.equal(table["code_description"], "")


CCI_FIGURES: Final = (
    of_form("codes", "an undotted code of ICD-10-CM in the first column", "code", "^[A-Z][0-9][0-9A-Z]{1,5}$"),
    CheckFigure("titles", "a description of the code", _lacks_a_title),
    of_form("indicators", "0 or 1, whether the diagnosis is chronic", "chronic", "^[01]$"),
    of_form("body systems", "a body system of 1 to 18, or None", "body_system", BODY_SYSTEM_FORM),
    once_each("once", "every code once", "code"),
)


def read_cci(where: str, raw: bytes) -> pa.Table:
    """Two rows per ICD-10-CM code, one for each of its values: code, indicator, category, line.

    `indicator` is the column's name in the file: CHRONIC INDICATOR, whose category is 1 for chronic and 0 for not, or
    BODY SYSTEM, of 1 to 18 or None. Titles of codes are left out: they are the listing's. Layout: the header row.
    Raises RawFileError for another header, a row of another width, or where a check figure is broken.
    """
    text = decode(where, raw, ENCODINGS)
    require_closed_quotes(where, text)
    cells = csv_cells(where, text, first_line=1).unquoted()
    if cells.header != CCI_HEADER:
        raise RawFileError(where, f"the header {CCI_HEADER}", str(cells.header), NEXT)
    names = ["code", "code_description", "chronic", "body_system", "line"]
    table = pa.table([*cells.columns, pa.array(cells.lines)], names=names)
    require_figures(where, table, CCI_FIGURES)
    both = pa.concat_tables(
        pa.table(
            {
                "code": table["code"],
                "indicator": pa.repeat(indicator, len(table)),
                "category": table[column],
                "line": table["line"],
            }
        )
        for indicator, column in ((CHRONIC, "chronic"), (BODY_SYSTEM, "body_system"))
    )
    return both.sort_by([("line", "ascending"), ("indicator", "descending")])
