"""Comma-separated files whose cells run over several lines or stand in quotes of their own kind, row by row as text."""

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
from pipeline.ingest.check_figures import REFETCH
from pipeline.ingest.text import all_broken, and_more

NEXT = "check that this is the mapping file of the tool; a new layout needs a reader of its own"
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
        """Raises RawFileError for the first row where `wrong` is true or null, if any, with what `cells` has there."""
        rows = np.flatnonzero(all_broken(wrong))
        if len(rows):
            found = f"{str(cells[int(rows[0])])[:100]!r}{and_more(len(rows))}"
            raise RawFileError(f"{self.where}, line {self.lines[rows[0]]}", expected, found, NEXT)

    def unquoted(self) -> "Cells":
        """Without the single quotes around a cell; those inside a text stay.

        Raises RawFileError where a column has cells in quotes and others that are not, or not at both ends.
        """
        for column in self.columns:
            quoted = pc.and_(pc.starts_with(column, "'"), pc.ends_with(column, "'"))
            if pc.any(quoted).as_py() and column[0].as_py().startswith("'"):
                self.refuse(pc.invert(quoted), column, "a cell in single quotes, closed")
        columns = [
            pc.utf8_trim_whitespace(pc.replace_substring_regex(column, r"^'(.*)'$", r"\1")) for column in self.columns
        ]
        return Cells(self.where, [name.strip("'") for name in self.header], columns, self.lines)

    def keep(self, wanted: npt.NDArray[np.bool_]) -> "Cells":
        """The rows where `wanted` is true."""
        kept = [column.filter(pa.array(wanted)) for column in self.columns]
        return Cells(self.where, self.header, kept, self.lines[wanted])


def require_closed_quotes(where: str, text: str) -> None:
    """Raises RawFileError for a double quote that opens a cell and is not closed: the rows behind it would be its text.

    Cells over several lines have their quotes on two lines, so the last line with an odd number of them is named.
    """
    if text.count('"') % 2:
        number, line = [pair for pair in enumerate(text.split("\n"), 1) if pair[1].count('"') % 2][-1]
        raise RawFileError(f"{where}, line {number}", "every double quote closed", repr(line[:100]), REFETCH)


def csv_cells(where: str, text: str, first_line: int, *, cells_run_on: bool = False) -> Cells:
    """A csv that starts with its header, cells over several lines allowed; white space in the header is made one blank.

    `first_line` is the line of the file that the header is on. Raises RawFileError for a row of another width, for
    a cell below the header that runs over two lines (where they do not: `cells_run_on`), and where no row is below the
    header.
    """
    refused: list[pa_csv.InvalidRow] = []

    def note_refused(row: pa_csv.InvalidRow) -> str:
        """Keeps a row of the wrong width, so that the error can name it."""
        refused.append(row)
        return "skip"

    try:
        table = pa_csv.read_csv(
            io.BytesIO((text.rstrip("\r\n") + "\n").encode()),
            pa_csv.ReadOptions(autogenerate_column_names=True, use_threads=False),
            pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note_refused),
            pa_csv.ConvertOptions(column_types={f"f{place}": pa.string() for place in range(WIDEST)}),
        ).combine_chunks()
    except pa.ArrowInvalid as problem:
        raise RawFileError(where, "a csv with a header", str(problem)[:200], NEXT) from problem
    if refused:
        _refuse_row(f"{where}, row {refused[0].number} (row 1 is the header on line {first_line})", refused[0])
    if len(table) < 2 or table.num_columns > WIDEST:
        found = f"{len(table):,} rows of {table.num_columns:,} cells"
        raise RawFileError(where, f"rows below the header, of at most {WIDEST} cells", found, NEXT)
    return _below_header(where, [column.chunk(0) for column in table.columns], first_line, cells_run_on)


def _below_header(where: str, columns: list[pa.StringArray], first_line: int, cells_run_on: bool) -> Cells:
    inside = np.sum([np.asarray(pc.count_substring(column, "\n")) for column in columns], axis=0)
    lines = first_line + np.arange(len(inside)) + np.cumsum(inside) - inside
    header = [" ".join(column[0].as_py().split()) for column in columns]
    cells = Cells(where, header, [pc.utf8_trim_whitespace(column[1:]) for column in columns], lines[1:])
    if not cells_run_on:
        cells.refuse(pa.array(inside[1:] > 0), cells.columns[0], "cells of one line below the header")
    return cells


def _refuse_row(where: str, row: pa_csv.InvalidRow) -> NoReturn:
    found = f"{row.actual_columns}: {row.text[:100]!r}"
    raise RawFileError(where, f"{row.expected_columns} cells", found, NEXT)
