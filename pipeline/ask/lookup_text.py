"""What a code means in words: its meaning and history, or its meaning on one day; or why there is none."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from pipeline.ask.claim_kinds import claims_in_words
from pipeline.ask.code_episodes import PUBLIC_DOMAIN, Episode, describe_hole, in_use, is_never_in_use
from pipeline.ask.code_notes import notes_in_words
from pipeline.ask.lookup import CodeAnswer
from pipeline.ask.resolve_codes import INVALID, NOT_KNOWN, RESOLVED, judge_episodes

BILLABLE: Final = "billable"
REPORTED: Final = "reported"


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
    yield from _categories(found, last)
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


def _categories(found: CodeAnswer, episode: Episode) -> list[str]:
    """The categories of a code, but for types of service that are told in the place of its text."""
    types = () if episode.meaning else found.service_types.get((episode.system, episode.code), ())
    return found.categories.in_words(episode, found.on, [each.grouping for each in types])


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
            yield from _categories(found, verdict.last)


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
