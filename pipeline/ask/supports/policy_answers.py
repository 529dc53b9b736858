"""What the policies of a build say of a procedure and a diagnosis."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.resolve_codes import HEADING, INVALID, NOT_KNOWN, RESOLVED, Reading
from pipeline.ask.supports.support_answer import DENIED, NO_POLICY, SAME_DOCUMENT, Policy, PolicyRow, Support
from pipeline.ask.written_codes import WrittenCode

Told = tuple[str, str, PolicyRow | None]  # the status, its reason, and the row that decided
UNLISTED: Final = "*"
OF_CODES: Final = """
    policy, code_group, role, code, answer, valid_from, valid_to, basis, printed, line,
    (policy, code_group) in (select (policy, code_group) from policy_codes where basis is not null) as is_paired
"""
NAMING: Final = f"""
    select {OF_CODES} from policy_codes
    where role = 'procedure' and code in (select unnest($codes))
    order by policy, code_group, code, valid_from
"""
BESIDE: Final = f"""
    select {OF_CODES} from policy_codes
    where role = 'diagnosis' and policy in (select unnest($policies)) and code in (select unnest($codes))
    order by policy, code_group, code, valid_from
"""
POLICIES: Final = """
    select policy, title, publisher, kind, known_from, known_through, effective_from, source_file,
        contractors, states
    from policies where policy in (select unnest($policies)) order by policy
"""


@dataclass(frozen=True)
class AskedPolicies:
    """What policies say of some codes: the policies by name, and their rows by policy and code."""

    policies: dict[str, Policy]
    procedures: dict[tuple[str, str], list[PolicyRow]]
    diagnoses: dict[tuple[str, str], list[PolicyRow]]


def read_policies(build: Build, procedures: list[str], diagnoses: list[str]) -> AskedPolicies:
    """The policies that name one of some bare procedures, and what they say of some bare diagnoses."""
    naming = [PolicyRow(*record) for record in build.ask(NAMING, codes=procedures).records]
    names = sorted({each.policy for each in naming})
    codes = [*diagnoses, UNLISTED]
    beside = [PolicyRow(*record) for record in build.ask(BESIDE, policies=names, codes=codes).records]
    policies = [Policy(*record) for record in build.ask(POLICIES, policies=names).records]
    return AskedPolicies({each.policy: each for each in policies}, _by_code(naming), _by_code(beside))


def _by_code(rows: list[PolicyRow]) -> dict[tuple[str, str], list[PolicyRow]]:
    found: dict[tuple[str, str], list[PolicyRow]] = {}
    for each in rows:
        found.setdefault((each.policy, each.code), []).append(each)
    return found


def judge_pairs(
    found: AskedPolicies, procedure: WrittenCode, diagnosis: Mapping[date | None, Reading], on: date | None
) -> Iterator[Support]:
    """What each policy says of one procedure and one diagnosis: an answer for each that speaks of them, at least one.

    `diagnosis` has the reading of each day in question.
    """
    speaks = False
    for policy in found.policies.values():
        day = on or policy.effective_from
        own = [each for each in found.procedures.get((policy.policy, procedure.bare), []) if each.holds_on(day)]
        if own:
            speaks, reading = True, diagnosis[day]
            told = _of_procedure(policy, own, day) or _of_diagnosis(found, policy, own, reading, day)
            yield Support(procedure.asked, reading.asked, told[0], told[1], day, reading.meaning, policy, told[2])
    if not speaks:
        reading = diagnosis[on]
        reason = f"no policy here speaks of {procedure.asked}{f' on {on}' if on else ''}"
        yield Support(procedure.asked, reading.asked, NO_POLICY, reason, on, reading.meaning)


def _of_procedure(policy: Policy, own: list[PolicyRow], day: date) -> Told | None:
    """What is said of a procedure and a day whatever the diagnosis; None where that decides."""
    if not policy.known_from <= day <= policy.known_through:
        days = f"from {policy.known_from} through {policy.known_through}"
        return NOT_KNOWN, f"not known: the edition of {policy.effective_from} speaks of the days {days}", None
    refusals = [each for each in own if each.answer == DENIED]
    if refusals and any(each.basis for each in own):
        return NOT_KNOWN, "not known: it stands among the covered procedures and those that are not covered", None
    if refusals:
        return DENIED, "the policy does not cover this procedure, whatever the diagnosis", refusals[0]
    return None


def _of_diagnosis(found: AskedPolicies, policy: Policy, own: list[PolicyRow], reading: Reading, day: date) -> Told:
    """What is said of a diagnosis with the procedure that has these rows."""
    groups = {each.code_group for each in own if each.basis}
    listed = _holding(found, policy, reading.bare, day)
    in_groups = [each for each in listed if each.code_group in groups]
    if reading.status in {INVALID, HEADING}:
        return reading.status, reading.reason, None
    if len({each.answer for each in in_groups}) > 1:
        return NOT_KNOWN, "not known: the policy lists the diagnosis in groups that say different things", None
    if in_groups:
        return str(in_groups[0].answer), "", in_groups[0]
    if not groups or not all(each.is_paired for each in listed):
        return SAME_DOCUMENT, "both stand in this document, and nothing tells that they belong together", None
    return _of_every_other(found, policy, reading, groups, day)


def _of_every_other(found: AskedPolicies, policy: Policy, reading: Reading, groups: set[str], day: date) -> Told:
    """What holds of a diagnosis that the groups do not list, where the policy says so and the diagnosis is a code."""
    if reading.status != RESOLVED:
        return reading.status, reading.reason, None
    defaults = [each for each in _holding(found, policy, UNLISTED, day) if each.code_group in groups]
    if len({each.answer for each in defaults}) == 1:
        return str(defaults[0].answer), "every code that the policy does not list", defaults[0]
    return NOT_KNOWN, "not known: the policy does not list it here, and does not say what holds of other codes", None


def _holding(found: AskedPolicies, policy: Policy, code: str, day: date) -> list[PolicyRow]:
    return [each for each in found.diagnoses.get((policy.policy, code), []) if each.holds_on(day)]
