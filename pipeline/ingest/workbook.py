"""Workbooks (xlsx), looked at before the library that reads them sees them: it takes memory for every cell between the
first and the last, and hands out the error of a formula, and a formula that was never worked out, as an empty cell.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from pipeline.errors import RawFileError
from pipeline.ingest.archive import UNREADABLE, ZIP_MAGIC, refuse_bombs

SheetCell = str | int | float | bool | date | datetime | time | timedelta

# The container of xls, and of an xlsx that is locked with a password: the stream of that has its name in UTF-16.
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
LOCKED = "EncryptedPackage".encode("utf-16-le")
PARTS = re.compile(r"xl/(?:worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)
# The longest official sheet has 86,290 rows, the widest 48 columns (AV). Twice that is 199,999 and, say, 64 (BL).
BOUNDS = "at most 199,999 rows and 64 columns (BL)"
BEYOND = re.compile(rb'r="(?:(?:[A-Za-z]{3,}|[C-Zc-z][A-Za-z]|[Bb][M-Zm-z])\d|[A-Za-z]{0,2}(?:[2-9]\d{5}|\d{7,}))[^"]*')
OTHER_SPELLING = re.compile(rb"""<[^<>]*\sr\s*(?:=\s*'|\s=|=\s+")""")
CELL = rb"<(?:\w+:)?c\b(?=[^>]*\br=\"([A-Za-z]+)(\d+)\")?"
ERROR = re.compile(CELL + rb"""[^>]*\bt=["']e["']""")
UNCACHED = re.compile(
    CELL + rb"[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:</(?:\w+:)?c>|<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</)"
)
UNCHANGED_COPY = "fetch the file again; a workbook that was changed by hand is to be replaced by the publisher's own"


@dataclass(frozen=True)
class WorkbookSheet:
    """One sheet: its rows from the first row on, all of one width, and the ranges of merged cells as (first, last) row,
    counted from 0. An empty cell is an empty text."""

    where: str
    name: str
    rows: list[list[SheetCell]]
    merged: tuple[tuple[int, int], ...]

    def refuse_merged(self, header: int) -> None:
        """Raises RawFileError for merged cells below the row `header`: only the first of them has the text of all."""
        below = [first for first, last in self.merged if last > header]
        if below:
            row = max(min(below), header + 1) + 1
            raise RawFileError(
                f"{self.where}, row {row}", "a cell of its own for every value", "merged cells", UNCHANGED_COPY
            )


@dataclass(frozen=True)
class Workbook:
    """An opened workbook and the names of its sheets, in their order."""

    where: str
    names: tuple[str, ...]
    book: CalamineWorkbook

    def sheet(self, name: str) -> WorkbookSheet:
        """One of its sheets. The library hands out Python rows: 16,000 of them take a quarter of a second.

        Raises RawFileError for a sheet that cannot be read.
        """
        try:
            sheet = self.book.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
            merged = tuple((first[0], last[0]) for first, last in sheet.merged_cell_ranges or ())
        except (CalamineError, *UNREADABLE) as problem:
            raise _unreadable(self.where, problem) from problem
        return WorkbookSheet(self.where, name, rows, merged)


def open_workbook(where: str, raw: bytes) -> Workbook:
    """A workbook whose parts and sheets are of a bearable size, and whose cells have values.

    Raises RawFileError for what is no xlsx, is locked or cut short, would unpack to an absurd size, has a cell far away
    from the others, the error of a formula (`#REF!`) in a cell or a formula whose value is not in the file.
    """
    if not raw.startswith(ZIP_MAGIC):
        raise RawFileError(where, "an Excel workbook (xlsx)", _other_form(raw), UNCHANGED_COPY)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            refuse_bombs(where, archive)
            # Each is unpacked here to be sure that it is as large as it says.
            for part in filter(PARTS.fullmatch, archive.namelist()):
                _check_part(where, part, archive.read(part))
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    except (CalamineError, *UNREADABLE) as problem:
        raise _unreadable(where, problem) from problem
    if not book.sheet_names:
        raise RawFileError(where, "a workbook with a sheet", "none", UNCHANGED_COPY)
    return Workbook(where, tuple(book.sheet_names), book)


def is_workbook(raw: bytes) -> bool:
    """Whether a file of a layout that comes as text too is a workbook, or was one."""
    return raw.startswith((ZIP_MAGIC, OLE_MAGIC))


def _check_part(where: str, part: str, xml: bytes) -> None:
    """Raises RawFileError for a sheet beyond the bounds, and for a cell without the value that it should have."""
    if part.endswith("sharedStrings.xml"):
        return
    if far := BEYOND.search(xml):
        cell = far[0].removeprefix(b'r="').decode("latin-1")
        raise RawFileError(f"{where}, {part}", BOUNDS, f"one that reaches to {cell}", UNCHANGED_COPY)
    has_apostrophes = b"'" in xml
    if (b"r =" in xml or b"r= " in xml or (has_apostrophes and b"r='" in xml)) and OTHER_SPELLING.search(xml):
        raise RawFileError(f"{where}, {part}", 'cells named as Excel does (r="A1")', "another spelling", UNCHANGED_COPY)
    if b't="e"' in xml or (has_apostrophes and b"t='e'" in xml):
        _refuse_cell(where, ERROR.search(xml), "the error of a formula")
    if b"<f" in xml or b":f" in xml:
        _refuse_cell(where, UNCACHED.search(xml), "a formula without its value")


def _refuse_cell(where: str, cell: re.Match[bytes] | None, found: str) -> None:
    if cell:
        column, row = (group.decode() if group else "?" for group in cell.group(1, 2))
        raise RawFileError(f"{where}, row {row}", "text in every cell", f"{found} in column {column}", UNCHANGED_COPY)


def _other_form(raw: bytes) -> str:
    if raw.startswith(OLE_MAGIC):
        return "one that is locked with a password" if LOCKED in raw else "one of the old form (xls)"
    return "an empty file" if not raw else f"bytes that start with {raw[:12]!r}"


def _unreadable(where: str, problem: Exception) -> RawFileError:
    found = f"one that cannot be read: {problem}"
    return RawFileError(where, "a whole Excel workbook", found, UNCHANGED_COPY)
