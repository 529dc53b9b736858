"""What codes mean, on a day or ever, in every system that has them."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.code_categories import CategoriesOfCodes
from pipeline.ask.code_episodes import Episode
from pipeline.ask.code_forms import MODIFIER, modifier_elsewhere
from pipeline.ask.code_notes import NotesOfCodes
from pipeline.ask.known_days import KnownDays, read_known_days
from pipeline.ask.packages import Package, find_packages
from pipeline.ask.resolve_codes import (
    NOT_KNOWN,
    RESOLVED,
    DayOrDays,
    Reading,
    resolve_codes,
)
from pipeline.ask.rules_on_day import RulesOnDays
from pipeline.ask.service_types import ServiceType, find_service_types
from pipeline.ask.successors import Successor, find_successors
from pipeline.ask.suggestions import add_suggestions

WRITTEN: Final = "select system, code, code_dotted from codes where code in (select unnest($codes))"


@dataclass(frozen=True)
class CodeAnswer:
    """What one code means: its reading, the days that are known, how codes above are written, what followed, types of
    service of codes without a text, drug packages, what tabular lists say of it, the rules of its use, its categories.

    `status` is that of the reading, where the code is resolved valid (on the day) or found (where no day was named, and
    of a drug package, of which there is no listing). `modifier` says that it may be one of a system whose modifiers are
    in no listing here. `all_packages` are those of other days than the one asked, too.
    """

    reading: Reading
    known: dict[str, KnownDays]
    parents: dict[tuple[str, str], str]
    successors: dict[tuple[str, str], list[Successor]]
    service_types: dict[tuple[str, str], list[ServiceType]]
    all_packages: list[Package]
    notes: NotesOfCodes
    rules: RulesOnDays
    categories: CategoriesOfCodes
    modifier: str | None = None

    @property
    def packages(self) -> list[Package]:
        """The packages of the day."""
        return [each for each in self.all_packages if each.is_of(self.on)]

    @property
    def reason(self) -> str:
        """Why the status is what it is: nothing where a package answers, its days where it is one of other days."""
        if self.packages:
            return ""
        days = dict.fromkeys(f"{each.valid_from} to {each.valid_through}" for each in self.all_packages)
        told = f"; a package of the lists of {', '.join(days)}, and not known on other days" if days else ""
        return self.reading.reason + told

    @property
    def on(self) -> date | None:
        """The day in question, where one was named."""
        return self.reading.on

    @property
    def status(self) -> str:
        """What is said of the code, in a word."""
        if self.packages:
            return "found"
        if self.all_packages:
            return NOT_KNOWN
        if self.reading.status != RESOLVED:
            return self.reading.status
        return "valid" if self.on else "found"

    @property
    def by_system(self) -> list[list[Episode]]:
        """The episodes of each system that has the code."""
        return [list(group) for _, group in groupby(self.reading.episodes, key=lambda each: each.system)]

    @property
    def shown(self) -> list[Episode]:
        """The episodes in question: those of the day, where there is a day on which any holds; else all."""
        own = [each for each in self.reading.episodes if self.on and each.is_valid_on(self.on)]
        return own or self.reading.episodes


def look_up(
    build: Build, asked: list[str], system: str | None = None, on: DayOrDays = None, with_notes: bool = True
) -> list[CodeAnswer]:
    """One answer for each code asked, in that order. Codes are written with or without separators, in capitals or not.
    `on` is the day of all of them, or a list with the day of each. Notes are looked for only where they are asked
    `with_notes`: for one code they cost 15 ms, as much as all else that is said of it but its episodes.

    Raises UsageError where there is no such system.
    """
    readings = add_suggestions(build, resolve_codes(build, asked, system, on), system, of_all=True)
    above = sorted({each.parent_code for one in readings for each in one.episodes if each.parent_code})
    written = build.rows(WRITTEN, codes=above) if above else []
    parents = {(row["system"], row["code"]): row["code_dotted"] for row in written}
    known = read_known_days(build)
    ended = sorted({each.code for one in readings for each in one.episodes if each.valid_to})
    successors = find_successors(build, ended)
    wordless = sorted({each.code for one in readings for each in one.episodes if not each.meaning})
    service_types = find_service_types(build, wordless)
    packages = find_packages(build, readings)
    noted = {(each.system, each.code) for one in readings for each in one.episodes} if with_notes else set()
    notes = NotesOfCodes(build, noted)
    rules = RulesOnDays(build, [(one.code, each.on) for each in readings if each.on for one in each.episodes])
    categories = CategoriesOfCodes(build, (each.code for one in readings for each in one.episodes))
    shared = (known, parents, successors, service_types)
    return [
        CodeAnswer(each, *shared, own, notes, rules, categories, _modifier(build, each, system))
        for each, own in zip(readings, packages, strict=True)
    ]


def _modifier(build: Build, reading: Reading, system: str | None) -> str | None:
    having = {each.system for each in reading.episodes}
    if system or not having or len(reading.bare) != len(MODIFIER):
        return None
    return modifier_elsewhere(build, reading.form, having)
