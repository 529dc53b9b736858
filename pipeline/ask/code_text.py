"""Codes out of text as people have it: an argument, a file, standard input. The one tokeniser of all commands.

Codes stand apart by blanks, commas, semicolons, pipes or tabs, and may be quoted, bracketed or followed by dots; two
codes with a blank between are two. What stands behind a # is a comment. A file may have a header line: one that names
a column of codes (`code`, `asked`, `source_code` ...), or that has words and no digit. In a file with columns, such as
the csv of our own commands, the codes are those of that column, else of the first.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.errors import UsageError

INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))  # blanks without width, soft hyphens
BEHIND_HASH = re.compile(r"#[^\r\n]*")
BETWEEN_CODES = re.compile(r"""[\s,;|"'`=()\[\]\u2018\u2019\u201c\u201d\u00ab\u00bb]+""")
BLANK_BEFORE_DOT = re.compile(r"(?<=\w)[ \t\xa0]+\.(?=\w)")  # E11 .9, out of a table with columns of fixed width
TRAILING: Final = ".:"
BETWEEN_COLUMNS: Final = ",\t;|"
COLUMNS_OF_CODES: Final = ("asked", "code", "codes")  # our own csv has both of the first; what was asked is never empty
WORDS = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class CodeText:
    """The codes of a text, in order, and the header line that was left out, where there was one."""

    codes: list[str]
    header: str | None = None


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
    column = _column_of_codes(next(rows))
    cells = (row[column] for row in rows if len(row) > column)
    return CodeText(_codes_of_cells(cells), lines[at].strip())


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


def _column_of_codes(header: list[str]) -> int:
    names = [each.strip().lower() for each in header]
    for name in COLUMNS_OF_CODES:
        if name in names:
            return names.index(name)
    return next((at for at, name in enumerate(names) if _names_codes(name)), 0)


def _codes_of_cells(cells: Iterable[str]) -> list[str]:
    return split_codes("\n".join(cells))
