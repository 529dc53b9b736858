"""Registries: TOML files of entries in our own hands, each checked as it is read to be a row of a dataclass."""

import tomllib
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pipeline.errors import UsageError

_Row = TypeVar("_Row")


def read_registry(path: Path, table: str, row: type[_Row]) -> dict[str, _Row]:
    """The entries `[[table]]` of a file as rows, each by the key that is named as the table is, in the file's order.

    `row` is a dataclass, whose fields are the keys: texts, days, true or false, and lists, which become tuples. Raises
    UsageError where the file is not one of such entries: a key is missing, unknown or of another type, or an entry
    stands twice.
    """
    found: dict[str, _Row] = {}
    for place, entry in enumerate(_entries_of(path, table), 1):
        where = f"{path}, [[{table}]] {entry.get(table, f'number {place}')}"
        name, one = _as_row(where, entry, table, row)
        if name in found:
            raise entry_error(where, expected=f"one entry for each {table}", found="a second one", next_step="drop one")
        found[name] = one
    return found


def entry_error(where: str, *, expected: str, found: str, next_step: str) -> UsageError:
    """What is wrong with an entry of a registry, in four parts."""
    return UsageError(f"{where}\n  expected: {expected}\n  found:    {found}\n  next:     {next_step}")


def _entries_of(path: Path, table: str) -> list[dict[str, Any]]:
    next_step = f"correct the file: each of its entries begins with [[{table}]]"
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get(table)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise entry_error(str(path), expected="TOML", found=str(problem), next_step=next_step) from problem
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise entry_error(str(path), expected=f"entries [[{table}]]", found="none", next_step=next_step)
    return entries


def _as_row(where: str, entry: dict[str, Any], table: str, row: type[_Row]) -> tuple[str, _Row]:
    hints = get_type_hints(row)
    keys: dict[str, Field[Any]] = {_key_of(each): each for each in fields(row)}  # type: ignore[arg-type]
    needed = {key for key, each in keys.items() if each.default is MISSING}
    for problem, names in (("without", needed - entry.keys()), ("with", entry.keys() - keys)):
        if names:
            said = f"an entry {problem} {', '.join(sorted(names))}"
            raise entry_error(where, expected=_keys_said(needed, keys), found=said, next_step=_correct(names))
    given = {key: _as_tuple(value) for key, value in entry.items()}
    for key, value in given.items():
        if not _fits(value, hint := hints[keys[key].name]):
            expected = f"{key} of the type {hint if get_args(hint) else hint.__name__}"
            raise entry_error(where, expected=expected, found=repr(entry[key]), next_step=_correct({key}))
    return given[table], row(**{keys[key].name: value for key, value in given.items()})


def _key_of(column: "Field[Any]") -> str:
    """The key of a field: its name, or what its metadata names where that is no name in Python (`from`)."""
    return str(column.metadata.get("key", column.name))


def _keys_said(needed: set[str], keys: dict[str, Any]) -> str:
    return f"the keys {', '.join(sorted(needed))}; it may have {', '.join(sorted(keys.keys() - needed))}"


def _correct(names: set[str]) -> str:
    return f"correct {', '.join(sorted(names))} in that entry; the head of the file says what keys mean"


def _as_tuple(value: Any) -> Any:
    return tuple(map(_as_tuple, value)) if isinstance(value, list) else value


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a type as the dataclasses of registries name them."""
    parts = get_args(hint)
    if get_origin(hint) is not tuple:
        return any(type(value) is each for each in parts or (hint,))
    if not isinstance(value, tuple):
        return False
    if parts[-1] is Ellipsis:
        return all(_fits(each, parts[0]) for each in value)
    return len(value) == len(parts) and all(map(_fits, value, parts))
