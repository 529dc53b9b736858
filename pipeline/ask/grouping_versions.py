"""The versions of a grouping that a build has: which of them a person means, and which was in effect on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.ask.build import Build
from pipeline.errors import NotKnown, UsageError

VERSION_ROWS: Final = """
    select release, effective_from, known_from, known_through, newest from grouping_versions
    where crosswalk = $crosswalk order by effective_from
"""


@dataclass(frozen=True)
class GroupingVersion:
    """A version of a grouping: its name, the first day on which it is in effect, and the days of whose codes it
    speaks."""

    release: str
    effective_from: date
    known_from: date
    known_through: date
    newest: bool

    def is_in_effect(self, day: date) -> bool:
        """Whether it is the version of a day, as far as the catalogue knows."""
        return self.effective_from <= day <= self.known_through


def read_versions(build: Build, crosswalk: str) -> list[GroupingVersion]:
    """The versions of a grouping, the oldest first; none of another crosswalk."""
    return [GroupingVersion(**row) for row in build.rows(VERSION_ROWS, crosswalk=crosswalk)]


def version_on(versions: Sequence[GroupingVersion], day: date) -> GroupingVersion | None:
    """The version that was in effect on a day; None where it is not here."""
    return next((each for each in versions if each.is_in_effect(day)), None)


def version_called(crosswalk: str, versions: Sequence[GroupingVersion], asked: str) -> GroupingVersion:
    """The version that a person names, as its publisher does (2019-1, v2019.1), or by a day on which it was in effect.

    Raises NotKnown for a day whose version is not here, UsageError for a name that none here has.
    """
    named = {_plain(each.release): each for each in versions}
    if found := named.get(_plain(asked)):
        return found
    here = ", ".join(f"{each.release} (from {each.effective_from})" for each in versions)
    try:
        day = date.fromisoformat(asked)
    except ValueError as problem:
        raise UsageError(f"{crosswalk}: no version {asked} is here\n  next:     one of {here}") from problem
    if found := version_on(versions, day):
        return found
    raise NotKnown(f"{crosswalk}: the version of {day} is not here\n  next:     one of {here}")


def _plain(name: str) -> str:
    return name.lower().removeprefix("v").replace(".", "-")
