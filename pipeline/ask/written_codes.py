"""Codes as people write them: with or without separators, in capitals or not, with blanks in between.

What separates the parts of a code is read from the pictures of the build's systems (`systems.written_as`): whatever in
them is no letter and no digit.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.ask.build import Build
from pipeline.ask.code_text import require_text


@dataclass(frozen=True)
class WrittenCode:
    """A code as it was asked; written in capitals and without blanks; and bare, without its separators as well."""

    asked: str
    written: str
    bare: str

    def fits(self, code_dotted: str) -> bool:
        """Whether a code may be meant that is properly written like this: separators, where there are any, tell.

        80.20 is a procedure, 802.0 a diagnosis, 8020 may be either.
        """
        return self.written in {self.bare, code_dotted}


def find_separators(pictures: Iterable[str]) -> str:
    """The characters that separate the parts of codes in some pictures, in order.

    >>> find_separators(["XXX.XXXX", "XXXXX-XXXX-XX", "XXXXX"])
    '-.'
    """
    return "".join(sorted({each for picture in pictures for each in picture if not each.isalnum()}))


def read_written_codes(build: Build, texts: list[str]) -> list[WrittenCode]:
    """What was written, code by code. Raises UsageError for bytes that are no text."""
    separators = find_separators(picture for each in build.systems.values() for picture in each.written_as)
    away = str.maketrans("", "", separators)
    written = ["".join(require_text(each).split()).upper() for each in texts]
    return [WrittenCode(text, each, each.translate(away)) for text, each in zip(texts, written, strict=True)]
