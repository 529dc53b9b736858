"""Codes as they are asked, each with the system and the day that its row names, else those of the command."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from pipeline.ask.build import Build
from pipeline.ask.code_text import CodeText
from pipeline.ask.named_systems import MeantSystems, choose_systems, systems_meant
from pipeline.errors import UsageError

AskedCode = tuple[str, str | None, date | None]
OneAnswer = TypeVar("OneAnswer")
AnswerMany = Callable[[list[str], str | None, list[date | None]], list[OneAnswer]]


@dataclass(frozen=True)
class AskedCodes:
    """Codes as they are asked: those that differ, and for each question its place among them, in order."""

    distinct: list[AskedCode]
    order: list[int]

    def __add__(self, others: "AskedCodes") -> "AskedCodes":
        """These, then others."""
        further = [place + len(self.distinct) for place in others.order] if self.distinct else others.order
        return AskedCodes(self.distinct + others.distinct, self.order + further)


def as_asked(build: Build, where: str, text: CodeText, system: str | None, on: date | None) -> AskedCodes:
    """The codes of a text, each with the id of the system and with the day that its row names, else with those given.

    Of a name that several systems have (icd9) it is the system that has the code; none where more than one has it.
    Raises UsageError with the line where a row names a system that is none here, or no day.
    """
    named = {name: _called(build, f"{where}, line {line}", name) for name, line in text.systems.items()}
    of_all = systems_meant(build, system) if system else ()
    days = {written: _day_of(f"{where}, line {line}", written) for written, line in text.days.items()}
    own = [named.get(name, of_all) for _, name, _ in text.distinct]
    codes = [code for code, _, _ in text.distinct]
    shared = {pair for pair in zip(codes, own, strict=True) if len(pair[1]) > 1}
    chosen = choose_systems(build, shared) if shared else {}
    ids = [
        chosen[code, systems] if len(systems) > 1 else next(iter(systems), None)
        for code, systems in zip(codes, own, strict=True)
    ]
    asked = [(code, found, days.get(day, on)) for (code, _, day), found in zip(text.distinct, ids, strict=True)]
    return AskedCodes(asked, text.order)


def _called(build: Build, where: str, name: str) -> MeantSystems:
    try:
        return systems_meant(build, name)
    except UsageError as problem:
        raise UsageError(f"{where}: {problem}") from None


def _day_of(where: str, written: str) -> date:
    try:
        return datetime.fromisoformat(written).date()
    except ValueError:
        raise UsageError(
            f"{where}: {written} is no day\n  expected: 2024-05-01, or 20240501\n"
            "  next:     write days like this, or give the column another name where it has none"
        ) from None


def answer_by_system(asked: list[AskedCode], answer: AnswerMany[OneAnswer]) -> list[OneAnswer]:
    """One answer for each code asked, in that order; those of one system, or of none, are asked together."""
    codes: dict[str | None, list[AskedCode]] = {}
    for each in asked:
        codes.setdefault(each[1], []).append(each)
    answers = {
        system: iter(answer([code for code, _, _ in own], system, [day for _, _, day in own]))
        for system, own in codes.items()
    }
    return [next(answers[system]) for _, system, _ in asked]
