"""Which kinds of claims carry the codes of which system, and whose day decides: `claim_kinds.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.ask.series import as_series


@dataclass(frozen=True)
class ClaimKind:
    """A kind of claim, or of certificate: who makes it out, the day that decides, and the systems that stand on it.

    `rarely` has for each system that stands there only for something what that is.
    """

    claim: str
    noun: str
    form: str
    made_by: str
    day: str
    carries: tuple[str, ...]
    rarely: dict[str, str]

    @property
    def systems(self) -> list[str]:
        """The systems that stand on it, be it rarely."""
        return [*self.carries, *self.rarely]

    def __str__(self) -> str:
        return f"{self.claim} ({self.form}): made out by {self.made_by}. The {self.day} decides which codes it has."

    def carries_both(self, one: str, other: str) -> bool:
        """Whether two systems may stand on it together, their days aside."""
        return {one, other} <= {*self.systems}


@cache
def claim_kinds() -> tuple[ClaimKind, ...]:
    """Every kind of claim, in the order of the file."""
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["claim"]
    return tuple(map(_claim_kind, rows))


def claims_with(system: str) -> list[ClaimKind]:
    """The kinds of claims on which a system stands as a rule."""
    return [each for each in claim_kinds() if system in each.carries]


def claims_in_words(system: str, *, with_rare: bool = False) -> str:
    """The kinds of claims on which a system stands as a rule, and those where it does only for something, if wanted;
    empty where this version does not know any.

    >>> claims_in_words("CPT4")
    'professional claims and hospital outpatient claims'
    """
    rare = [f"{each.claim}s (only {each.rarely[system]})" for each in claim_kinds() if system in each.rarely]
    return as_series([*(f"{each.claim}s" for each in claims_with(system)), *(rare if with_rare else [])])


def deciding_days(claims: list[ClaimKind]) -> str:
    """Whose day decides which codes some claims may have.

    >>> deciding_days(claims_with("ICD9Proc"))
    'the day of discharge decides on hospital inpatient claims'
    """
    days = dict.fromkeys(each.day for each in claims)
    by_day = {day: as_series(f"{each.claim}s" for each in claims if each.day == day) for day in days}
    told = as_series(f"the {day} on {names}" for day, names in by_day.items())
    return told.replace(" on ", " decides on ", 1)


def _claim_kind(row: dict[str, Any]) -> ClaimKind:
    rarely = {each["system"]: each["only"] for each in row.get("rarely", [])}
    return ClaimKind(**row | {"carries": tuple(row["carries"]), "rarely": rarely})
