"""Which code is meant: of which system, valid on the day, and no heading."""

from itertools import groupby
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.lookup import Episode, find_episodes
from pipeline.ask.translate.model import RESOLVED, Question, Translation
from pipeline.ask.written_codes import WrittenCode, read_written_codes

MORTALITY: Final = "mortality"


def resolve(build: Build, asked: list[str], question: Question) -> list[Translation]:
    """One answer for each code asked: resolved, or why it cannot be.

    A separator tells systems apart (80.20 is a procedure, 802.0 a diagnosis), and so does the day of service. Causes of
    death are meant only where their system is named, or no other has the code: they stand on no claim. Nothing else
    tells: that only one of two systems leads to the target is no reason to think that it was meant.
    """
    written = read_written_codes(build, asked)
    system = build.system_called(question.system) if question.system else None
    rows = find_episodes(build, [each.bare for each in written], system)
    by_code = {code: list(group) for code, group in groupby(rows, key=lambda each: each.code)}
    return [
        _resolve_one(each, form, by_code.get(form.bare, []), question)
        for each, form in zip(asked, written, strict=True)
    ]


def _resolve_one(asked: str, form: WrittenCode, found: list[Episode], question: Question) -> Translation:
    meant = _without_deaths([each for each in found if form.fits(each.code_dotted)])
    if not meant:
        where = f"in {question.system}" if question.system else "in any system"
        return Translation(asked, "unknown", f"there is no such code {where}")
    on = question.on
    valid = [each for each in meant if on is None or each.is_valid_on(on)]
    if on and not valid:
        return Translation(asked, "invalid", f"not valid on {on}: {_spans(meant)}", *_name(meant))
    systems = sorted({each.system for each in valid})
    if len(systems) > 1:
        names = ", ".join(f"{each.system} ({each.code_dotted})" for each in _last_of_each(valid))
        return Translation(asked, "ambiguous", f"a code of {len(systems)} systems: {names}; --system picks one")
    if not any(each.billable for each in valid):
        return Translation(asked, "heading", f"a heading, which cannot be reported: {valid[-1].meaning}", *_name(valid))
    last = [each for each in valid if each.billable][-1]
    return Translation(asked, RESOLVED, "", last.system, last.code, last.code_dotted, last.meaning)


def _without_deaths(found: list[Episode]) -> list[Episode]:
    """What may stand on a claim; causes of death where there is nothing else."""
    return [each for each in found if each.setting != MORTALITY] or found


def _last_of_each(found: list[Episode]) -> list[Episode]:
    """The last episode of each system."""
    return list({each.system: each for each in found}.values())


def _name(found: list[Episode]) -> tuple[str | None, str | None, str | None, str | None]:
    """System, code, dotted code and meaning where all are of one system."""
    last = found[-1]
    is_one = len({each.system for each in found}) == 1
    return (last.system, last.code, last.code_dotted, last.meaning) if is_one else (None, None, None, None)


def _spans(found: list[Episode]) -> str:
    """From when to when each system had the code."""
    texts = []
    for system, group in groupby(found, key=lambda each: each.system):
        own = list(group)
        end = f"to {own[-1].valid_to}" if own[-1].valid_to else "on"
        texts.append(f"in {system} from {own[0].valid_from} {end}")
    return "; ".join(texts)
