"""A review that people have worked on, read back: the list of what they accepted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.ask.answers import as_csv
from pipeline.ask.code_text import columns_separator, decode_text, table_rows
from pipeline.ask.codelist.review import ACCEPT, CSV, WORKBOOK
from pipeline.errors import UsageError

REVIEW_COLUMNS: Final = ("concept", "system", "code", ACCEPT)
WORDS_OF_YES: Final = frozenset({"yes", "y", "x", "1", "true"})
WORDS_OF_NO: Final = frozenset({"no", "n", "0", "false", ""})
AcceptedCode = tuple[str, str, str]


def read_accepted(path: Path) -> list[AcceptedCode]:
    """The concept, system and code of each row that was accepted, in the order of the file, each once.

    Raises UsageError where the file is no review, where a cell of `accept` says neither yes nor no, or where a row is
    accepted that has no code.
    """
    lines = [*_lines_of(path)]
    header = [each.strip().lower() for each in lines[0][1]] if lines else []
    lacking = [each for each in REVIEW_COLUMNS if each not in header]
    if lacking:
        raise UsageError(
            f"{path}: no review, it has no column {', '.join(lacking)}\n"
            "  next:     write one with `crosswalk codelist convert LIST --to SYSTEM --review FILE`"
        )
    concept, system, code, accept = (header.index(each) for each in REVIEW_COLUMNS)
    found = dict[AcceptedCode, None]()
    for number, cells in lines[1:]:
        row = [*(cell.strip() for cell in cells), *[""] * (len(header) - len(cells))]
        if _is_accepted(f"{path}, row {number}", row[accept], row[code]):
            found[row[concept], row[system], row[code]] = None
    return [*found]


def _is_accepted(where: str, word: str, code: str) -> bool:
    if word.lower() not in WORDS_OF_YES | WORDS_OF_NO:
        raise UsageError(f"{where}: accept says {word}\n  expected: yes or no\n  next:     say one of the two")
    is_yes = word.lower() in WORDS_OF_YES
    if is_yes and not code:
        raise UsageError(
            f"{where}: accepted, but it has no code\n  expected: a code in the column code\n"
            "  next:     write the code there, with its system, or leave accept empty"
        )
    return is_yes


def _lines_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The number of each row, and its cells as text. A spreadsheet may have written a csv with other separators."""
    if path.suffix.lower() not in (CSV, WORKBOOK):
        raise UsageError(f"{path}: a review is a csv or an Excel workbook\n  next:     name one of these")
    try:
        if path.suffix.lower() == CSV:
            lines = decode_text(str(path), path.read_bytes()).splitlines()
            between = columns_separator(lines[0]) if lines else None
            yield from table_rows(lines, 0, between or ",", f"{path}, ", strict=True)
        else:
            yield from enumerate(_cells_of(path), 1)
    except OSError as problem:
        raise UsageError(f"{path}: cannot be read ({problem})\n  next:     name a review") from problem


def _cells_of(path: Path) -> Iterator[list[str]]:
    import python_calamine  # noqa: PLC0415 -- a csv does not wait for it

    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except python_calamine.CalamineError as problem:
        raise UsageError(f"{path}: no Excel workbook ({problem})\n  next:     name a review") from problem
    for cells in rows:
        yield [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for cell in cells]


def as_list_text(accepted: list[AcceptedCode]) -> str:
    """What was accepted as a list that every command here reads: a csv of concept, system and code."""
    return as_csv([("concept", "system", "code"), *accepted])
