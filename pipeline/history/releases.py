"""One row per release built: what was read, and how many codes it brought, took away and reworded."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.history.timeline import ONE_DAY, Bools, Timeline, as_days
from pipeline.normalise.listing import Listing


def _any_of_code(timeline: Timeline, cells: Bools) -> Bools:
    """Cells (record x release) as cells (code x release): whether any record of the code has it."""
    if timeline.is_complete:
        return cells
    starts = np.flatnonzero(np.append(True, np.asarray(pc.not_equal(timeline.code[1:], timeline.code[:-1]))))
    of_codes: Bools = np.logical_or.reduceat(cells, starts, axis=0)
    return of_codes


def derive_releases(timelines: list[Timeline]) -> pa.Table:
    """One row per release of each source of a system: the columns of `schemas.releases.Releases`.

    Codes are those valid on the release's first day; added, removed and revised compare with the release before it
    in the build and are null for the first, and for editions from before use. Editions known only through a later
    file are no releases of the build; a tabular list is a further file of the release of its day.
    """
    main = [timeline for timeline in timelines if not timeline.listings[0].supplement]
    beside = [listing for timeline in timelines if timeline.listings[0].supplement for listing in timeline.listings]
    return pa.concat_tables([_of_one_timeline(timeline, beside) for timeline in main])


def _of_one_timeline(timeline: Timeline, beside: list[Listing]) -> pa.Table:
    here = np.array([listing.told_by is None for listing in timeline.listings])
    listings = [listing for listing in timeline.listings if listing.told_by is None]
    valid, short, long = timeline.valid[:, here], timeline.short[:, here], timeline.long[:, here]
    both = valid[:, 1:] & valid[:, :-1]
    reworded = _any_of_code(timeline, both & ((short[:, 1:] != short[:, :-1]) | (long[:, 1:] != long[:, :-1])))
    valid = _any_of_code(timeline, valid)
    ends = np.append(timeline.days[here][1:] - ONE_DAY, timeline.last_day)
    deliveries = [listing.delivery for listing in listings]
    compared = not timeline.is_before_use
    return pa.table(
        {
            "system": pa.repeat(timeline.system.system, len(deliveries)),
            "release": [each.release.release for each in deliveries],
            "source": [each.source.source for each in deliveries],
            "label": [each.release.label for each in deliveries],
            "effective_from": pa.array(timeline.days[here]),
            "effective_to": pa.array(ends.astype("datetime64[D]")),
            **_files([_with_supplements(each, beside) for each in listings]),
            "rows": pa.array([listing.raw_rows for listing in listings], pa.int32()),
            "codes": pa.array([_codes(listing) for listing in listings], pa.int32()),
            "billable": pa.array([_billable(listing) for listing in listings], pa.int32()),
            "added": _changes(valid[:, 1:] & ~valid[:, :-1], compared=compared),
            "removed": _changes(valid[:, :-1] & ~valid[:, 1:], compared=compared),
            "revised": _changes(reworded, compared=compared),
        }
    )


def _with_supplements(listing: Listing, beside: list[Listing]) -> list[RawRelease]:
    """The release of a listing, and those of tabular lists that add headings to the same system from the same day."""
    also = [each for each in beside if (each.system, each.day) == (listing.system, listing.day)]
    return [listing.delivery, *(each.delivery for each in also)]


def _files(groups: list[list[RawRelease]]) -> dict[str, pa.Array]:
    """Names, addresses and hashes of the files of each group of releases, in the same order."""
    columns = {
        "file": ["; ".join(path.name for each in group for path in each.paths) for group in groups],
        "url": ["; ".join(filter(None, (each.release.url for each in group))) or None for group in groups],
        "sha256": ["; ".join(digest for each in group for digest in each.sha256) for group in groups],
    }
    return {name: pa.array(values, pa.string()) for name, values in columns.items()}


def _codes(listing: Listing) -> int:
    """How many different codes a listing holds; the gate saw to it that a complete one has each once."""
    return len(listing.rows) if listing.complete else int(pc.count_distinct(listing.rows["code"]).as_py())


def _billable(listing: Listing) -> int:
    """How many codes of a listing can be reported on its first day, whatever earlier listings hold."""
    starts, ends = as_days(listing.rows["valid_from"]), as_days(listing.rows["valid_to"])
    day = np.datetime64(listing.day)
    return int((np.asarray(listing.rows["billable"]) & ~(starts > day) & ~(ends < day)).sum())


def _changes(cells: Bools, *, compared: bool) -> pa.Array:
    """How many codes changed in each release; null for the first, and for all that are not compared."""
    counts = [int(count) if compared else None for count in cells.sum(axis=0)]
    return pa.array([None, *counts], pa.int32())
