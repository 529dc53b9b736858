"""Translating codes by a published build: which alternatives stand for a code in another system, or in another year.

Which code is meant is found out as for a look-up, `ask.resolve_codes`, and, of what no listing has, `without_listing`.
`choose` says by which crosswalk, `find` what stands for it, `grouped` which categories it is in, `packaged` which drug
packages it bills, `same_category` what shares a category with it where nothing does, `say` puts it into words.
"""

from collections.abc import Iterator

from pipeline.ask.build import Build
from pipeline.ask.resolve_codes import resolve_codes
from pipeline.ask.suggestions import add_suggestions
from pipeline.ask.translate.choose import choose_crosswalk, known_target
from pipeline.ask.translate.find import find_alternatives
from pipeline.ask.translate.grouped import find_categories
from pipeline.ask.translate.model import Question, Translation
from pipeline.ask.translate.packaged import add_older_quarters, find_packages_of, packaging_of, resolve_by_quarters
from pipeline.ask.translate.same_category import add_shared_categories
from pipeline.ask.translate.without_listing import resolve_by_crosswalks

__all__ = ["Question", "Translation", "translate"]


def translate(build: Build, asked: list[str], question: Question) -> list[Translation]:
    """One translation for each code asked, in that order. Codes may be written with or without their separators.

    Raises UsageError where there is no such system, crosswalk or release; NotKnown where the release is one that the
    build cannot know.
    """
    to = known_target(build, question.to)
    resolved = resolve_by_crosswalks(
        build, resolve_codes(build, asked, question.system, question.on), question.system, to
    )
    readings = add_suggestions(build, resolve_by_quarters(build, resolved, to), question.system)
    translations: dict[str, Iterator[Translation]] = {}
    for system in sorted({each.system for each in readings if each.is_resolved and each.system}):
        own = [each for each in readings if each.is_resolved and each.system == system]
        chosen = choose_crosswalk(build, system, to, question)
        packaging = None if chosen.crosswalk else packaging_of(build, system, to)
        if packaging:
            translations[system] = find_packages_of(build, own, packaging)
        else:
            if chosen.crosswalk and chosen.versions:
                found = list(find_categories(build, own, chosen.crosswalk, chosen))
            else:
                found = add_older_quarters(build, list(find_alternatives(build, own, chosen, question)))
            translations[system] = iter(add_shared_categories(build, found, system, to))
    return [
        next(translations[each.system]) if each.is_resolved and each.system else Translation(each, each.status)
        for each in readings
    ]
