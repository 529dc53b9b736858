"""What the form of a code tells: which systems write codes like it, and which section has numbers like it.

A form proves nothing; it is told where a build has no listing to look a code up in.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from pipeline.ask.build import Build
from pipeline.ask.system_rows import SystemRow
from pipeline.ask.written_codes import WrittenCode, is_written_like

DIGIT = re.compile(r"\d")
MODIFIER: Final = "--"
MODIFIER_KIND: Final = "modifier"
FIRST_LIST_OF_MODIFIERS: Final = """
    select min(effective_from) as first_day
    from releases where system = $system and release in (
        select release from code_history where system = $system and kind = $kind
    )
"""
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


def modifier_elsewhere(build: Build, code: WrittenCode, having: set[str]) -> str | None:
    """That two characters may be a modifier too, where systems with modifiers have none in a listing here: a heading of
    ICD-9-CM procedures (25) looks like one. `having` are the systems that have the code. None of other codes."""
    if code.written != code.bare or len(code.bare) != len(MODIFIER):
        return None
    able = [each for each in build.systems.values() if "modifier" in each.kinds and has_form_of(code, each)]
    unlisted = [each.system for each in able if each.system not in having]
    if not unlisted or MODIFIER in {shape for each in unlisted for shape in shapes_listed(build, each)}:
        return None
    return f"may be a modifier of {' or '.join(unlisted)} too, of which there is no listing here"


def shape_of(code: str) -> str:
    """What codes of one form have in common: where digits stand and which letters; modifiers are of one shape."""
    return MODIFIER if len(code) == len(MODIFIER) else DIGIT.sub("0", code)


def shapes_listed(build: Build, system: str) -> frozenset[str]:
    """The shapes of the codes of a system that the build has: BETOS lists no modifiers, and no codes such as 0001U."""
    return frozenset(shape_of(row["code"]) for row in build.rows(CODES_OF_EACH_SHAPE, system=system))


def is_modifier_before_lists(build: Build, system: str, code: str, on: date | None) -> bool:
    """Whether a bare code is a modifier by its form, and no list here has modifiers, or none of a day or before it.

    BETOS and RBCS list the codes of CPT and HCPCS without their modifiers: those are known from other lists only.
    """
    if shape_of(code) != MODIFIER or MODIFIER_KIND not in build.systems[system].kinds:
        return False
    (row,) = build.rows(FIRST_LIST_OF_MODIFIERS, system=system, kind=MODIFIER_KIND)
    return row["first_day"] is None or (on is not None and on < row["first_day"])


def _is_like(code: str, other: str) -> bool:
    """Whether letters and digits stand in the same places, and the letters are the same."""
    return DIGIT.sub("0", code) == DIGIT.sub("0", other)
