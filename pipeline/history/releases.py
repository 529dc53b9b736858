"""One row per release built: what was read, and how many codes it brought, took away and reworded."""

import numpy as np
import pyarrow as pa

from pipeline.history.timeline import Timeline, as_days
from pipeline.normalise.listing import Listing

DAY = np.timedelta64(1, "D")


def derive_releases(timelines: list[Timeline]) -> pa.Table:
    """One row per release of each source of a system: the columns of `schemas.releases.Releases`.

    Codes are those valid on the release's first day; added, removed and revised compare with the release before it
    in the build and are null for the first.
    """
    return pa.concat_tables([_of_one_timeline(timeline) for timeline in timelines])


def _of_one_timeline(timeline: Timeline) -> pa.Table:
    valid = timeline.valid
    both = valid[:, 1:] & valid[:, :-1]
    reworded = (timeline.short[:, 1:] != timeline.short[:, :-1]) | (timeline.long[:, 1:] != timeline.long[:, :-1])
    ends = np.append(timeline.days[1:] - DAY, np.datetime64(timeline.system.in_use_to))
    deliveries = [listing.delivery for listing in timeline.listings]
    return pa.table(
        {
            "system": pa.repeat(timeline.system.system, len(deliveries)),
            "release": [each.release.release for each in deliveries],
            "source": [each.source.source for each in deliveries],
            "label": [each.release.label for each in deliveries],
            "effective_from": pa.array(timeline.days),
            "effective_to": pa.array(ends.astype("datetime64[D]")),
            "file": ["; ".join(path.name for path in each.paths) for each in deliveries],
            "url": pa.array([each.release.url for each in deliveries], pa.string()),
            "sha256": ["; ".join(each.sha256) for each in deliveries],
            "rows": pa.array([listing.raw_rows for listing in timeline.listings], pa.int32()),
            "codes": pa.array([len(listing.rows) for listing in timeline.listings], pa.int32()),
            "billable": pa.array([_billable(listing) for listing in timeline.listings], pa.int32()),
            "added": _counts(valid[:, 1:] & ~valid[:, :-1], first=False),
            "removed": _counts(valid[:, :-1] & ~valid[:, 1:], first=False),
            "revised": _counts(both & reworded, first=False),
        }
    )


def _billable(listing: Listing) -> int:
    """How many codes of a listing can be reported on its first day, whatever earlier listings hold."""
    starts, ends = as_days(listing.rows["valid_from"]), as_days(listing.rows["valid_to"])
    day = np.datetime64(listing.day)
    return int((np.asarray(listing.rows["billable"]) & ~(starts > day) & ~(ends < day)).sum())


def _counts(cells: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]", *, first: bool = True) -> pa.Array:
    counts = [int(count) for count in cells.sum(axis=0)]
    return pa.array(counts if first else [None, *counts], pa.int32())
