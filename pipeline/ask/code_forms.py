"""What the form of a code tells: which systems write codes like it, and which section has numbers like it.

A form proves nothing; it is told where a build has no listing to look a code up in.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pipeline.ask.build import Build, SystemRow
from pipeline.ask.written_codes import WrittenCode, is_written_like

DIGIT = re.compile(r"\d")
MODIFIER: Final = "--"
CODES_OF_EACH_SHAPE: Final = """
    select min(code) as code from codes where system = $system
    group by if(length(code) = 2, '--', regexp_replace(code, '[0-9]', '0', 'g'))
"""


@dataclass(frozen=True)
class CodeForm:
    """What codes of one form are called; `pattern` is of bare codes."""

    system: str
    pattern: str
    words: str


@cache
def _read_forms() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@cache
def code_forms() -> list[CodeForm]:
    """The forms that have words of their own, `code_forms.toml`."""
    return [CodeForm(**row) for row in _read_forms()["form"]]


def systems_on_claims(system: str) -> list[str]:
    """A system, and those whose codes claims carry in the field that has its name."""
    further = [row["carries"] for row in _read_forms()["field"] if row["named_after"] == system]
    return [system, *(each for carried in further for each in carried)]


def has_form_of(code: WrittenCode, system: SystemRow) -> bool:
    """Whether a code is written as codes of a system are: with its characters, and its separators in their places.

    Of a system that says nothing of its form no code is told by it.
    """
    if not system.code_pattern:
        return False
    return is_written_like(code, system.written_as) and re.search(system.code_pattern, code.bare) is not None


def form_elsewhere(build: Build, code: WrittenCode) -> CodeForm | None:
    """The form of a code of a system that the build does not even name, such as CDT."""
    for each in code_forms():
        if each.system not in build.systems and re.search(each.pattern, code.written):
            return each
    return None


def describe_form(build: Build, system: str, code: str) -> str:
    """What the form of a bare code tells in one system: `CPT category I, Evaluation and management (99201-99499)`."""
    words = next(
        (each.words for each in code_forms() if each.system == system and re.search(each.pattern, code)), system
    )
    section = find_section(build, system, code)
    return f"{words}, {section}" if section else words


def find_section(build: Build, system: str, code: str) -> str | None:
    """The section whose numbers are like a code, in words; None where none is."""
    for row in build.sections:
        if row["system"] != system:
            continue
        if row["first"] is None:
            if len(code) == 2:  # sections without numbers are those of modifiers
                return str(row["title"])
        elif _is_like(code, row["first"]) and row["first"] <= code <= row["last"]:
            return f"{row['title']} ({row['section']})"
    return None


def shape_of(code: str) -> str:
    """What codes of one form have in common: where digits stand and which letters; modifiers are of one shape."""
    return MODIFIER if len(code) == len(MODIFIER) else DIGIT.sub("0", code)


def shapes_listed(build: Build, system: str) -> frozenset[str]:
    """The shapes of the codes of a system that the build has: BETOS lists no modifiers, and no codes such as 0001U."""
    return frozenset(shape_of(row["code"]) for row in build.rows(CODES_OF_EACH_SHAPE, system=system))


def _is_like(code: str, other: str) -> bool:
    """Whether letters and digits stand in the same places, and the letters are the same."""
    return DIGIT.sub("0", code) == DIGIT.sub("0", other)
