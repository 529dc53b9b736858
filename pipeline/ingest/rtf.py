"""RTF documents: their text, once they are known to be whole."""

import numpy as np
from striprtf.striprtf import rtf_to_text

from pipeline.errors import RawFileError
from pipeline.ingest.plain_text import REFETCH_CUT, line_at, refuse_byte
from pipeline.ingest.text import decode

START = b"{\\rtf"
# Behind the last brace stand ends of lines, and in both documents of FY1999 a NUL.
BEHIND = b"\0\r\n "
OPENING, CLOSING = ord("{"), ord("}")


def read_rtf_text(where: str, raw: bytes) -> str:
    """The text of an RTF document, a line for each paragraph.

    Raises RawFileError for what is no RTF, whose braces do not balance, that does not end with the brace which closes
    it, or that holds a control character.
    """
    if not raw.lstrip().startswith(START):
        raise RawFileError(where, "an RTF document", repr(raw[:20]), "fetch the file again")
    document = raw.rstrip(BEHIND)
    _require_balance(where, document)
    text: str = rtf_to_text(decode(where, document, ("ascii", "cp1252"), final_newline=False), encoding="cp1252")
    return text


def _require_balance(where: str, document: bytes) -> None:
    """Raises RawFileError unless the first brace is closed by the last byte, and not before. `\\{` is no brace."""
    # The backslash that is itself escaped escapes nothing; two other bytes in its place keep all places.
    codes = np.frombuffer(document.replace(b"\\\\", b"__"), np.uint8)
    places = np.flatnonzero((codes == OPENING) | (codes == CLOSING))
    places = places[codes[places - 1] != ord("\\")]
    depth = np.cumsum(np.where(codes[places] == OPENING, 1, -1))
    closed = np.flatnonzero(depth <= 0)
    if not len(closed):
        place = f"{where}, line {line_at(document, len(document))}"
        found = f"{depth[-1]} braces that nothing closes; the last bytes are {document[-30:]!r}"
        raise RawFileError(place, "an RTF document that ends with its brace", found, REFETCH_CUT)
    if (at := int(places[closed[0]])) != len(document) - 1:
        refuse_byte(where, document, at, "the brace that closes the document at its end only", REFETCH_CUT)
