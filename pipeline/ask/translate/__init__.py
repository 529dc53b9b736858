"""Translating codes by a published build: which alternatives stand for a code in another system, or in another year.

A code that nobody has, one that was not valid on the day, and one that several systems have are three different
answers, none of them a guess. `resolve` finds out which code is meant, `choose` by which crosswalk, `find` what stands
for it, `say` puts it into words.
"""

from pipeline.ask.build import Build
from pipeline.ask.translate.choose import choose_crosswalk, known_target
from pipeline.ask.translate.find import find_alternatives
from pipeline.ask.translate.model import Question, Translation
from pipeline.ask.translate.resolve import resolve
from pipeline.errors import UsageError

__all__ = ["Question", "Translation", "translate"]


def translate(build: Build, asked: list[str], question: Question) -> list[Translation]:
    """One translation for each code asked, in that order. Codes may be written with or without their separators.

    Raises UsageError where no code was given, or there is no such system, crosswalk or release.
    """
    if not any(each.strip() for each in asked):
        raise UsageError("no code was given\n  next:     for example `crosswalk translate 250.00 --to ICD10CM`")
    to = known_target(build, question.to)
    found = resolve(build, asked, question)
    answers: dict[tuple[str | None, str | None], Translation] = {}
    for system in sorted({each.system for each in found if each.is_resolved and each.system}):
        chosen = choose_crosswalk(build, system, to, question)
        own = {each.code: each for each in found if each.is_resolved and each.system == system}
        answers |= {(system, each.code): each for each in find_alternatives(build, [*own.values()], chosen, question)}
    return [answers[each.system, each.code].asked_as(each.asked) if each.is_resolved else each for each in found]
