"""Conversion table of new ICD-9-CM codes of 1986 to 2001: an RTF document of two tables, printed by pages.

Columns are current code(s), the year on whose 1 October they took effect, and previous code(s), parted by tabs. All
1,448 lines of `CnvTb02.RTF` were read, and they are of these shapes:

- 963 rows: `005.81<TAB>1995<TAB>005.8`. The current cell is a code, a range (`008.00-008.09`) or a list of both. A note
  may stand behind it (`37.70 (Leads Only)`, 13) and behind the year (`1987 (Leads/Device)`, 11); two such rows lack the
  tab before the year. Marks: `041.04#`, the title was restated in that year (5); `78.90*`, a footnote (11).
- One line with two rows in it (45.43 and 45.75), see PRINTED_TOGETHER.
- 15 continued lines, which start with two tabs: they belong to the previous codes of the row before.
- 39 headings of tables and pages, 3 lines of title and prose, 9 notes and footnotes, 419 blank lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.rtf import read_rtf_text

ROW = re.compile(
    r"(?P<current>[VE]?\d[^\t]*?)\t? *(?P<year>(?:19|20)\d\d)(?: \([^)\t]*\))? *"
    r"\t(?P<previous>[^\t]*\S[^\t]*)\t?"
)
CONTINUED = re.compile(r"\t\t(?P<previous>[^\t]*\S[^\t]*)\t?")
TABLE_OF_TITLE = {"Diagnosis Codes": "dx", "Procedure Codes": "px", "Procedure Codes, continued": "px"}
COLUMNS_1 = re.compile(r"Current Code\(s\)\tEffective\tPrevious Code\(s\)")
COLUMNS_2 = re.compile(r"Assignment\tOctober 1\tAssignment")
NO_ROWS = re.compile(
    r"Conversion Table of New ICD-9-CM Codes"
    r"|The National Center for Health Statistics .*|The Conversion Table for new ICD-9-CM Codes .*"
    r"|# Code title restated"
    r"|Note: This title .*|\*Before October 1986 .*|\*Codes [\d.-]+ were .*"
)
DELETED_NOTE = re.compile(r"codes? deleted|delete code", re.IGNORECASE)
# Two rows that the document prints as one line. 48.66, Hartmann resection of the rectum, became 45.75 in 1988; 45.49
# was the code for 45.43 until 1989.
PRINTED_TOGETHER = {
    "45.43\t1989\t45.49 (Hartmann Resection 45 75 Added) \t1988\t48.66 (Code Deleted)": (
        "45.43\t1989\t45.49",
        "45.75 (Hartmann Resection Added)\t1988\t48.66 (Code Deleted)",
    )
}
NEXT = "check that this is the conversion table of new ICD-9-CM codes; another edition may need its shapes added"


FIRST_YEAR, LAST_YEAR = 1986, 2014  # the first of the table; the last edition of ICD-9-CM


def _is_of_another_year(table: pa.Table) -> npt.NDArray[np.bool_]:
    year = np.asarray(table["year"].cast(pa.int64()))
    return np.asarray((year < FIRST_YEAR) | (year > LAST_YEAR))


def _is_printed_again(table: pa.Table) -> npt.NDArray[np.bool_]:
    row = pc.binary_join_element_wise(*(table[name] for name in ("table", "current", "year", "previous")), "\t")
    row = row.combine_chunks()
    return np.asarray(pc.not_equal(pc.index_in(row, row), pa.array(np.arange(len(row)), pa.int32())))


ICD9CM_FIGURES = (
    CheckFigure("years", f"a year from {FIRST_YEAR} to {LAST_YEAR}", _is_of_another_year, NEXT),
    CheckFigure("once", "a row once", _is_printed_again),
)


@dataclass(frozen=True)
class _Entry:
    table: str
    current: str
    mark: str
    year: str
    previous: str
    deleted: str
    line: int


def read_icd9cm_conversion(where: str, raw: bytes) -> pa.Table:
    """One row per printed row: table, current, mark, year, previous, deleted, line; all text but the line.

    `table` is dx or px; `current` and `previous` stand as printed, continued lines joined by a blank. `mark` is `#` for
    a title restated, `*` for a footnote, or empty; `deleted` is yes where the text says that a previous code was.
    `line` counts the paragraphs of the document. Raises RawFileError for a line of no known shape: none is passed over.
    """
    entries = _read_entries(where, read_rtf_text(where, raw))
    if not entries:
        raise RawFileError(where, "rows of a current code, a year and previous codes", "none", NEXT)
    table = pa.Table.from_pylist([vars(entry) for entry in entries])
    require_figures(where, table, ICD9CM_FIGURES)
    return table


def _read_entries(where: str, text: str) -> list[_Entry]:
    """The rows of the document. A loop: what a line is depends on the heading and the row before it."""
    entries: list[_Entry] = []
    table, headings = "", 0
    for number, line in _lines(text):
        if line in TABLE_OF_TITLE:
            table, headings = TABLE_OF_TITLE[line], 0
        elif COLUMNS_1.fullmatch(line) or COLUMNS_2.fullmatch(line):
            headings += 1
        elif row := ROW.fullmatch(line):
            if not table or headings != 2:
                _refuse(where, number, "the headings of a table, which name 1 October, above its rows", line)
            entries.append(_entry(table, row, number))
        elif (more := CONTINUED.fullmatch(line)) and entries:
            entries[-1] = _joined(entries[-1], more["previous"])
        elif not NO_ROWS.fullmatch(line):
            _refuse(where, number, "current code(s), a year and previous code(s), or a heading or note", line)
    return entries


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their number; what was printed as one line and is two, as two."""
    for number, printed in enumerate(text.split("\n"), 1):
        if printed.strip():
            yield from ((number, line) for line in PRINTED_TOGETHER.get(printed, (printed.rstrip(" "),)))


def _entry(table: str, row: re.Match[str], line: int) -> _Entry:
    current = row["current"].strip()
    mark = current[-1] if current[-1] in "#*" else ""
    return _joined(_Entry(table, current, mark, row["year"], "", "", line), row["previous"])


def _joined(entry: _Entry, more: str) -> _Entry:
    previous = f"{entry.previous} {more.strip()}".strip()
    return replace(entry, previous=previous, deleted="yes" if DELETED_NOTE.search(previous) else "")


def _refuse(where: str, line: int, expected: str, found: str) -> NoReturn:
    raise RawFileError(f"{where}, line {line}", expected, repr(found[:100]), NEXT)
