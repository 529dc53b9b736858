"""The versions of a grouping: which of its rows are of today, and among which rows each is counted."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.describe.pairs import Fans, Pairs
from pipeline.crosswalk.published.maps import PublishedMap
from pipeline.crosswalk.registry import Crosswalk
from pipeline.history.timeline import Bools


def of_today(entry: Crosswalk, rows: pa.Table) -> pa.Table:
    """The rows that are `is_of_today`."""
    is_one = is_of_today(entry, rows)
    return rows if is_one.all() else rows.filter(pa.array(is_one))


def is_of_today(entry: Crosswalk, rows: pa.Table) -> Bools:
    """Which rows of a grouping are what its publisher says today, or codes that it lacks; all of another crosswalk."""
    if entry.relation != "grouping":
        return np.ones(len(rows), bool)
    is_one: Bools = np.asarray(rows["newest"]) & ~_is_carried(rows)
    return is_one


def count_versions(published: PublishedMap, rows: pa.Table, pairs: Pairs) -> Fans:
    """The fan-out and the fan-in of each row of a grouping, of every version and those that we carried: counted in the
    newest version; of one that does not stand there in the last in which it stood, and of a carried one among the
    others and those."""
    newest, carried = np.asarray(rows["newest"]), _is_carried(rows)
    counted = [(newest & ~carried, newest & ~carried), (newest, carried)]
    if not newest.all():
        for place, version in enumerate(published.versions):
            is_last = np.asarray(pc.fill_null(pc.equal(rows["release_to"], version.delivery.release.release), False))
            counted.append((np.asarray(published.standing_in(rows, place)), is_last & ~newest))
    fan_out, fan_in = np.zeros((2, len(rows)), np.int64)
    for among, told in counted:
        if told.any():
            own = pairs.of(among)
            fan_out[told], fan_in[told] = own.fan_out[told[among]], own.fan_in[told[among]]
    return fan_out, fan_in


def _is_carried(rows: pa.Table) -> Bools:
    """Which rows of a grouping are its categories carried to newer codes."""
    is_carried: Bools = np.asarray(pc.and_(pc.equal(rows["origin"], "derived"), pc.is_valid(rows["target_code"])))
    return is_carried
