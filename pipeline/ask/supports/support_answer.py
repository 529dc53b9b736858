"""What is answered of a procedure and a diagnosis."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.ask.resolve_codes import NO, NOT_KNOWN

SYSTEM_OF_DIAGNOSES: Final = "ICD10CM"
COVERED, DENIED, NOT_SUPPORTING = "covered", "denied", "not_supporting"
NO_POLICY, SAME_DOCUMENT = "no_policy", "same_document"
ANSWERS_NO: Final = NO | {DENIED, NOT_SUPPORTING}
ANSWERS_NOTHING: Final = frozenset({NOT_KNOWN, NO_POLICY, SAME_DOCUMENT})


@dataclass(frozen=True)
class PolicyRow:
    """A row of `policy_codes`: what a policy says of one code, and where that is printed.

    `is_paired` says whether it is known with which procedures the diagnoses of its group go.
    """

    policy: str
    code_group: str
    role: str
    code: str
    answer: str | None
    valid_from: date | None
    valid_to: date | None
    basis: str | None
    printed: str | None
    line: int
    is_paired: bool

    def holds_on(self, day: date) -> bool:
        """Whether the row holds on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Policy:
    """A row of `policies`: `states` and `contractors` are those of a local one."""

    policy: str
    title: str
    publisher: str
    kind: str
    known_from: date
    known_through: date
    effective_from: date
    source_file: str
    contractors: list[str] | None
    states: list[str] | None

    @property
    def held_by(self) -> str:
        """Who says so, and where: of a local one the contractors and their states."""
        names = ", ".join(self.contractors or [])
        where = f" in {', '.join(self.states)}" if self.states else ""
        return f"{self.kind}, {names or self.publisher}{where}"


@dataclass(frozen=True)
class Support:
    """What one policy says of one procedure and one diagnosis.

    `status` is covered, denied or not_supporting, as the policy says; no_policy (none speaks of the procedure on the
    day), same_document (one names both, and nothing tells that they belong together) or not_known; or why the diagnosis
    could not be looked up: unknown, invalid (on the day), heading; ambiguous (a code of both kinds). `row` is the one
    that decided, `code` the diagnosis in it: `*` where it speaks of every code that is not listed.
    """

    procedure: str
    diagnosis: str
    status: str
    reason: str = ""
    on: date | None = None
    meaning: str | None = None
    policy: Policy | None = None
    row: PolicyRow | None = None


def exit_code_of(answers: list[Support]) -> int:
    """How a command ends that gave these answers: 1 where any is a no, else 8 where any is not known."""
    statuses = {each.status for each in answers}
    if statuses & ANSWERS_NO:
        return 1
    return 8 if statuses & ANSWERS_NOTHING else 0
