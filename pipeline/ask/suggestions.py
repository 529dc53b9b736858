"""What may have been meant by a code that is none here, or what takes its place: as data of an answer, never as one."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeline.ask.build import Build, Row
from pipeline.ask.claims.inferred_codes import InferredCode, find_inferred
from pipeline.ask.code_forms import describe_form, has_form_of
from pipeline.ask.known_days import read_known_days
from pipeline.ask.resolve_codes import HEADING, INVALID, UNKNOWN, Reading, Suggestion
from pipeline.ask.system_names import taken_for
from pipeline.ask.system_rows import SystemRow
from pipeline.ask.written_codes import find_separators

SUGGESTED: Final = 5
SAME_CODES: Final = """
    select code, system, code_dotted, billable from codes where code in (select unnest($codes)) order by code, system
"""
CHILDREN: Final = """
    select parent_code as code, system, code_dotted from codes where parent_code in (select unnest($codes))
    order by parent_code, system, valid_to is not null, codes.code
"""
SUCCESSORS: Final = """
    select r.code, r.system, coalesce(c.code_dotted, r.successor) as code_dotted from (
        select code, system, unnest(replaced_by) as successor from code_changes
        where replaced_by is not null and code in (select unnest($codes))
    ) r left join codes c on c.system = r.system and c.code = r.successor
    order by r.code, r.system, r.successor
"""
Found = dict[str, list[tuple[str, str]]]  # system and dotted code, by the code that was looked for


def add_suggestions(
    build: Build, readings: list[Reading], system: str | None, *, of_all: bool = False
) -> list[Reading]:
    """The same readings, those that found nothing to report with what may have been meant; with `of_all` all of them.

    Where a system was named, only its own codes, and the same code elsewhere: whoever types ICD9 means ICD-9-CM mostly.
    """
    named = build.system_called(system) if system else None
    unknown = [each for each in readings if each.status == UNKNOWN]
    inferred = find_inferred(build, {each.asked for each in unknown}, named) if unknown else {}
    not_found = {each.bare for each in readings if not each.episodes} if named else set()
    elsewhere: dict[str, list[Row]] = defaultdict(list)
    for row in build.rows(SAME_CODES, codes=sorted(not_found)) if not_found else []:
        elsewhere[row["code"]].append(row)
    akin = taken_for(named) if named else []
    children = _find(build, CHILDREN, {each.bare for each in readings if each.status == HEADING})
    successors = _find(build, SUCCESSORS, {each.bare for each in readings if each.status in {INVALID, HEADING}})
    separators = find_separators(picture for each in build.systems.values() for picture in each.written_as)

    known = read_known_days(build)
    unlisted = [each for each in build.systems.values() if not known[each.system].is_listed and not each.is_of_deaths]

    def suggest(each: Reading) -> Iterator[Suggestion]:
        """What may have been meant by one code, the likeliest first."""
        if each.status == UNKNOWN:
            yield from _meant(inferred.get(each.asked, []))
        if not each.episodes:
            yield from _elsewhere(each, elsewhere.get(each.bare, []), separators)
            yield from _by_form(build, each, [one for one in unlisted if one.system in akin])
        if each.status in {INVALID, HEADING}:
            yield from _own(each, successors, "took its place")
        if each.status == HEADING:
            yield from _own(each, children, "under it")
        if each.episodes and named is None:
            yield from _by_form(build, each, unlisted)

    return [
        replace(each, did_you_mean=_each_once(suggest(each))) if of_all or not each.is_resolved else each
        for each in readings
    ]


def _each_once(suggestions: Iterator[Suggestion]) -> list[Suggestion]:
    """Each code with the first reason that speaks for it."""
    once: dict[tuple[str, str], Suggestion] = {}
    for each in suggestions:
        once.setdefault((each.system, each.code_dotted), each)
    return [*once.values()]


def _by_form(build: Build, each: Reading, unlisted: list[SystemRow]) -> Iterator[Suggestion]:
    """A code of systems that have no listing here, written as codes of theirs are."""
    for system in unlisted:
        if has_form_of(each.form, system):
            words = f"by its form {describe_form(build, system.system, each.bare)}; no listing of it is here"
            yield Suggestion(system.system, each.form.written, words)


def _find(build: Build, question: str, codes: set[str], **values: object) -> Found:
    found: Found = defaultdict(list)
    if codes:
        for row in build.rows(question, codes=sorted(codes), **values):
            found[row["code"]].append((row["system"], row["code_dotted"]))
    return found


def _meant(inferred: list[InferredCode]) -> Iterator[Suggestion]:
    """The codes that a text may be by the rules of claims; too many tell nothing."""
    if len(inferred) <= SUGGESTED:
        yield from (Suggestion(*each) for each in inferred)


def _elsewhere(each: Reading, same_codes: list[Row], separators: str) -> Iterator[Suggestion]:
    """The same code in systems that were not named, those first in which it can be reported."""
    for row in sorted(same_codes, key=lambda row: not row["billable"]):
        if not _has_dot(each, separators) or row["code_dotted"] == each.asked.strip().upper():
            why = "another system" if row["billable"] else "a heading of another system"
            yield Suggestion(row["system"], row["code_dotted"], why)


def _has_dot(each: Reading, separators: str) -> bool:
    return any(mark in each.asked for mark in separators)


def _own(each: Reading, found: Found, why: str) -> Iterator[Suggestion]:
    own = [(system, dotted) for system, dotted in found.get(each.bare, []) if each.system in {None, system}]
    yield from (Suggestion(system, dotted, why) for system, dotted in dict.fromkeys(own[:SUGGESTED]))
