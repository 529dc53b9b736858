"""Which code is meant by what was written: of which system, valid on the day, and no heading. The one way to find out.

A code that nobody has, one that was not valid on the day, one that several systems have, and one of which this build
cannot know are different answers, none of them a guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.code_episodes import Episode, find_episodes, in_use, is_never_in_use
from pipeline.ask.code_forms import (
    describe_form,
    form_elsewhere,
    has_form_of,
    is_modifier_before_lists,
    shape_of,
    shapes_listed,
    systems_on_claims,
)
from pipeline.ask.known_days import KnownDays, read_known_days
from pipeline.ask.written_codes import WrittenCode, lacks_a_character, read_written_codes

RESOLVED: Final = "resolved"
UNKNOWN, INVALID, HEADING, AMBIGUOUS, NOT_KNOWN = "unknown", "invalid", "heading", "ambiguous", "not_known"
NO: Final = frozenset({UNKNOWN, INVALID, HEADING, AMBIGUOUS})  # answers that are a "no"
BECAME: Final = {True: "became one that can be reported", False: "became a heading"}  # by whether it is billable then
DayOrDays = date | None | Sequence[date | None]  # one day, or none, for all codes, or a day for each


@dataclass(frozen=True)
class Suggestion:
    """A code that may have been meant, or helps on, and why."""

    system: str
    code_dotted: str
    why: str

    def __str__(self) -> str:
        return f"{self.code_dotted} ({self.system}, {self.why})"


@dataclass(frozen=True)
class Reading:
    """What one written code may mean.

    `status` is resolved, or why it is not: unknown (no listing here has it), invalid (not valid on the day), heading,
    ambiguous (several systems have it), not_known (the day, or the system, is not one of which the build can speak).
    `form` is what was written; `episodes` are those of every system that has a code written like this; `on` is the day
    that it was asked of.
    """

    form: WrittenCode
    status: str
    reason: str = ""
    system: str | None = None
    code: str | None = None
    code_dotted: str | None = None
    meaning: str | None = None
    episodes: list[Episode] = field(default_factory=list)
    did_you_mean: list[Suggestion] = field(default_factory=list)
    on: date | None = None

    @property
    def asked(self) -> str:
        """The code as it was asked."""
        return self.form.asked

    @property
    def bare(self) -> str:
        """The code without its separators."""
        return self.form.bare

    @property
    def is_resolved(self) -> bool:
        """Whether it is known which code is meant, and that it may be reported."""
        return self.status == RESOLVED


@dataclass(frozen=True)
class Verdict:
    """What one system says of a code: `status` as in a reading, and its last episode in question."""

    status: str
    reason: str
    last: Episode


def resolve_codes(build: Build, asked: list[str], system: str | None = None, on: DayOrDays = None) -> list[Reading]:
    """One reading for each code asked, in that order.

    A separator tells systems apart (80.20 is a procedure, 802.0 a diagnosis), and so does the day. A heading stands on
    no claim: where one system has a code that can be reported and others have headings, that one is meant. Causes of
    death are meant only where their system is named, or no other has the code. Nothing else tells: that only one of two
    systems leads to a target is no reason to think that it was meant.
    Raises UsageError where there is no such system.
    """
    written = read_written_codes(build, asked)
    named = build.system_called(system) if system else None
    rows = find_episodes(build, [each.bare for each in written], named)
    by_code = {code: list(group) for code, group in groupby(rows, key=lambda each: each.code)}
    known, answers = read_known_days(build), []
    for form, day in zip(written, day_of_each(asked, on), strict=True):
        meant = [each for each in by_code.get(form.bare, []) if form.fits(each.code_dotted)]
        answers.append(_read(form, meant, known, day) if meant else _not_found(build, form, known, named, day))
    return answers


def day_of_each(asked: list[str], on: DayOrDays) -> Sequence[date | None]:
    """The day of each of some codes."""
    return [on] * len(asked) if on is None or isinstance(on, date) else on


def _read(form: WrittenCode, meant: list[Episode], known: dict[str, KnownDays], on: date | None) -> Reading:
    claims = [each for each in meant if not each.is_of_deaths] or meant
    by_system = groupby(claims, key=lambda each: each.system)
    verdicts = [judge_episodes(list(group), known[system], on) for system, group in by_system]
    in_question = [each for each in verdicts if each.status != INVALID]
    if not in_question:
        when = f"not valid on {on}" if on else "never valid"
        reason = f"{when}: {'; '.join(each.reason for each in verdicts)}"
        return _reading(form, meant, verdicts, on=on, status=INVALID, reason=reason)
    reportable = [each for each in in_question if each.status != HEADING]
    if len(reportable) == 1 and len(in_question) > 1:
        headings = ", ".join(_name(each) for each in in_question if each.status == HEADING)
        note = reportable[0].reason or f"also a heading, which no claim carries: {headings}"
        return _reading(form, meant, reportable, on=on, reason=note)
    if {each.status for each in in_question} == {NOT_KNOWN}:
        why = "; ".join(dict.fromkeys(each.reason for each in in_question))
        return _reading(form, meant, in_question, on=on, status=NOT_KNOWN, reason=why)
    names = ", ".join(map(_name, in_question))
    reason = f"a code of {len(in_question)} systems: {names}; --system picks one" if len(in_question) > 1 else ""
    return _reading(form, meant, in_question, on=on, reason=reason)


def judge_episodes(episodes: list[Episode], known: KnownDays, on: date | None) -> Verdict:
    """What one system says of a code on a day, or of any day where none is named."""
    if is_never_in_use(episodes):
        return _never_in_use(episodes[-1], known, on)
    episodes = in_use(episodes)
    first, last = episodes[0], episodes[-1]
    if on is None:
        billable = [each for each in episodes if each.billable]
        return _standing((billable or episodes)[-1])
    valid = next((each for each in episodes if each.is_valid_on(on)), None)
    is_older = first.is_older_than_known and not known.is_out_of_use(on)
    if valid is None and on < first.valid_from and (is_older or (known.is_before(on) and not first.is_start_told)):
        older = f"not known: no list here that has it is older than {first.valid_from}"
        return Verdict(NOT_KNOWN, known.why_not_known(on) or older, first)
    between = _between_lists(episodes, valid, on)
    if between and not known.is_out_of_use(on):
        return between
    if known.is_beyond(on) and (valid or on < last.valid_from):
        return Verdict(NOT_KNOWN, f"{known.why_not_known(on)}{_reported_until(episodes, valid)}", valid or last)
    return _standing(valid) if valid else Verdict(INVALID, known.why_before_use(on) or _spans(episodes), last)


def _never_in_use(last: Episode, known: KnownDays, on: date | None) -> Verdict:
    """What is said of a code that was listed only before its system was in use: it may be added again one day."""
    if on and known.is_beyond(on):
        return Verdict(NOT_KNOWN, known.why_not_known(on) or "", last)
    why = f"listed before {known.system} was in use, which is since {known.in_use_from}, and not later"
    return Verdict(INVALID, why, last)


def _reported_until(episodes: list[Episode], valid: Episode | None) -> str:
    """Of a heading that was a code which could be reported, until when; nothing of others."""
    days = [each.valid_to for each in episodes if each.billable and each.valid_to]
    return (
        f"; a heading since, it could be reported through {days[-1]}" if days and valid and not valid.billable else ""
    )


def _between_lists(episodes: list[Episode], valid: Episode | None, on: date) -> Verdict | None:
    """What is said of a day between two lists of which one has the code and the other has not: None on other days."""
    if valid:
        return Verdict(NOT_KNOWN, _ended_between(episodes, valid), valid) if valid.may_have_ended_by(on) else None
    begun = next((each for each in episodes if each.may_have_begun_by(on)), None)
    why = f"not known: it began from {begun.valid_from_earliest} to {begun.valid_from}" if begun else ""
    return Verdict(NOT_KNOWN, why, begun) if begun else None


def _ended_between(episodes: list[Episode], ended: Episode) -> str:
    """Why a day is not known on which a code may have ended, or changed between one to report and a heading."""
    nexts = [each for each in episodes if ended.valid_to and each.valid_from == ended.valid_to + timedelta(days=1)]
    turned = {each.billable for each in nexts} - {ended.billable}
    what = BECAME[turned.pop()] if turned else "ended"
    return f"not known: it {what} some time between {ended.valid_to_earliest} and {ended.valid_to}"


def _standing(episode: Episode) -> Verdict:
    if episode.billable:
        return Verdict(RESOLVED, "", episode)
    return Verdict(HEADING, f"a heading, which cannot be reported: {episode.meaning or episode.licence}", episode)


def _reading(
    form: WrittenCode,
    meant: list[Episode],
    verdicts: list[Verdict],
    *,
    on: date | None,
    status: str | None = None,
    reason: str = "",
) -> Reading:
    """A reading with the name of the code where one system has it, and that system's verdict where none is given."""
    if len(verdicts) > 1:
        return Reading(form, status or AMBIGUOUS, reason, episodes=meant, on=on)
    (only,) = verdicts
    name = (only.last.system, only.last.code, only.last.code_dotted, only.last.meaning)
    return Reading(form, status or only.status, reason or only.reason, *name, episodes=meant, on=on)


def _not_found(
    build: Build, form: WrittenCode, known: dict[str, KnownDays], named: str | None, on: date | None
) -> Reading:
    """What is said of a code that no listing here has: unknown only where a listing of its day could have had it.

    Causes of death are considered only where their system is named: four digits are otherwise those of any code. Where
    HCPCS is named, CPT may be meant: the field of claims that is called so carries both.
    """
    meant = systems_on_claims(named) if named else []
    considered = [
        each
        for each in build.systems.values()
        if (each.system in meant or (named is None and not each.is_of_deaths)) and has_form_of(form, each)
    ]
    reasons = [why for each in considered if (why := _why_not_listed(build, form, known[each.system], on))]
    if (other := form_elsewhere(build, form)) and (named is None or other.system in meant):
        reasons.append(f"not known: no listing of {other.system} is in this build; by its form {other.words}")
    if reasons:
        return Reading(form, NOT_KNOWN, "; ".join(reasons), on=on)
    systems = [build.systems[named]] if named else build.systems.values()
    if short := next((each for each in systems if lacks_a_character(form, each)), None):
        reason = f"a code of {short.system} ({short.written_as[0]}) without a character, in any part: write its hyphens"
        return Reading(form, AMBIGUOUS, reason, on=on)
    where = f"in {named}" if named else "in any system here"
    reason = f"there is no such code {where}"
    if (code := form.without_modifiers()) is not form:
        reason += f"; by its form {code.bare} with modifiers, which are codes of their own: ask for each alone"
    if named and not known[named].is_listed:
        reason = f"no code of {named} is written like this; and no listing of it is here"
    return Reading(form, UNKNOWN, reason, on=on)


def _why_not_listed(build: Build, form: WrittenCode, known: KnownDays, on: date | None) -> str | None:
    """Why it is not known whether a system has a code that no listing here has; None where that is known."""
    told = f"by its form {describe_form(build, known.system, form.bare)}"
    if not known.is_listed:
        return f"not known: no listing of {known.system} is in this build; {told}"
    if not known.is_of_closed_lists:
        if is_modifier_before_lists(build, known.system, form.bare, on):
            when = f" of {on}" if on else ""
            return f"not known: no list of {known.system} here has modifiers{when}; {told}"
        return known.why_not_known(on) if on else None
    if (on is None or known.is_beyond(on)) or known.is_before(on):
        return f"{known.why_not_known(on or date.max)}; not listed in this build, {told}"
    if shape_of(form.bare) not in shapes_listed(build, known.system):
        return f"not known: no list of {known.system} here has codes of this form; {told}"
    return None


def _name(verdict: Verdict) -> str:
    return f"{verdict.last.system} ({verdict.last.code_dotted})"


def _spans(episodes: list[Episode]) -> str:
    """From when to when a system had the code."""
    end = f"to {episodes[-1].last_day}" if episodes[-1].valid_to else "on"
    return f"in {episodes[0].system} from {episodes[0].first_day} {end}"
