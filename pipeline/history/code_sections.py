"""Which section of its system each code lies in: by the tabular list of the code's own days."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.timeline import Bools, Days, Ints, as_days
from pipeline.normalise.ranges import find_row
from pipeline.normalise.systems import System


def find_sections(rows: pa.Table, sections: pa.Table, system: System) -> tuple[pa.Array, pa.Array]:
    """The id and the title of the section of each code of a system; null where it lies in none.

    `rows` are the codes of that system: code, kind, valid_from, valid_to, last_release. A code takes the newest list
    of the days on which it is known to be valid, else the nearest; where that does not cover it, the newest that
    does; else a section that we know without a list.
    """
    own = sections.filter((pc.field("system") == system.system) & pc.is_valid(pc.field("first"))).combine_chunks()
    width = max((len(first) for first in own["first"].to_pylist()), default=0)
    categories = pc.utf8_slice_codeunits(rows["code"].combine_chunks(), 0, width).dictionary_encode()
    days = np.unique(as_days(own["listed_on"].drop_null()))
    place = _by_list(categories.dictionary, own, days, system)[np.asarray(categories.indices), _nearest(rows, days)]
    position = pa.array(place, mask=place < 0)
    is_modifier = pc.equal(rows["kind"], "modifier")
    found = [
        pc.if_else(is_modifier, pa.scalar(text), own[name].take(position))
        for name, text in (("section", "modifiers"), ("title", "Modifiers"))
    ]
    return found[0], found[1]


def _nearest(rows: pa.Table, days: Days) -> Ints:
    """For each code the number of its list: the fewest days from those of the code, the newest of several.

    A code that is still listed is known to be valid up to its last release.
    """
    if len(days) == 0:
        return np.zeros(len(rows), np.int64)
    known = pd.to_datetime(rows["last_release"].to_pandas(), format="%Y-%m-%d", errors="coerce")
    since, until = as_days(rows["valid_from"]), as_days(rows["valid_to"])
    until = np.where(np.isnat(until), known.to_numpy().astype("datetime64[D]"), until)
    until = np.where(np.isnat(until), days[-1], until)
    nearest, fewest = np.zeros(len(rows), np.int64), np.full(len(rows), np.iinfo(np.int64).max)
    for number, day in enumerate(days):
        away = np.maximum(np.maximum(since - day, day - until).astype(np.int64), 0)
        nearest, fewest = np.where(away <= fewest, number, nearest), np.minimum(away, fewest)
    return nearest


def _by_list(categories: pa.Array, own: pa.Table, days: Days, system: System) -> npt.NDArray[np.int64]:
    """The row of `own` for each category (down) by each list (across), or by none where there is no list; -1 for none.

    Where no list has a category that is newer than all of them (I5A), it goes with the last known one of its ten.
    """
    listed_on = as_days(own["listed_on"])
    built_in = _find(categories, own, np.isnat(listed_on))
    lists = [_find(categories, own, listed_on == day) for day in days]
    if system.prefix_tree and lists:
        newer = (np.maximum.reduce(lists) < 0) & (built_in >= 0) & _ends_in_letter(categories)
        before = _last_of_the_ten(categories.filter(pa.array(newer)), categories)
        for rows, day in zip(lists, days, strict=True):
            rows[newer] = _find(before, own, listed_on == day)
    found = built_in
    for rows in lists:  # the newest comes last and counts
        found = np.where(rows >= 0, rows, found)
    return np.stack([np.where(rows >= 0, rows, found) for rows in lists] or [found], axis=1)


def _find(categories: pa.Array, own: pa.Table, mask: Bools) -> Ints:
    """The row of `own`, of those in the mask, that each category lies in; -1 for none."""
    places = np.append(np.flatnonzero(mask), -1)
    some = own.filter(pa.array(mask))
    bounds = list(zip(some["first"].to_pylist(), some["last"].to_pylist(), strict=True))
    found: Ints = places[find_row(categories, bounds)]
    return found


def _ends_in_letter(category: pa.Array) -> Bools:
    return np.asarray(pc.match_substring_regex(category, r"^[A-Z]\d[A-Z]$"))


def _last_of_the_ten(category: pa.Array, known: pa.Array) -> pa.Array:
    """For a category such as I5A, newer than every list, the last known one of its ten: I52, which it follows."""
    listed = known.filter(pc.match_substring_regex(known, r"^[A-Z]\d\d$")).unique().sort()
    last = {each[:2]: each for each in listed.to_pylist()}  # some two thousand categories
    return pa.array([last.get(each[:2], each) for each in category.to_pylist()], pa.string())
