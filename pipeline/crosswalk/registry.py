"""The registry of crosswalks: `crosswalks.toml` as frozen rows."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any


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
    made_from: tuple[str, ...] = ()
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
    """What codes are grouped into: the prefix and the address that stand for its categories in CURIEs."""

    grouping: str
    prefix: str
    uri: str


@cache
def read_crosswalks() -> dict[str, Crosswalk]:
    """Every crosswalk by its id, in the registry's order."""
    entries = _read_registry()["crosswalk"]
    return {
        each["crosswalk"]: Crosswalk(
            made_from=tuple(each.get("from", ())), **{k: v for k, v in each.items() if k != "from"}
        )
        for each in entries
    }


@cache
def read_groupings() -> dict[str, Grouping]:
    """Every grouping by its name, in the registry's order."""
    return {each["grouping"]: Grouping(**each) for each in _read_registry()["grouping"]}


def _read_registry() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("crosswalks.toml").read_text(encoding="utf-8"))
