"""The versions of a published map as one: of a grouping each row with the run of versions in which it stands.

A map rule gives one map for each release and crosswalk, and knows of no other release. Which releases are read is told
by the relation of their crosswalk (`registry.grouping_sources`): of a grouping every one that is here.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.published.maps import CATEGORIES, NOTES, PublishedMap
from pipeline.history.timeline import Bools, Ints

VERSION: Final = "version"  # the place of a row's map among the versions, the oldest first
BETWEEN_FLAGS: Final = "; "
OF_CATEGORY: Final = ("release_from", "release_to")


def join_maps(maps: Sequence[PublishedMap]) -> list[PublishedMap]:
    """The maps of several releases, one for each crosswalk: of a grouping with the runs of its versions, of any other
    each code with the rows of the newest release that has it."""
    groups: dict[str, list[PublishedMap]] = {}
    for each in sorted(maps, key=lambda each: each.delivery.release.effective_from):
        groups.setdefault(each.entry.crosswalk, []).append(each)
    joined = {
        name: join_versions(group) if group[0].entry.relation == "grouping" else _newest_of_each_code(group[::-1])
        for name, group in groups.items()
    }
    return [joined.pop(each.entry.crosswalk) for each in maps if each.entry.crosswalk in joined]


def join_versions(maps: list[PublishedMap]) -> PublishedMap:
    """The versions of a grouping, the oldest first, as one map: each row once for every run of consecutive versions in
    which it stands, as the last of them prints it.

    `rows` gets the columns release_from and release_to, the first and the last version of the run; newest, whether the
    row is of the newest version; and source_file, of the last version. Versions that are not here
    are not known: a run goes over those that are. A row is the same in two versions where source and target are, and
    the parts of the flags that both print (`PublishedMap.flag_words`).
    """
    newest = maps[-1]
    rows = pa.concat_tables(
        each.rows.append_column("source_file", pa.repeat(each.source_file, len(each.rows))) for each in maps
    )
    version = np.repeat(np.arange(len(maps)), [len(each.rows) for each in maps])
    first, last = _runs(rows, version, maps)
    names = pa.array([each.delivery.release.release for each in maps], pa.string())
    rows = rows.append_column("release_to", names.take(pa.array(version))).take(pa.array(last))
    rows = rows.append_column("release_from", names.take(pa.array(version[first])))
    rows = rows.append_column("newest", pa.array(_is_newest(newest, rows["source_code"], version[last], len(maps))))
    versions = tuple(each.without_rows() for each in maps)
    return replace(newest, rows=rows, notes=_notes(maps), categories=_categories(maps), versions=versions)


def _runs(rows: pa.Table, version: Ints, maps: Sequence[PublishedMap]) -> tuple[Ints, Ints]:
    """The places of the first and of the last row of each run."""
    place = np.arange(len(rows))
    if len(maps) == 1:
        return place, place
    target = pc.coalesce(rows["target_code"], "")
    pair = _numbered(pc.binary_join_element_wise(rows["source_code"], target, " "))
    order = np.lexsort((version, pair))
    flags = [
        _compared_flags(rows, version, maps, step) for step in (1, -1)
    ]  # with the next version, and the one before
    before, behind = order[:-1], order[1:]
    is_alike = pc.equal(flags[0].take(pa.array(before)), flags[1].take(pa.array(behind)))
    goes_on = (pair[before] == pair[behind]) & (version[before] + 1 == version[behind]) & np.asarray(is_alike)
    return order[np.append(True, ~goes_on)[: len(order)]], order[np.append(~goes_on, True)[: len(order)]]


def _numbered(texts: pa.ChunkedArray) -> Ints:
    numbers: Ints = np.asarray(texts.combine_chunks().dictionary_encode().indices).astype(np.int64)
    return numbers


def _compared_flags(rows: pa.Table, version: Ints, maps: Sequence[PublishedMap], step: int) -> pa.Array:
    """Of each row what counts when it is held against the version so many steps on: the parts of its flags that both
    print; nothing where there is no such version."""
    parts = [pa.array([], pa.string())]
    for place, each in enumerate(maps):
        flags = rows["flags"].filter(pa.array(version == place)).combine_chunks()
        other = maps[place + step] if 0 <= place + step < len(maps) else each
        parts.append(pc.fill_null(_of_words(flags, each, other), ""))
    return pa.concat_arrays(parts)


def _of_words(flags: pa.Array, each: PublishedMap, other: PublishedMap) -> pa.Array:
    if not each.flag_words and not other.flag_words:
        return flags
    words = tuple(f"{word} " for word in each.flag_words if word in other.flag_words)
    encoded = flags.dictionary_encode()
    printed = [str(text or "").split(BETWEEN_FLAGS) for text in encoded.dictionary.to_pylist()]
    kept = [BETWEEN_FLAGS.join(part for part in parts if part.startswith(words)) for parts in printed]
    return pa.array(kept, pa.string()).take(encoded.indices)


def _is_newest(newest: PublishedMap, codes: pa.ChunkedArray, version: Ints, versions: int) -> Bools:
    """Whether the run of a row reaches the newest version; of a grouping whose versions drop the codes that ended
    before, the newest that has the code. Elsewhere a code that the newest lacks is missed, so that a file that was cut
    is seen."""
    code = _numbered(codes)
    last_of_code = np.full(code.max(initial=-1) + 1, 0 if newest.entry.drops_ended else versions - 1)
    np.maximum.at(last_of_code, code, version)
    is_newest: Bools = version == last_of_code[code]
    return is_newest


def _notes(maps: Sequence[PublishedMap]) -> pa.Table:
    """What is noted of every version, the same once: as the newest has it."""
    key = ["exception", "source_code", "target_code", "reason"]
    found, known = NOTES.empty_table(), None
    for each in reversed(maps):
        of_version = each.notes.select(key)
        own = pc.binary_join_element_wise(*(pc.coalesce(of_version[name], "") for name in key), "\n")
        is_new = pc.invert(pc.is_in(own, known)) if known is not None else pa.repeat(True, len(own))
        found = pa.concat_tables([found, each.notes.filter(is_new)])
        known = pa.concat_arrays([own.combine_chunks(), *([known] if known is not None else [])])
    return found


def _categories(maps: Sequence[PublishedMap]) -> pa.Table:
    """Every category of any version with what the newest says of it, and the first and the last version that has it."""
    listed = pa.concat_tables(
        each.categories.append_column("release", pa.repeat(each.delivery.release.release, len(each.categories)))
        for each in maps
    )
    told = [(name, "last") for name in CATEGORIES.names[1:]]
    aggregated = [*told, ("release", "first"), ("release", "last")]
    joined = listed.group_by("category", use_threads=False).aggregate(aggregated)
    return joined.rename_columns([*CATEGORIES.names, *OF_CATEGORY])


def _newest_of_each_code(maps: Sequence[PublishedMap]) -> PublishedMap:
    """Maps of several releases, the newest first, as one: each code with the rows of the newest that has it."""
    if len(maps) == 1:
        return maps[0]
    known, rows = pa.array([], pa.string()), []
    for each in maps:
        own = each.rows.filter(pc.invert(pc.is_in(each.rows["source_code"], known)))
        rows.append(own.append_column("source_file", pa.repeat(each.source_file, len(own))))
        known = pa.concat_arrays([known, own["source_code"].combine_chunks()])
    return replace(maps[0], raw_rows=sum(each.raw_rows for each in maps), rows=pa.concat_tables(rows))
