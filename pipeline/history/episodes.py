"""From timelines to episodes: unbroken runs of days on which a code meant the same and could be billed the same way."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.timeline import ABSENT, NOT_A_DAY, ONE_DAY, Bools, Days, Ints, Timeline, as_days
from pipeline.normalise.listing import TITLE_COLUMNS, columns_passed_through, with_plain_titles
from pipeline.run.ordered_rows import put_in_order

Labels = npt.NDArray[np.object_]
STATE_COLUMNS = ["billable", "standalone", "kind"]


def derive_episodes(timeline: Timeline) -> pa.Table:
    """One row per episode of a timeline: system, code, valid_from, valid_to (null while valid), short_description,
    description, billable, standalone, kind, valid_from_basis, valid_from_earliest, valid_to_basis, valid_to_earliest,
    release, last_release, is_oldest (it begins with the oldest release of the source), is_supplement (headings of a
    tabular list), and what is passed through.

    A change of a description, the billable flag or the kind starts a new episode. Text is that of the last release
    in the episode: within it, only capitals differ or a description becomes known. What is passed through is that of
    the last release too, and begins no episode. The days before those from which a record says that its words date are
    an episode of unknown words.
    """
    starts, ends = _edges(timeline)
    key, first = np.nonzero(starts)
    _, last = np.nonzero(ends)
    if not timeline.is_complete:
        start, end = _first_days(timeline, key, first)[0], _last_days(timeline, key, last)[0]
        is_real = np.isnat(end) | (end >= start)
        key, first, last = key[is_real], first[is_real], last[is_real]
    valid_from, from_basis, earliest = _first_days(timeline, key, first)
    valid_to, to_basis, earliest_end = _last_days(timeline, key, last)
    passed = columns_passed_through().names
    newest = timeline.rows.select([*TITLE_COLUMNS, *passed]).take(pa.array(timeline.row[key, last]))
    newest = with_plain_titles(newest)
    states = timeline.rows.select(STATE_COLUMNS).take(pa.array(timeline.row[key, _state_of(timeline, key, last)]))
    releases = pa.array([listing.shown_by for listing in timeline.listings])
    episodes = pa.table(
        {
            "system": pa.repeat(timeline.system.system, len(key)),
            "code": timeline.code.take(pa.array(key)),
            "valid_from": pa.array(valid_from),
            "valid_to": pa.array(valid_to),
            **{name: newest[name] for name in TITLE_COLUMNS},
            **{name: states[name] for name in STATE_COLUMNS},
            "valid_from_basis": pa.array(from_basis, pa.string()),
            "valid_from_earliest": pa.array(earliest),
            "valid_to_basis": pa.array(to_basis, pa.string()),
            "valid_to_earliest": pa.array(earliest_end),
            "release": releases.take(pa.array(first)),
            "last_release": releases.take(pa.array(_last_listed(timeline, key, last))),
            "is_oldest": pa.array(first == 0),
            "is_supplement": pa.repeat(timeline.listings[0].supplement, len(key)),
            **{name: newest[name] for name in passed},
        }
    )
    return episodes if timeline.is_complete else _with_unknown_words(episodes, *_first_words(timeline, key, first))


def _first_words(timeline: Timeline, key: Ints, first: Ints) -> tuple[Days, pa.Array]:
    """For the first episode of each record the day on which its words began, and which titles that is said of.

    NaT and null where the record does not say so: its last change was not of its wording, or took place when it was
    added, after the release that lists it, or after its end.
    """
    days = {name: timeline.record_days(name)[key, first] for name in ("valid_from", "changed_on", "valid_to")}
    changed, titles = days["changed_on"], timeline.rows["changed_titles"].take(pa.array(timeline.row[key, first]))
    says = np.append(True, key[1:] != key[:-1]) & np.asarray(pc.is_valid(titles))
    says &= (changed > days["valid_from"]) & (changed <= timeline.days[first]) & ~(changed > days["valid_to"])
    return np.where(says, changed, NOT_A_DAY), titles


def _with_unknown_words(episodes: pa.Table, words_from: Days, titles: pa.Array) -> pa.Table:
    """The episodes, and before each whose words began later than its record one whose words are unknown."""
    is_later = pa.array(~np.isnat(words_from))
    before, nothing = episodes.filter(is_later), pa.scalar(None, pa.string())
    both = pc.equal(titles.filter(is_later), "both")
    columns = {
        "valid_to": pa.array(words_from - ONE_DAY).filter(is_later),
        "valid_to_basis": pa.nulls(len(before), pa.string()),
        "valid_to_earliest": pa.nulls(len(before), pa.date32()),
        "short_description": pa.nulls(len(before), pa.string()),
        "description": pc.if_else(both, nothing, before["description"]),
    }
    start = pc.if_else(is_later, pa.array(words_from), episodes["valid_from"])
    return pa.concat_tables([_with_columns(episodes, {"valid_from": start}), _with_columns(before, columns)])


def _with_columns(episodes: pa.Table, columns: dict[str, pa.Array]) -> pa.Table:
    for name, values in columns.items():
        episodes = episodes.set_column(episodes.column_names.index(name), name, values)
    return episodes


def _last_listed(timeline: Timeline, key: Ints, last: Ints) -> Ints:
    """The last release that lists each code in its episode: an edition that is not here is shown by the one before.

    What a record says holds in the releases that have dropped it too, unless that ended it.
    """
    dropped = ~np.isnat(timeline.dropped_on[key])
    last = np.where(dropped, np.minimum(last, timeline.last_listed[key, -1]), last)
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


def _first_days(timeline: Timeline, key: Ints, first: Ints) -> tuple[Days, Labels, Days]:
    """The first day of each episode, how it is known, and the earliest that it may be where it is not known exactly."""
    day = timeline.days[first]
    told = np.array([listing.told_by is not None for listing in timeline.listings])
    basis = np.where(told[first], "addenda", "release").astype(object)
    in_use_from = timeline.system.in_use_from
    if in_use_from is None or np.datetime64(in_use_from) != timeline.days[0]:
        basis[first == 0] = "left_censored"
    if timeline.is_complete:
        before = np.append(NOT_A_DAY, timeline.speaks_through)[first]
        return day, basis, np.where(before + ONE_DAY < day, before + ONE_DAY, NOT_A_DAY)
    if timeline.tells_ends_only:
        return _latest_first_days(timeline, key, first, basis)
    is_first_of_record = np.append(True, key[1:] != key[:-1])
    since, changed, is_reworded = _since_last_file(timeline, key, first)
    dated = np.where(is_first_of_record, timeline.record_days("valid_from")[key, first], changed)
    known = ~np.isnat(dated)
    basis[known] = "record"
    day = np.where(known, dated, day)
    bound = ~is_first_of_record & ~is_reworded & (since + ONE_DAY < day)
    return day, basis, np.where(bound, since + ONE_DAY, NOT_A_DAY)


def _latest_first_days(timeline: Timeline, key: Ints, first: Ints, basis: Labels) -> tuple[Days, Labels, Days]:
    """The first days where lists tell ends only: the latest that they can be, the day of the list or the code's last.

    A code that the list before lacks began after that. Of one that the oldest list knows nothing but the end, its last
    day is the one on which it is known to have been valid.
    """
    before = np.where(first > 0, timeline.days[np.maximum(first, 1) - 1], NOT_A_DAY)
    day = np.fmin(timeline.days[first], timeline.record_days("valid_to")[key, -1])
    return day, basis, np.where(before + ONE_DAY < day, before + ONE_DAY, NOT_A_DAY)


def _since_last_file(timeline: Timeline, key: Ints, first: Ints) -> tuple[Days, Days, Bools]:
    """What is known of a change between two files: the day of the last file that shows it otherwise; the day of the
    record's last action, if that lies between the two; and whether that was an action on the wording.

    An action of another kind, or one whose kind the file no longer says, came with the change or after it.
    """
    last_shown = timeline.last_listed[key, np.maximum(first, 1) - 1]
    since = np.where(first > 0, timeline.days[last_shown], NOT_A_DAY)
    changed = timeline.record_days("changed_on")[key, first]
    between = (changed > since) & (changed <= timeline.days[first])
    titles = timeline.rows["changed_titles"].take(pa.array(timeline.row[key, first]))
    return since, np.where(between, changed, NOT_A_DAY), between & np.asarray(pc.is_valid(titles))


def _last_days(timeline: Timeline, key: Ints, last: Ints) -> tuple[Days, Labels, Days]:
    """The last day of each episode, how it is known, and the earliest that it may be where it is not known exactly.

    All are NaT and None while it lasts. It is the day before the next release, or what the newest record says, or the
    day before the list that drops it: then it may have been any since the day of the last list that has it. An episode
    of a record that another one of it follows is cut short when episodes are joined.
    """
    if timeline.is_complete:
        return _days_before_next(timeline, key, last)
    recorded, dropped = timeline.record_days("valid_to")[key, -1], timeline.dropped_on[key]
    basis = np.select([~np.isnat(recorded), ~np.isnat(dropped)], ["record", "release"], "").astype(object)
    basis[basis == ""] = None
    listed = np.where(np.isnat(dropped), NOT_A_DAY, timeline.days[timeline.last_listed[key, -1]])
    return np.where(np.isnat(recorded), dropped - ONE_DAY, recorded), basis, listed


def _days_before_next(timeline: Timeline, key: Ints, last: Ints) -> tuple[Days, Labels, Days]:
    """The last days by complete lists. One that the next list lacks, or has with another flag, may have ended with any
    edition between the two that is not here."""
    nexts = np.append(timeline.days, timeline.last_day + ONE_DAY)[last + 1]
    told = [listing.told_by is not None for listing in timeline.listings]
    ends = np.array(["addenda" if each else "release" for each in told] + [None], object)
    billable = np.asarray(timeline.rows["billable"])
    following = np.append(timeline.row, np.full((len(timeline.row), 1), ABSENT), axis=1)[key, last + 1]
    goes_on = (following != ABSENT) & (billable[following] == billable[timeline.row[key, last]])
    through = np.append(timeline.speaks_through, NOT_A_DAY)[last]
    return nexts - ONE_DAY, ends[last + 1], np.where(goes_on | ~(through < nexts - ONE_DAY), NOT_A_DAY, through)


def join_episodes(timelines: list[Timeline], derived: list[pa.Table]) -> pa.Table:
    """The episodes derived from each timeline, sorted by code and day, none overlapping: columns of derive_episodes.

    An episode that is still open, or reaches into the next one of its code, ends the day before that begins, and no
    episode outlives its system. A record that newer lists show with an earlier first day is one episode with that.
    """
    episodes = _with_corrections(_in_order(derived).combine_chunks())
    start, end = as_days(episodes["valid_from"]), as_days(episodes["valid_to"])
    before_next = np.append(np.where(is_same_code_as_next(episodes), start[1:] - ONE_DAY, NOT_A_DAY), NOT_A_DAY)
    end = np.fmin(end, np.fmin(before_next, _ends_of_systems(timelines, episodes["system"])))
    episodes = episodes.set_column(episodes.column_names.index("valid_to"), "valid_to", pa.array(end))
    return episodes.filter(pa.array(np.isnat(end) | (end >= start)))


def _in_order(derived: Sequence[pa.Table]) -> pa.Table:
    """The episodes of all timelines, each of one system, sorted by key: most are in the order of their code."""
    of_systems: dict[str, list[pa.Table]] = {}
    for each in derived:
        if len(each):
            of_systems.setdefault(each["system"][0].as_py(), []).append(each)
    parts = [put_in_order(pa.concat_tables(own), ["code", "valid_from"])[0] for _, own in sorted(of_systems.items())]
    return pa.concat_tables([derived[0].slice(0, 0), *parts])


def _with_corrections(episodes: pa.Table) -> pa.Table:
    """The episodes without those of records that were corrected: their days lie within the episode before them, which
    says the same of the code, and newer lists show that alone. It is first shown by the list with the corrected record.
    Where that had no last day, and a list without it ended it, the correction says when it ended.

    C9058 was added on 2020-04-01 by the list of April 2020; on 2019-11-15, to end on 2020-06-30, by those since July.
    """
    start, end = as_days(episodes["valid_from"]), as_days(episodes["valid_to"])
    release, last = episodes["release"], episodes["last_release"]
    was_dropped = np.asarray(pc.fill_null(pc.equal(episodes["valid_to_basis"], "release"), False))[1:]
    is_within = np.isnat(end[:-1]) | (end[:-1] >= end[1:]) | (was_dropped & (end[:-1] >= start[1:]))
    same = is_same_code_as_next(episodes) & is_within
    same &= np.asarray(pc.less(last[1:], release[:-1]))
    for name in (*TITLE_COLUMNS, *STATE_COLUMNS):
        one, other = (pc.fill_null(each.cast(pa.string()), "") for each in (episodes[name][1:], episodes[name][:-1]))
        same &= np.asarray(pc.equal(one, other))
    shown_by = np.arange(len(episodes)) + np.append(same, False)
    columns = {"release": release.take(pa.array(shown_by)), "is_oldest": episodes["is_oldest"].take(pa.array(shown_by))}
    return _with_columns(episodes, columns).filter(pa.array(np.append(True, ~same)[: len(episodes)]))


def tell_ends(episodes: pa.Table) -> pa.Table:
    """The episodes with valid_to_basis for each that has ended: next_episode where the code goes on the day after, what
    its release or record says, or else the end of its system. One that was cut short has no valid_to_earliest."""
    start, end, earliest = (as_days(episodes[name]) for name in ("valid_from", "valid_to", "valid_to_earliest"))
    known = pc.fill_null(episodes["valid_to_basis"], "system")
    basis = pc.if_else(pa.array(np.append(goes_on_as_next(episodes), False)), "next_episode", known)
    basis = pc.if_else(pc.is_valid(episodes["valid_to"]), basis, pa.scalar(None, pa.string()))
    bound = pa.array(np.where(earliest < end, np.fmax(earliest, start), NOT_A_DAY))
    return _with_columns(episodes, {"valid_to_basis": basis, "valid_to_earliest": bound})


def goes_on_as_next(episodes: pa.Table) -> Bools:
    """For each row but the last, whether the code goes on the day after as the next row says.

    One that ended at the latest then, and was no heading before or after, is another code than the next.
    """
    start, end = as_days(episodes["valid_from"]), as_days(episodes["valid_to"])
    billable, bound = np.asarray(episodes["billable"]), as_days(episodes["valid_to_earliest"])
    is_other = (bound[:-1] < end[:-1]) & (billable[:-1] == billable[1:])
    going_on: Bools = is_same_code_as_next(episodes) & (end[:-1] + ONE_DAY == start[1:]) & ~is_other
    return going_on


def is_same_code_as_next(episodes: pa.Table) -> Bools:
    """For each row but the last, whether the next row is of the same code of the same system."""
    same = [pc.equal(episodes[name][:-1], episodes[name][1:]) for name in ("system", "code")]
    return np.asarray(pc.and_(*same))


def _ends_of_systems(timelines: list[Timeline], system: pa.ChunkedArray) -> Days:
    ends = {timeline.system.system: timeline.last_day for timeline in timelines}
    days = np.array(list(ends.values()), "datetime64[D]")
    ends_of_rows: Days = days[np.asarray(pc.index_in(system, pa.array(list(ends))))]
    return ends_of_rows
