"""What stands in a code list, taken apart: marks of exclusion, codes, prefixes and ranges, as people write them.

A prefix is written `E11%`, `E11*`, `E11.x`, `250.xx`, or `E11.-` as ICD-10-CM itself writes it; an x before other
characters, `250.x0`, stands for any one. A range is written with a hyphen or a dash, or with to, through or thru.
"""

import re
from typing import Final

from pipeline.ask.code_text import BEHIND_HASH, BETWEEN_CODES, BLANK_BEFORE_DOT, INVISIBLE, TRAILING, require_text
from pipeline.ask.codelist.code_list import ANY_CHARACTER, EXCLUDE, INCLUDE, KIND_CODE, KIND_PREFIX, KIND_RANGE
from pipeline.ask.written_codes import WITH_MODIFIERS

DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
RANGE_WORDS = re.compile(r"(?<=[\w%*])\s+(?:to|through|thru)\s+(?=[\w.]*\d)", re.IGNORECASE)
BLANKS_AT_HYPHEN = re.compile(r"(?<=[\w%*])[ \t\xa0]*-[ \t\xa0]*(?=[\w.]*\d)")
BLANKS_BEHIND_MARK = re.compile(r"!\s+")
JOINING_WORDS: Final = frozenset({"and", "or"})
# No code has three letters or more and no digit, some of ICD-10-PCS aside: GZB, DBY, DHYBFZZ.
WORD = re.compile(r"(?!(?:GZ[A-Z]|D[A-Z]Y|X[A-Z]{2})(?:[A-Z]{4})?$)[A-Za-z]{3,}")
OPEN_END = re.compile(r"(?:[%*]|\.?-|\.[xX]+)$")
SMALL_X_END = re.compile(r"(?<=[0-9A-Z])x+$")
INNER_X = re.compile(r"(?<=[0-9.])x+(?=[0-9]+$)")
LENGTH_OF_PROCEDURES: Final = 7  # of ICD-10-PCS, where a last X is a value like any other
Pattern = tuple[str, str, str]  # kind, first, last


def split_line(line: str) -> tuple[list[str], str]:
    """What stands in a line of a list, and the words before and behind it: a code may be followed by what it means,
    and what is behind the first word of that is no code (T31.10 burns involving 10-19% of body surface).

    >>> split_line("250.00, 250.02 - 250.9; K50 to K52  # a comment")
    (['250.00', '250.02-250.9', 'K50-K52'], '')
    >>> split_line("! E11.9 Type 2 diabetes mellitus")
    (['!E11.9'], 'Type 2 diabetes mellitus')
    >>> split_line("COPD: 491.x")
    (['491.x'], 'COPD:')
    """
    plain = DASHES.sub("-", BEHIND_HASH.sub("", require_text(line).translate(INVISIBLE)))
    plain = BLANKS_BEHIND_MARK.sub("!", BLANK_BEFORE_DOT.sub(".", plain))
    plain = BLANKS_AT_HYPHEN.sub("-", RANGE_WORDS.sub("-", plain))
    tokens = [each for each in BETWEEN_CODES.split(plain) if any(map(str.isalnum, each))]
    tokens = [each for each in tokens if each.lower() not in JOINING_WORDS]
    is_word = [WORD.fullmatch(each.strip(":.!-?/")) is not None for each in tokens]
    start = next((at for at, each in enumerate(is_word) if not each), len(tokens))
    end = next((at for at in range(start, len(tokens)) if is_word[at]), len(tokens))
    return [each.rstrip(TRAILING) for each in tokens[start:end]], " ".join(tokens[:start] + tokens[end:])


def read_role(token: str) -> tuple[str, str]:
    """Whether a thing is taken in or out, and the thing without its mark.

    >>> read_role("!250.7"), read_role("250.7")
    (('exclude', '250.7'), ('include', '250.7'))
    """
    return (EXCLUDE, token.lstrip("!")) if token.startswith("!") else (INCLUDE, token)


def read_pattern(token: str) -> Pattern:
    """Its kind and what it names, in capitals: the code; what codes begin with; the ends of the range.

    >>> [read_pattern(each) for each in ("e11.9", "E11.x", "250.x0", "E11.-", "V10-19", "0DBJ4ZX")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('code', 'E11.9', ''), ('prefix', 'E11', ''), ('prefix', '250._0', ''), ('prefix', 'E11', ''),
     ('range', 'V10', 'V19'), ('code', '0DBJ4ZX', '')]
    """
    ends = token.split("-")
    if len(ends) == 2 and all(ends) and not WITH_MODIFIERS.fullmatch(token.upper()):
        first, last = (_without_open_end(each).upper() for each in ends)
        return KIND_RANGE, first, _whole_end(first, last)
    stem = _without_open_end(token)
    is_open = stem != token
    masked = (
        INNER_X.sub(lambda found: ANY_CHARACTER * len(found[0]), stem) if len(stem) < LENGTH_OF_PROCEDURES else stem
    )
    if is_open or masked != stem:
        return KIND_PREFIX, masked.upper(), ""
    return KIND_CODE, token.upper(), ""


def _without_open_end(token: str) -> str:
    """What a code begins with, without what says that it goes on; itself where nothing says so."""
    stem = OPEN_END.sub("", token)
    if stem != token:
        return _without_open_end(stem) if stem else token
    has_one_case = token.upper() == token[: len(token.rstrip("x"))] + "X" * (len(token) - len(token.rstrip("x")))
    is_procedure = len(token) == LENGTH_OF_PROCEDURES and "." not in token
    return SMALL_X_END.sub("", token).rstrip(".") if has_one_case and not is_procedure else token


def _whole_end(first: str, last: str) -> str:
    """The end of a range in full, where only what differs is written: I20-25, E11.0-9; itself where it is whole."""
    lacking = len(first) - len(last)
    is_short = first[:1].isalpha() and last[:1].isdigit() and lacking > 0
    return first[:lacking] + last if is_short else last
