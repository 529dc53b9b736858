"""Codes out of text as people have it: an argument, a file, standard input. The one tokeniser of all commands.

Codes stand apart by blanks, commas, semicolons, pipes or tabs, and may be quoted, bracketed or followed by dots; two
codes with a blank between are two. What stands behind a # is a comment. A file may have a header line: one that names
a column of codes (`code`, `asked`, `source_code` ...), or that has words and no digit. In a file with columns, such as
the csv of our own commands, the codes are those of that column, else of the first; a column `system` says of which
system each is, a column `day` (or `on`, `service_date` ...) of which day. Columns that are numbered (`dx1,dx2`) are all
read, row by row. Our own csv has a row for each episode or alternative: each code of a system, on a day, is one
question of it.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from pipeline.errors import UsageError

INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))  # blanks without width, soft hyphens
BEHIND_HASH = re.compile(r"#[^\r\n]*")
BETWEEN_CODES = re.compile(r"""[\s,;|"'`=()\[\]\u2018\u2019\u201c\u201d\u00ab\u00bb]+""")
BLANK_BEFORE_DOT = re.compile(r"(?<=\w)[ \t\xa0]+\.(?=\w)")  # E11 .9, out of a table with columns of fixed width
DECIMAL_COMMA = re.compile(r"(?<![\w,])([A-Za-z0-9]\d[A-Za-z0-9]|[Ee]\d{3}),(?=\d{1,2}(?![\w,]))")  # E11,9 is E11.9
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
# Words in the names of numbered columns of codes: dx1, ICD9_DGNS_CD_2, proc3. No code is one of them.
WITH_A_NUMBER: Final = frozenset(
    {"dx", "px", "diag", "diagnosis", "dgns", "proc", "procedure", "prcdr", "prcdrcd", "dgnscd", "icd", "hcpcs", "cpt"}
)
WrittenRow = tuple[str, str, str]  # a code, and the system and the day that its row names, empty where it names none


@dataclass(frozen=True)
class CodeText:
    """The codes of a text, each with what its row names, and the header line that was left out, where there was one.

    `distinct` are the rows that differ, `order` the place among them of each code of the text: a million codes are
    mostly some thousands. `systems` and `days` have the line on which each name of a system, and each day, comes first.
    """

    distinct: list[WrittenRow]
    order: list[int]
    header: str | None = None
    systems: dict[str, int] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> list[WrittenRow]:
        """Each code of the text with what its row names, in order."""
        return [self.distinct[place] for place in self.order]

    @property
    def codes(self) -> list[str]:
        """The codes alone."""
        return [code for code, _, _ in self.rows]


@dataclass(frozen=True)
class Columns:
    """The places of the columns of a header that are understood; `is_ours` where it is of our own csv."""

    codes: list[int]
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


def split_codes(text: str, *, has_columns: bool = False) -> list[str]:
    """The codes of a text without a header, such as an argument. A comma alone between a category and one or two
    digits is a decimal comma, but in a file that may have columns: there they may be how often it came.

    >>> split_codes(' "250.00" 401.9, E11.;  # comment')
    ['250.00', '401.9', 'E11']
    >>> split_codes("E11 .9")
    ['E11.9']
    >>> split_codes("E11,9"), split_codes("E11,I10"), split_codes("LT,25"), split_codes("E11,9", has_columns=True)
    (['E11.9'], ['E11', 'I10'], ['LT', '25'], ['E11', '9'])
    """
    plain = BLANK_BEFORE_DOT.sub(".", BEHIND_HASH.sub("", require_text(text).translate(INVISIBLE)))
    plain = plain if has_columns else DECIMAL_COMMA.sub(r"\1.", plain)
    # A million codes go through here, and few have a dot at the end. What has no letter and no digit is punctuation.
    tokens = [each.rstrip(TRAILING) if each[-1:] in TRAILING else each for each in BETWEEN_CODES.split(plain) if each]
    return [each for each in tokens if each and (each[0].isalnum() or any(map(str.isalnum, each)))]


def read_code_text(text: str) -> CodeText:
    """The codes of a file, or of standard input: it may have a header line, and columns."""
    lines = text.translate(INVISIBLE).splitlines()
    at = next((at for at, line in enumerate(lines) if BEHIND_HASH.sub("", line).strip()), len(lines))
    if not any(line.strip() for line in lines[at + 1 :]) or not is_header(lines[at]):
        return text_of_codes(split_codes(text, has_columns=True))
    between = columns_separator(lines[at])
    if between is None:
        return text_of_codes(split_codes("\n".join(lines[at + 1 :]), has_columns=True), lines[at].strip())
    rows = table_rows(lines, at, between)
    _, header = next(rows)
    return _read_columns(rows, CodeText([], [], lines[at].strip()), _columns_of(header))


def table_rows(
    lines: list[str], at: int, between: str, where: str = "", *, strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table that begins at a place among some lines, header first, each with its last line.

    A cell in quotes may have several lines. Raises UsageError for a cell that is longer than any; and, where it is
    `strict`, for a quote that is not closed, which would take all lines behind it for one cell.
    """
    reader = csv.reader((f"{line}\n" for line in lines[at:]), delimiter=between, strict=strict)
    try:
        for cells in reader:
            yield at + reader.line_num, cells
    except csv.Error as problem:
        raise UsageError(
            f"{where}line {at + reader.line_num}: this is no row of a table: {problem}\n"
            "  next:     see whether every quote before it is closed, or give the codes alone, one on each line"
        ) from None


def text_of_codes(codes: list[str], header: str | None = None) -> CodeText:
    """Codes whose rows name nothing else."""
    places = {code: place for place, code in enumerate(dict.fromkeys(codes))}
    return CodeText([(code, "", "") for code in places], [places[code] for code in codes], header)


def _read_columns(rows: Iterator[tuple[int, list[str]]], text: CodeText, columns: Columns) -> CodeText:
    """The text with the codes of the rows of a table.

    A loop over rows: each that is like another is looked up, and split once (a million rows: 1.5 s).
    """
    read: dict[WrittenRow, list[int]] = {}
    places: dict[WrittenRow, int] = {}
    cells_of_codes = ((at, row, column) for at, row in rows for column in columns.codes if len(row) > column)
    for at, row, column in cells_of_codes:
        cells = (row[column], _cell(row, columns.system), _cell(row, columns.day))
        if cells not in read:
            system, day = cells[1].strip(), cells[2].strip()
            codes = [(code, system, day) for code in split_codes(cells[0])]
            read[cells] = [places.setdefault(each, len(places)) for each in codes]
            for name, first_lines in ((system, text.systems), (day, text.days)):
                if name and read[cells]:
                    first_lines.setdefault(name, at)
        text.order.extend(read[cells])
    return replace(text, distinct=[*places], order=[*dict.fromkeys(text.order)] if columns.is_ours else text.order)


def _cell(row: list[str], column: int | None) -> str:
    return row[column] if column is not None and len(row) > column else ""


def is_header(line: str) -> bool:
    """Whether a first line names columns: one of codes, or several by number, or words without any digit.

    >>> is_header("dx_code,ICD9"), is_header("Diagnosis"), is_header("E11.9"), is_header("LT"), is_header("dx1,dx2")
    (True, True, False, False, True)
    """
    cells = _cells(line)
    if any(_names_codes(each) or _is_numbered(each) for each in cells):
        return True
    return not any(map(str.isdigit, line)) and any(len(each) > 2 for each in cells)


def _cells(line: str) -> list[str]:
    between = columns_separator(line)
    return [each.strip().strip("\"'").lower() for each in (line.split(between) if between else [line])]


def columns_separator(line: str) -> str | None:
    """What separates the columns of a header: the separator that it has most of; None of a line with one column."""
    most = max(BETWEEN_COLUMNS, key=line.count)
    return most if line.count(most) else None


def _names_codes(cell: str) -> bool:
    """Whether the last word of a cell is `code`: dx_code, ICD-9-CM code, Codes."""
    return WORDS.findall(cell)[-1:] in (["asked"], ["code"], ["codes"]) and not any(map(str.isdigit, cell[-1:]))


def _is_numbered(cell: str) -> bool:
    """Whether a cell names one of several columns of codes: dx1, icd_dgns_cd12.

    >>> [_is_numbered(each) for each in ("dx1", "icd_dgns_cd12", "dx", "j1100")]
    [True, True, False, False]
    """
    return cell[-1:].isdigit() and not WITH_A_NUMBER.isdisjoint(WORDS.findall(cell))


def _columns_of(header: list[str]) -> Columns:
    names = plain_names(header)
    system, day = column_named(names, COLUMNS_OF_SYSTEMS), column_named(names, COLUMNS_OF_DAYS)
    code = column_named(names, COLUMNS_OF_CODES)
    codes = columns_of_codes(names) if code is None else [code]
    first_other = next((at for at in range(len(names)) if at not in {system, day}), 0)
    return Columns(codes or [first_other], system, day, is_ours="asked" in names)


def columns_of_codes(names: list[str]) -> list[int]:
    """Where codes are by the names of columns: those that are numbered, else the first whose name ends in code.

    >>> columns_of_codes(["id", "dx1", "dx2"]), columns_of_codes(["title", "icd_code"]), columns_of_codes(["title"])
    ([1, 2], [1], [])
    """
    numbered = [at for at, name in enumerate(names) if _is_numbered(name)]
    return numbered or [at for at, name in enumerate(names) if _names_codes(name)][:1]


def plain_names(header: list[str]) -> list[str]:
    """The names of columns without capitals, quotes and hyphens, with a _ for each blank.

    >>> plain_names(["Date of Service", '"Dx-Code"'])
    ['date_of_service', 'dx_code']
    """
    return ["_".join(each.lower().strip(" \t\"'").replace("-", " ").split()) for each in header]


def column_named(names: list[str], known: tuple[str, ...]) -> int | None:
    """Where the first of some names is that a header has; None where it has none of them."""
    return next((names.index(each) for each in known if each in names), None)
