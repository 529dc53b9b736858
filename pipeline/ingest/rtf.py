"""RTF documents: their text, once they are known to be whole.

Of RTF (1.9.1) this reads what the documents of the agencies have: text in cp1252, in groups and between control words.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np

from pipeline.errors import RawFileError
from pipeline.ingest.plain_text import NEW_ENCODING, REFETCH_CUT, line_at, refuse_byte
from pipeline.ingest.text import decode

START = b"{\\rtf"
# Behind the last brace stand ends of lines, and in both documents of FY1999 a NUL.
BEHIND = b"\0\r\n "
OPENING, CLOSING = ord("{"), ord("}")
OTHER_CODE_PAGE = re.compile(r"\\(?:ansicpg(?!1252\b)\d+|(?:mac|pca?)(?![A-Za-z]))")
# Groups that are not of the text: any with a star, and those from before there was one. `\{` opens none.
WORDS_ASIDE: Final = "fonttbl|filetbl|colortbl|stylesheet|info|(?:header|footer)[flr]?|footnote|pict|r?xe|tcn?"
GROUP_ASIDE = re.compile(rf"\{{(?<!\\\{{)[\r\n]*\\(?:\*|(?:{WORDS_ASIDE})(?![a-z]))")
BRACE = re.compile(r"(?s)\\.|[{}]")
TEXT_WORDS: Final = {
    "par": "\n", "line": "\n", "page": "\n\n", "sect": "\n\n", "row": "\n", "tab": "\t", "cell": "|", "nestcell": "|",
    "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d", "bullet": "\u2022",
    "endash": "\u2013", "emdash": "\u2014", "enspace": "\u2002", "emspace": "\u2003", "qmspace": "\u2005",
}  # fmt: skip
TEXT_BYTES: Final = {f"'{byte:02x}": bytes([byte]).decode("cp1252", "ignore") for byte in range(256)}
TEXT_SIGNS: Final = {**TEXT_BYTES, "{": "{", "}": "}", "\\": "\\", "~": "\xa0", "_": "\u2011", "-": "\xad"}
ANY_WORD: Final = "|".join(TEXT_WORDS)
# A run of what is no text, of which the last indentation is kept; or what is text, but for what no document has: text
# in Unicode, and binary data. Nothing that was taken is tried again (`++`): 13 MB in a third of a second.
RTF_MARKUP = re.compile(
    rf"(?s)(?:\\li(-?\d+) ?|\\(?!(?:{ANY_WORD})(?![a-z])|u-?\d|bin\d)[A-Za-z]++(?:-?\d++)?+ ?+|[{{}}\r\n]++)+"
    rf"|\\({ANY_WORD}) ?|\\('[0-9a-fA-F]{{2}}|.)"
)
# The indentation goes into the text between two control characters, which no document that is read has.
INDENT = re.compile("\x02(-?\\d+)\x03")


def read_rtf_lines(where: str, raw: bytes) -> list[tuple[int, str]]:
    """The lines of an RTF document, one for each paragraph, each with its indentation in twentieths of a point.

    Raises RawFileError for what is no RTF, whose braces do not balance, that does not end with the brace which closes
    it, or that holds a control character or text that is not in cp1252.
    """
    if not raw.lstrip().startswith(START):
        raise RawFileError(where, "an RTF document", repr(raw[:20]), "fetch the file again")
    document = raw.rstrip(BEHIND)
    _require_balance(where, document)
    text = "".join(_without_groups_aside(decode(where, document, ("ascii", "cp1252"), final_newline=False)))
    if other := OTHER_CODE_PAGE.search(text):
        raise RawFileError(where, "text in cp1252", other[0], NEW_ENCODING)
    lines, indent = [], 0
    for line in RTF_MARKUP.sub(partial(_as_text, where), text).split("\n"):
        marks = INDENT.findall(line)
        indent = int(marks[-1]) if marks else indent
        lines.append((indent, INDENT.sub("", line) if marks else line))
    return lines


def read_rtf_text(where: str, raw: bytes) -> str:
    """The text of an RTF document, a line for each paragraph. Raises RawFileError as `read_rtf_lines` does."""
    return "\n".join(line for _, line in read_rtf_lines(where, raw))


def _without_groups_aside(document: str) -> Iterator[str]:
    """The stretches of a document between the groups that are not of its text."""
    end = 0
    for group in GROUP_ASIDE.finditer(document):
        if group.start() >= end:
            yield document[end : group.start()]
            end = _end_of_group(document, group.start())
    yield document[end:]


def _end_of_group(document: str, start: int) -> int:
    """Where the group that opens at a place is closed: every one is, for the braces balance."""
    depth = 0
    for brace in BRACE.finditer(document, start):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return brace.end()
    return len(document)


def _as_text(where: str, markup: re.Match[str]) -> str:
    indent, word, sign = markup.groups()
    if indent:
        return f"\x02{indent}\x03"
    text = TEXT_WORDS[word] if word else TEXT_SIGNS.get(sign.lower(), "") if sign else ""
    if sign and not text:
        raise RawFileError(where, "text in cp1252, and no markup but that of words", repr(markup[0]), NEW_ENCODING)
    return text


def _require_balance(where: str, document: bytes) -> None:
    """Raises RawFileError unless the first brace is closed by the last byte, and not before. `\\{` is no brace."""
    # The backslash that is itself escaped escapes nothing; two other bytes in its place keep all places.
    codes = np.frombuffer(document.replace(b"\\\\", b"__"), np.uint8)
    places = np.flatnonzero((codes == OPENING) | (codes == CLOSING))
    places = places[codes[np.maximum(places - 1, 0)] != ord("\\")]
    depth = np.cumsum(np.where(codes[places] == OPENING, 1, -1))
    closed = np.flatnonzero(depth <= 0)
    if not len(closed):
        place = f"{where}, line {line_at(document, len(document))}"
        found = f"{depth[-1]} braces that nothing closes; the last bytes are {document[-30:]!r}"
        raise RawFileError(place, "an RTF document that ends with its brace", found, REFETCH_CUT)
    if (at := int(places[closed[0]])) != len(document) - 1:
        refuse_byte(where, document, at, "the brace that closes the document at its end only", REFETCH_CUT)
