"""The notes of the ICD-9-CM tabular lists: lines of an RTF document that are neither a heading nor a code.

What a line is says its first word; what follows `Excludes:` or a line that ends with a colon belongs to it, up to the
next such word or code. A line at a code that starts with none is an inclusion term, at a chapter or block a note. Under
a term or a code to be used the indentation tells which lines a lead-in leads in; under `Excludes:` all lines have the
same.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from pipeline.ingest.tabular_notes import NOTE_COLUMNS, SEVENTH_CHARACTER

TERM_LINE: Final = "inclusionTerm"
# How the lines of each kind start. Their words are kept but for those of the two that stand before a tab.
LINE_STARTS: Final = {
    "includes": re.compile(r"Includes?(?::\s*|\s+)"),
    "excludes": re.compile(r"Excludes?(?::\s*|\s+)"),
    "useAdditionalCode": re.compile(r"(?=Use (?:an? )?(?:additional|E )|Use also |Use additional)", re.IGNORECASE),
    "codeFirst": re.compile(r"(?=Code first|Code, if applicable, )", re.IGNORECASE),
    "codeAlso": re.compile(r"(?=Code also|Also code)", re.IGNORECASE),
    "notes": re.compile(r"(?=Notes?:|See |\d{1,2}\.\t|\d{3}-\d{3}\t)", re.IGNORECASE),
    "sevenChrDef": re.compile(r"(?=(?:Fifth|Fourth)-digits? \d)", re.IGNORECASE),
    "sevenChrNote": re.compile(
        r"(?=Requires (?:fifth|fourth)|The following (?:fifth|fourth)[- ]digit|\[\d[-\d, ]*\]$)", re.IGNORECASE
    ),
}
FLAT: Final = ("includes", "excludes")  # kinds whose lines all belong to them, and have the same indentation
DIGIT_LINE: Final = re.compile(r"^(\d)\t\s*(\S.*)$")
DIGIT_POSITION: Final = {"fourth": 4, "fifth": 5}
PART_HEADING: Final = re.compile(r"^[^a-z]{7,}$")  # of a part of the list, without a range


@dataclass
class _Place:
    """Where the lines stand that are being read: a chapter, block or code, and what the last line was."""

    level: str
    code: str
    kind: str = TERM_LINE
    digits: int = 0
    leads: list[tuple[int, str]] = field(default_factory=list)


def read_rtf_notes(outline: pa.Table, lines: Sequence[tuple[int, str]]) -> pa.Table:
    """One row per note, inclusion term and digit with its meaning, in the order of the document: NOTE_COLUMNS.

    `outline` has the lines that are headings or codes, by their number; `lines` are all of the document, each with its
    indentation. `code` is a chapter's number, a block's range, or a dotted code; `lead_in` the lines that lead in this
    one; `element` is the position of a digit in its code, else 0.
    """
    places = {row["line"]: row for row in outline.to_pylist()}
    # A loop over the lines, 36,000 of the longest list (0.1 s): what a line is depends on the line before it.
    return pa.Table.from_pylist(list(_rows(places, lines)), NOTE_COLUMNS)


def _rows(places: dict[int, dict[str, str]], lines: Sequence[tuple[int, str]]) -> Iterator[dict[str, object]]:
    at: _Place | None = None
    for number, (indent, line) in enumerate(lines, 1):
        text = line.strip()
        if number in places:
            at = _place_of(places[number])
        elif at and text and not (indent == 0 and PART_HEADING.match(text)):
            yield _row(at, indent, text) | {"line": number, "first": "", "last": ""}


def _place_of(row: dict[str, str]) -> _Place:
    bounds = "-".join(dict.fromkeys(filter(None, (row["first"], row["last"]))))
    return _Place(row["entry"], bounds if row["entry"] == "block" else row["code"])


def _row(at: _Place, indent: int, text: str) -> dict[str, object]:
    """The row of a line, and what that says of the lines behind it."""
    own: dict[str, object] = {"level": at.level, "code": at.code}
    digit = DIGIT_LINE.match(text)
    if digit and at.digits:
        at.kind, at.leads = "sevenChrDef", []
        return own | {"entry": SEVENTH_CHARACTER, "title": digit[2], "character": digit[1], "element": str(at.digits)}
    starts = next((kind for kind, start in LINE_STARTS.items() if start.match(text)), None)
    if starts:
        text = LINE_STARTS[starts].sub("", text, count=1)
        at.kind, at.leads, indent = starts, [], -1 if starts not in FLAT else indent
        at.digits = next(
            (place for word, place in DIGIT_POSITION.items() if text.startswith(f"The following {word}")), at.digits
        )
    elif at.kind not in (*FLAT, "sevenChrDef") and not at.leads:
        at.kind = TERM_LINE if at.level == "code" else "notes"
    at.leads = [each for each in at.leads if each[0] < indent or (at.kind in FLAT and each[0] == indent)]
    lead_in = " ".join(lead for _, lead in at.leads) or None
    if text.endswith(":") and not text.startswith("The following"):
        at.leads.append((indent, text))
    return own | {"entry": at.kind, "title": text, "lead_in": lead_in, "element": "0"}
