"""Translating codes by a published build: which alternatives stand for a code in another system, or in another year.

Which code is meant is found out as for a look-up, `ask.resolve_codes`. `choose` says by which crosswalk, `find` what
stands for it, `say` puts it into words.
"""

from dataclasses import replace
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.resolve_codes import NOT_KNOWN, RESOLVED, Reading, resolve_codes
from pipeline.ask.suggestions import add_suggestions
from pipeline.ask.translate.choose import choose_crosswalk, known_target
from pipeline.ask.translate.find import find_alternatives
from pipeline.ask.translate.model import Question, Translation, not_translated

__all__ = ["Question", "Translation", "translate"]

MAPPED_SOURCES: Final = """
    select distinct source_code from mappings where source_system = $system and source_code in (select unnest($codes))
"""


def translate(build: Build, asked: list[str], question: Question) -> list[Translation]:
    """One translation for each code asked, in that order. Codes may be written with or without their separators.

    Raises UsageError where there is no such system, crosswalk or release; NotKnown where the release is one that the
    build cannot know.
    """
    to = known_target(build, question.to)
    readings = _mapped_without_listing(build, resolve_codes(build, asked, question.system, question.on), question)
    answers: dict[tuple[str | None, str | None], Translation] = {}
    for system in sorted({each.system for each in readings if each.is_resolved and each.system}):
        chosen = choose_crosswalk(build, system, to, question)
        own = {each.code: not_translated(each) for each in readings if each.is_resolved and each.system == system}
        answers |= {(system, each.code): each for each in find_alternatives(build, [*own.values()], chosen, question)}
    return [
        answers[each.system, each.code].asked_as(each) if each.is_resolved else not_translated(each)
        for each in add_suggestions(build, readings, question.system)
    ]


def _mapped_without_listing(build: Build, readings: list[Reading], question: Question) -> list[Reading]:
    """The same readings; a code of a system that is named and not listed is meant where a crosswalk has it.

    Of no day: without a listing nobody knows when it was valid. The reason says that no listing is here.
    """
    unread = {each.bare for each in readings if each.status == NOT_KNOWN and not each.episodes}
    if not question.system or question.on or not unread:
        return readings
    system = build.system_called(question.system)
    mapped = {row["source_code"] for row in build.rows(MAPPED_SOURCES, system=system, codes=sorted(unread))}
    return [
        replace(each, status=RESOLVED, system=system, code=each.bare, code_dotted=each.asked.upper())
        if each.bare in mapped and each.bare in unread
        else each
        for each in readings
    ]
