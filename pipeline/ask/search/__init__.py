"""Codes by words: titles now and before, inclusion terms, notes, product names; what an ended code is today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Final

from pipeline.ask.build import Build, Row
from pipeline.ask.build_files import damaged
from pipeline.ask.resolve_codes import HEADING, NOT_KNOWN
from pipeline.ask.search.days_of_found import VALID, numbers_on, path_of_codes, statuses_on
from pipeline.ask.search.everyday_names import plain_words
from pipeline.ask.search.found_codes import FoundCode, SearchAnswer
from pipeline.ask.search.text_index import INDEX_FILE, TextIndex
from pipeline.ask.search.today import find_today
from pipeline.ask.search.wording import Segment, as_meant, as_parts, as_written, read_wording
from pipeline.ask.written_codes import read_written_codes
from pipeline.errors import UsageError

CANDIDATES: Final = 400  # texts that are looked at for each way to read the words
ALL: Final = -1  # no limit, to SQLite
DROPPED_AT_MOST: Final = 2  # words that a text may lack where none has all
FURTHER_MEANING: Final = 2  # words by which a text may be longer that has an earlier meaning of a name
WORD_FOR_WORD, AS_MEANT, AS_WRITTEN, IN_PARTS, RELAXED = range(5)
FOUND_COLUMNS: Final = (
    "system", "code", "code_dotted", "kind", "billable", "valid_from", "valid_to", "short_description", "description",
)  # fmt: skip
WRITTEN_SO: Final = f"""
    select {", ".join(FOUND_COLUMNS)} from codes where code = $code and coalesce(system = $system, true)
    order by valid_to is not null, kind = 'cause_of_death', system
"""


@dataclass(frozen=True, order=True)
class Hit:
    """A text that fits: how the words were read, how plain it is, its row id, and the number of its code's row."""

    reading: int
    cost: int
    text: int
    number: int


def search_codes(
    build: Build, asked: str, system: str | None = None, on: date | None = None, limit: int = 10
) -> SearchAnswer:
    """The codes under whose titles (of any day), inclusion terms, notes and product names the words stand.

    What is written as a code finds the codes that are written so, before texts that name it. Else first come texts of
    those words and no others, then those with all words as common names mean them, then as they are written, then with
    words that start so, last texts that lack a word. Among these codes that are valid (on the day, where one is named)
    come before others, those of which it is not known before those that are not, short texts before long ones.
    Raises UsageError where no word is given, or more than a search takes, or there is no such system.
    """
    if not any(each.isalnum() for each in asked):
        raise UsageError("no word was given\n  next:     for example `crosswalk search heart attack`")
    named = build.system_called(system) if system else None
    with TextIndex(build.folder) as index:
        wording = read_wording(index, asked)
        hits = _find_hits(index, wording.segments, named, limit, numbers_on(build, on) if on else None)
        kinds, found_in = index.kinds
        rows = _rows_at(build, [each.number for each in hits])
        told = [kinds[found_in[hit.text - 1]] for hit in hits]
    written_so = _rows_written_so(build, asked, named)
    statuses = statuses_on(build, [*written_so, *rows], on) if on else {}
    found = [
        (hit, _as_code(row, kind, statuses, hit.reading < RELAXED))
        for hit, row, kind in zip(hits, rows, told, strict=True)
    ]
    by_words = [code for _, code in sorted(found, key=lambda each: _rank(*each))]
    if not written_so:
        return SearchAnswer(asked, find_today(build, by_words[:limit]), wording.corrected)
    own = [_as_code(row, "code", statuses) for row in written_so]
    return SearchAnswer(asked, find_today(build, (own + _which_name_it(asked, by_words, own))[:limit]), {})


def _which_name_it(asked: str, found: list[FoundCode], own: list[FoundCode]) -> list[FoundCode]:
    """The other codes under whose texts a code stands that is written as one word: the parts of E11.9 are no words."""
    is_word = len(plain_words(asked)) == 1
    others = {(each.system, each.code) for each in own}
    return [each for each in found if is_word and each.has_all_words and (each.system, each.code) not in others]


def _rank(hit: Hit, code: FoundCode) -> tuple[Any, ...]:
    return not code.has_all_words, code.status not in {VALID, HEADING}, code.status != NOT_KNOWN, hit


def _rows_at(build: Build, numbers: list[int]) -> list[Row]:
    """The rows of `codes` by their numbers in its file, in the order of the numbers.

    Raises UnreadableBuild where there is no such row: the index is that of another build.
    """
    wanted = ",".join(map(str, numbers)) or "-1"
    question = (
        f"select file_row_number, {', '.join(FOUND_COLUMNS)} from '{path_of_codes(build)}'"
        f" where file_row_number in ({wanted})"
    )
    found = {row.pop("file_row_number"): row for row in build.rows(question)}
    if len(found) < len(numbers):
        raise damaged(build.folder / INDEX_FILE, "it is that of another build")
    return [found[each] for each in numbers]


def _rows_written_so(build: Build, asked: str, system: str | None) -> list[Row]:
    """The rows of the codes that are written as what was asked, of any system or one; none where it has no digit."""
    if not any(each.isdigit() for each in asked) or len(asked.split()) > 1:
        return []
    (form,) = read_written_codes(build, [asked.strip()])
    rows = build.rows(WRITTEN_SO, code=form.bare, system=system)
    return [row for row in rows if form.fits(row["code_dotted"])]


def _as_code(row: Row, found_in: str, statuses: dict[tuple[str, str], str], has_all_words: bool = True) -> FoundCode:
    """A row of `codes` as a code that is found; its status is that of the day asked, where one was."""
    short, long = row.pop("short_description"), row.pop("description")
    newest = "ended" if row["valid_to"] else VALID if row["billable"] else HEADING
    status = statuses.get((row["system"], row["code"]), newest)
    return FoundCode(**row, title=long or short or "", found_in=found_in, status=status, has_all_words=has_all_words)


def _find_hits(
    index: TextIndex, segments: tuple[Segment, ...], system: str | None, limit: int, first: frozenset[int] | None
) -> list[Hit]:
    """The best text of each code, the best codes first, and no more than are worth a look.

    Texts are in the order of today: where other codes come `first`, by number, all texts are looked at.
    """
    best: dict[int, Hit] = {}
    words = sum(len(each.words) for each in segments)

    def take(reading: int, expression: str, further: int = 0) -> None:
        """Keeps of the texts that fit an expression the best for each code."""
        if not expression:
            return
        wanted = f'{expression} AND "{system.lower()}"' if system else expression
        for text in index.matching(wanted, CANDIDATES if first is None else ALL):
            number = index.numbers[text - 1]
            cost = index.costs[text - 1]
            is_whole = reading == AS_WRITTEN and cost - index.further(text) == words
            hit = Hit(WORD_FOR_WORD if is_whole else reading, cost + further * FURTHER_MEANING, text, number)
            best[number] = min(hit, best.get(number, hit))

    usable = tuple(each for each in segments if each.spellings)
    if len(usable) == len(segments):
        for further, expression in enumerate(as_meant(segments)):
            take(AS_MEANT, expression, further)
        take(AS_WRITTEN, as_written(segments))
        if len(best) < limit:
            take(IN_PARTS, as_parts(index, segments))
    for dropped, kept in _fewer(usable, len(segments)):
        if len(best) >= limit:
            break
        for further, expression in enumerate(as_meant(kept)):
            take(RELAXED + dropped, expression, further)
        take(RELAXED + dropped, as_written(kept))
    return sorted(best.values()) if first is None else _best_of(best.values(), first)


def _best_of(hits: Iterable[Hit], first: frozenset[int]) -> list[Hit]:
    """As many hits as are looked at of one way to read the words, those of some codes first."""
    return sorted(hits, key=lambda hit: (hit.reading >= RELAXED, hit.number not in first, hit))[:CANDIDATES]


def _fewer(segments: tuple[Segment, ...], asked: int) -> list[tuple[int, tuple[Segment, ...]]]:
    """The segments with some left out, the most frequent words first; how many of those asked are left out."""
    found = []
    for size in range(len(segments), max(len(segments) - DROPPED_AT_MOST, 1) - 1, -1):
        sets = sorted(combinations(segments, size), key=lambda kept: sum(each.frequency for each in kept))
        found += [(asked - size, kept) for kept in sets if kept and size < asked]
    return found
