"""Headings of tabular lists: which printed codes are headings, on which days, and under which title.

A tabular list prints headings and codes alike. What the title files do not list as billable, and what has codes below
it, is a heading: in force as long as a code is listed below it, though no list of those days is here.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.dating import KEY, START_UNKNOWN
from pipeline.history.timeline import ONE_DAY, Timeline
from pipeline.normalise.hierarchy import heading_lengths
from pipeline.normalise.listing import LISTING_COLUMNS, columns_passed_through, with_plain_titles
from pipeline.normalise.systems import read_systems
from pipeline.run.columns import as_array
from pipeline.run.ordered_rows import put_in_order

SPAN = [*KEY, "since", "until"]
EARLIEST = ["valid_from_earliest", "valid_to_earliest"]


def add_headings(episodes: pa.Table, timelines: list[Timeline]) -> pa.Table:
    """The episodes of listings and, sorted among them, those of the headings that tabular lists print.

    A heading is in force on the days on which a code is listed below it and it is none itself. It begins with the
    first of these codes, on the same ground; one that was a code itself, the day after that ended. One that begins
    before the oldest title file is left-censored: codes that ended before that may have stood below it. A title holds
    from the day of the first list that prints it to the day before the first list with another one, and may have since
    the day after the last list with the title before (valid_from_earliest); the first title known holds back to the
    heading's first day. `last_release` is the last list with the title, where it is not older
    than the episode, else the release that the episode begins with.
    """
    rows, lists = _printed(timelines)
    if lists.empty:
        return episodes
    billable = _billable(episodes, lists)
    prints = _without_codes(lists, billable, timelines)
    titles = _titles(prints)
    below = _below(billable, titles)
    if below.empty:
        return episodes
    found = _begun(_in_force(titles, below, billable), titles, below, timelines)
    return _with_headings(episodes, _as_episodes(found, rows, episodes.schema))


def _with_headings(episodes: pa.Table, headings: pa.Table) -> pa.Table:
    """Both, sorted by key, as the episodes are: only those of systems with such headings are sorted anew. Each system
    of a heading has episodes, those of the codes below it."""
    runs = pc.run_end_encode(as_array(episodes["system"]))
    ends = np.asarray(runs.run_ends)
    parts = []
    for system, start, end in zip(runs.values, np.append(0, ends), ends, strict=False):
        own, added = episodes.slice(start, end - start), headings.filter(pc.equal(headings["system"], system))
        parts.append(put_in_order(pa.concat_tables([own, added]), ["code", "valid_from"])[0] if len(added) else own)
    return pa.concat_tables(parts)


def find_neither(episodes: pa.Table, timelines: list[Timeline]) -> list[tuple[str, str]]:
    """System and code of what tabular lists print and is neither listed nor a heading, so that no table has it.

    Procedure 81.09 is printed in FY1999 alone: a code that ended before the oldest title file, on an unknown day.
    """
    known = {name: as_array(own["code"]) for name, own in _by_system(episodes, timelines).items()}
    return sorted(
        {
            (each.system, code)
            for timeline in timelines
            for each in timeline.listings
            if each.prints_headings
            for code in each.rows["code"].filter(pc.invert(pc.is_in(each.rows["code"], known[each.system]))).to_pylist()
        }
    )


def _by_system(episodes: pa.Table, timelines: list[Timeline]) -> dict[str, pa.Table]:
    """The episodes of each system that has a timeline."""
    systems = {each.system.system for each in timelines}
    return {name: episodes.filter(pc.equal(episodes["system"], name)) for name in systems}


def _printed(timelines: list[Timeline]) -> tuple[pa.Table, pd.DataFrame]:
    """The rows of every tabular list, and beside each its system, code, day, release, and title as it is compared."""
    printed = [each for timeline in timelines for each in timeline.listings if each.prints_headings]
    listings = [replace(each, rows=with_plain_titles(each.rows)) for each in printed]
    columns = [*LISTING_COLUMNS.names, *columns_passed_through().names]
    frames = []
    for each in listings:
        title = each.rows.select(["code", "description"]).to_pandas()
        if read_systems()[each.system].ignore_case:
            title["description"] = title["description"].str.upper()
        frames.append(title.assign(system=each.system, day=np.datetime64(each.day, "s"), release=each.shown_by))
    empty = pd.DataFrame({name: pd.Series(dtype=str) for name in ("code", "description", "system", "day", "release")})
    lists = pd.concat(frames, ignore_index=True) if frames else empty
    rows = [each.rows.select(columns) for each in listings]
    return (pa.concat_tables(rows) if rows else pa.table({})), lists.fillna({"description": ""})


def _billable(episodes: pa.Table, lists: pd.DataFrame) -> pd.DataFrame:
    """The days on which the codes of systems with tabular lists can be reported: SPAN, valid_from_basis, release,
    valid_from_earliest, valid_to_earliest."""
    columns = [*KEY, "valid_from", "valid_to", "billable", "valid_from_basis", "release", *EARLIEST]
    frame: pd.DataFrame = episodes.select(columns).to_pandas(date_as_object=False)
    frame = frame[frame["billable"] & frame["system"].isin(lists["system"].unique())].drop(columns="billable")
    frame = frame.rename(columns={"valid_from": "since", "valid_to": "until"})
    return frame.astype(dict.fromkeys(["since", "until", *EARLIEST], "datetime64[s]"))


def _without_codes(lists: pd.DataFrame, billable: pd.DataFrame, timelines: list[Timeline]) -> pd.DataFrame:
    """The printed rows (`row` numbers them) without those that can be reported on the list's own day.

    Lists that are older than the oldest title file are held against that one.
    """
    oldest = _main_releases(timelines).groupby("system")["day"].min()
    prints = lists.reset_index(names="row")
    prints["on"] = prints["day"].where(prints["day"] >= prints["system"].map(oldest), prints["system"].map(oldest))
    own = prints.merge(billable[SPAN], on=KEY, validate="many_to_many")
    is_code = (own["since"] <= own["on"]) & (own["until"].isna() | (own["until"] >= own["on"]))
    return prints[~prints["row"].isin(own.loc[is_code, "row"])]


def _titles(prints: pd.DataFrame) -> pd.DataFrame:
    """One row per title of a printed code: KEY, title (its number), day and release of the first list with it, after
    (the day of the last list with the title before), and row, last_day and last_release of the last."""
    ordered = prints.sort_values([*KEY, "day"], kind="stable").reset_index(drop=True)
    before = ordered[[*KEY, "description"]].shift()
    is_new = (ordered[[*KEY, "description"]] != before).any(axis=1)
    ordered["title"] = is_new.cumsum()
    ordered["after"] = ordered.groupby(KEY)["day"].shift()
    first = ordered[is_new].set_index("title")[[*KEY, "day", "release", "after"]]
    last = ordered.drop_duplicates("title", keep="last").set_index("title")[["row", "day", "release"]]
    return first.join(last.rename(columns={"day": "last_day", "release": "last_release"})).reset_index()


def _below(billable: pd.DataFrame, titles: pd.DataFrame) -> pd.DataFrame:
    """Each span of a code once for every printed heading above it, under the code of that heading."""
    headings = pd.MultiIndex.from_frame(titles[KEY])
    spans = []
    for length in heading_lengths():
        longer = billable[billable["code"].str.len() > length]
        above = longer.assign(code=longer["code"].str.slice(0, length))
        spans.append(above[pd.MultiIndex.from_frame(above[KEY]).isin(headings)])
    return pd.concat(spans, ignore_index=True)


def _in_force(titles: pd.DataFrame, below: pd.DataFrame, billable: pd.DataFrame) -> pd.DataFrame:
    """One row per stretch of days on which a heading is in force under one title: SPAN, title, follows.

    `follows` says that the heading was in force the day before. The days on which anything about a heading changes
    cut its time into stretches; what holds in each is what has begun and not ended.
    """
    own = billable.merge(below[KEY].drop_duplicates(), on=KEY, validate="many_to_one")
    named = titles.merge(below[KEY].drop_duplicates(), on=KEY, validate="many_to_one")
    edges = pd.concat([*_edges(below, "below"), *_edges(own, "own"), named[[*KEY, "day", "title"]]])
    days = edges.groupby([*KEY, "day"], as_index=False).agg({"below": "sum", "own": "sum", "title": "last"})
    by_code = days.groupby(KEY)
    days[["below", "own"]] = by_code[["below", "own"]].cumsum()
    days["title"] = by_code["title"].ffill()
    days["title"] = days.groupby(KEY)["title"].bfill().astype("int64")
    days["until"] = by_code["day"].shift(-1) - ONE_DAY
    in_force = (days["below"] > 0) & (days["own"] == 0)
    is_next = (days[KEY] == days[KEY].shift()).all(axis=1) & in_force.shift(fill_value=False)
    goes_on = is_next & (days["title"] == days["title"].shift())
    days["stretch"] = (in_force & ~goes_on).cumsum()
    kept = days.assign(follows=is_next)[in_force].rename(columns={"day": "since"})
    first = kept.drop_duplicates("stretch").set_index("stretch").drop(columns="until")
    return first.join(kept.drop_duplicates("stretch", keep="last").set_index("stretch")["until"])


def _edges(spans: pd.DataFrame, what: str) -> list[pd.DataFrame]:
    """One row per day on which a span begins (1) or the day after it ends (-1)."""
    ended = spans[spans["until"].notna()]
    begin, end = spans.assign(day=spans["since"]), ended.assign(day=ended["until"] + ONE_DAY)
    return [frame[[*KEY, "day"]].assign(**{what: step}) for frame, step in ((begin, 1), (end, -1))]


def _begun(
    stretches: pd.DataFrame, titles: pd.DataFrame, below: pd.DataFrame, timelines: list[Timeline]
) -> pd.DataFrame:
    """The stretches with valid_from_basis, valid_from_earliest and release: who says that they begin, and since when
    they may have; and row and last_release."""
    of_title = titles.set_index("title").loc[stretches["title"]].set_index(stretches.index)
    day = ["system", "since"]
    ordered = below.assign(is_known=below["valid_from_basis"] != START_UNKNOWN)
    ordered = ordered.sort_values(["since", "is_known", "valid_from_earliest"], kind="stable")
    codes = ordered.drop_duplicates([*KEY, "since"]).drop(columns="is_known")
    codes = stretches[[*KEY, "since"]].merge(codes, on=[*KEY, "since"], how="left", validate="one_to_one")
    shown = _main_releases(timelines).rename(columns={"day": "since"})
    shown = stretches[day].merge(shown, on=day, how="left", validate="many_to_one")
    was_code = codes["release"].isna()
    basis = codes["valid_from_basis"].where(~was_code, "release").set_axis(stretches.index)
    release = codes["release"].where(~was_code, shown["release"]).set_axis(stretches.index)
    basis, release = (
        basis.mask(stretches["follows"], "release"),
        release.mask(stretches["follows"], of_title["release"]),
    )
    oldest = stretches["system"].map(_main_releases(timelines).groupby("system")["day"].min())
    basis = basis.mask((stretches["since"] < oldest) & ~stretches["follows"], START_UNKNOWN)
    earliest = codes["valid_from_earliest"].set_axis(stretches.index)
    earliest = earliest.mask(stretches["follows"], of_title["after"] + ONE_DAY).where(basis == "release")
    last = of_title["last_release"].where(of_title["last_day"] > stretches["since"], release)
    began = {"valid_from_basis": basis, "valid_from_earliest": earliest, "release": release}
    ended = {"valid_to_earliest": _earliest_ends(stretches, below), "last_release": last}
    return stretches.assign(**began, **ended, row=of_title["row"])


def _earliest_ends(stretches: pd.DataFrame, below: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    """The earliest last day of each stretch that ends with the codes below it: when the last of them may have ended,
    missing where that is known exactly."""
    ordered = below.sort_values("valid_to_earliest", ascending=False, na_position="first", kind="stable")
    ends = ordered.drop_duplicates([*KEY, "until"])[[*KEY, "until", "valid_to_earliest"]]
    found = stretches[[*KEY, "until"]].merge(ends, on=[*KEY, "until"], how="left", validate="many_to_one")
    goes_on = stretches["follows"].shift(-1, fill_value=False)
    return found["valid_to_earliest"].set_axis(stretches.index).mask(goes_on)


def _main_releases(timelines: list[Timeline]) -> pd.DataFrame:
    """One row per day on which a release of a main source takes effect: system, day, release."""
    listings = [each for timeline in timelines for each in timeline.listings if not each.supplement]
    rows = [(each.system, np.datetime64(each.day, "s"), each.shown_by) for each in listings]
    frame = pd.DataFrame(rows, columns=["system", "day", "release"]).astype({"day": "datetime64[s]"})
    return frame.drop_duplicates(["system", "day"])


def _as_episodes(found: pd.DataFrame, rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The stretches in the columns of episodes; what a list prints is taken from its row."""
    printed = rows.take(pa.array(found["row"]))
    told = {
        "system": found["system"],
        "valid_from": found["since"],
        "valid_to": found["until"],
        "valid_from_basis": found["valid_from_basis"],
        "valid_from_earliest": found["valid_from_earliest"],
        "release": found["release"],
        "last_release": found["last_release"],
        "valid_to_basis": _basis_of_end(found),
        "valid_to_earliest": found["valid_to_earliest"],
        "is_oldest": np.ones(len(found), bool),
        "is_supplement": np.ones(len(found), bool),
    }
    arrays = {name: pa.array(values, from_pandas=True) for name, values in told.items()}
    nothing = pa.nulls(len(found))
    columns = {
        name: arrays.get(name, printed[name] if name in printed.column_names else nothing) for name in schema.names
    }
    return pa.table(columns).cast(schema)


def _basis_of_end(found: pd.DataFrame) -> "pd.Series[str]":
    """A heading ends with the last code below it, as a release shows; missing where it ends with its system."""
    ends = {name: np.datetime64(system.in_use_to or "NaT", "s") for name, system in read_systems().items()}
    before = found["until"].notna() & ~(found["until"] == found["system"].map(ends))
    return pd.Series("release", index=found.index).where(before)
