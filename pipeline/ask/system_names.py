"""Systems and groupings by the names that people type: ICD-10-CM, CPT, HCC. The names are data, `system_names.toml`."""

import tomllib
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from pipeline.errors import UsageError

MEANT_SHOWN = 3


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
    meant = [each for each in typed_names().get(bare_name(name), ()) if each in known]
    if len(meant) > 1:
        raise UsageError(
            f"{name}: may be any {what} of {', '.join(meant)}\n  next:     name one of them, as written here"
        )
    return meant[0] if meant else {bare_name(each): each for each in known}.get(bare_name(name))


def require_named(name: str, ids: Collection[str], what: str = "system") -> str:
    """The id that a name stands for. Raises UsageError where it stands for none of them, or may for several.

    >>> require_named("cpt", ["CPT4", "HCPCS"])
    'CPT4'
    """
    found = find_named(name, ids, what)
    if found is None:
        raise UsageError(f"{name}: there is no such {what}\n  next:     {next_of(name, ids)}")
    return found


def next_of(name: str, ids: Collection[str]) -> str:
    """What to type for a name that is none: what is spelt much like it, and all that there is.

    >>> next_of("CCRS", ["CCSR", "MDC"]), next_of("zebra", ["CCSR", "MDC"])
    ('did you mean CCSR? There are CCSR, MDC', 'one of CCSR, MDC')
    """
    meant = alike(name, ids)
    hint = f"did you mean {' or '.join(meant)}? There are" if meant else "one of"
    return f"{hint} {', '.join(ids)}"


def alike(name: str, ids: Iterable[str]) -> list[str]:
    """The ids that are spelt much like a name that is none, the nearest first; those of usual names like it, too.

    >>> alike("ICD10MC", ["ICD10CM", "CPT4"]), alike("CCRS", ["CCS", "CCSR"]), alike("zebra", ["ICD10CM", "CPT4"])
    (['ICD10CM'], ['CCSR', 'CCS'], [])
    """
    known = [*ids]
    names = {each: means for each, means in typed_names().items() if {*means} <= {*known}}
    names |= {bare_name(each): [each] for each in known}
    bare = bare_name(name)
    swapped = [each for each in names if sorted(each) == sorted(bare)]
    near = [*dict.fromkeys([*swapped, *get_close_matches(bare, names, n=2, cutoff=0.75)])][:2]
    return [*dict.fromkeys(each for one in near for each in names[one])][:MEANT_SHOWN]


def taken_for(system: str) -> list[str]:
    """What else people may mean who name a system by its id: of the narrowest name that stands for it and others."""
    shared = [means for means in typed_names().values() if system in means and len(means) > 1]
    return [each for each in min(shared, key=len, default=[]) if each != system]


def namesakes(name: str, ids: Collection[str]) -> list[str]:
    """What else of some systems people mean who type an id that is a usual name of others, too.

    >>> namesakes("ICD10", ["ICD10", "ICD10CM"]), namesakes("ICD10CM", ["ICD10", "ICD10CM"])
    (['ICD10CM'], [])
    """
    meant = typed_names().get(bare_name(name), ()) if name in ids else ()
    return [each for each in meant if each != name and each in ids]


def bare_name(name: str) -> str:
    """A name without capitals, hyphens and blanks."""
    return "".join(each for each in name.lower() if each.isalnum())


@cache
def typed_names() -> dict[str, list[str]]:
    """What each name that is typed may stand for, by its bare name."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["name"]
    return {bare_name(written): row["means"] for row in rows for written in row["written"]}
