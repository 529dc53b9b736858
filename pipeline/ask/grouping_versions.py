"""The versions of a grouping that a build has: which of them a person means, and which was in effect on a day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.crosswalk_rows import CrosswalkRow
from pipeline.errors import NotKnown, UsageError

VERSION_ROWS: Final = """
    select crosswalk, release, effective_from, known_from, known_through, newest from grouping_versions
    where $crosswalk is null or crosswalk = $crosswalk order by crosswalk, effective_from
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

    def speaks_of(self, day: date) -> bool:
        """Whether it speaks of the codes of a day."""
        return self.known_from <= day <= self.known_through


def read_versions(build: Build, crosswalk: str) -> list[GroupingVersion]:
    """The versions of a grouping, the oldest first; none of another crosswalk."""
    return _read(build, crosswalk).get(crosswalk, [])


def read_all_versions(build: Build) -> dict[str, list[GroupingVersion]]:
    """The versions of every grouping by its crosswalk, the oldest first."""
    return _read(build, None)


def _read(build: Build, crosswalk: str | None) -> dict[str, list[GroupingVersion]]:
    found: dict[str, list[GroupingVersion]] = defaultdict(list)
    for row in build.rows(VERSION_ROWS, crosswalk=crosswalk):
        found[row.pop("crosswalk")].append(GroupingVersion(**row))
    return dict(found)


def version_on(versions: Sequence[GroupingVersion], day: date) -> GroupingVersion | None:
    """The version that was in effect on a day; None where it is not here."""
    return next((each for each in versions if each.is_in_effect(day)), None)


def version_for(versions: Sequence[GroupingVersion], day: date | None) -> GroupingVersion | None:
    """The version that tells of a day: that in effect, else the newest that speaks of the codes of the day; None where
    none does. Without a day it is the newest."""
    if day is None:
        return versions[-1]
    return version_on(versions, day) or next((each for each in reversed(versions) if each.speaks_of(day)), None)


@dataclass(frozen=True)
class VersionSpan:
    """An unbroken run of days of which one version tells."""

    version: GroupingVersion
    first: date
    last: date


def spans_of(versions: Sequence[GroupingVersion]) -> list[VersionSpan]:
    """The runs of days of which the versions of a grouping tell, in their order: that of `version_for` on each day."""
    starts = {day for each in versions for day in (each.effective_from, each.known_from)}
    ends = {each.known_through + timedelta(days=1) for each in versions}
    spans: list[VersionSpan] = []
    for first, after in pairwise(sorted(starts | ends)):
        version, last = version_for(versions, first), after - timedelta(days=1)
        if version and spans and spans[-1].version == version and spans[-1].last + timedelta(days=1) == first:
            spans[-1] = replace(spans[-1], last=last)
        elif version:
            spans.append(VersionSpan(version, first, last))
    return spans


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


def versions_called(build: Build, crosswalks: Sequence[CrosswalkRow], asked: str) -> dict[str, GroupingVersion]:
    """The version that a person names, of each of some crosswalks to one grouping that has it, by crosswalk.

    Raises as `version_called` does where none has it.
    """
    found: dict[str, GroupingVersion] = {}
    problems: list[UsageError | NotKnown] = []
    for each in crosswalks:
        try:
            found[each.crosswalk] = version_called(each.crosswalk, read_versions(build, each.crosswalk), asked)
        except (UsageError, NotKnown) as problem:
            problems.append(problem)
    if not found and problems:
        raise problems[-1]
    return found


def _plain(name: str) -> str:
    return name.lower().removeprefix("v").replace(".", "-")
