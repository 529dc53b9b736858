"""What is wrong with a list: what is no code, has ended, lost its zeros, stands twice, or is of another system."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.ask.build import Build, Row
from pipeline.ask.codelist.code_list import KIND_CODE, KIND_RANGE, CodeList, ListEntry
from pipeline.ask.codelist.ended_codes import find_replacing
from pipeline.ask.codelist.expand import ANY_DAY, ListDays, reasons_not_known
from pipeline.ask.codelist.list_findings import ListFinding, finding_kinds
from pipeline.ask.codelist.list_systems import NOWHERE, fits_system
from pipeline.ask.codelist.matched import list_question, matched_entries, parameters
from pipeline.ask.codelist.misread_codes import LostZeros, find_lost_zeros, find_misread, systems_without_zeros
from pipeline.ask.known_days import KnownDays, read_known_days
from pipeline.code_order import AFTER, place_in_order

CHARACTERS = re.compile(r"[A-Z0-9_]+")


def check_list(build: Build, written: CodeList, resolved: CodeList, days: ListDays = ANY_DAY) -> list[ListFinding]:
    """What is wrong with a list, in the order of the closed list of findings and then of entries.

    `written` is the list as it was read, `resolved` the same with its systems. Without days nothing is said of codes
    that have ended, or have not begun.
    """
    known = read_known_days(build)
    systems = sorted({each.system for each in resolved.entries if each.system})
    of_list = [*_of_whole_list(written, resolved, [known[system] for system in systems], days)]
    told_of = [each for each in resolved.entries if not each.system or known[each.system].is_listed]
    found = [*of_list, *_of_entries(build, told_of, known, days)]
    order = [*finding_kinds()]
    return sorted(found, key=lambda each: (order.index(each.finding), each.entry.line if each.entry else 0))


def _of_whole_list(
    written: CodeList, resolved: CodeList, known: list[KnownDays], days: ListDays
) -> Iterator[ListFinding]:
    for each in known:
        yield from (ListFinding("not_known", says=f"{each.system}: {why}") for why in reasons_not_known(each, days))
    open_ones = [own.system for each, own in zip(written.entries, resolved.entries, strict=True) if not each.system]
    counts = Counter(each for each in open_ones if each)
    if len(counts) > 1 and not any(each.system for each in written.entries):
        told = ", ".join(f"{number:,} of {system}" for system, number in counts.most_common())
        yield ListFinding("mixed_systems", says=told)


def _of_entries(
    build: Build, entries: Sequence[ListEntry], known: dict[str, KnownDays], days: ListDays
) -> Iterator[ListFinding]:
    facts = _read_facts(build, entries, days)
    lost = find_lost_zeros(build, entries)
    without_zeros = systems_without_zeros(entries, lost)
    for system in sorted(without_zeros):
        number = sum(not each.is_listed and entries[at].system == system for at, each in lost.items())
        yield ListFinding("lost_zeros_in_list", says=f"{system}: {number:,} are codes only with zeros in front")
    yield from _lost(build, entries, lost, without_zeros)
    missing = [at for at, each in enumerate(entries) if at not in facts and not (at in lost and not lost[at].is_listed)]
    yield from _of_missing(build, [entries[at] for at in missing])
    yield from _of_days(build, [(entries[at], row) for at, row in facts.items()], known, days)
    yield from _overlaps(build, entries)


def _read_facts(build: Build, entries: Sequence[ListEntry], days: ListDays) -> dict[int, Row]:
    """What is known of each entry that has any code, by place."""
    places = [at for at, each in enumerate(entries) if not each.why]
    values = parameters([entries[at] for at in places]) | {"first_day": days.since, "last_day": days.through}
    rows = build.rows(list_question("expand") + list_question("entry_facts"), **values)
    return {places[row["entry"]]: row for row in rows}


def _lost(
    build: Build, entries: Sequence[ListEntry], lost: dict[int, LostZeros], without_zeros: set[str]
) -> Iterator[ListFinding]:
    numbers = [entries[at] for at, each in lost.items() if not each.is_listed]
    elsewhere = {each: ", ".join(systems) for each, systems in _elsewhere(build, numbers)}
    for at, each in lost.items():
        entry = entries[at]
        if not each.is_listed:
            others = elsewhere.get(entry, "") if "." in entry.text else ""
            is_sure = len(each.meant) == 1 and not others
            yield ListFinding("lost_zeros", entry, f"a code of {others}" if others else "", each.meant, is_sure)
        elif entry.system in without_zeros and each.is_likely:
            yield ListFinding("may_have_lost_zeros", entry, meant=each.meant)


def _of_missing(build: Build, entries: Sequence[ListEntry]) -> Iterator[ListFinding]:
    """Of entries that have no code in their system, what they are instead."""
    misread = find_misread(build, entries)
    elsewhere = {each: ", ".join(systems) for each, systems in _elsewhere(build, entries)}
    for at, each in enumerate(entries):
        others = elsewhere.get(each, "")
        if at in misread:
            is_told = bool(others) and not each.text.isdigit()  # digits are written alike in many systems
            yield from (replace(one, is_sure=len(misread[at]) == 1 and not is_told) for one in misread[at])
        elif why := _why_not_understood(each):
            yield ListFinding("not_understood", each, why)
        elif not each.system and each.why != NOWHERE:
            yield ListFinding("ambiguous_system", each, each.why)
        elif others and (each.kind == KIND_CODE or each.why):  # a few characters begin codes of many systems
            yield ListFinding("another_system", each, f"of {others}")
        else:
            yield ListFinding("does_not_exist", each, "" if each.system else NOWHERE)


def _elsewhere(build: Build, entries: Sequence[ListEntry]) -> Iterator[tuple[ListEntry, list[str]]]:
    """Entries that other systems on claims have, written as theirs are, with those systems."""
    others = [each.system for each in build.systems.values() if not each.is_of_deaths]
    pairs = [
        (each, replace(each, system=system, why=""))
        for each in dict.fromkeys(entries)
        for system in others
        if each.system and system != each.system and fits_system(build, each, system)
    ]
    found = [pairs[place] for place in matched_entries(build, [own for _, own in pairs])]
    for entry, group in groupby(found, key=lambda pair: pair[0]):
        yield entry, [own.system for _, own in group]


def _why_not_understood(entry: ListEntry) -> str:
    """Why something cannot be a code, a prefix or a range; empty where it can."""
    if not all(CHARACTERS.fullmatch(each) for each in (entry.first, entry.last or entry.first)):
        return "no code has such characters"
    if entry.kind == KIND_RANGE:
        first, last = (place_in_order(entry.system, each) for each in (entry.first, entry.last))
        return "it ends before it begins, in the order of its system" if last + AFTER < first else ""
    return ""


def _of_days(
    build: Build, facts: Sequence[tuple[ListEntry, Row]], known: dict[str, KnownDays], days: ListDays
) -> Iterator[ListFinding]:
    """Of entries that have codes, what is wrong with them on the days: with what took the place of those that ended."""
    found = [(each, row, _finding_of_days(each, row, known[each.system], days)) for each, row in facts]
    successors = find_replacing(build, [each for each, row, finding in found if finding and row["ends"]])
    for each, row, finding in found:
        if finding:
            own = successors.get(each, ())
            says = _says_of_days(finding, row) + (f"; replaced by {', '.join(map(str, own))}" if own else "")
            yield ListFinding(finding, each, says, tuple(one.code_dotted for one in own))


def _finding_of_days(entry: ListEntry, row: Row, known: KnownDays, days: ListDays) -> str | None:
    """What is wrong on the days with an entry that has codes, in a word; None where nothing is, or no list tells."""
    if row["is_code"]:
        ends_within = entry.kind == KIND_CODE and days.last and row["ends"] and row["ends"] < days.last
        return "ends_within" if ends_within else None
    if row["is_in_doubt"]:
        return "not_known"
    if row["is_heading"] and entry.kind == KIND_CODE:
        return "heading"
    if not row["was_reported"]:
        return "does_not_exist"
    if row["starts"] > days.through:
        return None if known.is_before(days.through) else "not_yet_valid"
    return "ended"


def _says_of_days(finding: str, row: Row) -> str:
    if finding == "heading":
        until = f"; it could be reported through {row['ends']}" if row["was_code"] and row["ends"] else ""
        return f"{row['below']:,} codes below it{until}"
    if finding == "not_known":
        return "it may have begun, or ended, by then"
    if finding == "not_yet_valid":
        return f"from {row['starts']}"
    return f"through {row['ends']}" if row["ends"] else ""


def _overlaps(build: Build, entries: Sequence[ListEntry]) -> Iterator[ListFinding]:
    """Entries that add nothing to their concept, or take nothing from it."""
    able = [each for each in entries if not each.why]
    values = {"concept": [each.concept for each in able], "excluded": [each.is_excluded for each in able]}
    question = list_question("expand") + list_question("overlaps")
    for row in build.rows(question, **parameters(able), **values):
        entry, other = able[row["entry"]], able[row["other"]] if row["other"] is not None else None
        if other is None:
            yield ListFinding("excludes_nothing", entry)
        else:
            is_same = row["is_same"] and entry.kind == other.kind
            says = f"as line {other.line}: {other.text}"
            yield ListFinding("duplicate" if is_same else "covered", entry, says, is_sure=is_same)
