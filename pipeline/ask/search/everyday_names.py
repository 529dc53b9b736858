"""Everyday names, abbreviations and eponyms, and words that mean the same: two files of data, each row with its source.

`everyday_names.csv` has what clinicians and patients say for what titles call otherwise: `means` is words of titles,
with | between alternatives, the likeliest first. `same_words.csv` has single words that stand for one another. `source`
says from where a row is known: clinical (usage of clinicians), coding (usage of coders), lay (usage of patients),
eponym (named for a person). All are general knowledge of the field; none is taken from a licensed work.
"""

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
LIGHT: Final = frozenset(
    ["a", "an", "and", "at", "by", "due", "for", "from", "in", "is", "my", "of", "on", "or", "the", "to", "with"]
)
WORDS_OF_LONGEST_NAME: Final = 5  # words
Words = tuple[str, ...]


def plain_words(text: str) -> list[str]:
    """The words of a text in small letters, without accents and apostrophes.

    >>> plain_words("Ménière's disease, c-section")
    ['menieres', 'disease', 'c', 'section']
    """
    bare = re.sub("['\u2019]", "", text.lower())
    if not bare.isascii():  # the 1,600 names are read at each start, and hardly any has an accent: 20 ms
        bare = "".join(each for each in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(each))
    return re.findall("[a-z0-9]+", bare)


def weighty_words(text: str) -> list[str]:
    """The words of a text without those that say little; all of them where nothing else would be left.

    >>> weighty_words("a blood clot in the leg")
    ['blood', 'clot', 'leg']
    """
    words = plain_words(text)
    return [each for each in words if each not in LIGHT] or words


@cache
def everyday_names() -> dict[Words, list[Words]]:
    """What each name may mean, by its words in the singular; each meaning is words of titles."""
    with (FOLDER / "everyday_names.csv").open(encoding="utf-8", newline="") as file:
        return {
            in_singular(weighty_words(row["name"])): [
                tuple(weighty_words(meaning)) for meaning in row["means"].split("|")
            ]
            for row in csv.DictReader(file)
        }


@cache
def same_words() -> dict[str, list[Words]]:
    """The words that each word may stand for."""
    with (FOLDER / "same_words.csv").open(encoding="utf-8", newline="") as file:
        return {row["word"]: [tuple(each.split()) for each in row["means"].split("|")] for row in csv.DictReader(file)}


@cache
def words_of_names() -> frozenset[str]:
    """Every word that stands in a name or has another for it."""
    return frozenset({*same_words(), *(word for name in everyday_names() for word in name)})


def in_singular(words: list[str]) -> Words:
    """Words without the s of a plural, or of a possessive; short words stay, and those in -ss, -us and -is.

    >>> in_singular(["crohns", "stones", "sinus", "gas"])
    ('crohn', 'stone', 'sinus', 'gas')
    """
    return tuple(re.sub(r"(?<=[a-z]{3})(?<![sui])s$", "", each) for each in words)
