"""Out of which system each entry of a list is: the one that it names, that of the command, else that of the list.

One code may be of several systems (0010 is a diagnosis and a procedure), and a whole list hardly ever is: the system
that has nearly all of its entries has those too that others have as well. Causes of death are considered only where
they are named. What stays open is said, entry by entry.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.codelist.code_list import ANY_CHARACTER, INCLUDE, KIND_CODE, CodeList, ListEntry
from pipeline.ask.codelist.matched import matched_entries
from pipeline.ask.named_systems import systems_meant
from pipeline.ask.written_codes import WrittenCode, is_written_like, read_written_codes

NEARLY_ALL: Final = 0.9  # of the entries that any system has: what a list of one system has, faults and strays aside
NOWHERE: Final = "no system here has it"
Pair = tuple[int, str]  # the place of an entry, and a system that it may be of


def resolve_list(build: Build, codelist: CodeList, system: str | None = None) -> CodeList:
    """The list with the id of the system in each entry, and its ends bare, as codes are in tables.

    Where the system stays open it is empty, and `why` says why; `why` is also said of what is not written as codes of
    its system are (80.20 is none of ICD-9-CM diagnoses). Raises UsageError where one that is named is none.
    """
    candidates = {name: [*systems_meant(build, name)] for name in {each.system for each in codelist.entries} if name}
    candidates[""] = [*systems_meant(build, system)] if system else _systems_of_claims(build)
    numbers = Counter(map(_written, codelist.entries))  # many lists at once name the same codes again and again
    bare = _bare_entries(build, [ListEntry("", *each[:3], INCLUDE, *each[3:]) for each in numbers])
    options = [candidates[each.system] for each in bare]
    open_ones = [at for at, systems in enumerate(options) if len(systems) != 1]
    weighed = [(bare[at], options[at], number) for at, number in enumerate(numbers.values()) if len(options[at]) != 1]
    chosen = dict(zip(open_ones, _choose(build, weighed), strict=True))
    resolved = [chosen.get(at) or _of_system(build, each, options[at][0]) for at, each in enumerate(bare)]
    by_written = dict(zip(numbers, resolved, strict=True))
    return codelist.with_entries(_resolved(each, by_written[_written(each)]) for each in codelist.entries)


def _written(entry: ListEntry) -> tuple[str, str, str, str, str]:
    """What an entry is without its concept, its role and its line."""
    return entry.system, entry.text, entry.kind, entry.first, entry.last


def _resolved(entry: ListEntry, own: ListEntry) -> ListEntry:
    """The entry with what was found of one that is written so."""
    of_entry = (entry.concept, own.system, entry.text, entry.kind, entry.role)
    return ListEntry(*of_entry, own.first, own.last, entry.line, own.why)


def _of_system(build: Build, entry: ListEntry, system: str) -> ListEntry:
    """The entry of a system that is named, with why it has no code of it where its separators say so."""
    return replace(entry, system=system, why="" if fits_system(build, entry, system) else f"not written as {system} is")


def _systems_of_claims(build: Build) -> list[str]:
    return [each.system for each in build.systems.values() if not each.is_of_deaths]


def _bare_entries(build: Build, entries: Sequence[ListEntry]) -> list[ListEntry]:
    firsts = read_written_codes(build, [each.first for each in entries])
    lasts = read_written_codes(build, [each.last for each in entries])
    return [
        replace(each, first=first.bare, last=last.bare)
        for each, first, last in zip(entries, firsts, lasts, strict=True)
    ]


def _choose(build: Build, open_ones: list[tuple[ListEntry, list[str], int]]) -> list[ListEntry]:
    """The entries whose systems are open, given with those and with how often they are written, each with the system
    that the whole list tells."""
    if not open_ones:
        return []
    pairs = [(at, system) for at, (_, systems, _) in enumerate(open_ones) for system in systems]
    pairs = [(at, system) for at, system in pairs if fits_system(build, open_ones[at][0], system)]
    found = _pairs_matched(build, pairs, [replace(open_ones[at][0], system=system) for at, system in pairs])
    ends = [replace(open_ones[at][0], system=system, kind=KIND_CODE) for at, system in pairs]
    firsts = _pairs_matched(build, pairs, ends)
    lasts = _pairs_matched(build, pairs, [replace(each, first=each.last or each.first) for each in ends])
    nearest = [firsts & lasts, firsts | lasts, found]
    having = [_having(at, systems, nearest) for at, (_, systems, _) in enumerate(open_ones)]
    main = _main_system([(has, number) for (_, _, number), has in zip(open_ones, having, strict=True) if has])
    return [_chosen(build, each, has, main) for (each, _, _), has in zip(open_ones, having, strict=True)]


def _pairs_matched(build: Build, pairs: list[Pair], asked: list[ListEntry]) -> set[Pair]:
    """Of pairs of an entry and a system those with any code, asked as entries."""
    return {pairs[place] for place in matched_entries(build, asked)}


def _having(at: int, systems: list[str], nearest: Sequence[set[Pair]]) -> list[str]:
    """The systems that have an entry: those where both its ends are codes themselves, else one end, else those with any
    code. E11% begins diagnoses and wheelchairs, and E11 is a diagnosis alone; E800 is one too, but not E999."""
    having = ([each for each in systems if (at, each) in found] for found in nearest)
    return next(filter(None, having), [])


def fits_system(build: Build, entry: ListEntry, system: str) -> bool:
    """Whether an entry has its separators where the system has them, or none: 80.20 is a procedure, 802.0 none. The
    ends of a range are no longer than codes are: 00691305-10 is a drug, and no range of procedures through 10."""
    pictures = build.systems[system].written_as
    longest = max((sum(map(str.isalnum, each)) for each in pictures), default=0)
    if entry.last and longest and len(max(entry.first, entry.last, key=len)) > longest:
        return False
    if entry.text.isalnum() or build.systems[system].filled_with:  # 0069-1305-10 lacks a character, no separator
        return True
    ends = entry.text.upper().split("-") if entry.last else [entry.text.upper()]
    written = [each.rstrip("%*X-") for each in ends]
    codes = [WrittenCode(each, each, "".join(filter(_is_of_code, each))) for each in written]
    return all(is_written_like(each, pictures) for each in codes)


def _is_of_code(character: str) -> bool:
    return character.isalnum() or character == ANY_CHARACTER


def _main_system(having: list[tuple[list[str], int]]) -> str | None:
    """The one system that has nearly all of the entries that any has, given with those systems and with how often they
    are written; None where none, or more than one, does."""
    counts = Counter[str]()
    for systems, number in having:
        counts.update(dict.fromkeys(systems, number))
    most, next_most = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    is_main = most[1] >= NEARLY_ALL * sum(number for _, number in having) and most[1] > next_most[1]
    return most[0] if is_main else None


def _chosen(build: Build, entry: ListEntry, having: list[str], main: str | None) -> ListEntry:
    """The entry of the system that the list tells. Digits alone are written alike in many systems and lose their zeros:
    where the main system of the list has none of them they are its own fault, and no code of another."""
    is_telling = not entry.text.rstrip("%*xX-").isdigit()
    if main in having or (main and not (having and is_telling)):
        return _of_system(build, entry, str(main))
    if len(having) == 1:
        return replace(entry, system=having[0])
    several = f"a code of {len(having)} systems: {', '.join(having)}; --system picks one"
    return replace(entry, system="", why=several if having else NOWHERE)
