"""Codes out of text as people have it: an argument, a file, standard input. The one tokeniser of all commands.

Codes stand apart by blanks, commas, semicolons, pipes or tabs, and may be quoted, bracketed or followed by dots; two
codes with a blank between are two. What stands behind a # is a comment. A file may have a header line: one that names
a column of codes (`code`, `asked`, `source_code` ...), or that has words and no digit. In a file with columns, such as
the csv of our own commands, the codes are those of that column, else of the first; a column `system` says of which
system each is. Our own csv has a row for each episode or alternative: each code of a system is one question of it.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from pipeline.errors import UsageError

INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))  # blanks without width, soft hyphens
BEHIND_HASH = re.compile(r"#[^\r\n]*")
BETWEEN_CODES = re.compile(r"""[\s,;|"'`=()\[\]\u2018\u2019\u201c\u201d\u00ab\u00bb]+""")
BLANK_BEFORE_DOT = re.compile(r"(?<=\w)[ \t\xa0]+\.(?=\w)")  # E11 .9, out of a table with columns of fixed width
TRAILING: Final = ".:"
BETWEEN_COLUMNS: Final = ",\t;|"
COLUMNS_OF_CODES: Final = ("asked", "code", "codes")  # our own csv has both of the first; what was asked is never empty
COLUMNS_OF_SYSTEMS: Final = ("system", "source_system", "code_system", "coding_system")
COLUMNS_OF_DAYS: Final = (
    "day",
    "on",
    "date",
    "service_date",
    "service_day",
    "date_of_service",
    "day_of_service",
    "dos",
)
WORDS = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class CodeText:
    """The codes of a text, in order, and the header line that was left out, where there was one.

    Where that has a column of systems, `systems` has the name in the row of each code, empty where there is none, and
    `first_lines` the line on which each name comes first. `days` is the column of days, of which nothing is read.
    """

    codes: list[str]
    header: str | None = None
    systems: list[str] = field(default_factory=list)
    first_lines: dict[str, int] = field(default_factory=dict)
    days: str | None = None


@dataclass(frozen=True)
class Columns:
    """The places of the columns of a header that are understood; `is_ours` where it is of our own csv."""

    code: int
    system: int | None
    day: int | None
    is_ours: bool


def decode_text(where: str, raw: bytes) -> str:
    """Text with or without a byte order mark. Raises UsageError where it is none."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise UsageError(
            f"{where}, line {line}: this is no UTF-8 text\n  next:     save it as UTF-8, a code on each line"
        ) from None


def require_text(text: str) -> str:
    """The same text. Raises UsageError for bytes that are no text: a shell passes them on as they are."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{text!r}: this is no text\n  next:     write codes in letters and digits") from None
    return text


def split_codes(text: str) -> list[str]:
    """The codes of a text without a header, such as an argument.

    >>> split_codes(' "250.00" 401.9, E11.;  # comment')
    ['250.00', '401.9', 'E11']
    >>> split_codes("E11 .9")
    ['E11.9']
    """
    plain = BLANK_BEFORE_DOT.sub(".", BEHIND_HASH.sub("", require_text(text).translate(INVISIBLE)))
    # A million codes go through here, and few have a dot at the end. What has no letter and no digit is punctuation.
    tokens = [each.rstrip(TRAILING) if each[-1:] in TRAILING else each for each in BETWEEN_CODES.split(plain) if each]
    return [each for each in tokens if each and (each[0].isalnum() or any(map(str.isalnum, each)))]


def read_code_text(text: str) -> CodeText:
    """The codes of a file, or of standard input: it may have a header line, and columns."""
    lines = text.translate(INVISIBLE).splitlines()
    at = next((at for at, line in enumerate(lines) if BEHIND_HASH.sub("", line).strip()), len(lines))
    if not any(line.strip() for line in lines[at + 1 :]) or not is_header(lines[at]):
        return CodeText(split_codes(text))
    between = _between_columns(lines[at])
    if between is None:
        return CodeText(split_codes("\n".join(lines[at + 1 :])), lines[at].strip())
    rows = csv.reader(lines[at:], delimiter=between)
    header = next(rows)
    columns = _columns_of(header)
    numbered = ((at + rows.line_num, row) for row in rows if len(row) > columns.code)
    days = None if columns.day is None else header[columns.day].strip()
    if columns.system is None:
        return CodeText(_codes_of_cells(row[columns.code] for _, row in numbered), lines[at].strip(), days=days)
    return _with_systems(numbered, columns, columns.system, CodeText([], lines[at].strip(), days=days))


def _with_systems(numbered: Iterator[tuple[int, list[str]]], columns: Columns, system: int, text: CodeText) -> CodeText:
    """The codes of rows with their line numbers, each with the name in its column of systems."""
    asked: list[tuple[str, str]] = []
    first_lines: dict[str, int] = {}
    for line, row in numbered:
        codes, name = split_codes(row[columns.code]), row[system].strip() if len(row) > system else ""
        if codes and name:
            first_lines.setdefault(name, line)
        asked += [(code, name) for code in codes]
    asked = [*dict.fromkeys(asked)] if columns.is_ours else asked
    return replace(
        text, codes=[code for code, _ in asked], systems=[name for _, name in asked], first_lines=first_lines
    )


def is_header(line: str) -> bool:
    """Whether a first line names columns: one of codes, or words without any digit.

    >>> is_header("dx_code,ICD9"), is_header("Diagnosis"), is_header("E11.9"), is_header("LT")
    (True, True, False, False)
    """
    cells = _cells(line)
    if any(_names_codes(each) for each in cells):
        return True
    return not any(map(str.isdigit, line)) and any(len(each) > 2 for each in cells)


def _cells(line: str) -> list[str]:
    between = _between_columns(line)
    return [each.strip().strip("\"'").lower() for each in (line.split(between) if between else [line])]


def _between_columns(line: str) -> str | None:
    """What separates the columns of a header: the separator that it has most of."""
    most = max(BETWEEN_COLUMNS, key=line.count)
    return most if line.count(most) else None


def _names_codes(cell: str) -> bool:
    """Whether the last word of a cell is `code`: dx_code, ICD-9-CM code, Codes."""
    return WORDS.findall(cell)[-1:] in (["asked"], ["code"], ["codes"]) and not any(map(str.isdigit, cell[-1:]))


def _columns_of(header: list[str]) -> Columns:
    names = ["_".join(each.lower().replace("-", " ").split()) for each in header]
    system, day = _place(names, COLUMNS_OF_SYSTEMS), _place(names, COLUMNS_OF_DAYS)
    code = _place(names, COLUMNS_OF_CODES)
    if code is None:
        code = next((at for at, name in enumerate(names) if _names_codes(name)), None)
    if code is None:
        code = next((at for at in range(len(names)) if at not in {system, day}), 0)
    return Columns(code, system, day, is_ours="asked" in names)


def _place(names: list[str], known: tuple[str, ...]) -> int | None:
    return next((names.index(each) for each in known if each in names), None)


def _codes_of_cells(cells: Iterable[str]) -> list[str]:
    return split_codes("\n".join(cells))
