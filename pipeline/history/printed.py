"""First days that printed lists tell: a code that one list prints, and the list before it does not, began between them.

A tabular list prints codes and headings alike, a line for each but for fifth digits that are given once for a category.
So that a code has no line of its own says nothing. But where a list has lines for the sisters of a code, or a later one
prints the code itself, a list without it is older than the code: of the codes listed on 1 October 2008 or 2011 the
lists of those days lack none so told, and no day of the conversion table says otherwise.
"""

import pandas as pd
import pyarrow as pa

from pipeline.history.dating import KEY, START_UNKNOWN
from pipeline.history.timeline import ONE_DAY, Timeline
from pipeline.normalise.hierarchy import heading_lengths

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
    rows = episodes.select([*KEY, "valid_from", "valid_from_basis", "release"]).to_pandas()
    first = rows[~rows.duplicated(KEY) & (rows["valid_from_basis"] == START_UNKNOWN)].reset_index(names="row")
    began = find_began(first.astype({"valid_from": DAY, "system": "str"}), lists).set_index("row")
    frame = episodes.to_pandas(types_mapper=pd.ArrowDtype)
    for name in ("valid_from", "valid_from_earliest", "release"):
        frame.loc[began.index, name] = began[name].astype(frame[name].dtype)
    frame.loc[began.index, "valid_from_basis"] = "release"
    return pa.Table.from_pandas(frame, schema=episodes.schema, preserve_index=False)


def find_began(codes: pd.DataFrame, lists: pd.DataFrame) -> pd.DataFrame:
    """Of codes listed from a day on those that began after some list: valid_from and release of the oldest list that
    prints them, where that is older, and valid_from_earliest. `lists` has a row per list and printed code."""
    own = lists.merge(codes[[*KEY, "valid_from"]], on=KEY, validate="many_to_one")
    older = own[(own["day"] < own["valid_from"]) & ~_is_heading(own, lists)].sort_values("day").drop_duplicates(KEY)
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


def _is_heading(printed: pd.DataFrame, lists: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows of lists have a longer code printed below them in the same list."""
    stems = pd.concat([_shortened(lists, lists["code"].str.len() - less) for less in (1, 2)])
    return _is_in(printed, _index_of(stems), "day")


def _is_lacking(codes: pd.DataFrame, lists: pd.DataFrame) -> "pd.Series[bool]":
    """Which codes the list of the day `before` lacks, and not for its way of printing them.

    It prints neither the code nor an older line of it, and a list since then prints the code, or it has lines for the
    sisters of the code, or of a heading above it that it does not have either.
    """
    newest = lists.groupby(KEY)["day"].max().reindex(pd.MultiIndex.from_frame(codes[KEY])).set_axis(codes.index)
    printed, stems = _index_of(lists), _index_of(_shortened(lists, lists["code"].str.len() - 1))
    lacking = (newest > codes["before"]) & ~_is_in(codes, printed, "before")
    for length in (*heading_lengths(), heading_lengths().stop):
        part = codes.assign(code=codes["code"].str.slice(0, length))
        sisters = part.assign(code=part["code"].str.slice(0, length - 1))
        is_new = ~_is_in(part, printed, "before") & _is_in(sisters, stems, "before")
        lacking |= is_new & (codes["code"].str.len() >= length)
    return lacking


def _shortened(lists: pd.DataFrame, lengths: "pd.Series[int]") -> pd.DataFrame:
    """The rows of lists with the first so many characters of each code, once each."""
    stems = [lists[lengths == length].assign(code=lists["code"].str.slice(0, length)) for length in lengths.unique()]
    found: pd.DataFrame = pd.concat(stems)[[*KEY, "day"]].drop_duplicates()
    return found


def _index_of(lists: pd.DataFrame) -> pd.MultiIndex:
    """System, code and day of lists, each once: to look up in, made once for all that is looked up."""
    return pd.MultiIndex.from_frame(lists[[*KEY, "day"]].drop_duplicates())


def _is_in(rows: pd.DataFrame, lists: pd.MultiIndex, day: str) -> "pd.Series[bool]":
    """Which rows have their system and code in the list of the day in that column."""
    found = lists.get_indexer(pd.MultiIndex.from_frame(rows[[*KEY, day]]))
    return pd.Series(found >= 0, index=rows.index)
