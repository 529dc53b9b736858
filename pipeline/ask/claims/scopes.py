"""Which systems a code may be of where a field and a flag say what they say: a scope for each pair of the two."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.claims.rules import fields, forms, systems_named, versions

ANY: Final = "any"
IN_OWN, IN_OTHER_FIELD, IN_OTHER_VERSION = "own", "other_field", "flag_overruled"
CODE_LENGTH, MODIFIER_LENGTH = 5, 2  # of systems that have modifiers


@dataclass(frozen=True)
class ScopeSystem:
    """A system in a scope: its `own`, or where else a code is looked for that none of these has; and how long its codes
    are there, None where that tells nothing."""

    scope: int
    system: str
    place: str
    code_length: int | None


@dataclass(frozen=True)
class Scope:
    """What a field and a flag say together: `flag` is a version, a system, or empty; `basis` what its only system is
    known by, None where it has several."""

    scope: int
    field: str
    flag: str
    basis: str | None
    systems: list[ScopeSystem]


def flags_by_writing() -> dict[str, str]:
    """What each flag says, by how it is written in capitals: a version, or the id of a system."""
    told = {flag: each.version for each in versions() for flag in each.flags}
    return told | {system.upper(): system for system in fields()[ANY].systems}


def derive_scopes(build: Build) -> list[Scope]:
    """The scope of every field, which may be the id of a system, with every flag or none."""
    pairs = [(field, flag) for field in (*fields(), *build.systems) for flag in ("", *_flags())]
    return [_scope(build, at, field, flag) for at, (field, flag) in enumerate(pairs)]


def _flags() -> list[str]:
    return [*dict.fromkeys(flags_by_writing().values())]


def _scope(build: Build, at: int, field: str, flag: str) -> Scope:
    """A flag that names a system stands above the field. What is named is strict: no other system is looked into."""
    of_field = fields()[field].systems if field in fields() else systems_named(field)
    is_named = flag in fields()[ANY].systems
    asked = systems_named(flag) if is_named else of_field
    own = asked if is_named else [each for each in asked if _version_of(each) in {None, flag or _version_of(each)}]
    basis = None
    if is_named or field not in fields():
        basis = "named" if len(asked) == 1 else None
        others: list[tuple[str, str]] = []
    else:
        basis = "flag" if len(own) == 1 else None
        others = [*_others(field, flag, own)]
    places = [*((each, IN_OWN) for each in own), *others]
    systems = [ScopeSystem(at, each, place, _code_length(build, field, each)) for each, place in places]
    return Scope(at, field, flag, basis, [each for each in systems if each.system in build.systems])


def _others(field: str, flag: str, own: list[str]) -> Iterator[tuple[str, str]]:
    """Where a code is looked for that no system of the field has: a version flag holds in other fields too, and says
    that it is ICD. What is read by its form alone would be anything."""
    if fields()[field].holds_modifiers:
        return
    by_form = {each.system for each in forms() if each.reading}
    for system in fields()[ANY].systems:
        if system in own or system in by_form:
            continue
        if system in fields()[field].systems:
            yield system, IN_OTHER_VERSION
        elif flag in {"", _version_of(system)}:
            yield system, IN_OTHER_FIELD


def _version_of(system: str) -> str | None:
    return next((each.version for each in versions() if system in each.systems), None)


def _code_length(build: Build, field: str, system: str) -> int | None:
    if system not in build.systems or "modifier" not in build.systems[system].kinds:
        return None
    return MODIFIER_LENGTH if field in fields() and fields()[field].holds_modifiers else CODE_LENGTH
