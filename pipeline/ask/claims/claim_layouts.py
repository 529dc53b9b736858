"""Layouts of claims: which columns hold codes, of which field, with which flag and day.

They are data, claim_layouts.toml. A person's own file has the same form.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from pipeline.errors import UsageError

OWN_LAYOUTS: Final = Path(__file__).with_suffix(".toml")
NUMBER_KINDS: Final = ("bare", "dotted")
Names = tuple[str, ...]


@dataclass(frozen=True)
class CodesEntry:
    """Columns of one field: their names or patterns, and the columns with the flag and the day of each.

    `field` is a role, a system, or, with `field_in`, the column that says so row by row; `numbers` says that the codes
    went through a number: bare (4280) or dotted (428.0).
    """

    columns: Names
    field: str = ""
    field_in: str = ""
    flag: Names = ()
    flag_is: str = ""
    numbers: str = ""
    day: Names = ()


@dataclass(frozen=True)
class ClaimLayout:
    """One layout: the columns it is told by (`has`, and names of files where columns do not do), keys, day and codes.

    `flag` and `day` hold for every column of codes that has none of its own.
    """

    layout: str
    codes: tuple[CodesEntry, ...]
    has: Names = ()
    keys: Names = ()
    day: Names = ()
    flag: Names = ()
    file: Names = ()
    family: str = ""


@cache
def own_layouts() -> tuple[ClaimLayout, ...]:
    """The layouts that come with the program, in the order in which they are tried."""
    return read_claim_layouts(OWN_LAYOUTS)


def read_claim_layouts(path: Path) -> tuple[ClaimLayout, ...]:
    """The layouts of a TOML file. Raises UsageError, with the line, for an unknown key or a value that does not fit."""
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UsageError(
            f"{path}: not a layout of claims ({problem})\n  next:     correct it: docs/claims.md has an example"
        ) from problem
    entries = content.get("layout")
    if not isinstance(entries, list) or not entries or content.keys() != {"layout"}:
        unknown = sorted(content.keys() - {"layout"})
        raise _wrong(path, text, unknown[0] if unknown else "", "entries [[layout]] alone")
    return tuple(_as_layout(path, text, entry) for entry in entries)


def _as_layout(path: Path, text: str, entry: Mapping[str, Any]) -> ClaimLayout:
    codes = entry.get("codes", [])
    if not isinstance(codes, list) or not codes:
        raise _wrong(path, text, "codes", f"entries [[layout.codes]] in layout {entry.get('layout', '')}")
    read = tuple(CodesEntry(**_values(path, text, CodesEntry, each)) for each in codes)
    for each in read:
        if bool(each.field) == bool(each.field_in):
            raise _wrong(path, text, "field", "for each [[layout.codes]] either field or field_in")
        if each.numbers not in {"", *NUMBER_KINDS}:
            raise _wrong(path, text, "numbers", f"numbers = {' or '.join(NUMBER_KINDS)}")
    values = _values(path, text, ClaimLayout, {key: value for key, value in entry.items() if key != "codes"})
    return ClaimLayout(codes=read, **values)


def _values(path: Path, text: str, row: type[Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an entry, lists as tuples; each a key of the row and of its type."""
    kinds = {each.name: each.type for each in fields(row)}
    for key, value in entry.items():
        if key not in kinds:
            raise _wrong(path, text, key, f"one of {', '.join(kinds)}")
        is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if not (isinstance(value, str) if kinds[key] is str else is_list):
            raise _wrong(path, text, key, f"{key} as {'a text' if kinds[key] is str else 'a list of texts'}")
    needed = {"layout"} if row is ClaimLayout else {"columns"}
    if missing := needed - entry.keys():
        raise _wrong(path, text, "", f"an entry with {', '.join(missing)}")
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def _wrong(path: Path, text: str, key: str, expected: str) -> UsageError:
    """What is wrong with a layout file, with the line on which the key stands."""
    found = re.search(rf"^[ \t]*(?:\[+[\w.]*{re.escape(key)}\]+|[\"']?{re.escape(key)}[\"']?[ \t]*=).*", text, re.M)
    where = f"{path}, line {text.count(chr(10), 0, found.start()) + 1}" if key and found else str(path)
    return UsageError(
        f"{where}\n  expected: {expected}\n  found:    {found[0].strip() if key and found else key or 'none'}\n"
        "  next:     correct it: docs/claims.md has an example"
    )
