"""Which of the codes that were asked are procedures, and which diagnoses."""

from dataclasses import dataclass, field
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.code_episodes import find_episodes
from pipeline.ask.code_forms import form_elsewhere, has_form_of, systems_on_claims
from pipeline.ask.code_questions import AskedCode
from pipeline.ask.resolve_codes import AMBIGUOUS
from pipeline.ask.supports.support_answer import SYSTEM_OF_DIAGNOSES, Support
from pipeline.ask.system_rows import SystemRow
from pipeline.ask.written_codes import WrittenCode, read_written_codes
from pipeline.errors import UsageError

FIELD_OF_PROCEDURES: Final = "HCPCS"  # carries CPT too
ROLES_OF_CODES: Final = """
    select role, code from policy_codes where code in (select unnest($codes)) group by all
"""
OF_BOTH: Final = (
    f"a code of {SYSTEM_OF_DIAGNOSES} and of procedures; write a diagnosis with its dot, or name the system in a file"
)
EXAMPLE: Final = "for example `crosswalk supports 84153 C61`"


@dataclass
class Roles:
    """The codes of each kind; `undecided` is said of those that may be of both."""

    procedures: list[WrittenCode] = field(default_factory=list)
    diagnoses: list[WrittenCode] = field(default_factory=list)
    undecided: list[Support] = field(default_factory=list)


def tell_roles(build: Build, asked: list[AskedCode]) -> Roles:
    """The codes as procedures and diagnoses, each once. A system that is named decides; a dot where diagnoses have it
    does; else who has the code, a policy or a listing; and where nobody has it, its form. Modifiers tell nothing here.
    Of one code that may be both, where the others are all of one kind, the other kind is meant.

    Raises UsageError where one of the two kinds is missing, or a code is said to be of a system of neither.
    """
    systems = systems_on_claims(FIELD_OF_PROCEDURES)
    asked = list(dict.fromkeys(asked))
    written = [each.without_modifiers() for each in read_written_codes(build, [code for code, _, _ in asked])]
    listed = _listed_as(build, written, systems)
    roles, of_both = Roles(), []
    for (_, system, _), code in zip(asked, written, strict=True):
        kinds = _kinds_named(system, systems) or _kinds_by_dot(build, code)
        kinds = kinds or listed.get(code.bare) or {_kind_by_form(build, code, systems)}
        if len(kinds) > 1:
            of_both.append(code)
        else:
            (roles.procedures if kinds == {"procedure"} else roles.diagnoses).append(code)
    _decide_by_the_others(roles, of_both)
    _require_both(roles)
    return roles


def _decide_by_the_others(roles: Roles, of_both: list[WrittenCode]) -> None:
    """A single code that may be of both kinds is of the one that is missing; of others nothing is decided."""
    kinds = [own for own in (roles.procedures, roles.diagnoses) if not own]
    if len(of_both) == len(kinds) == 1:
        kinds[0].extend(of_both)
    else:
        roles.undecided = [Support(each.asked, each.asked, AMBIGUOUS, OF_BOTH) for each in of_both]


def _listed_as(build: Build, written: list[WrittenCode], systems: list[str]) -> dict[str, set[str]]:
    """What policies and listings have each bare code as: those of systems that policies name, else of any other."""
    bare = sorted({each.bare for each in written})
    listed: dict[str, set[str]] = {}
    for row in build.rows(ROLES_OF_CODES, codes=bare):
        listed.setdefault(row["code"], set()).add(row["role"])
    elsewhere: dict[str, str] = {}
    for each in find_episodes(build, bare):
        kind = "diagnosis" if "diagnosis" in build.systems[each.system].kinds else "procedure"
        if each.system == SYSTEM_OF_DIAGNOSES or each.system in systems:
            listed.setdefault(each.code, set()).add(kind)
        elif not each.is_of_deaths and elsewhere.get(each.code) != "diagnosis":
            elsewhere[each.code] = kind
    return {code: {kind} for code, kind in elsewhere.items()} | listed


def _systems_of(build: Build, kind: str) -> list[SystemRow]:
    return [each for each in build.systems.values() if kind in each.kinds]


def _kinds_by_dot(build: Build, code: WrittenCode) -> set[str] | None:
    """A diagnosis where a code has its separators in the places of one; None without any, or where others have them."""
    is_diagnosis = code.written != code.bare and any(
        has_form_of(code, each) for each in _systems_of(build, "diagnosis")
    )
    return {"diagnosis"} if is_diagnosis else None


def _kinds_named(system: str | None, systems: list[str]) -> set[str] | None:
    if system is None:
        return None
    if system != SYSTEM_OF_DIAGNOSES and system not in systems:
        raise UsageError(
            f"{system}: no policy speaks of its codes\n"
            f"  next:     name diagnoses of {SYSTEM_OF_DIAGNOSES}, and procedures of {' or '.join(systems)}"
        )
    return {"diagnosis" if system == SYSTEM_OF_DIAGNOSES else "procedure"}


def _kind_by_form(build: Build, code: WrittenCode, systems: list[str]) -> str:
    """What a code that nobody has looks like. A procedure of a stay does where it has all of its characters."""
    elsewhere = form_elsewhere(build, code)
    if elsewhere and elsewhere.system in systems:
        return "procedure"
    if any(has_form_of(code, build.systems[each]) for each in systems if each in build.systems):
        return "procedure"
    if any(has_form_of(code, each) for each in _systems_of(build, "diagnosis")):
        return "diagnosis"
    whole = [each for each in _systems_of(build, "procedure") if len(code.written) in map(len, each.written_as)]
    return "procedure" if any(has_form_of(code, each) for each in whole) else "diagnosis"


def _require_both(roles: Roles) -> None:
    if roles.undecided:
        return
    for kind, codes in (("procedure", roles.procedures), ("diagnosis", roles.diagnoses)):
        if not codes:
            raise UsageError(f"there is no {kind} among the codes\n  next:     name one of each, {EXAMPLE}")
