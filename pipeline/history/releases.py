"""One row per release built: what was read, and how many codes it brought, took away and reworded."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.timeline import Timeline, as_days
from pipeline.normalise.listing import Listing

DAY = np.timedelta64(1, "D")


def derive_releases(timelines: list[Timeline]) -> pa.Table:
    """One row per release of each source of a system: the columns of `schemas.releases.Releases`.

    Codes are those valid on the release's first day; added, removed and revised compare with the release before it
    in the build and are null for the first. Editions known only through a later file are no releases of the build.
    """
    return pa.concat_tables([_of_one_timeline(timeline) for timeline in timelines])


def _of_one_timeline(timeline: Timeline) -> pa.Table:
    here = np.array([listing.told_by is None for listing in timeline.listings])
    listings = [listing for listing in timeline.listings if listing.told_by is None]
    valid, short, long = timeline.valid[:, here], timeline.short[:, here], timeline.long[:, here]
    both = valid[:, 1:] & valid[:, :-1]
    reworded = (short[:, 1:] != short[:, :-1]) | (long[:, 1:] != long[:, :-1])
    ends = np.append(timeline.days[here][1:] - DAY, np.datetime64(timeline.system.in_use_to))
    deliveries = [listing.delivery for listing in listings]
    return pa.table(
        {
            "system": pa.repeat(timeline.system.system, len(deliveries)),
            "release": [each.release.release for each in deliveries],
            "source": [each.source.source for each in deliveries],
            "label": [each.release.label for each in deliveries],
            "effective_from": pa.array(timeline.days[here]),
            "effective_to": pa.array(ends.astype("datetime64[D]")),
            "file": ["; ".join(path.name for path in each.paths) for each in deliveries],
            "url": pa.array([each.release.url for each in deliveries], pa.string()),
            "sha256": ["; ".join(each.sha256) for each in deliveries],
            "rows": pa.array([listing.raw_rows for listing in listings], pa.int32()),
            "codes": pa.array([_codes(listing) for listing in listings], pa.int32()),
            "billable": pa.array([_billable(listing) for listing in listings], pa.int32()),
            "added": _changes(valid[:, 1:] & ~valid[:, :-1]),
            "removed": _changes(valid[:, :-1] & ~valid[:, 1:]),
            "revised": _changes(both & reworded),
        }
    )


def _codes(listing: Listing) -> int:
    """How many different codes a listing holds; the gate saw to it that a complete one has each once."""
    return len(listing.rows) if listing.complete else int(pc.count_distinct(listing.rows["code"]).as_py())


def _billable(listing: Listing) -> int:
    """How many codes of a listing can be reported on its first day, whatever earlier listings hold."""
    starts, ends = as_days(listing.rows["valid_from"]), as_days(listing.rows["valid_to"])
    day = np.datetime64(listing.day)
    return int((np.asarray(listing.rows["billable"]) & ~(starts > day) & ~(ends < day)).sum())


def _changes(cells: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]") -> pa.Array:
    """How many codes changed in each release; null for the first."""
    return pa.array([None, *(int(count) for count in cells.sum(axis=0))], pa.int32())
