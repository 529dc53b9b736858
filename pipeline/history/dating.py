"""Days that no order file can tell: a conversion table dates codes that were in force before a file listed them."""

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.episodes import is_same_code_as_next
from pipeline.history.timeline import Ints, Timeline
from pipeline.normalise.conversions import NEW, NEW_FOR_DELETED
from pipeline.normalise.hierarchy import heading_lengths
from pipeline.normalise.systems import read_systems
from pipeline.run.columns import with_replaced

START_UNKNOWN = "left_censored"
KEY = ["system", "code"]


def date_from_conversions(episodes: pa.Table, conversions: pa.Table, timelines: list[Timeline]) -> pa.Table:
    """The episodes with the first day of a code moved back to the day that a conversion table gives for it.

    That day lies before the first release that lists the code, and behind the oldest one: U07.1 took effect on
    2020-04-01 and was first listed on 2020-10-01. Of a code that the oldest release lists, so that its start is unknown
    (536.40 of 1998-10-01 in v23), any day counts on which its system was in use. Headings first listed with a code of
    the first sort are moved with the earliest of them.
    """
    rows = places_of_first(episodes)
    columns = episodes.select([*KEY, "valid_from", "valid_from_basis"]).take(pa.array(rows))
    first = columns.to_pandas(types_mapper=pd.ArrowDtype).assign(row=rows)
    first = first[first["valid_from_basis"] != "record"]
    oldest = {timeline.system.system: timeline.listings[0].day for timeline in reversed(timelines)}
    new = conversions.filter(pc.is_in(conversions["change"], pa.array([NEW, NEW_FOR_DELETED])))
    moved = _moved_back(first, new.to_pandas(types_mapper=pd.ArrowDtype), oldest)
    listed_late = moved[moved["valid_from_basis"] != START_UNKNOWN]
    days = pd.concat([moved, _headings_of(listed_late, first)]).groupby("row")["effective_from"].min()
    told = {"valid_from": days, "valid_from_basis": pa.repeat("conversion_table", len(days))}
    told["valid_from_earliest"] = pa.nulls(len(days))
    return with_replaced(episodes, days.index.to_numpy(), told)


def places_of_first(episodes: pa.Table) -> Ints:
    """The place of the first episode of each code among all, which are sorted by key."""
    return np.flatnonzero(np.append(True, ~is_same_code_as_next(episodes))[: len(episodes)])


def _moved_back(first: pd.DataFrame, conversions: pd.DataFrame, oldest: dict[str, date]) -> pd.DataFrame:
    """One row per code to move: its row in the episodes, its listed first day, the last effective day before that."""
    first = first[first["code"].isin(conversions["code"])]
    known = first.merge(conversions[[*KEY, "effective_from"]], on=KEY, validate="one_to_many")
    in_use_from = {name: system.in_use_from for name, system in read_systems().items()}
    behind, in_use = (known["system"].map(days).astype(known["valid_from"].dtype) for days in (oldest, in_use_from))
    is_told = known["effective_from"] > behind
    is_told |= (known["valid_from_basis"] == START_UNKNOWN) & (known["effective_from"] >= in_use)
    known = known[(known["effective_from"] < known["valid_from"]) & is_told.fillna(False)]
    return known.sort_values("effective_from").drop_duplicates(KEY, keep="last")


def _headings_of(moved: pd.DataFrame, first: pd.DataFrame) -> pd.DataFrame:
    """The headings above moved codes that the same release listed first."""
    above = [moved.assign(code=moved["code"].str.slice(0, length)) for length in heading_lengths()]
    shorter = pd.concat(above).drop(columns=["row", "valid_from_basis"])
    listed = first[first["code"].isin(shorter["code"])]
    return shorter.merge(listed, on=[*KEY, "valid_from"], validate="many_to_one")


def date_headings(episodes: pa.Table) -> pa.Table:
    """The episodes with the headings that a supplement adds (WHO's edition) dated by the codes below them.

    A heading is in force as long as a code is listed below it, though the supplement is of a later day. It begins
    with the first of these codes, on the same ground; one that was a code itself, the day after that ended.
    """
    frame = episodes.to_pandas(types_mapper=pd.ArrowDtype)
    headings = frame[frame["is_supplement"]].reset_index(names="row")
    if headings.empty:
        return episodes
    below = _first_below(frame[frame["billable"] & frame["system"].isin(headings["system"])])
    dated = headings[["row", *KEY]].merge(below, on=KEY, validate="many_to_one")
    same = ~frame["is_supplement"] & frame["system"].isin(headings["system"]) & frame["code"].isin(headings["code"])
    own = frame[same].groupby(KEY)["valid_to"].max().rename("own_end").reset_index()
    dated = dated.merge(own, on=KEY, how="left", validate="many_to_one").set_index("row")
    split = dated["own_end"].notna()
    after = pd.to_datetime(dated["own_end"]) + pd.Timedelta(days=1)
    start = pd.to_datetime(dated["valid_from"]).where(~split, after)
    frame.loc[dated.index, "valid_from"] = start.astype(frame["valid_from"].dtype)
    frame.loc[dated.index, "valid_from_basis"] = dated["valid_from_basis"].where(~split, "release")
    frame.loc[dated.index, "release"] = dated["release"]
    return pa.Table.from_pandas(frame, schema=episodes.schema, preserve_index=False).sort_by(
        [(name, "ascending") for name in (*KEY, "valid_from")]
    )


def _first_below(codes: pd.DataFrame) -> pd.DataFrame:
    """One row per prefix of codes: system, code (the prefix); valid_from, basis and release of the first."""
    columns = [*KEY, "valid_from", "valid_from_basis", "release"]
    prefixes = [
        codes[columns].assign(code=codes["code"].str.slice(0, length), longer=codes["code"])
        for length in heading_lengths()
    ]
    below = pd.concat(prefixes)
    below = below[below["code"] != below["longer"]].drop(columns="longer")
    return below.sort_values("valid_from", kind="stable").drop_duplicates(KEY)
