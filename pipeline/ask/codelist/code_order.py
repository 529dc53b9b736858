"""The order of systems in which letters stand between digits: `code_order.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

AFTER: Final = "~"  # sorts behind all characters of codes: what is after 3 and what begins with it, and before 4


@cache
def read_code_order() -> dict[str, str]:
    """By system and the beginning of codes what stands in the place of its last character, to sort by.

    >>> read_code_order()["ICD10CMC4A"]
    '3~A'
    """
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["letters"]
    return {f"{row['system']}{code}": f"{row['after'][-1]}{AFTER}{code[-1]}" for row in rows for code in row["codes"]}
