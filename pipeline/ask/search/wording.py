"""What the words of a search may mean: everyday names, words that mean the same, parts of words, slips of a letter."""

import re
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Final

from pipeline.ask.search.everyday_names import (
    WORDS_OF_LONGEST_NAME,
    Words,
    everyday_names,
    in_singular,
    same_words,
    weighty_words,
    words_of_names,
)
from pipeline.ask.search.text_index import TextIndex
from pipeline.errors import UsageError

SHORTEST_PART: Final = 3  # letters: `app` is a part of a word, `ap` is not
SHORTEST_WITH_SLIP, SHORTEST_WITH_TWO = 4, 8  # letters of a word that may have one wrong letter, or two
LONGEST_WITH_SLIP: Final = 40  # letters: the longest word of the lists has 31, and a slip is looked for at each letter
WORDS_AT_MOST: Final = 30  # words that differ: a text that lacks two of them is looked for in 435 ways
WORDS_OF_PART: Final = 40
# How the lists, which are American, spell what is British: fibre is no slip of fire.
AMERICAN: Final = (
    ("[ao]e", "e"),
    ("our", "or"),
    ("([bt])re(s?)$", r"\1er\2"),
    ("sulph", "sulf"),
    ("leuc", "leuk"),
    ("is(ation|ed?$)", r"iz\1"),
)
SHORTEST_BRITISH: Final = 5  # letters
SPELLINGS_TRIED: Final = 3


@dataclass(frozen=True)
class Segment:
    """A stretch of the words that were asked: the words as they are written, and what they mean as an everyday name.

    `spellings` are the words that a single word may have been meant as, itself where it is one; `is_known` says that
    titles have it, or that it is a name.
    """

    words: Words
    meanings: tuple[Words, ...] = ()
    spellings: tuple[str, ...] = ()
    frequency: int = 0
    is_known: bool = True


@dataclass(frozen=True)
class Wording:
    """The words of a search, read: its segments, and the words that were taken for others."""

    segments: tuple[Segment, ...]
    corrected: dict[str, str]


def read_wording(index: TextIndex, asked: str) -> Wording:
    """What was asked, in segments: the longest everyday names first, then single words.

    A word that no text has and that begins none is taken for the words that differ by a letter (one left out, one too
    many, another in its place, two exchanged), a long one by two. A word that is repeated counts once.
    Raises UsageError for more than WORDS_AT_MOST words.
    """
    written = [*dict.fromkeys(weighty_words(asked))]
    if len(written) > WORDS_AT_MOST:
        raise UsageError(
            f"{len(written)} words were given\n  expected: at most {WORDS_AT_MOST} that differ\n"
            "  next:     name those that tell most; codes are for `crosswalk lookup`"
        )
    spelt = {word: _spellings(index, word) for word in dict.fromkeys(written)}
    words = [part for word in written for part in (spelt[word][:1] or (word,))[0].split()]
    corrected = {word: found[0] for word, found in spelt.items() if found and found[0] != word}
    alternatives = {found[0]: found for found in spelt.values() if found}
    frequency = index.frequency([*dict.fromkeys(words)]) if words else {}
    segments = []
    while words:
        length = next(
            (n for n in range(min(WORDS_OF_LONGEST_NAME, len(words)), 0, -1) if _name(words[:n]) in everyday_names()), 0
        )
        own, words = tuple(words[: length or 1]), words[length or 1 :]
        meanings = tuple(everyday_names()[_name(list(own))]) if length else ()
        found = alternatives.get(own[0], own) if len(own) == 1 else own
        count = min(frequency.get(word, 0) for word in own)
        segments.append(Segment(own, meanings, tuple(found), count, bool(length or count)))
    return Wording(tuple(segments), corrected)


def _name(words: list[str]) -> Words:
    return in_singular(words)


def _spellings(index: TextIndex, word: str) -> tuple[str, ...]:
    """The words that one may have been meant as, the likeliest first: itself where a text has it, it begins words
    that are not rarer than what it may be a slip of, or it is one of a name; none where nothing is like it."""
    if index.frequency([word]) or in_singular([word])[0] in words_of_names() or word in words_of_names():
        return (word,)
    if index.matching(f'"{word}"', 1):
        return (word,)
    begun = index.frequency(index.starting_with(word, WORDS_OF_PART)) if len(word) >= SHORTEST_PART else {}
    if not SHORTEST_WITH_SLIP <= len(word) <= LONGEST_WITH_SLIP or not word.isalpha():
        return (word,) if begun else ()
    if (american := _american(word)) != word and index.frequency([american]):
        return (american,)
    near = index.frequency([*_one_slip(word)])
    if begun and sum(begun.values()) >= max(near.values(), default=0):
        return (word,)
    return _likeliest(word, near) or _split(index, word) or _likeliest(word, _two_slips(index, word))


def _american(word: str) -> str:
    """A word as Americans spell it, where it is British.

    >>> [_american(word) for word in ("fibre", "sulphonamide", "haemorrhage", "tumours", "heart")]
    ['fiber', 'sulfonamide', 'hemorrhage', 'tumors', 'heart']
    """
    for british, american in AMERICAN if len(word) >= SHORTEST_BRITISH else ():
        word = re.sub(british, american, word)
    return word


def _likeliest(word: str, found: dict[str, int]) -> tuple[str, ...]:
    """The words that were found, those with the same first letter and in most texts first."""
    ordered = sorted(found, key=lambda each: (each[0] != word[0], -found[each], each))
    return tuple(ordered[:SPELLINGS_TRIED])


def _one_slip(word: str) -> set[str]:
    """Every word that differs by a letter: left out, too many, another, or exchanged with its neighbour."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    too_many = {one + other[1:] for one, other in halves if other}
    exchanged = {one + other[1] + other[0] + other[2:] for one, other in halves if len(other) > 1}
    another = {one + letter + other[1:] for one, other in halves if other for letter in ascii_lowercase}
    left_out = {one + letter + other for one, other in halves for letter in ascii_lowercase}
    return (too_many | exchanged | another | left_out) - {word, ""}


def _split(index: TextIndex, word: str) -> tuple[str, ...]:
    """Two words that were written as one."""
    pairs = [(word[:at], word[at:]) for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)]
    known = index.frequency([part for pair in pairs for part in pair]) if pairs else {}
    both = [
        (min(known[one], known[other]), f"{one} {other}") for one, other in pairs if one in known and other in known
    ]
    return (max(both)[1],) if both else ()


def _two_slips(index: TextIndex, word: str) -> dict[str, int]:
    """The words that differ by two letters and start with the same, of a long word."""
    if len(word) < SHORTEST_WITH_TWO:
        return {}
    near = index.of_length(len(word) - 2, len(word) + 2, word[0])
    return {each: count for each, count in near if _distance(word, each) <= 2}


def _distance(one: str, other: str) -> int:
    """How many letters are left out, too many, or others (Levenshtein); more than two count as three."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, another in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != another))
        if min(row) > 2:
            return 3
    return row[-1]


def as_meant(segments: tuple[Segment, ...]) -> list[str]:
    """The expressions for texts with the words that names mean, and with all other words or those that mean the same:
    one with the first meaning of every name, one with the second where it has one, and so on."""
    most = max((len(one.meanings) for one in segments), default=0)
    return [_all_of([_meaning(one, at) or _as_words(one) for one in segments]) for at in range(most)]


def _meaning(one: Segment, at: int) -> str:
    """The meaning of that number, or the last."""
    return _all_of(list(one.meanings[min(at, len(one.meanings) - 1)])) if one.meanings else ""


def as_written(segments: tuple[Segment, ...]) -> str:
    """The expression for texts with the words as they are written, or words that mean the same."""
    return _all_of([_as_words(each) for each in segments])


def as_parts(index: TextIndex, segments: tuple[Segment, ...]) -> str:
    """The expression for texts with words that start with those that are written."""
    return as_written(tuple(replace(each, spellings=_longer(index, each)) for each in segments))


def _longer(index: TextIndex, one: Segment) -> tuple[str, ...]:
    if len(one.words) != 1 or len(one.words[0]) < SHORTEST_PART:
        return one.spellings
    return tuple(dict.fromkeys([*one.spellings, *index.starting_with(one.words[0], WORDS_OF_PART)]))


def _as_words(one: Segment) -> str:
    if len(one.words) > 1:
        return _all_of([_as_words(Segment((word,), (), (word,))) for word in one.words])
    others = [_all_of(list(words)) for words in same_words().get(one.words[0], ())]
    return _any_of([*map(_all_of, ([each] for each in one.spellings)), *others])


def _all_of(parts: list[str]) -> str:
    return _joined(parts, " AND ")


def _any_of(parts: list[str]) -> str:
    return _joined(parts, " OR ")


def _joined(parts: list[str], by: str) -> str:
    """Words need quotes: OR and NOT are words of the language of expressions."""
    quoted = [each if each[0] in '("' else " AND ".join(f'"{word}"' for word in each.split()) for each in parts if each]
    return f"({by.join(quoted)})" if quoted else ""
