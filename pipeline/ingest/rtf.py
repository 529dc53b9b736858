"""RTF documents: their text, once they are known to be whole."""

import re

import numpy as np
from striprtf.striprtf import rtf_to_text

from pipeline.errors import RawFileError
from pipeline.ingest.plain_text import REFETCH_CUT, line_at, refuse_byte
from pipeline.ingest.text import decode

START = b"{\\rtf"
# Behind the last brace stand ends of lines, and in both documents of FY1999 a NUL.
BEHIND = b"\0\r\n "
# The indentation goes into the text between two control characters, which no document that is read has.
INDENT, MARKED = re.compile(r"\\li(-?\d+)(?![\w-])"), r"\g<0>{\\'02\1\\'03}"
MARK = re.compile("\x02(-?\\d+)\x03")
OPENING, CLOSING = ord("{"), ord("}")


def read_rtf_lines(where: str, raw: bytes) -> list[tuple[int, str]]:
    """The lines of an RTF document, one for each paragraph, each with its indentation in twentieths of a point.

    Raises RawFileError for what is no RTF, whose braces do not balance, that does not end with the brace which closes
    it, or that holds a control character.
    """
    if not raw.lstrip().startswith(START):
        raise RawFileError(where, "an RTF document", repr(raw[:20]), "fetch the file again")
    document = raw.rstrip(BEHIND)
    _require_balance(where, document)
    marked = INDENT.sub(MARKED, decode(where, document, ("ascii", "cp1252"), final_newline=False))
    lines, indent = [], 0
    for line in rtf_to_text(marked, encoding="cp1252").split("\n"):
        marks = MARK.findall(line)
        indent = int(marks[-1]) if marks else indent
        lines.append((indent, MARK.sub("", line)))
    return lines


def read_rtf_text(where: str, raw: bytes) -> str:
    """The text of an RTF document, a line for each paragraph. Raises RawFileError as `read_rtf_lines` does."""
    return "\n".join(line for _, line in read_rtf_lines(where, raw))


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
