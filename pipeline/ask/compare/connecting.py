"""What connects systems in a build, and what does not: crosswalks, groupings, policies; and why no map leads over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.compare.contrasts import are_in_use_together, shared_claims, shared_questions
from pipeline.ask.compare.profiles import Connection, Profile
from pipeline.ask.compare.words import describe_connection
from pipeline.ask.relations import EQUIVALENCE
from pipeline.ask.series import as_series

POLICY_REACH: Final = """
    with sides as (
        select policy, role, system, list(distinct code) as codes from policy_codes where code <> '*' group by all
    )
    select p.system as procedures, d.system as diagnoses, count(distinct p.policy) as policies,
        list_sort(list(distinct publisher)) as publishers,
        len(list_distinct(flatten(list(p.codes)))) as procedure_codes,
        len(list_distinct(flatten(list(d.codes)))) as diagnosis_codes,
        min(known_from) as known_from, max(known_through) as known_through
    from sides p join sides d on d.policy = p.policy and p.role = 'procedure' and d.role = 'diagnosis'
    join policies on policies.policy = p.policy
    group by all order by all
"""


@dataclass(frozen=True)
class PolicyReach:
    """The policies that speak of procedures of one system and diagnoses of another, and of how many codes of each."""

    procedures: str
    diagnoses: str
    policies: int
    publishers: list[str]
    procedure_codes: int
    diagnosis_codes: int
    known_from: date
    known_through: date | None

    def __str__(self) -> str:
        through = f" through {self.known_through}" if self.known_through else ""
        return (
            f"Policies: {self.policies:,} of {as_series(self.publishers)} say which diagnoses support which "
            f"procedures, of {self.procedure_codes:,} codes of {self.procedures} and {self.diagnosis_codes:,} of "
            f"{self.diagnoses}, on days from {self.known_from}{through}: tables policies and policy_codes, `crosswalk "
            "supports`. They say what is paid for, and translate nothing."
        )


def read_policy_reach(build: Build) -> list[PolicyReach]:
    """For each two systems the policies that speak of both."""
    return [PolicyReach(**row) for row in build.rows(POLICY_REACH)]


def connecting_lines(
    profiles: list[Profile],
    connections: list[Connection],
    groupings: dict[str, list[Connection]],
    policies: list[PolicyReach],
) -> list[str]:
    """What connects some systems, a paragraph for each crosswalk, grouping and set of policies; then what does not."""
    names = {each.system for each in profiles}
    lines = [describe_connection(each) for each in connections]
    for target, rows in groupings.items():
        sources = " and ".join(dict.fromkeys(each.source_system for each in rows))
        lines.append(f"{sources} lead to {target}, each by its own: {', '.join(each.crosswalk for each in rows)}.")
    lines += [str(each) for each in policies if {each.procedures, each.diagnoses} <= names]
    return [*lines, *_without_policy(profiles, policies), *_without_translation(profiles, connections)]


def _without_policy(profiles: list[Profile], policies: list[PolicyReach]) -> Iterator[str]:
    """For each two systems of which one claim may carry what was done and why: that no policy here speaks of them."""
    reached = {frozenset((each.procedures, each.diagnoses)) for each in policies}
    for a, b in combinations(profiles, 2):
        is_reached = frozenset((a.system, b.system)) in reached
        if not is_reached and shared_claims(a, b) and are_in_use_together(a, b) and not shared_questions(a, b):
            yield f"No policy here says which codes of {a.system} and {b.system} go together."


def _without_translation(profiles: list[Profile], connections: list[Connection]) -> Iterator[str]:
    """For each two systems that no crosswalk of equivalence connects: that none does, and why."""
    mapped = {frozenset((each.source_system, each.target_system)) for each in connections
              if each.relation == EQUIVALENCE}  # fmt: skip
    for a, b in combinations(profiles, 2):
        if frozenset((a.system, b.system)) not in mapped:
            yield f"No crosswalk of equivalence between {a.system} and {b.system}: {_why_not(a, b)}"


def _why_not(a: Profile, b: Profile) -> str:
    if not shared_questions(a, b):
        return "they answer different questions, and a code of the one is no answer to that of the other."
    if not shared_claims(a, b):
        return (
            "no file that is read here has one; each is coded on its own claim from what happened, and they divide it "
            "in ways of their own."
        )
    if are_in_use_together(a, b):
        return (
            "they stand on the same claims and complete each other, so a code of the one is no second name for one of "
            "the other."
        )
    return "no file that is read here has one."
