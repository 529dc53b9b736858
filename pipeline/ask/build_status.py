"""The state of a build, for a scheduler too: what is here of each system, how far it reaches, what is missing."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.known_days import KnownDays, read_known_days

NO_LISTING: Final = "no listing here"


@dataclass(frozen=True)
class MissingRelease:
    """A release of a listing that the catalogue knows and the build has not, with the systems that it is of."""

    source: str
    release: str
    effective_from: date
    systems: tuple[str, ...]


@dataclass(frozen=True)
class BuildStatus:
    """A build, the version that looks at it, the days of every system, and what the catalogue has beyond it."""

    build: str
    version: str
    systems: Sequence[KnownDays]
    missing: Sequence[MissingRelease]

    def behind(self, day: date) -> list[KnownDays]:
        """The systems that are listed here and in use on a day, and not known up to it."""
        return [each for each in self.systems if each.is_beyond(day)]


def read_status(build: Build, version: str, known: Sequence[MissingRelease]) -> BuildStatus:
    """The state of a build; `known` are releases of the catalogue, of which those that the build has are left out."""
    here = {(row["source"], row["release"]) for row in build.rows("select distinct source, release from releases")}
    missing = [each for each in known if (each.source, each.release) not in here]
    return BuildStatus(build.id, version, list(read_known_days(build).values()), missing)


def status_as_text(status: BuildStatus) -> str:
    """A line for each system, and one for each release that is not here."""
    head = ("system", "newest release", "known through", "next release expected")
    rows = [head, *map(_row, status.systems)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    missing = [f"  {each.source} {each.release}" for each in status.missing] or ["  none"]
    head_of_missing = "Releases of the catalogue that are not here:"
    return "\n".join([f"build {status.build}, version {status.version}", "", *lines, "", head_of_missing, *missing, ""])


def _row(days: KnownDays) -> tuple[str, ...]:
    if not days.is_listed:
        return days.system, NO_LISTING, "not known", ""
    return days.system, days.newest_release or "", str(days.known_through), str(days.next_release_expected or "closed")


def status_as_json(status: BuildStatus) -> str:
    """The same as JSON; days as text."""
    content = {"build": status.build, "version": status.version}
    parts = {name: [asdict(each) for each in getattr(status, name)] for name in ("systems", "missing")}
    return json.dumps({**content, **parts}, indent=1, default=str) + "\n"


STATUS_FORMATS: dict[str, Callable[[BuildStatus], str]] = {"table": status_as_text, "json": status_as_json}
