"""What `rules.toml` says: fields, flags, repairs, statuses and the rest of the rules that is data."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

INFERRED: Final = "inferred"


@dataclass(frozen=True)
class Field:
    """What a column of claims is said to hold, and the systems whose codes stand there."""

    name: str
    systems: list[str]
    meaning: str
    holds_modifiers: bool = False


@dataclass(frozen=True)
class Version:
    """A version of ICD, the systems of which it is, and the flags that say it, in capitals."""

    version: str
    systems: list[str]
    flags: list[str]
    source: str


@dataclass(frozen=True)
class Repair:
    """A repair of what was written: `kind` is plain, notation or inferred; `example` a text, where it stands (field and
    day, with its flag or as numbers), and the code that it leads to; `suggestion` how a look-up says it."""

    name: str
    kind: str
    meaning: str
    example: dict[str, Any]
    suggestion: str | None = None


@dataclass(frozen=True)
class NotRepaired:
    """What is never repaired: a text in a field on a day, and the status that it keeps."""

    what: str
    text: str
    field: str
    day: date
    status: str


@dataclass(frozen=True)
class Word:
    """A word of a closed list, a status or a basis, and what it means."""

    name: str
    meaning: str


@dataclass(frozen=True)
class Form:
    """How codes of a system look that a build may have no listing of; a `reading` stands beside codes that are listed,
    others are told where nothing is read, in fields with the system `beside` which they stand."""

    system: str
    pattern: str
    reading: bool
    reason: str
    beside: str | None = None


@cache
def _read_rules() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))


@cache
def fields() -> dict[str, Field]:
    """The fields by name."""
    return {row["name"]: Field(**row) for row in _read_rules()["field"]}


@cache
def versions() -> list[Version]:
    """The versions that flags tell."""
    return [Version(**row) for row in _read_rules()["version"]]


@cache
def repairs() -> list[Repair]:
    """The repairs in the order in which they are shown."""
    return [Repair(**row) for row in _read_rules()["repair"]]


@cache
def never_repaired() -> list[NotRepaired]:
    """What is never repaired."""
    return [NotRepaired(**row) for row in _read_rules()["never"]]


@cache
def statuses() -> list[Word]:
    """The statuses in the order in which they are decided."""
    return [Word(**row) for row in _read_rules()["status"]]


@cache
def bases() -> list[Word]:
    """What the system of an answer is known by."""
    return [Word(**row) for row in _read_rules()["basis"]]


@cache
def forms() -> list[Form]:
    """The forms of codes that a build may have no listing of."""
    return [Form(**row) for row in _read_rules()["form"]]


def systems_named(name: str) -> list[str]:
    """The systems of which a code may be where one is named: those of both levels for HCPCS."""
    carried = [row["systems"] for row in _read_rules()["carries"] if row["named"] == name]
    return carried[0] if carried else [name]


def listed_in(table: str, column: str = "systems") -> list[str]:
    """A list of a table of the rules that has no other: the systems of `numbers`, the words of `fillers`."""
    return [str(each) for each in _read_rules()[table][column]]


def number_ranges() -> list[dict[str, Any]]:
    """Ranges of codes that lost their zeros as numbers: system, first, last, length."""
    return list(_read_rules()["number_range"])


@cache
def repair_bits() -> dict[str, int]:
    """The bit of each repair in the sum of those that an answer needed: in their order, the first is 1."""
    return {each.name: 1 << at for at, each in enumerate(repairs())}


@cache
def inferred_bits() -> int:
    """The bits of all that is inferred."""
    return sum(bit for each, bit in zip(repairs(), repair_bits().values(), strict=True) if each.kind == INFERRED)
