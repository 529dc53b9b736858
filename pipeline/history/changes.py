"""What changed between one release and the next, a row per change."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.episodes import goes_on_as_next
from pipeline.history.timeline import ONE_DAY, Bools, Timeline, as_days
from pipeline.normalise.conversions import REVISED
from pipeline.normalise.systems import read_systems
from pipeline.run.columns import as_array

CHANGE_COLUMNS = ["system", "release", "code", "change", "effective_from", "titles", "replaced_by"]


def derive_code_changes(episodes: pa.Table, timelines: list[Timeline], predecessors: pa.Table) -> pa.Table:
    """One row per change: the columns of `schemas.code_changes.CodeChanges`.

    `release` is the first that shows the change, `effective_from` the day on which it took place. What the oldest
    release in use of a source holds, and the end of a system, are no changes.
    """
    changes = pd.concat(
        [
            _begun(episodes),
            *_turned(episodes),
            _ended(episodes, timelines),
        ]
    )
    changes = pd.concat([changes, _replaced(changes, _named_pairs(predecessors))])
    return pa.Table.from_pandas(changes[CHANGE_COLUMNS], preserve_index=False)


def _rows(episodes: pa.Table, mask: Bools, change: str, titles: pa.Array | None = None) -> pd.DataFrame:
    rows = episodes.select(["system", "release", "code", "valid_from"]).filter(pa.array(mask))
    frame: pd.DataFrame = rows.to_pandas(types_mapper=pd.ArrowDtype).rename(columns={"valid_from": "effective_from"})
    frame["change"] = pd.Series(change, index=frame.index, dtype=pd.ArrowDtype(pa.string()))
    words = titles.filter(pa.array(mask)) if titles is not None else pa.nulls(len(frame), pa.string())
    frame["titles"] = pd.Series(pd.array(words.to_pylist(), dtype=pd.ArrowDtype(pa.string())), index=frame.index)
    frame["replaced_by"] = pd.Series(pd.NA, index=frame.index, dtype=pd.ArrowDtype(pa.list_(pa.string())))
    return frame


def _goes_on(episodes: pa.Table) -> Bools:
    """Whether each episode follows the one before it without a hole."""
    return np.append(False, goes_on_as_next(episodes))


def _begun(episodes: pa.Table) -> pd.DataFrame:
    known = np.asarray(episodes["is_oldest"])
    return _rows(episodes, ~_goes_on(episodes) & ~known, "added")


def _turned(episodes: pa.Table) -> list[pd.DataFrame]:
    goes_on, billable = _goes_on(episodes), np.asarray(episodes["billable"])
    before = np.append(False, billable[:-1])
    of_one_source = ~np.asarray(episodes["is_supplement"])  # another publisher's wording of a heading is no revision
    short = _differs(episodes, "short_description") & of_one_source
    long = _differs(episodes, "description") & of_one_source
    titles = np.select([short & long, short, long], ["both", "short", "long"], "")
    return [
        _rows(episodes, goes_on & before & ~billable, "became_header"),
        _rows(episodes, goes_on & ~before & billable, "became_billable"),
        _rows(episodes, goes_on & (short | long), "description_revised", pa.array(titles)),
    ]


def _differs(episodes: pa.Table, column: str) -> Bools:
    """Whether a title differs from the one of the episode before; unknown titles differ from none."""
    text = as_array(episodes[column])
    ignoring = [name for name, system in read_systems().items() if system.ignore_case]
    compared = pc.if_else(pc.is_in(episodes["system"], pa.array(ignoring)), pc.utf8_upper(text), text)
    return np.append(False, np.asarray(pc.fill_null(pc.not_equal(compared[1:], compared[:-1]), False)))


def _ended(episodes: pa.Table, timelines: list[Timeline]) -> pd.DataFrame:
    """Codes that end before a release we have: the first release behind the end shows it."""
    last = ~np.append(_goes_on(episodes)[1:], False) & np.asarray(pc.is_valid(episodes["valid_to"]))
    frame = _rows(episodes, last, "removed").drop(columns="release")
    frame["day"] = (as_days(episodes["valid_to"].filter(pa.array(last))) + ONE_DAY).astype("datetime64[s]")
    frame["effective_from"] = frame["day"].astype(frame["effective_from"].dtype)
    releases = _main_releases(timelines).astype({"system": frame["system"].dtype})
    if releases.empty:
        return frame.head(0).drop(columns="day").assign(release=pd.Series(dtype="str"))
    oldest = {each.system.system: each.days[0] for each in reversed(timelines)}  # main sources come first
    frame = frame[frame["day"] > frame["system"].map(oldest).astype("datetime64[s]")]
    shown = pd.merge_asof(
        frame.sort_values("day"), releases.sort_values("day"), on="day", by="system", direction="forward"
    )
    return shown.dropna(subset="release").drop(columns="day")


def _main_releases(timelines: list[Timeline]) -> pd.DataFrame:
    """One row per release of the main source of each system: system, release, day."""
    rows = [
        (each.system.system, listing.release, np.datetime64(listing.day, "s"))
        for each in timelines
        if not each.listings[0].supplement
        for listing in each.listings
        if not listing.told_by
    ]
    return pd.DataFrame(rows, columns=["system", "release", "day"]).astype({"day": "datetime64[s]"})


def _named_pairs(predecessors: pa.Table) -> pd.DataFrame:
    """Each pair of a code and one before it that a conversion table names, once; revisions are no replacements."""
    is_pair = pc.and_(pc.is_valid(predecessors["code"]), pc.is_valid(predecessors["previous"]))
    named = predecessors.filter(pc.and_(is_pair, pc.not_equal(predecessors["change"], REVISED)))
    columns = ["system", "code", "effective_from", "previous"]
    pairs: pd.DataFrame = named.select(columns).to_pandas(types_mapper=pd.ArrowDtype).drop_duplicates()
    return pairs


def _replaced(changes: pd.DataFrame, predecessors: pd.DataFrame) -> pd.DataFrame:
    """Codes that ended or became headers on the day on which the conversion table names codes in their place."""
    ended = changes[
        changes["change"].isin(["removed", "became_header"]) & changes["code"].isin(predecessors["previous"])
    ]
    pairs = predecessors.rename(columns={"code": "successor", "previous": "code"})
    found = ended.merge(pairs, on=["system", "code", "effective_from"], validate="one_to_many")
    if found.empty:
        return changes.head(0)
    key = ["system", "release", "code", "effective_from"]
    pairs = found.sort_values([*key, "successor"]).drop_duplicates([*key, "successor"])
    frame = pairs[key].drop_duplicates()
    starts = np.flatnonzero(~pairs.duplicated(key))
    lists = np.split(pairs["successor"].to_numpy(object), starts[1:])
    replaced_by = pd.Series([each.tolist() for each in lists], index=frame.index)
    return frame.assign(replaced_by=replaced_by, change="replaced", titles=None)
