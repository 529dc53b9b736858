"""What the codes of claims are in another system, or in another year: as sets, rows, counts, or the one there is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from pipeline.ask.build import Build, DuckConnection
from pipeline.ask.claims.claims_database import make_table
from pipeline.ask.relations import GROUPING, SUCCESSION
from pipeline.ask.translate.choose import ChosenCrosswalk, choose_crosswalk, known_target, require_known_release
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
    """Where to: a system or grouping, and the day to arrive at where the system is that of the code itself."""

    system: str
    day: date | None


def read_target(build: Build, text: str) -> ClaimTarget:
    """What SYSTEM or SYSTEM@DAY says. Raises UsageError for a name or a day that is none, NotKnown for a day that the
    build cannot know."""
    name, _, day = text.partition("@")
    system = known_target(build, name)
    if not day:
        return ClaimTarget(system, None)
    try:
        on = date.fromisoformat(day)
    except ValueError as problem:
        raise UsageError(f"--to {text}: no day behind the @\n  next:     such as {name}@2024-10-01") from problem
    if system not in build.systems:
        raise UsageError(f"--to {text}: {system} is a grouping and has no days\n  next:     --to {name}")
    require_known_release(build, system, on)
    return ClaimTarget(system, on)


def make_targets(database: DuckConnection, build: Build, systems: Iterable[str], target: ClaimTarget) -> None:
    """Tables `target_ways` (how each system gets there), `target_sets` (each alternative of each code, with its days
    where they matter) and `answer_targets` (answer, target_status, target_crosswalk, alternatives, sets)."""
    build.show_to(database, ("mappings", "clusters", "code_history"), "build_")
    database.execute("create table target_ways (system varchar, crosswalk varchar, backward varchar, way varchar)")
    for system in sorted(systems):
        database.execute("insert into target_ways values ($a, $b, $c, $d)", _way(build, system, target))
    values = {"day": target.day}
    make_table(database, "target_codes", "target_codes.sql")
    make_table(database, "target_sets", "target_sets.sql", values)
    make_table(database, "answer_targets", "answer_targets.sql", values)


def _way(build: Build, system: str, target: ClaimTarget) -> dict[str, str | None]:
    """How codes of a system get there: itself, years, clusters (alternatives), together (a grouping), alone, or not."""
    if system == target.system and target.day is None:
        return {"a": system, "b": None, "c": None, "d": ITSELF}
    same = system == target.system
    chosen = choose_crosswalk(
        build, system, target.system, Question(target.system, release=None if same else target.day)
    )
    return {
        "a": system,
        "b": chosen.crosswalk.crosswalk if chosen.crosswalk else None,
        "c": chosen.backward.crosswalk if chosen.backward else None,
        "d": _kind_of(chosen),
    }


def _kind_of(chosen: ChosenCrosswalk) -> str:
    if chosen.crosswalk is None:
        return NO_CROSSWALK
    if chosen.backward is not None:
        return "years"
    if chosen.crosswalk.relation == GROUPING:
        return "together"
    return "alone" if chosen.crosswalk.relation == SUCCESSION else "clusters"


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
