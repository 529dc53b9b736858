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
LEADS = (b"\xc2", b"\xe2\x80", b"\xef")  # what these start with, which is found sooner than they are
TAB, FEED, RETURN = b"\t\n\r"
DELETE = b"\x7f"
BLOCK = 1 << 18  # bytes
# Of a character in UTF-8: the least byte that it starts with, and what marks the bytes behind it.
FIRST_LEAD, CONTINUES, CONTINUATION = 0xC2, 0xC0, 0x80
IN_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def require_plain_text(where: str, raw: bytes, *, tabs: bool = True, final_newline: bool = True) -> None:
    """Raises RawFileError with the line of the first control character or lone carriage return, or of a last line that
    no newline ends. The text is in ASCII or UTF-8, without a byte order mark; an empty one is no concern of this check.

    `tabs` says whether there may be tabs, `final_newline` whether the file must end with a newline.
    """
    _refuse_controls(where, raw, tabs)
    if not raw.isascii() and any(lead in raw for lead in LEADS) and (found := NOT_TEXT.search(raw)):
        refuse_byte(where, raw, found.start(), "characters of a text", "fetch the file again")
    if final_newline and raw and not raw.endswith(b"\n"):
        line = raw[raw.rfind(b"\n") + 1 :][:100]
        place = f"{where}, line {line_at(raw, len(raw))}"
        raise RawFileError(place, "a newline at the end of the last line", repr(line.decode("latin-1")), REFETCH_CUT)


def require_one_encoding(where: str, raw: bytes) -> None:
    """Raises RawFileError with the line of the first character in UTF-8, in a file that is not in UTF-8 as a whole."""
    codes = np.frombuffer(raw, np.uint8)
    leads = np.flatnonzero(codes[:-1] >= FIRST_LEAD)  # a few bytes of millions: the pattern is tried on them alone
    leads = leads[codes[leads + 1] & CONTINUES == CONTINUATION]
    if (at := next((at for at in leads.tolist() if IN_UTF8.match(raw, at)), None)) is not None:
        refuse_byte(where, raw, at, "text in one encoding, and no line in UTF-8 among others", NEW_ENCODING)


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


def _refuse_controls(where: str, raw: bytes, tabs: bool) -> None:
    """Block by block: what fits into the cache of a processor is looked through three times as fast."""
    codes = np.frombuffer(raw, np.uint8)
    for start in range(0, len(raw), BLOCK):
        block = codes[start : start + BLOCK + 1]  # the next byte too: it may be the line feed of the last
        is_feed, is_return = block == FEED, block == RETURN
        is_control = (block < ord(" ")) ^ is_feed ^ is_return
        if tabs:
            is_control &= block != TAB
        if is_control.any():
            _refuse_control(where, raw, start + int(np.argmax(is_control)))
        is_lone = is_return[:-1] > is_feed[1:]
        if is_lone.any():
            at = start + int(np.argmax(is_lone))
            refuse_byte(where, raw, at, "a line feed behind each carriage return", "fetch the file again")
    if raw.endswith(b"\r"):
        refuse_byte(where, raw, len(raw) - 1, "a line feed behind each carriage return", "fetch the file again")
    if (at := raw.find(DELETE)) >= 0:
        _refuse_control(where, raw, at)


def _refuse_control(where: str, raw: bytes, at: int) -> NoReturn:
    refuse_byte(where, raw, at, "text without control characters", "fetch the file again")
