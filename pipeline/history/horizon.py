"""The days of which a build can speak for a system: from its oldest release to the day before the next to come.

Only main listings count: a tabular list beside them adds headings, no codes. The day of today decides nothing. An
edition that a later file tells of is known as one that is here, though it is no release of the build.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from pipeline.catalogue.sources import Source
from pipeline.history.timeline import Timeline
from pipeline.normalise.systems import System, read_systems


@dataclass(frozen=True)
class Horizon:
    """What a build knows of one system: from the day of its oldest edition through the day before the next release.

    `next_release_expected` is the first day on which a newer release is needed; None where the system has ended and
    its last release is here.
    """

    newest_release: str
    known_from: date
    known_through: date
    next_release_expected: date | None


def oldest_days(timelines: Iterable[Timeline]) -> dict[str, date]:
    """The first day of the oldest edition of each system in use that is here, or that a later file tells of."""
    main = [each for each in timelines if not each.listings[0].supplement and not each.is_before_use]
    days = [(each.system.system, listing.day) for each in main for listing in each.listings]
    return dict(sorted(days, reverse=True))


def ranks_of(timelines: Iterable[Timeline]) -> dict[tuple[str, str], int]:
    """What the lists of each system and source count beside those of others: see `Listing.rank`."""
    listings = [timeline.listings[0] for timeline in timelines if not timeline.listings[0].supplement]
    return {(each.system, each.delivery.source.source): each.rank for each in listings}


def derive_horizons(
    releases: pa.Table,
    sources: Mapping[str, Source],
    oldest: Mapping[str, date],
    ranks: Mapping[tuple[str, str], int],
) -> dict[str, Horizon]:
    """The horizon of every system that has a release: `releases` are those of `schemas.releases`, of `sources`.

    Of several sources of one system those of lowest rank decide, the keeper's where it is here: a yearly taxonomy of
    billed services does not vouch for a code set that changes every quarter. Of several of one rank the one that
    reaches furthest decides. `oldest` has the days of `oldest_days`, `ranks` those of `ranks_of`.
    """
    rows = releases.select(["system", "release", "source", "effective_from"]).to_pylist()
    strongest = {name: min(rank for (own, _), rank in ranks.items() if own == name) for name, _ in ranks}
    decide = [each for each in rows if ranks[each["system"], each["source"]] == strongest[each["system"]]]
    newest = {(row["system"], row["source"]): row for row in sorted(decide, key=lambda row: row["effective_from"])}
    horizons: dict[str, Horizon] = {}
    for (name, source), row in newest.items():
        system = read_systems()[name]
        days = [each["effective_from"] for each in rows if each["system"] == name]
        first = _first_in_use(system, [*days, oldest[name]] if name in oldest else days)
        own = _horizon(system, sources[source], row["release"], (first, row["effective_from"]))
        known = horizons.get(name)
        horizons[name] = own if known is None else max(known, own, key=lambda each: each.known_through)
    return horizons


def _first_in_use(system: System, days: list[date]) -> date:
    """The first day of the oldest release since the system was in use; of the oldest where all are from before."""
    return min([day for day in days if system.in_use_from is None or day >= system.in_use_from] or days)


def _horizon(system: System, source: Source, release: str, days: tuple[date, date]) -> Horizon:
    """The horizon by the newest release of one source; `days` are those of the system's oldest and this release."""
    first, day = days
    following = source.next_release(day)
    through = source.known_through(day)
    if following is None and system.in_use_to is not None:
        through = system.in_use_to
    elif system.in_use_to is not None and through >= system.in_use_to:
        through, following = system.in_use_to, None
    return Horizon(release, first, through, following)
