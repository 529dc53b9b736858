"""Mutations of workbooks: of their sheets, rows, columns and cells."""

import io
from collections.abc import Callable
from random import Random

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.mutations.mutation import Change, Mutation, one_of, place


def _of_workbook(change: Callable[[Workbook, Random], None]) -> Change:
    def of_bytes(raw: bytes, random: Random) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(raw))
        change(book, random)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    return of_bytes


def of_sheet(change: Callable[[Worksheet, Random], None]) -> Change:
    """A change of the first sheet, where the readers find their rows."""
    return _of_workbook(lambda book, random: change(book.worksheets[0], random))


def _data_row(sheet: Worksheet, random: Random) -> int:
    """The number of one of the rows in the second half of the sheet, which are below its header."""
    half = sheet.max_row // 2
    return half + 1 + place(random, sheet.max_row - half)


def _of_cell(change: Callable[[Cell], None]) -> Change:
    """A change of a cell that has a value, in one of the rows of data."""

    def of_one(sheet: Worksheet, random: Random) -> None:
        cells = [cell for cell in sheet[_data_row(sheet, random)] if cell.value is not None]
        if cells:
            change(one_of(random, cells))

    return of_sheet(of_one)


def _write(value: object) -> Callable[[Cell], None]:
    def write(cell: Cell) -> None:
        cell.value = value  # type: ignore[assignment]

    return write


def _write_error(cell: Cell) -> None:
    cell.value, cell.data_type = "#REF!", "e"


def _rows(sheet: Worksheet) -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def _write_row(sheet: Worksheet, number: int, values: list[object]) -> None:
    for column, value in enumerate(values, 1):
        sheet.cell(number, column).value = value  # type: ignore[assignment]


def _double_row(sheet: Worksheet, random: Random) -> None:
    number = _data_row(sheet, random)
    values = _rows(sheet)[number - 1]
    sheet.insert_rows(number)
    _write_row(sheet, number, values)


def _swap_rows(sheet: Worksheet, random: Random) -> None:
    second = _data_row(sheet, random)
    rows = _rows(sheet)
    _write_row(sheet, second, rows[second - 2])
    _write_row(sheet, second - 1, rows[second - 1])


def _shift_cells(sheet: Worksheet, random: Random) -> None:
    number = _data_row(sheet, random)
    _write_row(sheet, number, [None, *_rows(sheet)[number - 1]])


def _swap_columns(sheet: Worksheet, random: Random) -> None:
    column = 1 + place(random, sheet.max_column - 1)
    for row in sheet.iter_rows():
        row[column - 1].value, row[column].value = row[column].value, row[column - 1].value


def _merge(sheet: Worksheet, random: Random) -> None:
    number = _data_row(sheet, random)
    sheet.merge_cells(start_row=number - 1, end_row=number, start_column=1, end_column=1)


def _drop_row(sheet: Worksheet, random: Random) -> None:
    sheet.delete_rows(_data_row(sheet, random))


def _cut_tail(sheet: Worksheet, random: Random) -> None:
    number = _data_row(sheet, random)
    sheet.delete_rows(number, sheet.max_row - number + 1)


def _drop_column(sheet: Worksheet, random: Random) -> None:
    sheet.delete_cols(1 + place(random, sheet.max_column))


def _insert_column(sheet: Worksheet, random: Random) -> None:
    sheet.insert_cols(1 + place(random, sheet.max_column))


def _put_before(book: Workbook, _random: Random) -> None:
    book.create_sheet("Notes", 0).append(["A note"])


def _rename(sheet: Worksheet, _random: Random) -> None:
    sheet.title = "Another"


def _change_letter(cell: Cell) -> None:
    text = str(cell.value)
    _write(f"{text[:-1]}{'Q' if text[-1:] != 'Q' else 'P'}")(cell)


def _change_digit(cell: Cell) -> None:
    text = str(cell.value)
    _write(f"{text[:-1]}{'7' if text[-1:] != '7' else '8'}")(cell)


def _far_away(sheet: Worksheet, _random: Random) -> None:
    sheet["XFD1048576"] = " "


SHEET_MUTATIONS = tuple(
    Mutation(name, change, ("workbook",))
    for name, change in {
        "sheet: written anew": of_sheet(lambda _sheet, _random: None),
        "sheet: the first row dropped": of_sheet(lambda sheet, _: sheet.delete_rows(1)),
        "sheet: a row dropped": of_sheet(_drop_row),
        "sheet: the tail cut": of_sheet(_cut_tail),
        "sheet: a row doubled": of_sheet(_double_row),
        "sheet: two rows swapped": of_sheet(_swap_rows),
        "sheet: an empty row": of_sheet(lambda sheet, random: sheet.insert_rows(_data_row(sheet, random))),
        "sheet: cells shifted in a row": of_sheet(_shift_cells),
        "sheet: cells merged": of_sheet(_merge),
        "sheet: a column dropped": of_sheet(_drop_column),
        "sheet: a column inserted": of_sheet(_insert_column),
        "sheet: two columns swapped": of_sheet(_swap_columns),
        "sheet: a cell emptied": _of_cell(_write(None)),
        "sheet: a cell with blanks": _of_cell(_write("  ")),
        "sheet: a number in a cell": _of_cell(_write(12345.5)),
        "sheet: a truth in a cell": _of_cell(_write(True)),
        "sheet: a character changed": _of_cell(_change_letter),
        "sheet: a digit changed": _of_cell(_change_digit),
        "sheet: the error of a formula": _of_cell(_write_error),
        "sheet: a formula that was never worked out": _of_cell(_write("=1+1")),
        "sheet: a cell far away": of_sheet(_far_away),
        "sheet: another name": of_sheet(_rename),
        "sheet: another sheet before it": _of_workbook(_put_before),
    }.items()
)
