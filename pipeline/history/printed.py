"""First days that printed lists tell: a code that one list prints, and the list before it does not, began between them.

A tabular list prints codes and headings alike, a line for each but for fifth digits that are given once for a category.
So that a code has no line of its own says nothing. But where a list has lines for the sisters of a code, or a later one
prints the code itself, a list without it is older than the code: of the codes listed on 1 October 2008 or 2011 the
lists of those days lack none so told, and no day of the conversion table says otherwise.
"""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.dating import KEY, START_UNKNOWN, places_of_first
from pipeline.history.timeline import ONE_DAY, Timeline
from pipeline.normalise.hierarchy import heading_lengths
from pipeline.run.columns import with_replaced

DAY = "datetime64[s]"


def date_from_lists(episodes: pa.Table, timelines: list[Timeline]) -> pa.Table:
    """The episodes with first days from tabular lists for codes whose start was unknown.

    A code begins on the day of the oldest list that prints it, or of the oldest title file, where an older list lacks
    it: valid_from is that day and valid_from_earliest the day after the newest list without it. A code that the oldest
    list prints, and one of fifth digits given once for a category, stay as they were.
    """
    lists = _read_lists(timelines)
    if lists.empty:
        return episodes
    rows = places_of_first(episodes)
    columns = episodes.select([*KEY, "valid_from", "valid_from_basis", "release"]).take(pa.array(rows))
    columns = columns.append_column("row", pa.array(rows)).filter(pc.equal(columns["valid_from_basis"], START_UNKNOWN))
    first = columns.filter(pc.is_in(columns["system"], pa.array(lists["system"].unique())))
    first = first.to_pandas(date_as_object=False)
    began = find_began(first.astype({"valid_from": DAY, "system": "str"}), lists)
    told = {name: began[name] for name in ("valid_from", "valid_from_earliest", "release")}
    told["valid_from_basis"] = pd.Series("release", index=began.index)
    return with_replaced(episodes, began["row"].to_numpy(), told)


def find_began(codes: pd.DataFrame, lists: pd.DataFrame) -> pd.DataFrame:
    """Of codes listed from a day on those that began after some list: valid_from and release of the oldest list that
    prints them, where that is older, and valid_from_earliest. `lists` has a row per list and printed code."""
    lines = lists[~_is_heading(lists)].merge(codes[[*KEY, "valid_from"]], on=KEY, validate="many_to_one")
    older = lines[lines["day"] < lines["valid_from"]].sort_values("day").drop_duplicates(KEY)
    shown = codes.merge(older[[*KEY, "day", "shown_by"]], on=KEY, how="left", validate="one_to_one")
    shown["valid_from"] = shown["day"].fillna(shown["valid_from"])
    shown["release"] = shown["shown_by"].fillna(shown["release"])
    days = lists[["system", "day"]].drop_duplicates().rename(columns={"day": "before"})
    after = shown.drop(columns=["day", "shown_by"]).merge(days, on="system", validate="many_to_many")
    after = after[after["before"] < after["valid_from"]]
    began = after[_is_lacking(after, lists)].sort_values("before").drop_duplicates(KEY, keep="last")
    return began.assign(valid_from_earliest=began["before"] + ONE_DAY).drop(columns="before")


def _read_lists(timelines: list[Timeline]) -> pd.DataFrame:
    """What the tabular lists of systems with title files print: system, code, day and shown_by of the list."""
    with_titles = {each.system.system for each in timelines if not each.listings[0].supplement}
    frames = [
        each.rows.select(["code"])
        .to_pandas()
        .assign(system=each.system, day=pd.Timestamp(each.day), shown_by=each.shown_by)
        for timeline in timelines
        for each in timeline.listings
        if each.prints_headings and each.system in with_titles
    ]
    return pd.concat(frames, ignore_index=True).astype({"day": DAY, "system": "str"}) if frames else pd.DataFrame()


def _is_heading(lists: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows of lists have a longer code printed below them in the same list."""
    heading = pd.Series(False, index=lists.index)
    for _, own in lists.groupby(["system", "day"])["code"]:
        code = pa.chunked_array([pa.array(own, pa.string())])
        stems = pa.chunked_array([*_shorter(code, 1).chunks, *_shorter(code, 2).chunks])
        heading[own.index] = np.asarray(pc.is_in(code, stems))
    return heading


def _shorter(code: pa.ChunkedArray, less: int) -> pa.ChunkedArray:
    return pc.utf8_slice_codeunits(code, 0, -less)


def _is_lacking(codes: pd.DataFrame, lists: pd.DataFrame) -> "pd.Series[bool]":
    """Which codes the list of the day `before` lacks, and not for its way of printing them.

    It prints neither the code nor an older line of it, and a list since then prints the code, or it has lines for the
    sisters of the code, or of a heading above it that it does not have either.
    """
    lacking = pd.Series(False, index=codes.index)
    for (system, before), own in codes.groupby(["system", "before"])["code"]:
        of_system = lists[lists["system"] == system]
        printed, later = (
            pa.chunked_array([pa.array(of_system.loc[is_so, "code"], pa.string())])
            for is_so in (of_system["day"] == before, of_system["day"] > before)
        )
        code, stems = pa.array(own, pa.string()), _shorter(printed, 1)
        found = pc.and_not(pc.is_in(code, later), pc.is_in(code, printed))
        for length in (*heading_lengths(), heading_lengths().stop):
            part, sisters = (pc.utf8_slice_codeunits(code, 0, stop) for stop in (length, length - 1))
            is_new = pc.and_not(pc.is_in(sisters, stems), pc.is_in(part, printed))
            found = pc.or_(found, pc.and_(is_new, pc.greater_equal(pc.utf8_length(code), length)))
        lacking[own.index] = np.asarray(found)
    return lacking
