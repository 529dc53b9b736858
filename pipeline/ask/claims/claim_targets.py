"""What the codes of claims are in another system, or in another year: as sets, rows, counts, or the one there is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from pipeline.ask.build import Build, DuckConnection
from pipeline.ask.claims.claims_database import make_table
from pipeline.ask.crosswalk_rows import CrosswalkRow
from pipeline.ask.grouping_versions import read_versions, version_called
from pipeline.ask.relations import GROUPING, SUCCESSION
from pipeline.ask.translate.choose import choose_crosswalk, known_target, require_known_release
from pipeline.ask.translate.model import Question
from pipeline.errors import UsageError

ITSELF: Final = "itself"
NO_CROSSWALK: Final = "no_crosswalk"
# What is said of a code that was found, or of a text without one.
TARGET_STATUSES: Final = {
    "translated": "the crosswalk leads to codes there",
    ITSELF: "it is a code of that system already, on that day too",
    "no_map": "the publisher says that there is no equivalent",
    "not_bridged": "nobody says what it is there, or what it was or became",
    "not_in_crosswalk": "the crosswalk does not speak of the code, or of its days",
    NO_CROSSWALK: "no crosswalk leads from its system there",
    "no_code": "no code was found, so nothing is translated",
}


class Shape(StrEnum):
    """How targets are given: every alternative as the list of codes that stand together; a row for each of those; how
    many alternatives there are; or the one code where there is only one."""

    SETS = "sets"
    ROWS = "rows"
    COUNTS = "counts"
    ONE = "one"


@dataclass(frozen=True)
class ClaimTarget:
    """Where to: a system or grouping, the day to arrive at where the system is that of the code itself, and the version
    of a grouping where one was asked for."""

    system: str
    day: date | None
    release: str | None = None


def read_target(build: Build, text: str) -> ClaimTarget:
    """What SYSTEM, SYSTEM@DAY or GROUPING@VERSION says. Raises UsageError for a name, a day or a version that is none,
    NotKnown for a day that the build cannot know."""
    name, _, day = text.partition("@")
    system = known_target(build, name)
    if not day:
        return ClaimTarget(system, None)
    if system not in build.systems:
        return ClaimTarget(system, None, _release_of(build, system, day))
    try:
        on = date.fromisoformat(day)
    except ValueError as problem:
        raise UsageError(f"--to {text}: no day behind the @\n  next:     such as {name}@2024-10-01") from problem
    require_known_release(build, system, on)
    return ClaimTarget(system, on)


def _release_of(build: Build, grouping: str, version: str) -> str:
    """The version that is meant, of the crosswalks that lead to a grouping from any system."""
    leading = [each for each in build.crosswalks.values() if each.target_system == grouping]
    found = {version_called(each.crosswalk, read_versions(build, each.crosswalk), version).release for each in leading}
    return min(found)


def make_targets(database: DuckConnection, build: Build, systems: Iterable[str], target: ClaimTarget) -> None:
    """Tables `target_ways` (how each system gets there), `target_sets` (each alternative of each code, with its days
    where they matter) and `answer_targets` (answer, target_status, target_crosswalk, alternatives, sets)."""
    build.show_to(database, ("mappings", "clusters", "code_history"), "build_")
    database.execute("create table target_ways (system varchar, crosswalk varchar, backward varchar, way varchar)")
    for system in sorted(systems):
        database.execute(
            "insert into target_ways values ($system, $crosswalk, $backward, $way)", _way(build, system, target)
        )
    newest = _newest_release(build, target.system)
    values = {"day": target.day, "newest": newest, "target": target.system, "release": target.release}
    for name in ("target_codes", "target_carried", "target_sets", "answer_targets"):
        make_table(database, name, f"{name}.sql", values)


def _newest_release(build: Build, system: str) -> date | None:
    """The day of the newest release of a system, to which crosswalks from other systems lead."""
    return build.release_days.get(system, (None, None))[1]


def _way(build: Build, system: str, target: ClaimTarget) -> dict[str, str | None]:
    """How codes of a system get there: itself, years, clusters (alternatives), carried (those of the newest release,
    brought back to an earlier day), together (a grouping), alone (successors), or not."""
    if system == target.system and target.day is None:
        return {"system": system, "crosswalk": None, "backward": None, "way": ITSELF}
    chosen = choose_crosswalk(build, system, target.system, Question(target.system))
    crosswalk, backward = chosen.crosswalk, chosen.backward
    way = NO_CROSSWALK if crosswalk is None else "years" if backward else _way_of(crosswalk)
    newest = _newest_release(build, target.system)
    if way == "clusters" and target.day and newest and target.day < newest:
        way, backward = (
            "carried",
            choose_crosswalk(build, target.system, target.system, Question(target.system)).backward,
        )
    return {
        "system": system,
        "crosswalk": crosswalk.crosswalk if crosswalk else None,
        "backward": backward.crosswalk if backward else None,
        "way": way,
    }


def _way_of(crosswalk: CrosswalkRow) -> str:
    if crosswalk.relation == GROUPING:
        return "together"
    return "alone" if crosswalk.relation == SUCCESSION else "clusters"


# The columns of each shape in the answers; of rows there is a table of its own.
IN_ANSWERS: Final = {
    Shape.SETS: "t.target_status, t.target_crosswalk, t.alternatives, t.sets as targets",
    Shape.ROWS: "t.target_status, t.target_crosswalk, t.alternatives",
    Shape.COUNTS: "t.target_status, t.target_crosswalk, t.alternatives",
    Shape.ONE: (
        "t.target_status, t.target_crosswalk, t.alternatives, "
        "if(t.alternatives = 1 and len(t.sets) = 1 and len(t.sets[1]) = 1, t.sets[1][1], null) as target"
    ),
}
