"""What codes were before a spreadsheet or a program changed them: zeros lost or added, points, placeholders."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.ask.build import Build, Row
from pipeline.ask.claims.rules import listed_in
from pipeline.ask.codelist.code_list import KIND_CODE, ListEntry
from pipeline.ask.codelist.list_findings import ListFinding
from pipeline.ask.codelist.matched import list_question
from pipeline.ask.system_rows import SystemRow

FLOAT = re.compile(r"(\d{1,5})\.0|\d(?:\.\d+)?E\+?\d{1,2}")
LISTED: Final = "select system, code, code_dotted, billable from codes where code in (select unnest($codes))"
Spelling = tuple[str, str]  # the finding, and the bare code that would be meant


@dataclass(frozen=True)
class LostZeros:
    """What an entry would be with zeros in front: the codes; whether it is a code as it is written; and whether more of
    its neighbours are in its concept with the zeros than without."""

    meant: tuple[str, ...]
    is_listed: bool
    is_likely: bool


def find_lost_zeros(build: Build, entries: Sequence[ListEntry]) -> dict[int, LostZeros]:
    """Of the entries, by place, the numbers that are codes with zeros in front."""
    numbers = [(at, each) for at, each in enumerate(entries) if each.kind == KIND_CODE and each.first.isdigit()]
    numbers = [(at, each) for at, each in numbers if each.system]
    rows = build.rows(
        list_question("lost_zeros"),
        entry=[at for at, _ in numbers],
        concept=[each.concept for _, each in numbers],
        system=[each.system for _, each in numbers],
        code=[each.first for _, each in numbers],
    )
    found = defaultdict(list)
    for row in rows:
        if _has_its_point(entries[row["entry"]], row["meant"]):
            found[row["entry"]].append(row)
    return {
        at: LostZeros(
            tuple(row["meant"] for row in own),
            own[0]["is_listed"],
            any(row["neighbours"] > row["neighbours_as_written"] for row in own),
        )
        for at, own in found.items()
    }


def systems_without_zeros(entries: Sequence[ListEntry], lost: dict[int, LostZeros]) -> set[str]:
    """The systems of a list that lost its zeros: none of its numbers begins with one, and some are codes only so."""
    kept = {each.system for each in entries if each.kind == KIND_CODE and each.first.isdigit() and each.first[0] == "0"}
    return {entries[at].system for at, each in lost.items() if not each.is_listed} - kept


def find_misread(build: Build, entries: Sequence[ListEntry]) -> dict[int, list[ListFinding]]:
    """Of entries that are no codes, by place, what each may have been: one finding for each code that may be meant."""
    spelt = {
        at: [*_spellings(each, build.systems[each.system])]
        for at, each in enumerate(entries)
        if each.kind == KIND_CODE and each.system
    }
    codes = sorted({code for own in spelt.values() for _, code in own})
    rows = build.rows(LISTED, codes=codes) if codes else []
    listed = {(row["system"], row["code"]): row for row in rows}
    found = {at: _likeliest(entries[at], own, listed) for at, own in spelt.items()}
    return {at: own for at, own in found.items() if own}


def _likeliest(entry: ListEntry, spelt: list[Spelling], listed: dict[Spelling, Row]) -> list[ListFinding]:
    """Of the codes that an entry may have been those that are listed: codes that can be reported, else headings."""
    found = [(finding, listed[entry.system, code]) for finding, code in spelt if (entry.system, code) in listed]
    best = [(finding, row) for finding, row in found if row["billable"]] or found
    by_code = {row["code_dotted"]: finding for finding, row in reversed(best)}
    return [ListFinding(finding, entry, meant=(code,)) for code, finding in by_code.items()]


def _spellings(entry: ListEntry, system: SystemRow) -> Iterator[Spelling]:
    """The codes that an entry may have been, the likeliest first."""
    text, bare = entry.text.upper(), entry.first
    if FLOAT.fullmatch(text) and float(text).is_integer():
        number = str(int(float(text)))
        yield from (("float", zeros + number) for zeros in ("", "0", "00"))
    shortest = len(system.written_as[0].partition(".")[0]) if system.written_as else len(bare)
    shortest_padded = max(shortest, len(bare.rstrip("0"))) if not entry.why else len(bare)
    yield from (("padded_zeros", bare[:end]) for end in range(shortest_padded, len(bare)))
    longest = max((len(each.replace(".", "")) for each in system.written_as), default=len(bare))
    missing, (placeholder,) = longest - len(bare), listed_in("placeholder", "characters")
    if missing > 0 and system.system in listed_in("placeholder") and len(bare) > shortest and bare[-1].isalpha():
        yield "missing_placeholder", bare[:-1] + placeholder * missing + bare[-1]


def _has_its_point(entry: ListEntry, meant: str) -> bool:
    """Whether a number has its point where the code has it, or none."""
    return "." not in entry.text or meant.endswith(entry.text)
