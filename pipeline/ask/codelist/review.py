"""A converted list for a person to judge: as csv or as a workbook, the list beside what it became, by category."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.ask.answers import as_csv
from pipeline.ask.build import Build, Records
from pipeline.ask.codelist.converted_codes import CONVERSION_REASONS
from pipeline.ask.codelist.converted_list import Conversion
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

REVIEW_SQL: Final = Path(__file__).with_name("review.sql")
CSV, WORKBOOK = ".csv", ".xlsx"
ACCEPT, IS_ACCEPTED, NOT_ACCEPTED = "accept", "yes", "no"
# As wide as a page of a laptop through `accept`, in characters.
REVIEW_WIDTHS: Final = {
    "category": 9, "category_title": 22, "source": 45, "target": 10, "target_title": 45, ACCEPT: 8, "outside": 30,
}  # fmt: skip
HOW_TO_REVIEW: Final = (
    "accept: yes or no for each target; what is left empty, in yellow, does not come in. `crosswalk codelist apply` "
    "reads the column back, with rows that you add (concept, system, code, accept). A row without a target is a code "
    "of the list that leads nowhere."
)


def write_review(build: Build, found: Conversion, path: Path) -> int:
    """Writes a row for each target code, and for each code of the list without one; returns how many.

    `accept` is yes where the rule takes a code in, and empty where it is to be judged. Raises UsageError where the file
    is neither csv nor xlsx, stands there already (a person's work may be in it), or cannot be written.
    """
    if path.suffix.lower() not in (CSV, WORKBOOK):
        raise UsageError(f"{path}: a review is a csv or an Excel workbook\n  next:     name it .csv or .xlsx")
    if path.exists():
        raise UsageError(f"{path}: stands there already, and may have been worked on\n  next:     name another file")
    build.lend("converted", found.table)
    listed = [each.listed for each in found.ways]
    rows = build.ask(REVIEW_SQL.read_text(encoding="utf-8"), listed=listed)
    try:
        if path.suffix.lower() == CSV:
            path.write_text(as_csv([rows.header, *rows.records]), encoding="utf-8")
        else:
            _write_workbook(path, rows, found.notes)
    except OSError as problem:
        raise UsageError(f"{path}: cannot be written ({problem})\n  next:     name another file") from problem
    return len(rows.records)


def _write_workbook(path: Path, rows: Records, notes: list[str]) -> None:
    import xlsxwriter  # noqa: PLC0415 -- a csv does not wait for it

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(str(path), options) as book:
            book.set_properties({"title": "code list to review", "created": datetime(1980, 1, 1)})
            text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
            bold = book.add_format({"bold": True, "bottom": 1})
            page = book.add_worksheet("review")
            _write_sheet(page, rows, text, bold)
            _mark_rows(page, rows, book.add_format({"top": 1}), book.add_format({"bg_color": "#FFF2A8"}))
            meanings = [(reason, meaning) for reason, meaning in CONVERSION_REASONS.items()]
            told = [("how", HOW_TO_REVIEW), *(("note", each) for each in notes), *meanings]
            _write_sheet(book.add_worksheet("notes"), Records(["what", "meaning"], told), text, bold)
    except xlsxwriter.exceptions.XlsxWriterException as problem:
        raise UsageError(f"{path}: cannot be written ({problem})\n  next:     name another file") from problem


def _write_sheet(page: "Worksheet", rows: Records, text: Any, bold: Any) -> None:
    page.freeze_panes(1, 0)
    for at, name in enumerate(rows.header):
        page.set_column(at, at, REVIEW_WIDTHS.get(name, 100 if name == "meaning" else 13), text)
        page.write_string(0, at, name, bold)
    for number, row in enumerate(rows.records, 1):
        for at, value in enumerate(row):
            if isinstance(value, float):
                page.write_number(number, at, value)
            elif value is not None:
                page.write_string(number, at, str(value) if isinstance(value, date) else value, text)
    last = max(len(rows.records), 1)
    page.autofilter(0, 0, last, len(rows.header) - 1)
    if ACCEPT in rows.header:
        at = rows.header.index(ACCEPT)
        page.data_validation(
            1, at, last, at, {"validate": "list", "source": [IS_ACCEPTED, NOT_ACCEPTED], "ignore_blank": True}
        )


def _mark_rows(page: "Worksheet", rows: Records, line: Any, to_judge: Any) -> None:
    """A line above each category, and a colour where a person has to decide, until it is done."""
    from xlsxwriter.utility import xl_col_to_name as letter  # noqa: PLC0415 -- a csv does not wait for it

    at = {name: letter(place, col_abs=True) for place, name in enumerate(rows.header)}
    last, accept = max(len(rows.records), 1), rows.header.index(ACCEPT)
    starts = ",".join(f"{at[name]}2<>{at[name]}1" for name in ("concept", "category"))
    is_open = f'AND({at[ACCEPT]}2="",{at["code"]}2<>"")'
    for columns, when, how in (((accept, accept), is_open, to_judge), ((0, len(at) - 1), f"OR({starts})", line)):
        page.conditional_format(
            1, columns[0], last, columns[1], {"type": "formula", "criteria": f"={when}", "format": how}
        )
