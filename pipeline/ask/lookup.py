"""What codes mean, on a day or ever, in every system that has them; and that in words, as csv and as json."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from pipeline.ask.answers import AnswerFormat, as_csv, as_json
from pipeline.ask.build import Build
from pipeline.ask.claim_kinds import claims_in_words
from pipeline.ask.code_episodes import OF_EPISODE, PUBLIC_DOMAIN, Episode, describe_hole, in_use, is_never_in_use
from pipeline.ask.code_forms import MODIFIER, modifier_elsewhere
from pipeline.ask.code_notes import NotesOfCodes, notes_in_words
from pipeline.ask.known_days import KnownDays, read_known_days
from pipeline.ask.packages import Package, find_packages
from pipeline.ask.resolve_codes import (
    INVALID,
    NOT_KNOWN,
    RESOLVED,
    DayOrDays,
    Reading,
    judge_episodes,
    resolve_codes,
)
from pipeline.ask.rules_on_day import RulesOnDays
from pipeline.ask.service_types import ServiceType, find_service_types
from pipeline.ask.successors import Successor, find_successors
from pipeline.ask.suggestions import add_suggestions

BILLABLE, REPORTED = "billable", "reported"
WRITTEN: Final = "select system, code, code_dotted from codes where code in (select unnest($codes))"
LOOKUP_HEAD: Final = [
    "asked", "status", "reason", "did_you_mean", *OF_EPISODE, "known_through", "replaced_by", "packages", "rules", "on",
]  # fmt: skip


@dataclass(frozen=True)
class CodeAnswer:
    """What one code means: its reading, the days that are known, how codes above are written, what followed, types of
    service of codes without a text, drug packages, what tabular lists say of it, and the rules of its use.

    `status` is that of the reading, where the code is resolved valid (on the day) or found (where no day was named, and
    of a drug package, of which there is no listing). `modifier` says that it may be one of a system whose modifiers are
    in no listing here. `all_packages` are those of other days than the one asked, too.
    """

    reading: Reading
    known: dict[str, KnownDays]
    parents: dict[tuple[str, str], str]
    successors: dict[tuple[str, str], list[Successor]]
    service_types: dict[tuple[str, str], list[ServiceType]]
    all_packages: list[Package]
    notes: NotesOfCodes
    rules: RulesOnDays
    modifier: str | None = None

    @property
    def packages(self) -> list[Package]:
        """The packages of the day."""
        return [each for each in self.all_packages if each.is_of(self.on)]

    @property
    def reason(self) -> str:
        """Why the status is what it is: nothing where a package answers, its days where it is one of other days."""
        if self.packages:
            return ""
        days = dict.fromkeys(f"{each.valid_from} to {each.valid_through}" for each in self.all_packages)
        told = f"; a package of the lists of {', '.join(days)}, and not known on other days" if days else ""
        return self.reading.reason + told

    @property
    def on(self) -> date | None:
        """The day in question, where one was named."""
        return self.reading.on

    @property
    def status(self) -> str:
        """What is said of the code, in a word."""
        if self.packages:
            return "found"
        if self.all_packages:
            return NOT_KNOWN
        if self.reading.status != RESOLVED:
            return self.reading.status
        return "valid" if self.on else "found"

    @property
    def by_system(self) -> list[list[Episode]]:
        """The episodes of each system that has the code."""
        return [list(group) for _, group in groupby(self.reading.episodes, key=lambda each: each.system)]

    @property
    def shown(self) -> list[Episode]:
        """The episodes in question: those of the day, where there is a day on which any holds; else all."""
        own = [each for each in self.reading.episodes if self.on and each.is_valid_on(self.on)]
        return own or self.reading.episodes


def look_up(
    build: Build, asked: list[str], system: str | None = None, on: DayOrDays = None, with_notes: bool = True
) -> list[CodeAnswer]:
    """One answer for each code asked, in that order. Codes are written with or without separators, in capitals or not.
    `on` is the day of all of them, or a list with the day of each. Notes are looked for only where they are asked
    `with_notes`: for one code they cost 15 ms, as much as all else that is said of it but its episodes.

    Raises UsageError where there is no such system.
    """
    readings = add_suggestions(build, resolve_codes(build, asked, system, on), system, of_all=True)
    above = sorted({each.parent_code for one in readings for each in one.episodes if each.parent_code})
    written = build.rows(WRITTEN, codes=above) if above else []
    parents = {(row["system"], row["code"]): row["code_dotted"] for row in written}
    known = read_known_days(build)
    ended = sorted({each.code for one in readings for each in one.episodes if each.valid_to})
    successors = find_successors(build, ended)
    wordless = sorted({each.code for one in readings for each in one.episodes if not each.meaning})
    service_types = find_service_types(build, wordless)
    packages = find_packages(build, readings)
    noted = {(each.system, each.code) for one in readings for each in one.episodes} if with_notes else set()
    notes = NotesOfCodes(build, noted)
    rules = RulesOnDays(build, [(one.code, each.on) for each in readings if each.on for one in each.episodes])
    return [
        CodeAnswer(each, known, parents, successors, service_types, own, notes, rules, _modifier(build, each, system))
        for each, own in zip(readings, packages, strict=True)
    ]


def _modifier(build: Build, reading: Reading, system: str | None) -> str | None:
    having = {each.system for each in reading.episodes}
    if system or not having or len(reading.bare) != len(MODIFIER):
        return None
    return modifier_elsewhere(build, reading.form, having)


def describe_code(found: CodeAnswer) -> str:
    """A code in every system that has it: its meaning and history, or its meaning on one day; or why there is none."""
    reading, by_system = found.reading, found.by_system
    paragraphs = [
        "\n".join(_on_day(found, group, found.on) if found.on else _ever(found, group)) for group in by_system
    ]
    if not by_system:
        is_told = found.reason.startswith("not known: ")
        why = found.reason if is_told else f"{found.status.replace('_', ' ')}: {found.reason}"
        paragraphs.append("\n  ".join([reading.asked, *(map(str, found.packages) if found.packages else [why])]))
    elif len(by_system) > 1:
        names = ", ".join(f"{group[0].system} ({group[0].code_dotted})" for group in by_system)
        paragraphs.insert(0, f"A code of {len(by_system)} systems: {names}. --system picks one.")
        if reading.status == RESOLVED and reading.reason:
            paragraphs[0] += f" {reading.system} is meant: {reading.reason}."
    if reading.did_you_mean:
        paragraphs[-1] += f"\n  did you mean: {', '.join(map(str, reading.did_you_mean))}"
    if found.modifier:
        paragraphs.append(f"{reading.asked} {found.modifier}.")
    return "\n\n".join(paragraphs)


def _ever(found: CodeAnswer, episodes: list[Episode]) -> Iterator[str]:
    last = episodes[-1]
    yield _title(last)
    no_text = last.why_no_meaning if last.licence.startswith(PUBLIC_DOMAIN) else f"no text here: {last.licence}"
    yield f"  {last.meaning or no_text}"
    yield from _types_of_service(found, last)
    yield f"  {'never valid: ' if is_never_in_use(episodes) else ''}{_nature(found, last, _until(found, last))}"
    if hole := describe_hole(episodes):
        yield f"  {hole}"
    if successors := found.successors.get((last.system, last.code)):
        yield f"  replaced by {', '.join(map(str, successors))}"
    yield from (f"  {each}" for each in notes_in_words(last.code, found.notes.of(last.system, last.code)))
    spans = [_span(found, each) for each in episodes]
    width = max(map(len, spans))
    for span, each in zip(spans, episodes, strict=True):
        yield f"  {span:<{width}}  {_flag(each)}  {_meaning(each)}  [{each.how_start_is_known}]"
    known = found.known[last.system]
    if known.is_of_closed_lists and last.valid_to is None:
        newer = f"no newer list of {last.system} is here"
        yield f"  after {known.known_through}: not known whether it can be reported; {newer}"


def _until(found: CodeAnswer, last: Episode) -> str | None:
    """Until when a code could be reported, in words; None where it goes on, as the newest list of a series says."""
    known = found.known[last.system]
    if last.valid_to is None and known.is_of_closed_lists:
        return f"{known.known_through} at least"
    return last.last_day if last.valid_to else None


def _types_of_service(found: CodeAnswer, episode: Episode) -> Iterator[str]:
    """What kind of service a code without a text is, as the publishers of groupings say."""
    if not episode.meaning:
        known = found.service_types.get((episode.system, episode.code), [])
        yield from (f"  {each}" for each in known if each.is_of(episode.valid_from, episode.valid_to))


def _on_day(found: CodeAnswer, episodes: list[Episode], day: date) -> Iterator[str]:
    verdict = judge_episodes(episodes, found.known[episodes[0].system], day)
    yield _title(verdict.last)
    if verdict.status == NOT_KNOWN:
        yield f"  on {day} {verdict.reason}"
    elif is_never_in_use(episodes):
        yield f"  not valid on {day}: {verdict.reason}"
    elif verdict.status == INVALID:
        why = found.known[episodes[0].system].why_before_use(day)
        told = f": {why}" if why else ""
        yield f"  not valid on {day}{told}; {', '.join(_stood(found, each) for each in in_use(episodes))}"
        successors = found.successors.get((verdict.last.system, verdict.last.code))
        if successors and verdict.last.valid_to and day > verdict.last.valid_to and not found.reading.did_you_mean:
            yield f"  replaced by {', '.join(map(str, successors))}"
    else:
        yield f"  on {day}: {_meaning(verdict.last)}"
        yield from _types_of_service(found, verdict.last)
        yield f"  {_nature(found, verdict.last)}; {_span(found, verdict.last)}"
        if verdict.last.billable:
            yield from found.rules.in_words(verdict.last.system, verdict.last.code, day)


def _stood(found: CodeAnswer, episode: Episode) -> str:
    """When a code could be used, or was a heading, which no claim carries."""
    return f"{'valid' if episode.billable else 'a heading'} {_span(found, episode)}"


def _title(episode: Episode) -> str:
    return f"{episode.code_dotted}  {episode.system}  ({episode.kind.replace('_', ' ')}, kept by {episode.maintainer})"


def _meaning(episode: Episode) -> str:
    return episode.meaning or f"({episode.why_no_meaning})"


def _nature(found: CodeAnswer, episode: Episode, last_day: str | None = None) -> str:
    """What a code may be used for and where, on any day or until a last day."""
    flag, until = _flag(episode), f" through {last_day}" if last_day else ""
    claims = f" on {claims}" if (claims := claims_in_words(episode.system)) else ""
    parts = [f"{flag}{until}{claims}" if flag in {BILLABLE, REPORTED} else flag]
    if flag == REPORTED:
        parts[0] += ", to measure performance: as a rule not paid"
    if not episode.standalone and not episode.is_of_deaths:
        parts.append("never alone or principal")
    if episode.section:
        parts.append(f"section {episode.section} {episode.section_title}")
    if episode.parent_code:
        parts.append(f"under {found.parents.get((episode.system, episode.parent_code), episode.parent_code)}")
    return "; ".join(parts)


def _flag(episode: Episode) -> str:
    """What a code may be used for. A cause of death is not billed: it is an underlying cause, or a further one only."""
    if episode.is_before_use:
        return "listed before use"
    if not episode.billable:
        return "heading"
    if episode.is_of_deaths:
        return "valid as underlying cause" if episode.standalone else "multiple cause only"
    return REPORTED if episode.is_measure else BILLABLE


def _span(found: CodeAnswer, episode: Episode) -> str:
    if episode.is_older_than_known and episode.valid_from == episode.valid_to:
        return f"until {episode.last_day}, since when is not known"
    if episode.valid_to:
        return f"from {episode.first_day} to {episode.last_day}"
    return f"from {episode.first_day} on, known through {found.known[episode.system].known_through}"


def _rows(found: CodeAnswer) -> Iterator[list[object]]:
    reading = found.reading
    head = [reading.asked, found.status, found.reason, "; ".join(map(str, reading.did_you_mean))]
    for each in found.shown:
        known = found.known[each.system].known_through
        successors = "; ".join(map(str, found.successors.get((each.system, each.code), [])))
        said = (known, successors, None, found.rules.in_brief(each, found.on), found.on)
        yield [*head, *(getattr(each, name) for name in OF_EPISODE), *said]
    if not found.shown:
        yield [*head, *([None] * (len(OF_EPISODE) + 2)), "; ".join(map(str, found.packages)), None, found.on]


def _object(found: CodeAnswer) -> dict[str, object]:
    reading = found.reading
    names = ("asked", "system", "code", "code_dotted", "meaning")
    known = found.known
    episodes = [
        vars(each)
        | {"why_no_meaning": each.why_no_meaning, "known_through": known[each.system].known_through}
        | {"replaced_by": [vars(one) for one in found.successors.get((each.system, each.code), [])]}
        | {"notes": [vars(one) for one in found.notes.of(each.system, each.code)]}
        | {"rules": [vars(one) for one in found.rules.of(each.system, each.code, found.on)] if found.on else []}
        for each in found.shown
    ]
    told: dict[str, object] = {"asked": reading.asked, "reason": found.reason}
    told |= {name: getattr(reading, name) for name in names} | {"status": found.status, "on": found.on}
    told["packages"] = [vars(each) for each in found.packages]
    return told | {"did_you_mean": [vars(each) for each in reading.did_you_mean], "episodes": episodes}


# csv has a row for each episode in question, json an object for each code.
LOOKUP_FORMATS: dict[str, AnswerFormat[CodeAnswer]] = {
    "table": AnswerFormat("", describe_code, "\n\n", "\n"),
    "csv": AnswerFormat(as_csv([LOOKUP_HEAD]), lambda found: as_csv(_rows(found)), "", ""),
    "json": AnswerFormat("[\n", lambda found: as_json(_object(found)), ",\n", "\n]\n"),
}
