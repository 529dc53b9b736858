"""Code lists as people keep them: a text with codes, or a table with columns.

In a table the columns are found by their names: of the codes (`code`, `pattern`, `entry` ...), of the concept that a
row belongs to (`concept`, `name`, `group` ...), of the system (`system`, `vocabulary` ...) and of the role (`role`):
include or exclude. What stands behind a # is a comment. `write_list` writes what `read_list` reads as the same list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline.ask.answers import as_csv
from pipeline.ask.code_text import (
    BEHIND_HASH,
    COLUMNS_OF_SYSTEMS,
    DECIMAL_COMMA,
    INVISIBLE,
    column_named,
    columns_of_codes,
    columns_separator,
    is_header,
    plain_names,
    table_rows,
)
from pipeline.ask.codelist.code_list import EXCLUDE, INCLUDE, CodeList, ListEntry
from pipeline.ask.codelist.written_entries import read_pattern, read_role, split_line
from pipeline.errors import UsageError

LIST_COLUMNS: Final = {
    "code": ("pattern_or_code", "pattern", "entry", "asked", "code", "codes", "icd_code", "concept_code", "text"),
    "concept": (
        "concept", "concept_name", "name", "group", "list", "condition", "category", "phenotype", "codelist", "label",
    ),
    "system": (*COLUMNS_OF_SYSTEMS, "vocabulary", "vocabulary_id", "terminology", "code_type", "codesystem"),
    "role": ("role", "inclusion", "include_exclude", "include_or_exclude"),
}  # fmt: skip
ROLE_WORDS: Final = {
    INCLUDE: ("", "include", "included", "inclusion", "incl", "in", "i", "yes", "y", "1", "true", "+"),
    EXCLUDE: ("exclude", "excluded", "exclusion", "excl", "out", "e", "no", "n", "0", "false", "-", "!"),
}
ROLE_OF: Final = {written: role for role, words in ROLE_WORDS.items() for written in words}
HEAD: Final = ["concept", "system", "code", "role"]
OWN_COLUMN: Final = "came_in"  # of the csv of an expansion, which has a row for each episode of a code


@dataclass(frozen=True)
class ListRow:
    """A row of a table that is a list: its line, and its cells as they are understood."""

    line: int
    code: str
    concept: str = ""
    system: str = ""
    role: str = ""


def read_list(text: str, where: str = "list", concept: str = "") -> CodeList:
    """The list that a text is; its systems are named as they are written. `concept` is that of what names none.

    Raises UsageError with the line where a role is neither include nor exclude, or a quote is not closed.
    """
    lines = text.translate(INVISIBLE).splitlines()
    at = next((at for at, line in enumerate(lines) if BEHIND_HASH.sub("", line).strip()), len(lines))
    has_header = any(line.strip() for line in lines[at + 1 :]) and is_list_header(lines[at])
    if not has_header:
        return _read_rows((ListRow(number, line) for number, line in enumerate(lines, 1)), where, concept)
    header, between = lines[at].strip(), columns_separator(lines[at])
    if between is None:
        below = enumerate(lines[at + 1 :], at + 2)
        return _read_rows((ListRow(number, line) for number, line in below), where, concept, header)
    of_table = table_rows(lines, at, between, f"{where}, ", strict=True)
    return _read_rows(_table_rows(of_table), where, concept, header)


def list_of_codes(arguments: list[str]) -> CodeList:
    """The list that the arguments of a command are: E11,9 is E11.9 there."""
    plain = [DECIMAL_COMMA.sub(r"\1.", each) for each in arguments]
    return _read_rows((ListRow(number, each) for number, each in enumerate(plain, 1)), "arguments", "")


def write_list(codelist: CodeList) -> str:
    """A list as csv, a row for each entry."""
    return as_csv([HEAD, *([each.concept, each.system, each.text, each.role] for each in codelist.entries)])


def is_list_header(line: str) -> bool:
    """Whether a first line names columns of a list, or of codes.

    >>> is_list_header("concept,pattern"), is_list_header("E11%,E12%")
    (True, False)
    """
    cells = plain_names(line.split(between) if (between := columns_separator(line)) else [line])
    known = {name for names in LIST_COLUMNS.values() for name in names}
    return is_header(line) or len(known.intersection(cells)) > 1 or (bool(cells) and cells[0] in LIST_COLUMNS["code"])


def _table_rows(rows_of_cells: Iterator[tuple[int, list[str]]]) -> Iterator[ListRow]:
    """The rows of a table, of which the header comes first. A loop over rows: each is taken apart as text."""
    names = plain_names(next(rows_of_cells)[1])
    places = {field: column_named(names, known) for field, known in LIST_COLUMNS.items()}
    code, taken = places.pop("code"), {*places.values()}
    codes = columns_of_codes(names) if code is None else [code]
    codes = codes or [next((place for place in range(len(names)) if place not in taken), 0)]
    rows = (_row(line, cells, place, places) for line, cells in rows_of_cells for place in codes)
    if OWN_COLUMN not in names:
        yield from rows
    else:
        seen = {(each.concept, each.system, each.code, each.role): each for each in rows}
        yield from seen.values()


def _row(line: int, cells: list[str], code: int, places: dict[str, int | None]) -> ListRow:
    found = {field: cells[at].strip() for field, at in places.items() if at is not None and at < len(cells)}
    return ListRow(line, cells[code] if code < len(cells) else "", **found)


def _read_rows(rows: Iterator[ListRow], where: str, concept: str, header: str | None = None) -> CodeList:
    """The list of some rows. A loop over them: what is written again is taken apart once."""
    split = cache(split_line)
    read = cache(lambda token: (*read_role(token), *read_pattern(read_role(token)[1])))
    entries: list[ListEntry] = []
    words: list[tuple[int, str]] = []
    for row in rows:
        tokens, behind = split(row.code)
        role = _role_of(row, where) if tokens else INCLUDE
        for marked, text, kind, first, last in map(read, tokens):
            either = EXCLUDE if EXCLUDE in {marked, role} else INCLUDE
            entries.append(ListEntry(row.concept or concept, row.system, text, kind, either, first, last, row.line))
        words += [(row.line, behind)] if behind else []
    return CodeList(tuple(entries), header, tuple(words))


def _role_of(row: ListRow, where: str) -> str:
    role = ROLE_OF.get(row.role.lower())
    if role is None:
        raise UsageError(
            f"{where}, line {row.line}: {row.role} is no role\n  expected: include or exclude\n"
            "  next:     write one of them, or give the column another name where it has none"
        )
    return role
