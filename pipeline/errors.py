"""Every error that a person can cause or mend, each with the exit code that a scheduled job sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class CrosswalkError(Exception):
    """Something a person can act on. Printed without a traceback; the exit code says which kind."""

    exit_code = 1
    severity = "error"  # the word that a message begins with


class UsageError(CrosswalkError):
    """The command was asked for something that does not exist."""

    exit_code = 2


class UnreadableBuild(UsageError):
    """A published build that is damaged, or that an older version made: it cannot be asked this."""


class NothingToBuild(UsageError):
    """No file is here that a table could be made from."""


@dataclass
class InFourParts(CrosswalkError):
    """An error that says where, what was expected, what was found, and what to do next."""

    where: str
    expected: str
    found: str
    next_step: str

    def __post_init__(self) -> None:
        """Exception arguments, so that the error survives the way back from another process."""
        super().__init__(self.where, self.expected, self.found, self.next_step)

    def __str__(self) -> str:
        return f"{self.where}\n  expected: {self.expected}\n  found:    {self.found}\n  next:     {self.next_step}"


class RawFileError(InFourParts):
    """A raw file that is not what the catalogue or its layout says."""

    exit_code = 3


class UnreadableClaims(InFourParts):
    """A claims file that cannot be read as what its name says."""

    exit_code = 3


class ColumnMismatch(InFourParts):
    """A column on which a rule that makes listings and the model of a table do not agree: the code is to be mended."""

    exit_code = 2


class NetworkError(InFourParts):
    """A publisher's server that did not answer as it should."""

    exit_code = 5


class SeveralFailed(CrosswalkError):
    """More than one file could not be fetched or read. The exit code is that of the worst: one that a person must look
    at."""

    def __init__(self, problems: Sequence[InFourParts]) -> None:
        super().__init__(f"{len(problems)} files failed\n" + "\n".join(map(str, problems)))
        self.exit_code = min(problem.exit_code for problem in problems)


def raise_all(problems: Sequence[InFourParts]) -> None:
    """Raises what is wrong with files, once all were tried: the one problem as it is, SeveralFailed for more."""
    if problems:
        raise problems[0] if len(problems) == 1 else SeveralFailed(problems)


class ValidationFailed(CrosswalkError):
    """At least one check of the gate failed; the message lists every one of them."""

    exit_code = 4


class LosesTooMuch(CrosswalkError):
    """A build that would leave people with less than they have; it was not published."""

    exit_code = 4


class TooManyFaults(CrosswalkError):
    """Claims in which a status is more frequent than their reader allows; what was found is written all the same."""

    exit_code = 4


class NotKnown(CrosswalkError):
    """A day beyond the horizon of a system, or one before it; or a system without a listing in the build."""

    exit_code = 8


class Incomplete(CrosswalkError):
    """A build is published that lacks files which could not be had, or uses the pinned one of a re-posted file."""

    exit_code = 7
    severity = "warning"


class LockHeld(CrosswalkError):
    """Another run is at work in the same folder: it writes there, or reads what this one would write."""

    exit_code = 6

    def __init__(self, lock: Path, holder: str) -> None:
        super().__init__(
            f"another run holds the lock {lock}: {holder}\n"
            "  next:     wait until it has finished, or stop it, then run again"
        )
