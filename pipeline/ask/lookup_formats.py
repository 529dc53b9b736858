"""How look-ups are written: in words, as csv with a row for each episode in question, as json with an object a code."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from pipeline.ask.answers import AnswerFormat, as_csv, as_json
from pipeline.ask.code_episodes import OF_EPISODE
from pipeline.ask.lookup import CodeAnswer
from pipeline.ask.lookup_text import describe_code

LOOKUP_HEAD: Final = [
    "asked", "status", "reason", "did_you_mean", *OF_EPISODE, "known_through", "replaced_by", "packages", "rules",
    "categories", "on",
]  # fmt: skip


def _rows(found: CodeAnswer) -> Iterator[list[object]]:
    reading = found.reading
    head = [reading.asked, found.status, found.reason, "; ".join(map(str, reading.did_you_mean))]
    for each in found.shown:
        known = found.known[each.system].known_through
        successors = "; ".join(map(str, found.successors.get((each.system, each.code), [])))
        brief = (found.rules.in_brief(each, found.on), found.categories.in_brief(each, found.on))
        said = (known, successors, None, *brief, found.on)
        yield [*head, *(getattr(each, name) for name in OF_EPISODE), *said]
    if not found.shown:
        yield [*head, *([None] * (len(OF_EPISODE) + 2)), "; ".join(map(str, found.packages)), None, None, found.on]


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
        | {"categories": [asdict(one) for one in found.categories.of(each, found.on)]}
        for each in found.shown
    ]
    told: dict[str, object] = {"asked": reading.asked, "reason": found.reason}
    told |= {name: getattr(reading, name) for name in names} | {"status": found.status, "on": found.on}
    told["packages"] = [vars(each) for each in found.packages]
    return told | {"did_you_mean": [vars(each) for each in reading.did_you_mean], "episodes": episodes}


LOOKUP_FORMATS: dict[str, AnswerFormat[CodeAnswer]] = {
    "table": AnswerFormat("", describe_code, "\n\n", "\n"),
    "csv": AnswerFormat(as_csv([LOOKUP_HEAD]), lambda found: as_csv(_rows(found)), "", ""),
    "json": AnswerFormat("[\n", lambda found: as_json(_object(found)), ",\n", "\n]\n"),
}
