"""Which columns of some claims hold codes: found by a layout, or named by roles."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.ask.claims.claim_layouts import ClaimLayout, CodesEntry, Names, own_layouts, read_claim_layouts
from pipeline.errors import UsageError

ANY_TABLE: Final = "table"
AUTO: Final = "auto"
WHOLE_NUMBER: Final = re.compile(r"(?:U|HUGE|TINY|SMALL|BIG)*INT(?:EGER)?|LONG|SHORT|BYTE|INT\d+", re.I)
FRACTION: Final = re.compile(r"(?:DOUBLE|FLOAT|REAL|DECIMAL).*", re.I)


@dataclass(frozen=True)
class CodeColumn:
    """A column of codes: its field (or the column that says it), flag, days, and whether it went through a number."""

    column: str
    field: str = ""
    field_in: str = ""
    flag: str = ""
    flag_is: str = ""
    numbers: str = ""
    day: Names = ()


@dataclass(frozen=True)
class ClaimColumns:
    """The columns of some claims by what they are for: codes, keys that say which claim it is, and all others."""

    layout: str
    codes: tuple[CodeColumn, ...]
    keys: Names
    others: Names

    @property
    def used(self) -> list[str]:
        """Every column that is read to find codes, flags, fields and days."""
        found = [name for each in self.codes for name in (each.column, each.field_in, each.flag, *each.day)]
        return [each for each in dict.fromkeys(found) if each]


@dataclass(frozen=True)
class ClaimRoles:
    """What a person says of the columns. Names and patterns: `*` stands for anything, `#` for a number.

    `codes` are patterns by field (dx, px, hcpcs, procedure, modifier, any, or a system); `field_in` is a column that
    says the field of each row of the one column of codes; `numbers` is by column, bare or dotted; `no_days` leaves
    days out; `layout` is auto, a name or a TOML file.
    """

    codes: Mapping[str, Sequence[str]] | None = None
    field_in: str = ""
    flag: str = ""
    day: Sequence[str] = ()
    no_days: bool = False
    numbers: Mapping[str, str] | None = None
    keys: Sequence[str] = ()
    layout: str = AUTO


def describe_columns(columns: ClaimColumns) -> str:
    """The columns of codes by their field, in words: dx in dx1, dx2 and 3 more."""
    by_field: dict[str, list[str]] = {}
    for each in columns.codes:
        by_field.setdefault(each.field or each.field_in, []).append(each.column)
    told = {
        field: names if len(names) < 4 else [*names[:2], f"{len(names) - 2} more"] for field, names in by_field.items()
    }
    return "; ".join(f"{field} in {', '.join(names)}" for field, names in told.items())


def find_columns(types: Mapping[str, str], files: Sequence[Path], roles: ClaimRoles) -> ClaimColumns:
    """What each column of some claims is for, by its name; `types` are the columns and their types as DuckDB has them.

    A numeric column of codes went through a number. Raises UsageError where no column has a role, or one that was named
    is not there.
    """
    _require_columns(types, roles)
    chosen = _choose_layout(types, files, roles)
    layout = _with_roles(chosen, roles) if roles.codes else _with_common(chosen, roles)
    taken = _without_codes(types, layout)
    codes = tuple(
        _column(types, each, name, layout, roles)
        for each in layout.codes
        for pattern in each.columns
        for name in _matching(types, [pattern])
        if name not in taken
    )
    codes = tuple({each.column: each for each in reversed(codes)}.values())[::-1]  # the first that names it counts
    if not codes:
        raise UsageError(
            f"no column with a role: {', '.join(types)}\n"
            "  next:     name them: --dx 'dx*', --code COL --field dx, or --layout FILE.toml (docs/claims.md)"
        )
    return _sorted_out(types, layout, codes, roles)


def _sorted_out(
    types: Mapping[str, str], layout: ClaimLayout, codes: tuple[CodeColumn, ...], roles: ClaimRoles
) -> ClaimColumns:
    used = {name for each in codes for name in (each.column, each.field_in, each.flag, *each.day)}
    keys = _matching(types, roles.keys or layout.keys) or [name for name in types if name not in used]
    others = tuple(name for name in types if name not in {*keys, *(each.column for each in codes)})
    return ClaimColumns(layout.layout, codes, tuple(keys), others)


def _require_columns(types: Mapping[str, str], roles: ClaimRoles) -> None:
    patterns = [*(each for names in (roles.codes or {}).values() for each in names), *roles.day, *roles.keys]
    named = [each for each in [*patterns, roles.field_in, roles.flag, *(roles.numbers or {})] if each]
    if lacking := [each for each in named if not _matching(types, [each])]:
        raise UsageError(f"no column is called {', '.join(lacking)}\n  next:     one of {', '.join(types)}")


def _choose_layout(types: Mapping[str, str], files: Sequence[Path], roles: ClaimRoles) -> ClaimLayout:
    if roles.layout.endswith(".toml"):
        offered = read_claim_layouts(Path(roles.layout))
    else:
        offered = tuple(each for each in own_layouts() if roles.layout in {AUTO, each.layout, each.family})
        if not offered:
            names = sorted({each.family or each.layout for each in own_layouts()})
            raise UsageError(f"{roles.layout}: no such layout\n  next:     auto, {', '.join(names)}, or a TOML file")
    if roles.codes and roles.layout == AUTO:
        offered = tuple(each for each in offered if each.layout == ANY_TABLE)
    for each in offered:
        if all(_matching(types, [name]) for name in each.has) and _is_named(files, each.file):
            return each
    told = "; ".join(f"{each.layout} by {', '.join(each.has)}" for each in offered)
    raise UsageError(
        f"not of layout {roles.layout}: {', '.join(types)}\n  expected: {told}\n  next:     name the roles"
    )


def require_one_layout(types_by_file: Mapping[Path, Mapping[str, str]], roles: ClaimRoles) -> None:
    """Raises UsageError for files of several layouts: together they would be read by one of them, and what the others
    say of their codes would be lost. Whoever names the columns of codes says it of all files."""
    if roles.codes:
        return
    by_layout: dict[str, list[str]] = {}
    for path, types in types_by_file.items():
        by_layout.setdefault(_choose_layout(types, [path], roles).layout, []).append(path.name)
    if len(by_layout) > 1:
        told = "\n".join(f"  {layout}: {', '.join(names)}" for layout, names in by_layout.items())
        raise UsageError(f"files of several layouts\n{told}\n  next:     one run for each, or name the roles")


def _is_named(files: Sequence[Path], patterns: Names) -> bool:
    return not patterns or (bool(files) and all(any(fnmatch(f.name.lower(), p) for p in patterns) for f in files))


def _with_roles(layout: ClaimLayout, roles: ClaimRoles) -> ClaimLayout:
    """A layout with the columns that were named in the place of its own, by the days that it has for their field."""
    days = {each.field: each.day for each in reversed(layout.codes)}
    named = [CodesEntry(tuple(each), field, day=days.get(field, ())) for field, each in (roles.codes or {}).items()]
    return _with_common(replace(layout, codes=tuple(named)), roles)


def _with_common(layout: ClaimLayout, roles: ClaimRoles) -> ClaimLayout:
    codes = layout.codes
    if roles.field_in:
        codes = tuple(replace(each, field="", field_in=roles.field_in) for each in codes)
    if roles.flag:
        codes = tuple(replace(each, flag=(), flag_is="") for each in codes)
        layout = replace(layout, flag=(roles.flag,))
    if roles.day or roles.no_days:
        codes = tuple(replace(each, day=()) for each in codes)
        layout = replace(layout, day=() if roles.no_days else tuple(roles.day))
    return replace(layout, codes=codes)


def _without_codes(types: Mapping[str, str], layout: ClaimLayout) -> set[str]:
    """Columns that are for something else, whatever pattern of codes they fit: dxver is none of dx*."""
    names = [*layout.keys, *layout.day, *layout.flag]
    for each in layout.codes:
        names += [*each.flag, *each.day, each.field_in]
    exact = {pattern for each in layout.codes for pattern in each.columns if pattern in types}
    return {*_matching(types, names)} - exact


def _column(
    types: Mapping[str, str], entry: CodesEntry, name: str, layout: ClaimLayout, roles: ClaimRoles
) -> CodeColumn:
    flag = _flag_of(types, entry, name) or next(iter(_matching(types, layout.flag)), "")
    numbers = (roles.numbers or {}).get(name) or entry.numbers or _numbers_of(types[name])
    days = tuple(_matching(types, entry.day or layout.day)) if not roles.no_days else ()
    field_in = next(iter(_matching(types, [entry.field_in])), "") if entry.field_in else ""
    return CodeColumn(name, entry.field, field_in, "" if entry.flag_is else flag, entry.flag_is, numbers, days)


def _numbers_of(kind: str) -> str:
    """How a column of a numeric type holds codes; of one with fractions the engine looks whether it has any."""
    if WHOLE_NUMBER.fullmatch(kind):
        return "bare"
    return "dotted" if FRACTION.fullmatch(kind) else ""


def _flag_of(types: Mapping[str, str], entry: CodesEntry, name: str) -> str:
    """The flag of a column: that in the same place of the list, with what the pattern stands for."""
    for pattern, flag in zip(entry.columns, entry.flag, strict=False):
        if found := _as_regex(pattern).fullmatch(name):
            wanted = re.sub("[*#]", found[1], flag) if found.groups() else flag
            if own := _matching(types, [wanted]):
                return own[0]
    return ""


def _matching(names: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """The names that fit any of some patterns: in the patterns' order, then their own."""
    known = list(names)
    found = [name for each in patterns for name in known if _as_regex(each).fullmatch(name)]
    return list(dict.fromkeys(found))


@cache
def _as_regex(pattern: str) -> re.Pattern[str]:
    parts = {"*": "(.*)", "#": r"(\d+)"}
    return re.compile("".join(parts.get(each, re.escape(each)) for each in pattern), re.IGNORECASE)
