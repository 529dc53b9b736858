"""When every code could be reported: the episodes without their wording; as a table, cut at what the build knows."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.episodes import is_same_code_as_next
from pipeline.history.horizon import Horizon
from pipeline.history.timeline import NOT_A_DAY, ONE_DAY, Bools, Days, as_days
from pipeline.normalise.systems import read_systems


def derive_validity(episodes: pa.Table, horizons: Mapping[str, Horizon]) -> pa.Table:
    """One row per unbroken run of days with the same flag: the columns of `schemas.validity.Validity`.

    `episodes` are sorted by key and do not overlap. What is open ends at the horizon of its system, and what ended on
    some day between two lists at valid_to_earliest: a run holds for sure. Nothing begins before the system was in use,
    and what begins beyond the horizon, such as a code that a listing announces, is no row yet.
    """
    firsts = {name: read_systems()[name].in_use_from for name in horizons}
    start = np.fmax(as_days(episodes["valid_from"]), _day_of_system(episodes, firsts))
    horizon = _day_of_system(episodes, {name: each.known_through for name, each in horizons.items()})
    earliest, latest = as_days(episodes["valid_to_earliest"]), as_days(episodes["valid_to"])
    sure = np.where(np.isnat(earliest), latest, earliest)
    end = np.where(np.isnat(horizon), horizon, np.fmin(sure, horizon))
    is_known = start <= end
    kept = episodes.select(["system", "code", "billable", "release"]).filter(pa.array(is_known)).combine_chunks()
    return _joined(kept, start[is_known], end[is_known])


def derive_billable_episodes(episodes: pa.Table) -> pa.Table:
    """One row per billable episode, the days on end on which a code could be reported: system, code, valid_from,
    valid_to (null while it can), sorted. `episodes` are sorted by key and do not overlap.

    A change of wording begins a new episode, but no new billable episode.
    """
    billable = episodes.select(["system", "code", "billable", "release"]).filter(episodes["billable"]).combine_chunks()
    start, end = (as_days(episodes[name].filter(episodes["billable"])) for name in ("valid_from", "valid_to"))
    runs = _joined(billable, start, end).rename_columns({"valid_through": "valid_to"})
    return runs.select(["system", "code", "valid_from", "valid_to"])


def _joined(rows: pa.Table, start: Days, end: Days) -> pa.Table:
    """The rows with those put together that differ in wording only, under the release of the first."""
    first, last = np.ones((2, len(rows)), bool)
    first[1:] = ~_goes_on(rows, start, end)
    last[:-1] = first[1:]
    runs = rows.filter(pa.array(first))
    return pa.table(
        {
            "system": runs["system"],
            "code": runs["code"],
            "valid_from": pa.array(start[first]),
            "valid_through": pa.array(end[last]),
            "billable": runs["billable"],
            "release": runs["release"],
        }
    )


def _goes_on(rows: pa.Table, start: Days, end: Days) -> Bools:
    """For each row but the last, whether the next one is of the same code and flag and begins the day after."""
    billable = np.asarray(rows["billable"])
    going_on: Bools = is_same_code_as_next(rows) & (end[:-1] + ONE_DAY == start[1:]) & (billable[:-1] == billable[1:])
    return going_on


def _day_of_system(episodes: pa.Table, days: Mapping[str, object]) -> Days:
    """The day of the system of each row; NaT where it has none."""
    known = [NOT_A_DAY if day is None else np.datetime64(str(day), "D") for day in days.values()]
    found = pc.fill_null(pc.index_in(episodes["system"], pa.array(list(days), pa.string())), len(known))
    of_rows: Days = np.array([*known, NOT_A_DAY], "datetime64[D]")[np.asarray(found)]
    return of_rows
