"""Systems and groupings by the names that people type: ICD-10-CM, CPT, HCC. The names are data, `system_names.toml`."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pipeline.errors import UsageError


def find_named(name: str, ids: Iterable[str], what: str = "system") -> str | None:
    """The id that a name stands for; None where it stands for none of them. An id as it is written is always itself;
    in other letters a name of the list comes first: who types icd10 hardly ever means causes of death.

    Raises UsageError where it may stand for several.

    >>> find_named("icd-10-cm", ["ICD10", "ICD10CM"]), find_named("ICD10", ["ICD10", "ICD10CM"])
    ('ICD10CM', 'ICD10')
    """
    known = list(ids)
    if name in known:
        return name
    meant = [each for each in typed_names().get(" ".join(name.lower().split()), ()) if each in known]
    if len(meant) > 1:
        raise UsageError(
            f"{name}: may be any {what} of {', '.join(meant)}\n  next:     name one of them, as written here"
        )
    return meant[0] if meant else {bare_name(each): each for each in known}.get(bare_name(name))


def taken_for(system: str) -> list[str]:
    """What else people may mean who name a system by its id: of the narrowest name that stands for it and others."""
    shared = [means for means in typed_names().values() if system in means and len(means) > 1]
    return [each for each in min(shared, key=len, default=[]) if each != system]


def bare_name(name: str) -> str:
    """A name without capitals, hyphens and blanks."""
    return "".join(each for each in name.lower() if each.isalnum())


@cache
def typed_names() -> dict[str, list[str]]:
    """What each name that is typed may stand for."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["name"]
    return {written.lower(): row["means"] for row in rows for written in row["written"]}
