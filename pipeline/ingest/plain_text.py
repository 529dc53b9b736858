"""What every text file of a publisher keeps: lines that are ended, also the last, and nothing but characters in them.

All files that were looked at do, but for one without a final newline: see `causes_113`. Of files that were not (CPT,
WHO, ucod.txt) no final newline is asked. RTF and XML have their own laws.
"""

import re
from typing import NoReturn

import numpy as np

from pipeline.errors import RawFileError

REFETCH_CUT = "fetch the file again: it was cut short or changed on its way"
NEW_ENCODING = "fetch the file again; if the publisher changed its encoding, the reader must learn it"
# In UTF-8: C1 controls, separators of lines and paragraphs, a byte order mark inside, the mark of a lost character.
NOT_TEXT = re.compile(rb"\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\xef\xbb\xbf|\xef\xbf\xbd")
LONE_RETURN = re.compile(rb"\r(?!\n)")
IN_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def require_plain_text(where: str, raw: bytes, *, tabs: bool = True, final_newline: bool = True) -> None:
    """Raises RawFileError with the line of the first control character or lone carriage return, or of a last line that
    no newline ends. The text is in ASCII or UTF-8, without a byte order mark; an empty one is no concern of this check.

    `tabs` says whether there may be tabs, `final_newline` whether the file must end with a newline.
    """
    _refuse_controls(where, raw, b"\t\n\r" if tabs else b"\n\r")
    if not raw.isascii() and (found := NOT_TEXT.search(raw)):
        refuse_byte(where, raw, found.start(), "characters of a text", "fetch the file again")
    if raw.count(b"\r") != raw.count(b"\r\n") and (found := LONE_RETURN.search(raw)):
        refuse_byte(where, raw, found.start(), "a line feed behind a carriage return", "fetch the file again")
    if final_newline and raw.strip() and not raw.endswith(b"\n"):
        line = raw[raw.rfind(b"\n") + 1 :][:100]
        place = f"{where}, line {line_at(raw, len(raw))}"
        raise RawFileError(place, "a newline at the end of the last line", repr(line.decode("latin-1")), REFETCH_CUT)


def require_one_encoding(where: str, raw: bytes) -> None:
    """Raises RawFileError with the line of the first character in UTF-8, in a file that is not in UTF-8 as a whole."""
    if found := IN_UTF8.search(raw):
        refuse_byte(where, raw, found.start(), "text in one encoding, and no line in UTF-8 among others", NEW_ENCODING)


def line_at(raw: bytes, at: int) -> int:
    """The number of the line that a byte stands in."""
    return raw.count(b"\n", 0, at) + 1


def refuse_byte(where: str, raw: bytes, at: int, expected: str, next_step: str = NEW_ENCODING) -> NoReturn:
    """Raises RawFileError for the byte at a place, with its line."""
    raise RawFileError(
        f"{where}, line {line_at(raw, at)}",
        expected=expected,
        found=f"byte {raw[at]:02X}" + (" (a UTF-16 file?)" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ""),
        next_step=next_step,
    )


def _refuse_controls(where: str, raw: bytes, allowed: bytes) -> None:
    codes = np.frombuffer(raw, np.uint8)
    known = sum(raw.count(bytes([each])) for each in allowed)
    if int(np.count_nonzero(codes < ord(" "))) != known or b"\x7f" in raw:
        is_control = ((codes < ord(" ")) & ~np.isin(codes, list(allowed))) | (codes == 0x7F)
        refuse_byte(where, raw, int(np.argmax(is_control)), "text without control characters", "fetch the file again")
