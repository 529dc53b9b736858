"""Codes as they are asked, each with the system that it is said to be of, where its row or the command names one."""

from collections.abc import Callable
from itertools import repeat
from typing import TypeVar

from pipeline.ask.build import Build
from pipeline.ask.code_text import CodeText
from pipeline.errors import UsageError

AskedCode = tuple[str, str | None]  # a plain tuple: a million of them are made and compared
OneAnswer = TypeVar("OneAnswer")


def with_systems(build: Build, where: str, text: CodeText, system: str | None) -> list[AskedCode]:
    """The codes of a text, each with the id of the system that its row names, else with the one given.

    Raises UsageError with the line where a row names a system that is none here, or may be several.
    """
    if not text.systems:
        return [*zip(text.codes, repeat(system))]
    ids = {name: _called(build, f"{where}, line {line}", name) for name, line in text.first_lines.items()}
    return [(code, ids.get(name, system)) for code, name in zip(text.codes, text.systems, strict=True)]


def _called(build: Build, where: str, name: str) -> str:
    try:
        return build.system_called(name)
    except UsageError as problem:
        raise UsageError(f"{where}: {problem}") from None


def answer_by_system(
    asked: list[AskedCode], answer: Callable[[list[str], str | None], list[OneAnswer]]
) -> list[OneAnswer]:
    """One answer for each code asked, in that order; those of one system, or of none, are asked together."""
    codes: dict[str | None, list[str]] = {}
    for code, system in asked:
        codes.setdefault(system, []).append(code)
    answers = {system: iter(answer(own, system)) for system, own in codes.items()}
    return [next(answers[system]) for _, system in asked]
