"""One history out of the lists of several sources of one system: CPT is listed by its keeper, by RBCS and by BETOS.

The list of lowest rank counts. A weaker one adds what that does not have: earlier lives of numbers that were used
again, codes that ended before its oldest edition, and better known first and last days of the codes that both have.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.timeline import NOT_A_DAY, ONE_DAY, Days, Timeline, as_days

NOT_TOLD: Final = ("left_censored", "release")  # how a first day is known that a record may tell better
START_COLUMNS: Final = ["valid_from", "valid_from_basis", "valid_from_earliest", "release", "is_oldest"]
END_COLUMNS: Final = ["valid_to", "valid_to_basis", "valid_to_earliest"]
NO_END: Final = np.datetime64("9999-12-31", "D")


def join_sources(timelines: Sequence[Timeline], derived: Sequence[pa.Table]) -> list[pa.Table]:
    """The episodes of each system that has several main lists as one table, those of others as they are.

    `derived` has the columns of `episodes.derive_episodes`, a table for each timeline. Two episodes of a code whose
    days overlap are one life of it: that of the stronger list is kept, with a first day from the weaker where its own
    is nobody's word and later, and with a last day from the weaker where that is a record and its own is not.
    """
    joined: list[pa.Table] = []
    groups: dict[str, list[tuple[Timeline, pa.Table]]] = {}
    for timeline, episodes in zip(timelines, derived, strict=True):
        if timeline.listings[0].supplement:
            joined.append(episodes)
        else:
            groups.setdefault(timeline.system.system, []).append((timeline, episodes))
    return [_of_one_system(sorted(group, key=_rank)) for group in groups.values()] + joined


def _rank(source: tuple[Timeline, pa.Table]) -> int:
    return source[0].listings[0].rank


def _of_one_system(sources: list[tuple[Timeline, pa.Table]]) -> pa.Table:
    (first, episodes), *others = sources
    days = first.days
    for timeline, weaker in others:
        episodes = _with_weaker(episodes, weaker, days)
        days = np.union1d(days, timeline.days)
    return episodes


def _with_weaker(strong: pa.Table, weak: pa.Table, days: Days) -> pa.Table:
    """The episodes of the stronger lists, of which `days` are the first, and what a weaker one adds."""
    pairs = _one_life(_bounds(strong), _bounds(weak))
    adds = np.ones(len(weak), bool)
    adds[pairs["row_weak"]] = False
    better = _better_ends(_seen_later(_better_starts(strong, weak, pairs), weak, pairs), weak, pairs, days)
    return pa.concat_tables([better, _ended_by(weak.filter(pa.array(adds)), days)])


def _bounds(episodes: pa.Table) -> pd.DataFrame:
    end = as_days(episodes["valid_to"])
    return pd.DataFrame(
        {
            "code": episodes["code"].to_pandas(),
            "start": as_days(episodes["valid_from"]).astype("datetime64[s]"),
            "end": np.where(np.isnat(end), NO_END, end).astype("datetime64[s]"),
            "row": np.arange(len(episodes)),
        }
    )


def _one_life(strong: pd.DataFrame, weak: pd.DataFrame) -> pd.DataFrame:
    """The pairs of rows whose days overlap, with the bounds of both: `row_strong`, `row_weak` and so on."""
    pairs = strong.merge(weak, on="code", suffixes=("_strong", "_weak"), validate="many_to_many")
    overlaps = (pairs["start_strong"] <= pairs["end_weak"]) & (pairs["start_weak"] <= pairs["end_strong"])
    return pairs[overlaps].sort_values(["row_strong", "row_weak"])


def _better_starts(strong: pa.Table, weak: pa.Table, pairs: pd.DataFrame) -> pa.Table:
    """The first episode of each life with the first day of the weaker list, where that is earlier, or a record's."""
    first = pairs.sort_values("start_strong").drop_duplicates("row_weak").drop_duplicates("row_strong")
    basis = strong["valid_from_basis"].to_pandas().iloc[first["row_strong"]]
    is_record = weak["valid_from_basis"].to_pandas().iloc[first["row_weak"]].eq("record").to_numpy()
    is_better = first["start_weak"] < first["start_strong"]
    taken = first[basis.isin(NOT_TOLD).to_numpy() & (is_better | is_record)]
    return _with_values(strong, weak, taken, START_COLUMNS)


def _better_ends(strong: pa.Table, weak: pa.Table, pairs: pd.DataFrame, days: Days) -> pa.Table:
    """The last episode of each life with the last day of a record of the weaker list, where its own is nobody's word:
    the stronger list dropped it by then, or has no edition that is newer than that day."""
    last = (
        pairs.sort_values("end_strong")
        .drop_duplicates("row_weak", keep="last")
        .drop_duplicates("row_strong", keep="last")
    )
    basis = strong["valid_to_basis"].to_pandas().iloc[last["row_strong"]]
    is_record = weak["valid_to_basis"].to_pandas().iloc[last["row_weak"]].eq("record").to_numpy()
    is_dropped = basis.eq("release").to_numpy() & (last["end_weak"] < last["end_strong"])
    is_news = basis.isna().to_numpy() & (last["end_weak"] >= days.max().astype("datetime64[s]"))
    is_within = last["end_weak"] >= last["start_strong"]
    return _with_values(strong, weak, last[is_record & is_within & (is_dropped | is_news)], END_COLUMNS)


def _seen_later(strong: pa.Table, weak: pa.Table, pairs: pd.DataFrame) -> pa.Table:
    """The episodes that ended between two stronger lists: not before the last day on which a weaker list has them."""
    earliest, end = as_days(strong["valid_to_earliest"]).copy(), as_days(strong["valid_to"])
    bounded = pairs[~np.isnat(earliest[pairs["row_strong"]])]
    row, seen = bounded["row_strong"].to_numpy(), np.fmin(_last_listed(weak), as_days(weak["valid_to"]))
    np.fmax.at(earliest, row, np.fmin(seen[bounded["row_weak"]], end[row]))
    return strong.set_column(strong.column_names.index("valid_to_earliest"), "valid_to_earliest", pa.array(earliest))


def _with_values(strong: pa.Table, weak: pa.Table, taken: pd.DataFrame, names: list[str]) -> pa.Table:
    """The strong episodes with the values of some columns out of the weak ones, row by row of `taken`."""
    place = np.arange(len(strong))
    place[taken["row_strong"]] = len(strong) + taken["row_weak"].to_numpy()
    both = pa.concat_tables([strong.select(names), weak.select(names)]).combine_chunks().take(pa.array(place))
    for name in names:
        strong = strong.set_column(strong.column_names.index(name), name, both[name])
    return strong


def _ended_by(weak: pa.Table, days: Days) -> pa.Table:
    """The episodes of a weaker list that go on, ended by the first later day on which a stronger list lacks them.

    They may have ended on any day since that of the last weaker list that has them, valid_to_earliest.
    """
    end, listed = as_days(weak["valid_to"]), _last_listed(weak)
    following = np.append(days, NOT_A_DAY)[np.searchsorted(days, listed, "right")]
    ends_now = np.isnat(end) & ~np.isnat(following)
    columns = {
        "valid_to": pa.array(np.where(ends_now, following - ONE_DAY, end)),
        "valid_to_basis": pc.if_else(pa.array(ends_now), "release", weak["valid_to_basis"]),
        "valid_to_earliest": pa.array(np.where(ends_now, listed, as_days(weak["valid_to_earliest"]))),
    }
    for name, values in columns.items():
        weak = weak.set_column(weak.column_names.index(name), name, values)
    return weak


def _last_listed(episodes: pa.Table) -> Days:
    """The day of the last list that has each episode."""
    return as_days(pc.strptime(episodes["last_release"], format="%Y-%m-%d", unit="s"))
