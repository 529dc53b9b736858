"""How a finding of the gate is said: what is wrong in which table, and the first cases of it."""

from collections.abc import Sequence
from typing import Final

import pyarrow.compute as pc

from pipeline.normalise.listing import Listing

CASES_SHOWN: Final = 5
NEXT_STEP: Final = "correct the raw file, or teach the rules what the publisher means"


def as_finding(problem: str, cases: Sequence[str] = (), next_step: str | None = None) -> str:
    """One finding as lines of the message: the problem, its first cases, and what to do where that is not NEXT_STEP."""
    next_line = [f"      next: {next_step}"] if next_step else []
    return "\n".join([f"  {problem}", *(f"      {case}" for case in cases[:CASES_SHOWN]), *next_line])


def as_message(findings: Sequence[str]) -> str:
    """All findings as the one message that a person reads: how many, each of them, and what to do."""
    head = f"{len(findings)} checks failed; nothing was published"
    return "\n".join([head, *findings, f"  next:     {NEXT_STEP}"])


def last_mention(system: str, code: str, listings: Sequence[Listing]) -> str:
    """The raw file and line that last said something of a code."""
    for listing in reversed(listings):
        position = pc.index(listing.rows["code"], code).as_py() if listing.system == system else -1
        if position >= 0:
            return f"{listing.where}, line {listing.rows['line'][position]}"
    return "no raw file"
