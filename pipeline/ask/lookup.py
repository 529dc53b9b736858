"""What a code means, on a day or ever, in every system that has it; and that in words."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.written_codes import read_written_codes
from pipeline.errors import UsageError

# Both tables are narrowed to the codes, since each is sorted by them: that leaves most of the files unread.
EPISODES: Final = """
    select h.system, h.code, c.code_dotted, h.kind, h.setting, c.maintainer, h.valid_from, h.valid_to,
        h.valid_from_basis, h.billable, c.standalone, coalesce(h.description, h.short_description) as meaning,
        c.section, c.section_title, c.parent_code, c.licence
    from code_history h join codes c using (system, code)
    where h.code in (select unnest($codes)) and c.code in (select unnest($codes))
        and ($system is null or h.system = $system)
    order by h.code, h.system, h.valid_from
"""
WRITTEN: Final = "select system, code, code_dotted from codes where code in (select unnest($codes))"


@dataclass(frozen=True)
class Episode:
    """What a code meant in an unbroken run of days: a row of `code_history` with what `codes` says of the code."""

    system: str
    code: str
    code_dotted: str
    kind: str
    setting: str
    maintainer: str
    valid_from: date
    valid_to: date | None
    valid_from_basis: str
    billable: bool
    standalone: bool
    meaning: str | None
    section: str | None
    section_title: str | None
    parent_code: str | None
    licence: str

    def is_valid_on(self, day: date) -> bool:
        """Whether a day lies in the episode."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class FoundCode:
    """A code that was looked up: its episodes by system and day, and how the codes above it are written."""

    episodes: list[Episode]
    parents: dict[tuple[str, str], str]

    def parent_of(self, episode: Episode) -> str | None:
        """The code above the one of an episode, with its separators; None where there is none."""
        if episode.parent_code is None:
            return None
        return self.parents.get((episode.system, episode.parent_code), episode.parent_code)


def find_episodes(build: Build, codes: list[str], system: str | None = None) -> list[Episode]:
    """The episodes of some bare codes, in the order of code, system and day."""
    answer = build.ask(EPISODES, codes=sorted(set(codes)), system=system)
    return [Episode(*record) for record in answer.records]


def find_code(build: Build, code: str, system: str | None = None) -> FoundCode:
    """A code, written with or without its separators, in capitals or not.

    Raises UsageError where there is no such system, or no such code in any.
    """
    (asked,) = read_written_codes(build, [code])
    if not asked.written:
        raise UsageError("no code was given\n  next:     for example `crosswalk lookup E11.9`")
    known = build.system_called(system) if system else None
    found = [each for each in find_episodes(build, [asked.bare], known) if asked.fits(each.code_dotted)]
    if not found:
        where = f"in {known}" if known else "in any system"
        systems = ", ".join(build.systems)
        raise UsageError(f"{code}: there is no such code {where}\n  next:     check it; systems: {systems}")
    above = sorted({each.parent_code for each in found if each.parent_code})
    written = build.rows(WRITTEN, codes=above) if above else []
    return FoundCode(found, {(row["system"], row["code"]): row["code_dotted"] for row in written})


def describe_code(found: FoundCode, day: date | None = None) -> str:
    """A code in every system that has it: its meaning and history, or its meaning on one day."""
    by_system = [list(group) for _, group in groupby(found.episodes, key=lambda each: each.system)]
    paragraphs = [_on_day(found, group, day) if day else _ever(found, group) for group in by_system]
    if len(by_system) > 1:
        names = ", ".join(f"{group[0].system} ({group[0].code_dotted})" for group in by_system)
        paragraphs.insert(0, f"A code of {len(by_system)} systems: {names}. --system picks one.")
    return "\n\n".join(paragraphs)


def _ever(found: FoundCode, episodes: list[Episode]) -> str:
    last = episodes[-1]
    lines = [_title(last), f"  {last.meaning or last.licence}", f"  {_nature(found, last)}"]
    lines += [f"  {_span(each):<26} {_flag(each):<9} {_meaning(each)}  [{each.valid_from_basis}]" for each in episodes]
    return "\n".join(lines)


def _on_day(found: FoundCode, episodes: list[Episode], day: date) -> str:
    valid = next((each for each in episodes if each.is_valid_on(day)), None)
    if valid:
        nature = f"  {_nature(found, valid)}; {_span(valid)}"
        return "\n".join([_title(valid), f"  on {day}: {_meaning(valid)}", nature])
    spans = ", ".join(_span(each) for each in episodes)
    return "\n".join([_title(episodes[-1]), f"  not valid on {day}; valid {spans}"])


def _title(episode: Episode) -> str:
    return f"{episode.code_dotted}  {episode.system}  ({episode.kind}, {episode.setting}, kept by {episode.maintainer})"


def _meaning(episode: Episode) -> str:
    return episode.meaning or "(no text: see the licence)"


def _nature(found: FoundCode, episode: Episode) -> str:
    parts = [_flag(episode)]
    if not episode.standalone:
        parts.append("never alone or principal")
    if episode.section:
        parts.append(f"section {episode.section} {episode.section_title}")
    if parent := found.parent_of(episode):
        parts.append(f"under {parent}")
    return "; ".join(parts)


def _flag(episode: Episode) -> str:
    return "billable" if episode.billable else "heading"


def _span(episode: Episode) -> str:
    start = "before " if episode.valid_from_basis == "left_censored" else ""
    end = f"to {episode.valid_to}" if episode.valid_to else "on"
    return f"from {start}{episode.valid_from} {end}"
