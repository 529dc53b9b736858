"""The order of systems in which letters stand between digits: `code_order.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

AFTER: Final = "~"  # sorts behind all characters of codes: what is after 3 and what begins with it, and before 4
BEFORE: Final = "/"  # sorts before all of them


@cache
def read_code_order() -> dict[str, str]:
    """By system and the beginning of codes what stands in the place of its last character, to sort by.

    >>> read_code_order()["ICD10CMC4A"], read_code_order()["ICD10CMM1A"]
    ('3~A', '/A')
    """
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["system"]
    return {
        f"{row['system']}{_parent(each)}{letter}": _place(each) + letter
        for row in rows
        for each in row["letters"]
        for letter in each["letters"]
    }


def place_in_order(system: str, code: str) -> str:
    """What a code is sorted by among those of its system.

    >>> sorted(["C44", "C4A", "C43"], key=lambda code: place_in_order("ICD10CM", code))
    ['C43', 'C4A', 'C44']
    """
    order = read_code_order()
    return "".join(order.get(f"{system}{code[:end]}", code[end - 1]) for end in range(1, len(code) + 1))


def _parent(row: dict[str, str]) -> str:
    return row["after"][:-1] if "after" in row else row["first_below"]


def _place(row: dict[str, str]) -> str:
    return row["after"][-1] + AFTER if "after" in row else BEFORE
