"""Systems and groupings by the names that people type: ICD-10-CM, CPT, HCC. The names are data, `system_names.toml`."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pipeline.errors import UsageError


def find_named(name: str, ids: Iterable[str], what: str = "system") -> str | None:
    """The id that a name stands for, in capitals or not; None where it stands for none of them.

    Raises UsageError where it may stand for several.

    >>> find_named("icd-10-cm", ["ICD10", "ICD10CM"]), find_named("icd10", ["ICD10", "ICD10CM"])
    ('ICD10CM', 'ICD10')
    """
    known = {each.lower(): each for each in ids}
    typed = " ".join(name.lower().split())
    if typed in known:
        return known[typed]
    meant = [each for each in typed_names().get(typed, ()) if each in known.values()]
    if len(meant) > 1:
        raise UsageError(f"{name}: may be any {what} of {', '.join(meant)}\n  next:     name one of them")
    return meant[0] if meant else {bare_name(each): each for each in known.values()}.get(bare_name(name))


def bare_name(name: str) -> str:
    """A name without capitals, hyphens and blanks."""
    return "".join(each for each in name.lower() if each.isalnum())


@cache
def typed_names() -> dict[str, list[str]]:
    """What each name that is typed may stand for."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["name"]
    return {written.lower(): row["means"] for row in rows for written in row["written"]}
