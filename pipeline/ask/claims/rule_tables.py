"""The rules that are data, as small tables and values that the steps in SQL use."""

from collections.abc import Iterator
from typing import Any

from pipeline.ask.build import Build
from pipeline.ask.claims.claim_tables import RuleColumns
from pipeline.ask.claims.rules import forms, inferred_bits, listed_in, number_ranges, repair_bits, repairs
from pipeline.ask.claims.scopes import MODIFIER_LENGTH, derive_scopes, flags_by_writing


def rule_values() -> dict[str, Any]:
    """What the steps know by name: the bit of each repair, and lists."""
    return {
        **repair_bits(),
        "inferred": inferred_bits(),
        "elsewhere": repair_bits()["other_field"] | repair_bits()["flag_overruled"],
        "repair_names": [each.name for each in repairs()],
        "fillers": listed_in("fillers", "words"),
        "letters_in": listed_in("letter_digit"),
        "letters_anywhere": listed_in("letter_digit", "anywhere_in"),
        "with_placeholder": listed_in("placeholder"),
        "placeholder": listed_in("placeholder", "characters")[0],
        "modifier_length": MODIFIER_LENGTH,
        "by_form": [each.system for each in forms() if each.reading],
    }


def rule_tables(build: Build) -> Iterator[tuple[str, RuleColumns]]:
    """The tables by name: scopes and their systems, flags as they are written, ranges of numbers, places of dots."""
    scopes = derive_scopes(build)
    yield "scopes", _columns(("scope", "field", "flag", "basis"), scopes)
    systems = [system for each in scopes for system in each.systems]
    yield "scope_systems", _columns(("scope", "system", "place", "code_length"), systems)
    flags = flags_by_writing()
    yield "flags", {"written": [*flags], "flag": [*flags.values()]}
    yield "places", _places(build)
    ranges = number_ranges()
    yield "number_ranges", {name: [row[name] for row in ranges] for name in ("system", "first", "last", "length")}


def _places(build: Build) -> RuleColumns:
    """After which character the dot stands in codes of each system that begin with a letter of their own, or any, and
    how long they are at most."""
    of_numbers = listed_in("numbers")
    rows = [
        (system.system, picture[0] if at else "", _dot_after(picture), sum(map(str.isalnum, picture)))
        for system in build.systems.values()
        for at, picture in enumerate(system.written_as)
    ]
    names = ("system", "letter", "dot_after", "longest")
    columns: RuleColumns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return columns | {"of_numbers": [each in of_numbers for each in columns["system"]]}


def _dot_after(picture: str) -> int | None:
    return next((at for at, each in enumerate(picture) if not each.isalnum()), None)


def _columns(names: tuple[str, ...], rows: list[Any]) -> RuleColumns:
    return {name: [getattr(row, name) for row in rows] for name in names}
