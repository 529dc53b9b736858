"""Groupings that are printed as ranges of codes: which codes lie in a range is told by the listings of their system.

Without a listing, or where it lacks a bound, the bounds alone are known: they are printed, so that they are rows.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.published.maps import PublishedMap, as_categories, as_map_rows, as_notes, crosswalks_in
from pipeline.crosswalk.registry import Crosswalk
from pipeline.ingest import TextFrame
from pipeline.normalise.listing import Listing
from pipeline.normalise.systems import read_systems

BOUNDS_ALONE: Final = "a range of which no listing here tells the codes: its bounds alone are rows"


def range_maps(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[PublishedMap]:
    """One map for each system that ranges are of, with the bounds as its rows: `expand_code_ranges` adds the rest.

    Ranges of dental codes (D, the ADA's CDT) are of no system here, and in no map.
    """
    maps = [_one_map(delivery, frame, entry) for frame in parts.values() for entry in crosswalks_in(delivery, frame)]
    return [each for each in maps if each.raw_rows]


def _one_map(delivery: RawRelease, frame: TextFrame, entry: Crosswalk) -> PublishedMap:
    pattern = read_systems()[entry.source_system].code_pattern
    table = frame.table.filter(pc.match_substring_regex(frame.table["first"], pattern))
    titles = as_categories(table["category"], table["category_description"])
    return PublishedMap(entry, delivery, frame.where, len(table), _rows(table), categories=titles, ranges=table)


def _rows(ranges: pa.Table, code: pa.Array | None = None) -> pa.Table:
    """The bounds of ranges as rows of a map, or the codes given, one for each row of `ranges`; each code once."""
    if code is None:
        code = pa.chunked_array([*ranges["first"].chunks, *ranges["last"].chunks], pa.string())
        ranges = pa.concat_tables([ranges, ranges])
    flags = pc.binary_join_element_wise("range", pc.binary_join_element_wise(ranges["first"], ranges["last"], "-"), " ")
    rows = as_map_rows(code, ranges["category"], ranges["line"], approximate=False, flags=flags)
    return _each_once(rows)


def _each_once(rows: pa.Table) -> pa.Table:
    code = rows["source_code"].combine_chunks()
    _, first = np.unique(np.asarray(pc.index_in(code, code.unique())), return_index=True)
    return rows.take(pa.array(first))


def expand_code_ranges(maps: list[PublishedMap], listings: Sequence[Listing]) -> list[PublishedMap]:
    """The same maps; those printed as ranges with every code that a listing of their system has in one."""
    return [_expanded(each, listings) if len(each.ranges) else each for each in maps]


def _expanded(published: PublishedMap, listings: Sequence[Listing]) -> PublishedMap:
    ranges = published.ranges.combine_chunks()
    own = [each.rows["code"].combine_chunks() for each in listings if each.system == published.entry.source_system]
    codes = np.unique(np.concatenate([np.asarray(code, object) for code in own])) if own else np.array([], object)
    first, last = (np.asarray(ranges[name], object) for name in ("first", "last"))
    lower, upper = np.searchsorted(codes, first, "left"), np.searchsorted(codes, last, "right")
    place = np.repeat(np.arange(len(ranges)), upper - lower)
    found = np.concatenate([np.arange(low, up) for low, up in zip(lower, upper, strict=True)]) if len(place) else place
    # Codes of another form (0001F among 00010 to 00020) lie between the bounds and not in the range.
    is_like = np.array([_form(codes[one]) == _form(first[row]) for one, row in zip(found, place, strict=True)], bool)
    inside = _rows(ranges.take(pa.array(place[is_like])), pa.array(codes[found[is_like]], pa.string()))
    unknown = ranges.filter(pc.and_(pc.not_equal(ranges["first"], ranges["last"]), pa.array(lower == upper)))
    notes = as_notes("as_printed", BOUNDS_ALONE, _rows(unknown))
    rows = _each_once(pa.concat_tables([published.rows, inside]))
    return replace(published, rows=rows, notes=pa.concat_tables([published.notes, notes]))


def _form(code: str) -> tuple[bool, str]:
    """What the codes of one range share: whether they begin with a letter, and the letter that they end with."""
    return code[:1].isalpha(), code[-1:] if code[-1:].isalpha() else ""
