"""The registry of crosswalks: `crosswalks.toml` as frozen rows."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Final

from pipeline.normalise.systems import read_systems
from pipeline.run.registries import entry_error, read_registry
from schemas.crosswalks import CROSSWALK_RELATIONS

PROCEDURE: Final = "procedure"  # one of `System.kinds`
CROSSWALKS_FILE: Final = Path(__file__).with_name("crosswalks.toml")
# The values of `way`: rows are read from the files of a source, or made from other crosswalks.
WAYS_OF_SOURCES: Final = ("file", "conversion", "successors")
WAYS_OF_CROSSWALKS: Final = ("forward", "backward", "carried", "completed")
JOINED: Final = "joined"  # the way of crosswalks that no entry writes: two groupings joined by category


@dataclass(frozen=True)
class Crosswalk:
    """One entry of `crosswalks.toml`; see the head of that file for what its keys mean."""

    crosswalk: str
    source_system: str
    target_system: str
    relation: str
    method: str
    source: str | None = None
    part: str | None = None
    of: str | None = None
    opposite: str | None = None
    way: str = "file"
    partial: bool = False
    precedes_listings: bool = False
    drops_ended: bool = False
    made_from: tuple[str, ...] = field(default=(), metadata={"key": "from"})
    known_from: date | None = None
    known_through: date | None = None

    @property
    def reaches(self) -> str:
        """The system of which a derived crosswalk reaches the newest release."""
        return self.target_system if self.way in {"carried", "forward"} else self.source_system

    @property
    def is_year_to_year(self) -> bool:
        """Whether it leads from one release of a system to another."""
        return self.way in {"forward", "backward"}

    @property
    def is_completed(self) -> bool:
        """Whether it is a published map completed to the current year."""
        return self.way in {"carried", "completed"}

    @property
    def is_of_every_code(self) -> bool:
        """Whether a published map speaks of every code of its source's system, so that one it lacks is told."""
        return self.way == "file" and self.relation in {"equivalence", "grouping"} and not self.partial

    @property
    def origin(self) -> str:
        """Whether a publisher made the crosswalk or we did."""
        return "derived" if self.made_from else "published"


@dataclass(frozen=True)
class Grouping:
    """What codes are grouped into: the prefix and the address that stand for its categories in CURIEs, and the grouping
    that agreement is measured against."""

    grouping: str
    prefix: str
    uri: str
    compared_with: str | None = None


@cache
def read_crosswalks(path: Path = CROSSWALKS_FILE) -> dict[str, Crosswalk]:
    """Every crosswalk by its id, in the registry's order. Raises UsageError where an entry is not of the form of
    `Crosswalk`, or names a relation, a way, a system, a grouping or a crosswalk that there is not."""
    crosswalks = read_registry(path, "crosswalk", Crosswalk)
    targets = [*read_systems(), *read_groupings(path)]
    for entry in crosswalks.values():
        for expected, found, next_step in _faults_of(entry, crosswalks, targets):
            where = f"{path}, [[crosswalk]] {entry.crosswalk}"
            raise entry_error(where, expected=expected, found=found, next_step=next_step)
    return crosswalks | {each.crosswalk: each for each in _joined(crosswalks.values())}


def _joined(crosswalks: Collection[Crosswalk]) -> Iterator[Crosswalk]:
    """The crosswalks of relation same_category: one each way between two systems of procedures of which one grouping
    has the categories. No entry writes them: they follow from the groupings that there are."""
    systems = read_systems()
    grouped = [
        each for each in crosswalks if each.relation == "grouping" and PROCEDURE in systems[each.source_system].kinds
    ]
    for one, other in permutations(grouped, 2):
        if one.target_system == other.target_system and one.source_system != other.source_system:
            yield Crosswalk(
                crosswalk=_name_joined(one, other),
                source_system=one.source_system,
                target_system=other.source_system,
                relation="same_category",
                method=f"Codes that {one.target_system} puts into one category: both belong to it, none translates",
                opposite=_name_joined(other, one),
                way=JOINED,
                made_from=(one.crosswalk, other.crosswalk),
            )


def _name_joined(one: Crosswalk, other: Crosswalk) -> str:
    return f"same_{one.crosswalk}_{other.crosswalk}"


@cache
def read_groupings(path: Path = CROSSWALKS_FILE) -> dict[str, Grouping]:
    """Every grouping by its name, in the registry's order. Raises UsageError where an entry is not of the form of
    `Grouping`."""
    return read_registry(path, "grouping", Grouping)


def grouping_sources() -> frozenset[str]:
    """The sources of groupings: of these every release is read, of other maps the newest says all."""
    return frozenset(
        each.source for each in read_crosswalks().values() if each.relation == "grouping" and each.source is not None
    )


def _faults_of(
    entry: Crosswalk, crosswalks: Mapping[str, Crosswalk], targets: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the values of an entry: what is expected, what is there, and what to do."""
    known: list[tuple[str, str, Collection[str], str]] = [
        ("relation", entry.relation, CROSSWALK_RELATIONS, "write one of these"),
        ("way", entry.way, [*WAYS_OF_SOURCES, *WAYS_OF_CROSSWALKS], "write one of these"),
        ("source_system", entry.source_system, read_systems(), "write one of these, or add the system to systems.toml"),
        ("target_system", entry.target_system, targets, "write one of these, or add the system or a [[grouping]]"),
        *(("opposite", each, crosswalks, "write the id of an entry") for each in filter(None, [entry.opposite])),
        *(("from", each, crosswalks, "write the ids of entries") for each in entry.made_from),
    ]
    for key, value, values, next_step in known:
        if value not in values:
            yield f"{key}: {', '.join(values)}", value, next_step
    needed = "source" if entry.way in WAYS_OF_SOURCES else "from"
    if (entry.source is not None, bool(entry.made_from)) != (needed == "source", needed == "from"):
        given = [key for key, value in (("source", entry.source), ("from", entry.made_from)) if value]
        yield f"{needed}, and no other, for the way {entry.way}", " and ".join(given) or "neither", f"give it {needed}"


def followed_systems() -> list[str]:
    """The systems whose codes are followed from year to year, in order."""
    return sorted({each.source_system for each in read_crosswalks().values() if each.is_year_to_year})


def systems_before_listings() -> list[str]:
    """The systems whose conversion table ends before their listings begin, in order."""
    return sorted({each.source_system for each in read_crosswalks().values() if each.precedes_listings})
