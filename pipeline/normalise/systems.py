"""The registry of code systems: `systems.toml` as frozen rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.run.registries import entry_error, read_registry

SYSTEMS_FILE: Final = Path(__file__).with_name("systems.toml")
PICTURE: Final = re.compile(r"[A-Z]X*(?:[^A-Z0-9\s]X+)*")


@dataclass(frozen=True)
class Picture:
    """How a code is written: `XXX.XXXX`, or `EXXX.X` for codes that begin with E. X is a capital letter or a digit."""

    text: str

    @property
    def first(self) -> str:
        """The letter that its codes begin with; empty where that is any."""
        return "" if self.text[0] == "X" else self.text[0]

    @property
    def length(self) -> int:
        """How many characters the longest code has, separators aside."""
        return sum(character.isalnum() for character in self.text)

    @property
    def breaks(self) -> list[tuple[int, str]]:
        """Each separator behind the number of characters of the code that stand before it."""
        places = [place for place, character in enumerate(self.text) if not character.isalnum()]
        return [(place - number, self.text[place]) for number, place in enumerate(places)]

    @property
    def pattern(self) -> str:
        """Regular expression that codes fit as they are written; a shorter one ends earlier, at no separator."""
        pattern = ""
        for place in reversed(range(self.length)):
            separators = "".join(separator for after, separator in self.breaks if after == place)
            character = "[0-9A-Z]" if place or not self.first else self.first
            pattern = re.escape(separators) + character + (f"(?:{pattern})?" if pattern else "")
        return pattern


@dataclass(frozen=True)
class System:
    """One code system: who keeps it, where and when it is used, what its codes look like and how they hang together.

    `settings` are the claims on which its codes stand, `setting` one word for those on which they do as a rule.
    """

    system: str
    name: str
    version_family: str
    kinds: tuple[str, ...]
    setting: str
    settings: tuple[str, ...]
    maintainer: str
    publisher: str
    code_format: str
    code_pattern: str
    written_as: tuple[str, ...]
    oid: str
    bioregistry_prefix: str
    licence: str
    home_url: str
    description: str
    in_use_from: date | None = None
    in_use_to: date | None = None
    prefix_tree: bool = False
    ignore_case: bool = False
    never_alone: tuple[tuple[str, str], ...] = ()
    encounter_at: int | None = None
    placeholder: str | None = None
    fhir_uri: str | None = None
    omop_vocabulary_id: str | None = None
    umls_sab: str | None = None
    filled_with: str | None = None
    licensed_text: str | None = None
    licensed_codes: bool = False

    def nearest_in_use(self, day: date) -> date:
        """The day, or, where the system was not in use on it, the nearest one on which it was."""
        return min(max(day, self.in_use_from or day), self.in_use_to or day)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """How its codes are written: the general picture first."""
        return tuple(map(Picture, self.written_as))

    @property
    def separators(self) -> tuple[str, ...]:
        """The characters that people write between those of a code."""
        return tuple(sorted({separator for picture in self.pictures for _, separator in picture.breaks}))

    @property
    def longest(self) -> int:
        """How many characters its longest code has, separators aside."""
        return max(picture.length for picture in self.pictures)

    @property
    def dot_after(self) -> int | None:
        """Behind how many characters the first separator of its codes stands; None where they have none."""
        general = self.pictures[0]
        return general.breaks[0][0] if general.breaks else None


@cache
def read_systems(path: Path = SYSTEMS_FILE) -> dict[str, System]:
    """Every system by its id, in the registry's order. Raises UsageError where an entry is not of the form of
    `System`, has an empty list of kinds, settings or pictures, or a pattern or picture that is none."""
    systems = read_registry(path, "system", System)
    for system in systems.values():
        for expected, found in _faults_of(system):
            where = f"{path}, [[system]] {system.system}"
            raise entry_error(
                where, expected=expected, found=found, next_step="correct it; other entries show the form"
            )
    return systems


def _faults_of(system: System) -> Iterator[tuple[str, str]]:
    """What is wrong with the values of an entry: what is expected, and what is there."""
    lists = {"kinds": system.kinds, "settings": system.settings, "written_as": system.written_as}
    yield from ((f"{name} with at least one value", "an empty list") for name, values in lists.items() if not values)
    if system.placeholder and not system.encounter_at:
        yield "encounter_at beside a placeholder, which stands before it", "no encounter_at"
    pictures = [each for each in system.written_as if not PICTURE.fullmatch(each)]
    yield from (("written_as of pictures such as XXX.XX or EXXX.X", repr(each)) for each in pictures)
    try:
        re.compile(system.code_pattern)
    except re.error as problem:
        yield "code_pattern that is a regular expression", f"{system.code_pattern} ({problem})"
