"""The state of a build, for a scheduler too: what is here of each system, how far it reaches, what is missing."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.known_days import KnownDays, read_known_days

NO_LISTING: Final = "no listing here"
LISTING: Final = "listing"
# The days of editions that are not here, of which later files tell: where a code changed, and where all begin.
RECONSTRUCTED: Final = """
    select distinct system, valid_from as day from code_history where valid_from_basis = 'addenda'
    union select system, known_from from systems where known_from is not null
"""


@dataclass(frozen=True)
class CatalogueRelease:
    """A release that the catalogue knows: what it gives (LISTING, MAP ...), of which systems, to which crosswalks."""

    source: str
    title: str
    release: str
    effective_from: date
    systems: tuple[str, ...]
    gives: str
    crosswalks: tuple[str, ...] = ()


@dataclass(frozen=True)
class MissingRelease:
    """A release that the catalogue knows and the build has not: what it would give, and of which systems.

    It is `reconstructed` where the addenda of a later release told what was listed in it.
    """

    source: str
    release: str
    effective_from: date
    systems: tuple[str, ...]
    gives: str
    reconstructed: bool


@dataclass(frozen=True)
class BuildStatus:
    """A build, the version that looks at it, the days of every system, and what the catalogue has beyond it."""

    build: str
    version: str
    systems: Sequence[KnownDays]
    missing: Sequence[MissingRelease]

    def behind(self, day: date) -> list[KnownDays]:
        """The systems that are listed here and in use on a day, and not known up to it; those aside whose lists have
        ended, since no newer release will come."""
        return [each for each in self.systems if each.is_beyond(day) and not each.is_of_closed_lists]


def read_status(build: Build, version: str, known: Sequence[CatalogueRelease]) -> BuildStatus:
    """The state of a build; `known` are releases of the catalogue, of which those that the build has are left out.

    Of maps and conversion tables the newest are asked for, of tabular lists any: the tables do not say which are in.
    """
    told = {(row["system"], row["day"]) for row in build.rows(RECONSTRUCTED)}
    missing = [
        MissingRelease(
            each.source, each.release, each.effective_from, each.systems, each.gives,
            any((system, each.effective_from) in told for system in each.systems),
        )
        for each in _not_here(build, known)
    ]  # fmt: skip
    return BuildStatus(build.id, version, list(read_known_days(build).values()), missing)


def _not_here(build: Build, known: Sequence[CatalogueRelease]) -> list[CatalogueRelease]:
    here = {(row["source"], row["release"]) for row in build.rows("select distinct source, release from releases")}
    newest = {each.source: each for each in sorted(known, key=lambda each: each.effective_from)}
    made = {name: row.release for name, row in build.crosswalks.items()}

    def is_here(each: CatalogueRelease) -> bool:
        """Whether a release is in the build, or one that takes its place."""
        if each.gives == LISTING:
            return (each.source, each.release) in here
        if each is not newest[each.source]:
            return True  # an older one, which a newer takes the place of
        if not each.crosswalks:
            return each.title in build.source_titles
        return any(made.get(name, "") >= each.release for name in each.crosswalks)

    return [each for each in known if not is_here(each)]


def status_as_text(status: BuildStatus) -> str:
    """A line for each system, and one for each release that is not here."""
    head = ("system", "newest release", "known through", "next release expected")
    rows = [head, *map(_row, status.systems)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    missing = list(map(_missing, status.missing)) or ["  none"]
    head_of_missing = "Releases of the catalogue that are not here:"
    return "\n".join([f"build {status.build}, version {status.version}", "", *lines, "", head_of_missing, *missing, ""])


def _missing(each: MissingRelease) -> str:
    told = ", reconstructed from the addenda of a later release" if each.reconstructed else ""
    return f"  {each.source} {each.release}  {each.gives}{told}"


def _row(days: KnownDays) -> tuple[str, ...]:
    if not days.is_listed:
        return days.system, NO_LISTING, "not known", ""
    none = "its lists are closed" if days.is_of_closed_lists else "closed"
    return days.system, days.newest_release or "", str(days.known_through), str(days.next_release_expected or none)


def status_as_json(status: BuildStatus) -> str:
    """The same as JSON; days as text."""
    content = {"build": status.build, "version": status.version}
    parts = {name: [asdict(each) for each in getattr(status, name)] for name in ("systems", "missing")}
    return json.dumps({**content, **parts}, indent=1, default=str) + "\n"


STATUS_FORMATS: dict[str, Callable[[BuildStatus], str]] = {"table": status_as_text, "json": status_as_json}
