"""Codes as people write them: with or without separators, in capitals or not, with blanks in between.

What separates the parts of a code is read from the pictures of the build's systems (`systems.written_as`): whatever in
them is no letter and no digit.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.claims.claim_tables import read_step, values_in
from pipeline.ask.claims.rule_tables import rule_values
from pipeline.ask.code_text import require_text
from pipeline.ask.system_rows import SystemRow

DOT: Final = "."
HYPHEN: Final = "-"
ANY_BLANK, OF_A_CODE = r"[ \t\xa0]", r"[\w.-]"
CLEANED: Final = f"""
    with claims_texts as (select unnest($texts) as text)
    select text, hyphenated, cleaned from ({read_step("written")})
"""
WITH_MODIFIERS = re.compile(r"([A-Z0-9]\d{3}[A-Z0-9])(?:-[A-Z0-9]{2}){1,4}")  # a line of a claim has up to four


@dataclass(frozen=True)
class WrittenCode:
    """A code as it was asked; cleaned, with the separators that tell something; and bare, without any. `hyphenated` has
    hyphens and slashes that tell nothing too, where it was not made from another.
    """

    asked: str
    written: str
    bare: str
    hyphenated: str = ""

    def fits(self, code_dotted: str) -> bool:
        """Whether a code may be meant that is properly written like this: separators, where there are any, tell.

        80.20 is a procedure, 802.0 a diagnosis, 8020 may be either.
        """
        return self.written in {self.bare, code_dotted}

    def without_modifiers(self) -> "WrittenCode":
        """The code of a procedure that was written with its modifiers, 99213-25; itself where there is none."""
        found = WITH_MODIFIERS.fullmatch(self.hyphenated)
        return WrittenCode(self.asked, found[1], found[1]) if found else self


def find_separators(pictures: Iterable[str]) -> str:
    """The characters that separate the parts of codes in some pictures, in order.

    >>> find_separators(["XXX.XXXX", "XXXXX-XXXX-XX", "XXXXX"])
    '-.'
    """
    return "".join(sorted({each for picture in pictures for each in picture if not each.isalnum()}))


def is_written_like(code: WrittenCode, pictures: list[str]) -> bool:
    """Whether a code has its separators where the picture of codes like it has them, or none at all.

    A picture with a letter of its own is that of codes with this letter; else the first is. A code may end before it.

    >>> codes = [WrittenCode(each, each, each.replace(".", "")) for each in ("25.00", "E11.9", "E850.1", "E119")]
    >>> [is_written_like(each, ["XXX.XX", "EXXX.X"]) for each in codes]
    [False, False, True, True]
    """
    if code.written == code.bare:
        return True
    picture = next((each for each in pictures[1:] if each[0] == code.written[0]), "".join(pictures[:1]))
    same = [mine.isalnum() if its.isalnum() else mine == its for mine, its in zip(code.written, picture, strict=False)]
    return all(same) and len(code.written) <= len(picture)


def read_written_codes(build: Build, texts: list[str]) -> list[WrittenCode]:
    """What was written, code by code, cleaned as a text on a claim is. Hyphens tell the parts of codes of systems
    whose pictures have some. Raises UsageError for bytes that are no text.
    """
    asked = [require_text(each) for each in texts]
    rows = build.rows(CLEANED, **values_in(CLEANED, rule_values() | {"texts": [*dict.fromkeys(asked)]}))
    filled = [each for each in build.systems.values() if each.filled_with and each.code_pattern]
    parted = [each for each in build.systems.values() if each.code_pattern and HYPHEN in "".join(each.written_as)]
    away = str.maketrans(
        "", "", find_separators(picture for each in build.systems.values() for picture in each.written_as)
    )
    read = {}
    for row in rows:
        tells = any(re.search(each.code_pattern or "", row["cleaned"]) for each in parted)
        written = _filled(row["hyphenated"], filled) or row["hyphenated" if tells else "cleaned"]
        read[row["text"]] = WrittenCode(row["text"], written, written.translate(away), row["hyphenated"])
    return [read[each] for each in asked]


def fill_parts(written: str, picture: str, fill: str) -> str | None:
    """A code whose parts are as long as those of its picture, one that lacks a character filled in front; None where
    it is not written in such parts, or lacks more: 2025-10-01 is a date. Dots may stand in the place of its separators.

    >>> [fill_parts(each, "XXXXX-XXXX-XX", "0") for each in ("0069-1305-10", "0069.1305.10", "2025-10-01")]
    ['00069-1305-10', '00069-1305-10', None]
    """
    split = re.compile(f"([{re.escape(find_separators([picture]) + DOT)}])")
    own, pictured = split.split(written), split.split(picture)
    if len(own) != len(pictured) or own[1::2] not in (pictured[1::2], [DOT] * len(pictured[1::2])):
        return None
    parts = list(zip(own[::2], pictured[::2], strict=True))
    lacking = [len(whole) - len(part) for part, whole in parts]
    if min(lacking) < 0 or sum(lacking) > 1 or not all(part.isalnum() for part, _ in parts):
        return None
    whole = [part.rjust(len(whole), fill) for part, whole in parts]
    return "".join(each for pair in zip(whole, [*pictured[1::2], ""], strict=True) for each in pair)


def join_parts(text: str, system: SystemRow) -> str:
    """A text in which codes of a system whose parts are filled stand with blanks between these, with separators there.

    A blank separates codes: 0069 1305 10 is three of them, unless somebody says that it is one of this system.
    """
    fill = system.filled_with
    if fill is None:
        return text
    (picture,) = system.written_as
    parts = re.split(f"[{re.escape(find_separators([picture]))}]", picture)
    in_parts = ANY_BLANK.join(rf"\w{{{len(part) - 1},{len(part)}}}" for part in parts)
    return re.sub(
        rf"(?<!{OF_A_CODE}){in_parts}(?!{OF_A_CODE})",
        lambda found: fill_parts(DOT.join(found[0].split()), picture, fill) or found[0],
        text,
    )


def lacks_a_character(code: WrittenCode, system: SystemRow) -> bool:
    """Whether a code without its separators is one character short of a system that fills its parts: ten digits may be
    three different drug packages."""
    if not (system.filled_with and system.code_pattern) or code.hyphenated != code.bare:
        return False
    return re.search(system.code_pattern, system.filled_with + code.bare) is not None


def _filled(hyphenated: str, systems: list[SystemRow]) -> str | None:
    """What was written, its parts filled, where it is a code of a system whose parts are; else None."""
    for system in systems:
        for picture in system.written_as:
            whole = fill_parts(hyphenated, picture, system.filled_with or "")
            if whole and re.search(system.code_pattern or "", "".join(each for each in whole if each.isalnum())):
                return whole
    return None
