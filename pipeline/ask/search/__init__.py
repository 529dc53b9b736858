"""Codes by words: titles now and before, inclusion terms, notes, product names; what an ended code is today."""

from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Final

from pipeline.ask.build import Build, Row
from pipeline.ask.build_files import parquet_path
from pipeline.ask.known_days import read_known_days
from pipeline.ask.resolve_codes import INVALID, NOT_KNOWN
from pipeline.ask.search.found_codes import FoundCode, SearchAnswer
from pipeline.ask.search.text_index import TextIndex
from pipeline.ask.search.today import find_today
from pipeline.ask.search.wording import Segment, as_meant, as_parts, as_written, read_wording
from pipeline.errors import UsageError

CANDIDATES: Final = 400  # texts that are looked at for each way to read the words
DROPPED_AT_MOST: Final = 2  # words that a text may lack where none has all
FURTHER_MEANING: Final = 2  # words by which a text may be longer that has an earlier meaning of a name
AS_MEANT, AS_WRITTEN, IN_PARTS, RELAXED = range(4)
FOUND_COLUMNS: Final = (
    "system", "code", "code_dotted", "kind", "billable", "valid_from", "valid_to", "short_description", "description",
)  # fmt: skip


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

    First come texts with all words as common names mean them, then as they are written, then with words that start so,
    last texts that lack a word. Among these codes that are valid (on the day, where one is named) come before others,
    short texts before long ones. Raises UsageError where no word is given, or there is no such system.
    """
    if not any(each.isalnum() for each in asked):
        raise UsageError("no word was given\n  next:     for example `crosswalk search heart attack`")
    named = build.system_called(system) if system else None
    with TextIndex(build.folder) as index:
        wording = read_wording(index, asked)
        hits = _find_hits(index, wording.segments, named, limit)
        kinds, found_in = index.kinds
        rows = _rows_at(build, [each.number for each in hits])
        through = {each: known.known_through for each, known in read_known_days(build).items()} if on else {}
        found = [
            (hit, _as_code(row, kinds[found_in[hit.text - 1]], hit, (on, through.get(row["system"]))))
            for hit, row in zip(hits, rows, strict=True)
        ]
    codes = [code for _, code in sorted(found, key=lambda each: _rank(*each))][:limit]
    return SearchAnswer(asked, find_today(build, codes), wording.corrected)


def _rank(hit: Hit, code: FoundCode) -> tuple[Any, ...]:
    return not code.has_all_words, code.status not in {"valid", "heading"}, hit


def _rows_at(build: Build, numbers: list[int]) -> list[Row]:
    """The rows of `codes` by their numbers in its file, in the order of the numbers."""
    path = str(build.folder / parquet_path("codes")).replace("'", "''")
    wanted = ",".join(map(str, numbers)) or "-1"
    question = f"select file_row_number, {', '.join(FOUND_COLUMNS)} from '{path}' where file_row_number in ({wanted})"
    found = {row.pop("file_row_number"): row for row in build.rows(question)}
    return [found[each] for each in numbers]


def _as_code(row: Row, found_in: str, hit: Hit, asked: tuple[date | None, date | None]) -> FoundCode:
    short, long = row.pop("short_description"), row.pop("description")
    status, has_all_words = _status(row, *asked), hit.reading < RELAXED
    return FoundCode(**row, title=long or short or "", found_in=found_in, status=status, has_all_words=has_all_words)


def _status(row: Row, on: date | None, known_through: date | None) -> str:
    usable, ends = "valid" if row["billable"] else "heading", row["valid_to"]
    if on is None:
        return "ended" if ends else usable
    if row["valid_from"] > on or (ends and on > ends):
        return INVALID
    return usable if known_through and on <= known_through else NOT_KNOWN


def _find_hits(index: TextIndex, segments: tuple[Segment, ...], system: str | None, limit: int) -> list[Hit]:
    """The best text of each code, the best codes first, and no more than are worth a look."""
    best: dict[int, Hit] = {}

    def take(reading: int, expression: str, further: int = 0) -> None:
        if not expression:
            return
        wanted = f'{expression} AND "{system.lower()}"' if system else expression
        for text in index.matching(wanted, CANDIDATES):
            number = index.numbers[text - 1]
            hit = Hit(reading, index.costs[text - 1] + further * FURTHER_MEANING, text, number)
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
    return sorted(best.values())


def _fewer(segments: tuple[Segment, ...], asked: int) -> list[tuple[int, tuple[Segment, ...]]]:
    """The segments with some left out, the most frequent words first; how many of those asked are left out."""
    found = []
    for size in range(len(segments), max(len(segments) - DROPPED_AT_MOST, 1) - 1, -1):
        sets = sorted(combinations(segments, size), key=lambda kept: sum(each.frequency for each in kept))
        found += [(asked - size, kept) for kept in sets if kept and size < asked]
    return found
