"""What the publishers offer: one `raw/sources/<source>.toml` for each series of files."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import PROJECT
from pipeline.catalogue.cadence import known_through, next_release, require_cadence
from pipeline.errors import UsageError

SOURCES = PROJECT / "raw" / "sources"
NOT_ASKED_FOR = {"gone", "repacked"}


@dataclass(frozen=True)
class Release:
    """One file (or set of files) that a publisher posted for one release of a source: one `[[release]]` entry.

    `updates` names the edition that the order addenda inside the file are the difference from, where that is not
    simply the previous release of the catalogue; `supersedes` the file of the same release that this one replaces;
    `same_as` an earlier release of the source that was posted again without a change.

    `url` is where the file is fetched from; where it is a zip of which one member is stored, `unpack` is a pattern for
    that member's path, and `sha256` and `bytes` are those of the stored file. `url_status` says how far to trust it:
    confirmed; unconfirmed or conflicting (by analogy: that nothing is there is no failure); gone (no longer posted)
    and repacked (the stored file is not the publisher's), which are not asked for.
    """

    release: str
    label: str
    effective_from: date
    file: str | None = None
    folder: str | None = None
    url: str | None = None
    unpack: str | None = None
    mirrors: tuple[str, ...] = ()
    url_status: str = "confirmed"
    sha256: str | None = None
    bytes: int | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    updates: str | None = None
    supersedes: str | None = None
    same_as: str | None = None
    note: str = ""

    @property
    def is_offered(self) -> bool:
        """Whether there is an address to fetch it from."""
        return bool(self.url and self.file) and self.url_status not in NOT_ASKED_FOR


@dataclass(frozen=True)
class Source:
    """What one publisher offers as a series of files: one `raw/sources/<source>.toml`.

    `link` is a pattern by which `crosswalk discover` knows the source's links on its landing pages: it is looked for,
    in capitals or not, in the text of a link and in the name in its address. A group `release` in it is the release's
    name; without one the release is named by the day that the link or the heading above it tells of.

    `cadence` is the days of the year on which editions take effect, as MM-DD: see cadence.py. A closed series has none,
    and `closed` is the last day for which it was issued. `cadence_note` says in words what days cannot.
    """

    source: str
    title: str
    publisher: str
    licence: str
    licensed: bool
    layout: str
    systems: tuple[str, ...]
    cadence: tuple[str, ...]
    members: Mapping[str, str]
    releases: tuple[Release, ...]
    landing_pages: tuple[str, ...] = ()
    link: str | None = None
    closed: date | None = None
    cadence_note: str = ""

    def folder_of(self, release: Release) -> str:
        """Where the files of a release are stored below a raw folder."""
        return release.folder or f"{self.source}/{release.release}"

    def base_of(self, release: Release) -> str | None:
        """The edition that the order addenda of a release are the difference from: `updates`, or else the release
        before it in the catalogue. None where the source has no addenda, and for its first release."""
        if "addenda" not in self.members:
            return None
        before = [each for each in self.releases if each.effective_from < release.effective_from]
        newest = max(before, key=lambda each: each.effective_from, default=None)
        return release.updates or (newest.release if newest else None)

    def effective_day(self, release: str) -> date:
        """The day on which a release takes effect: the catalogue's, or else the one that names it."""
        known = {each.release: each.effective_from for each in self.releases}
        return known.get(release) or date.fromisoformat(release)

    def next_release(self, day: date) -> date | None:
        """The first day after `day` on which another release is in effect, by cadence or catalogue; None if closed."""
        return next_release(self.cadence, [each.effective_from for each in self.releases], day)

    def known_through(self, day: date) -> date:
        """The last day of which the release that took effect on `day` speaks."""
        return known_through(self.cadence, [each.effective_from for each in self.releases], day, self.closed)


def read_catalogue(folder: Path = SOURCES) -> dict[str, Source]:
    """Every source by its name. Raises UsageError where there is none, or one is not of the form of `Source`."""
    if not any(folder.glob("*.toml")):
        raise UsageError(f"{folder}: there is no catalogue file here\n  next:     name a folder of TOML files")
    return {path.stem: _read_source(path) for path in sorted(folder.glob("*.toml"))}


def _read_source(path: Path) -> Source:
    try:
        entry = tomllib.loads(path.read_text(encoding="utf-8"))
        releases = tuple(_as_release(each) for each in entry.pop("release", []))
        require_cadence(entry["cadence"], entry.get("closed"))
        lists = {key: tuple(entry.get(key, ())) for key in ("systems", "landing_pages", "cadence")}
        source = Source(**{**entry, **lists}, releases=releases)
        if not source.systems or not source.layout:
            raise ValueError("systems and layout must not be empty")
        for pattern in _patterns_of(source):
            re.compile(pattern)
        return source
    except (OSError, tomllib.TOMLDecodeError, TypeError, ValueError, KeyError, AttributeError, re.error) as problem:
        raise UsageError(
            f"{path}: this is not a catalogue file ({problem})\n"
            f"  next:     compare it with another file of that folder; a release has the keys "
            + ", ".join(each.name for each in fields(Release))
        ) from problem


def _patterns_of(source: Source) -> list[str]:
    own = [*source.members.values(), *(each for one in source.releases for each in one.members.values())]
    return [*own, *filter(None, [source.link, *(each.unpack for each in source.releases)])]


def _as_release(entry: dict[str, Any]) -> Release:
    effective_from = entry.get("effective_from") or date.fromisoformat(entry["release"])
    if not isinstance(effective_from, date):
        raise ValueError(f"effective_from is no day: {effective_from!r}")
    mirrors = tuple(entry.get("mirrors", ()))
    return Release(**{**entry, "effective_from": effective_from, "mirrors": mirrors})
