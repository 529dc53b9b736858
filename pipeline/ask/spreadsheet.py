"""A crosswalk or a system as an Excel workbook: codes as text, frozen headers, filters, and a sheet of notes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from pipeline.ask.build import Build
from pipeline.ask.known_days import read_known_days
from pipeline.ask.relations import SAME_CATEGORY, meaning_of
from pipeline.errors import UsageError
from pipeline.run.made_here import free_name
from schemas import TABLES
from schemas.arrow import columns_of, describe

ENDING = ".xlsx"
ROWS_OF_A_SHEET = 1_048_575  # Excel's limit of rows, the header aside
LONGEST_CELL = 32_767
WIDTHS = {"description": 60, "title": 60, "method": 60, "path": 40, "meaning": 100, "code": 14, "licence": 30}
SHEET_OF_MAPPINGS = """
    select m.source_system, s.code_dotted as source, m.source_code, coalesce(s.description, s.short_description)
        as source_title, m.target_system, coalesce(t.code_dotted, m.target_code) as target, m.target_code,
        coalesce(t.description, t.short_description, c.title) as target_title, m.* exclude (crosswalk, source_system,
        source_code, target_system, target_code)
    from mappings m
    left join codes s on s.system = m.source_system and s.code = m.source_code
    left join codes t on t.system = m.target_system and t.code = m.target_code
    left join categories c on c.crosswalk = m.crosswalk and c.category = m.target_code
    where m.crosswalk = $name and m.newest order by m.source_code, m.scenario, m.choice_list, m.target_code
"""
SHEET_OF_CODES = "from codes where system = $name order by code"
SHEET_OF_HISTORY = "from code_history where system = $name order by code, valid_from"
HINTS = (
    "Codes are text. Keep them so: pasted into cells of the type General, leading zeros are lost, and 322 ICD-9-CM "
    "codes would turn into another valid code.",
    "Days are inclusive at both ends; an empty last day means that it still holds.",
)
Cell = str | int | bool | date | None


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, the table that its columns are explained by, its header and rows."""

    name: str
    table: str
    header: list[str]
    rows: list[tuple[Cell, ...]]


def export_spreadsheet(build: Build, path: Path, *, crosswalk: str | None = None, system: str | None = None) -> int:
    """Writes one crosswalk, or one system with its history, and returns how many rows. Same rows, same bytes.

    Raises UsageError where not exactly one of the two is named, where it is not in the build, where the file has
    another ending than a workbook, or where it cannot be written; NotKnown for a system without a listing.
    """
    if (crosswalk is None) == (system is None):
        raise UsageError("name one crosswalk or one system\n  next:     --crosswalk ID, or --system ID")
    if path.suffix.lower() != ENDING:
        raise UsageError(
            f"{path}: an Excel workbook is written, its name ends with {ENDING}\n  next:     name it so with --to"
        )
    table, column = ("crosswalks", "crosswalk") if crosswalk else ("systems", "system")
    facts = _facts(build, table, column, crosswalk or system or "")
    if facts.get("relation") == SAME_CATEGORY:
        raise UsageError(
            f"{facts['crosswalk']}: its pairs are in no table, two groupings define them ({facts['made_from']})\n"
            "  next:     ask view same_category of crosswalk.duckdb, or name one of the two"
        )
    if system:
        read_known_days(build)[str(facts[column])].require_listing()
    questions = (
        {"mappings": SHEET_OF_MAPPINGS} if crosswalk else {"codes": SHEET_OF_CODES, "code_history": SHEET_OF_HISTORY}
    )
    sheets = [_read(build, name, question, str(facts[column])) for name, question in questions.items()]
    _write(path, [part for sheet in sheets for part in _split(sheet)], _notes(build, table, facts, sheets))
    return sum(len(sheet.rows) for sheet in sheets)


def _read(build: Build, table: str, question: str, name: str) -> Sheet:
    answer = build.ask(question, name=name)
    return Sheet(table, table, answer.header, answer.records)


def _facts(build: Build, table: str, column: str, name: str) -> dict[str, Cell]:
    """The row of a crosswalk or a system, its name written in capitals or not."""
    rows = build.rows(f"from {table}")
    found = next((row for row in rows if str(row[column]).lower() == name.lower()), None)
    if found is None:
        known = ", ".join(str(row[column]) for row in rows)
        raise UsageError(f"{name}: there is no such {column} in this build\n  next:     one of {known}")
    return found


def _split(sheet: Sheet) -> Iterator[Sheet]:
    """The sheet, or where Excel has too few rows for it, several."""
    for number, start in enumerate(range(0, max(len(sheet.rows), 1), ROWS_OF_A_SHEET), 1):
        name = sheet.name if number == 1 else f"{sheet.name} {number}"
        yield Sheet(name, sheet.table, sheet.header, sheet.rows[start : start + ROWS_OF_A_SHEET])


def _notes(build: Build, table: str, facts: dict[str, Cell], sheets: list[Sheet]) -> list[tuple[Cell, ...]]:
    """What a reader must know: what it is, from which build, how to read it, and what each column means."""
    rows: list[tuple[Cell, ...]] = [("build", build.id)]
    rows += [(name, _as_words(value)) for name, value in facts.items()]
    rows += [("", ""), *(("read this", hint) for hint in HINTS)]
    if table == "crosswalks":
        relation = build.crosswalks[str(facts["crosswalk"])].relation
        rows.append(("read this", meaning_of(relation).words))
    for sheet in sheets:
        rows += [("", ""), (sheet.name, describe(TABLES[sheet.table]))]
        columns = columns_of(TABLES[sheet.table])
        rows += [(name, columns[name].description or "") for name in sheet.header if name in columns]
    return rows


def _as_words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _write(path: Path, sheets: list[Sheet], notes: list[tuple[Cell, ...]]) -> None:
    """Aside first, then in one move into place."""
    aside = free_name(path.parent, f".{path.name}.part")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(str(aside), options) as book:
            book.set_properties({"title": sheets[0].name, "created": datetime(1980, 1, 1)})
            for sheet in sheets:
                _write_sheet(book, sheet)
            _write_sheet(book, Sheet("notes", "", ["what", "meaning"], notes))
        aside.replace(path)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as problem:
        raise UsageError(f"{path}: cannot be written ({problem})\n  next:     name another file with --to") from problem
    finally:
        aside.unlink(missing_ok=True)


def _write_sheet(book: xlsxwriter.Workbook, sheet: Sheet) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, 0)
    for at, name in enumerate(sheet.header):
        width = next((width for end, width in WIDTHS.items() if name.endswith(end)), 12)
        page.set_column(at, at, width, text)
        page.write_string(0, at, name, bold)
    # The library takes one cell at a time: 100,000 rows of 25 columns take some 15 seconds.
    for number, row in enumerate(sheet.rows, 1):
        for at, value in enumerate(row):
            if isinstance(value, bool):
                page.write_boolean(number, at, value)
            elif isinstance(value, int):
                page.write_number(number, at, value)
            elif isinstance(value, date):
                page.write_datetime(number, at, value, day)
            elif value is not None:
                page.write_string(number, at, str(value)[:LONGEST_CELL], text)
    page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.header) - 1)
