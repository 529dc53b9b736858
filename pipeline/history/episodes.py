"""From timelines to episodes: unbroken runs of days on which a code meant the same and could be billed the same way."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.timeline import NOT_A_DAY, ONE_DAY, Bools, Days, Ints, Timeline, as_days
from pipeline.normalise.listing import columns_passed_through

Labels = npt.NDArray[np.object_]
TITLE_COLUMNS, STATE_COLUMNS = ["short_description", "description"], ["billable", "standalone", "kind"]


def derive_episodes(timeline: Timeline) -> pa.Table:
    """One row per episode of a timeline: system, code, valid_from, valid_to (null while valid), short_description,
    description, billable, standalone, kind, valid_from_basis, release, last_release, is_oldest (it begins with the
    oldest release of the source), is_supplement (headings of a tabular list), and what is passed through.

    A change of a description, the billable flag or the kind starts a new episode. Text is that of the last release
    in the episode: within it, only capitals differ or a description becomes known. What is passed through is that of
    the last release too, and begins no episode.
    """
    starts, ends = _edges(timeline)
    key, first = np.nonzero(starts)
    _, last = np.nonzero(ends)
    valid_from, basis = _first_days(timeline, key, first)
    valid_to = _last_days(timeline, key, last)
    if not timeline.is_complete:
        is_real = np.isnat(valid_to) | (valid_to >= valid_from)
        key, first, valid_from, valid_to, basis = (
            key[is_real], first[is_real], valid_from[is_real], valid_to[is_real], basis[is_real],
        )  # fmt: skip
        last = last[is_real]
    passed = columns_passed_through().names
    newest = timeline.rows.select([*TITLE_COLUMNS, *passed]).take(pa.array(timeline.row[key, last]))
    states = timeline.rows.select(STATE_COLUMNS).take(pa.array(timeline.row[key, _state_of(timeline, key, last)]))
    releases = pa.array([listing.shown_by for listing in timeline.listings])
    return pa.table(
        {
            "system": pa.repeat(timeline.system.system, len(key)),
            "code": timeline.code.take(pa.array(key)),
            "valid_from": pa.array(valid_from),
            "valid_to": pa.array(valid_to),
            **{name: newest[name] for name in TITLE_COLUMNS},
            **{name: states[name] for name in STATE_COLUMNS},
            "valid_from_basis": pa.array(basis, pa.string()),
            "release": releases.take(pa.array(first)),
            "last_release": releases.take(pa.array(_last_listed(timeline, key, last))),
            "is_oldest": pa.array(first == 0),
            "is_supplement": pa.repeat(timeline.listings[0].supplement, len(key)),
            **{name: newest[name] for name in passed},
        }
    )


def _last_listed(timeline: Timeline, key: Ints, last: Ints) -> Ints:
    """The last release that lists each code in its episode: an edition that is not here is shown by the one before."""
    told = np.array([listing.told_by is not None for listing in timeline.listings])
    before = np.maximum(last - 1, 0)
    listed: Ints = np.where(told[last] & (timeline.row[key, before] >= 0), before, last)
    return listed


def _state_of(timeline: Timeline, key: Ints, last: Ints) -> Ints:
    """The release that says what each episode was: its last one; for the last episode of a record the newest.

    A record that a later file changes after its code has ended speaks of the days before the end: the list of deaths
    of 2011 shows A09 as the heading that it had become, that of 2023 as the code that it was until 2008.
    """
    if timeline.is_complete:
        return last
    is_last_of_record = np.append(key[1:] != key[:-1], True)
    newest: Ints = np.where(is_last_of_record, timeline.row.shape[1] - 1, last)
    return newest


def _edges(timeline: Timeline) -> tuple[Bools, Bools]:
    """Where (code x release) an episode begins, a stretch of equal cells, and where one ends."""
    listed = timeline.row >= 0
    same = np.ones_like(listed[:, 1:])
    for attribute in (timeline.state, timeline.short, timeline.long):
        same &= attribute[:, 1:] == attribute[:, :-1]
    joined = listed[:, 1:] & listed[:, :-1] & same
    edge = np.zeros((len(listed), 1), bool)
    return listed & ~np.hstack([edge, joined]), listed & ~np.hstack([joined, edge])


def _first_days(timeline: Timeline, key: Ints, first: Ints) -> tuple[Days, Labels]:
    """The first day of each episode and how it is known."""
    day = timeline.days[first]
    told = np.array([listing.told_by is not None for listing in timeline.listings])
    basis = np.where(told[first], "addenda", "release").astype(object)
    in_use_from = timeline.system.in_use_from
    if in_use_from is None or np.datetime64(in_use_from) != timeline.days[0]:
        basis[first == 0] = "left_censored"
    if timeline.is_complete:
        return day, basis
    is_first_of_record = np.append(True, key[1:] != key[:-1])
    recorded = timeline.record_days("valid_from")[key, first]
    changed = timeline.record_days("changed_on")[key, first]
    since = np.where(first > 0, timeline.days[np.maximum(first, 1) - 1], NOT_A_DAY)
    dated = np.where(is_first_of_record, recorded, np.where((changed > since) & (changed <= day), changed, NOT_A_DAY))
    known = ~np.isnat(dated)
    basis[known] = "record"
    return np.where(known, dated, day), basis


def _last_days(timeline: Timeline, key: Ints, last: Ints) -> Days:
    """The last day of each episode: the one before the next release, what the newest record says, or NaT while it is.

    An episode of a record that another one of it follows is cut short when episodes are joined.
    """
    nexts = np.append(timeline.days, timeline.last_day + ONE_DAY)[last + 1]
    if timeline.is_complete:
        return nexts - ONE_DAY
    last_days: Days = timeline.record_days("valid_to")[key, -1]
    return last_days


def join_episodes(timelines: list[Timeline], derived: list[pa.Table]) -> pa.Table:
    """The episodes derived from each timeline, sorted by code and day, none overlapping: columns of derive_episodes.

    An episode that is still open, or reaches into the next one of its code, ends the day before that begins, and no
    episode outlives its system.
    """
    episodes = pa.concat_tables(derived)
    order = [(name, "ascending") for name in ("system", "code", "valid_from")]
    episodes = episodes.sort_by(order).combine_chunks()
    start, end = as_days(episodes["valid_from"]), as_days(episodes["valid_to"])
    before_next = np.append(np.where(is_same_code_as_next(episodes), start[1:] - ONE_DAY, NOT_A_DAY), NOT_A_DAY)
    end = np.fmin(end, np.fmin(before_next, _ends_of_systems(timelines, episodes["system"])))
    episodes = episodes.set_column(episodes.column_names.index("valid_to"), "valid_to", pa.array(end))
    return episodes.filter(pa.array(np.isnat(end) | (end >= start)))


def is_same_code_as_next(episodes: pa.Table) -> Bools:
    """For each row but the last, whether the next row is of the same code of the same system."""
    same = [pc.equal(episodes[name][:-1], episodes[name][1:]) for name in ("system", "code")]
    return np.asarray(pc.and_(*same))


def _ends_of_systems(timelines: list[Timeline], system: pa.ChunkedArray) -> Days:
    ends = {timeline.system.system: timeline.last_day for timeline in timelines}
    days = np.array(list(ends.values()), "datetime64[D]")
    ends_of_rows: Days = days[np.asarray(pc.index_in(system, pa.array(list(ends))))]
    return ends_of_rows
