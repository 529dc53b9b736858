"""A csv of a publisher as cells: the rows below its header as text, and the line of the file that each starts on."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.errors import RawFileError

ENCODINGS = ("utf-8-sig", "cp1252")
NEXT = "check that this is the publisher's file, whole; a new layout needs a reader of its own"
WIDEST = 256  # the columns of the crosswalk of drug codes, nearly all of them empty, are 250


@dataclass(frozen=True)
class Cells:
    """The rows of a csv below its header: the names of the columns, their text, and the line each row starts on."""

    where: str
    header: list[str]
    columns: list[pa.StringArray]
    lines: npt.NDArray[np.int64]

    def column(self, names: Iterable[str]) -> pa.StringArray | None:
        """The first column that has one of these names."""
        found = [self.columns[self.header.index(name)] for name in names if name in self.header]
        return found[0] if found else None

    def refuse(self, wrong: pa.BooleanArray, cells: pa.StringArray, expected: str) -> None:
        """Raises RawFileError for the first row where `wrong` is true, if any, with what stands in `cells` there."""
        rows = np.flatnonzero(np.asarray(wrong))
        if len(rows):
            more = f" (and {len(rows) - 1:,} more rows)" if len(rows) > 1 else ""
            found = f"{cells[int(rows[0])].as_py()[:100]!r}{more}"
            raise RawFileError(f"{self.where}, line {self.lines[rows[0]]}", expected, found, NEXT)


def read_csv_cells(where: str, text: str, first_line: int) -> Cells:
    """A csv that starts with its header, cells over several lines allowed; white space in the header is made one blank.

    `first_line` is the line of the file that the header is on. Raises RawFileError for a row of another width.
    """
    refused: list[pa_csv.InvalidRow] = []

    def note_refused(row: pa_csv.InvalidRow) -> str:
        """Keeps a row of the wrong width, so that the error can name it."""
        refused.append(row)
        return "skip"

    try:
        table = pa_csv.read_csv(
            io.BytesIO(text.rstrip("\r\n").encode()),
            pa_csv.ReadOptions(autogenerate_column_names=True, use_threads=False),
            pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note_refused),
            pa_csv.ConvertOptions(column_types={f"f{place}": pa.string() for place in range(WIDEST)}),
        ).combine_chunks()
    except pa.ArrowInvalid as problem:
        raise RawFileError(where, "a csv with a header", str(problem)[:200], NEXT) from problem
    if refused:
        _refuse_row(f"{where}, row {refused[0].number} (row 1 is the header on line {first_line})", refused[0])
    columns = [column.chunk(0) for column in table.columns]
    inside = np.sum([np.asarray(pc.count_substring(column, "\n")) for column in columns], axis=0)
    lines = first_line + np.arange(len(table)) + np.cumsum(inside) - inside
    header = [" ".join(column[0].as_py().split()) for column in columns]
    return Cells(where, header, [pc.utf8_trim_whitespace(column[1:]) for column in columns], lines[1:])


def _refuse_row(where: str, row: pa_csv.InvalidRow) -> NoReturn:
    found = f"{row.actual_columns}: {row.text[:100]!r}"
    raise RawFileError(where, f"{row.expected_columns} cells", found, NEXT)


def unquoted(cells: Cells) -> Cells:
    """Without the single quotes around a cell; those inside a text stay."""
    columns = [
        pc.utf8_trim_whitespace(pc.replace_substring_regex(column, r"^'(.*)'$", r"\1")) for column in cells.columns
    ]
    return Cells(cells.where, [name.strip("'") for name in cells.header], columns, cells.lines)
