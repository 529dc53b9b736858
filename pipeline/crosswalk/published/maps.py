"""Published maps in our columns: which code a publisher maps to which, one row per printed pair, flags as columns."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.registry import Crosswalk, read_crosswalks
from pipeline.ingest import TextFrame, file_name

MAP_ROWS = pa.schema(
    [
        ("source_code", pa.string()),
        ("target_code", pa.string()),
        ("approximate", pa.bool_()),
        ("no_map", pa.bool_()),
        ("combination", pa.bool_()),
        ("scenario", pa.int32()),
        ("choice_list", pa.int32()),
        ("flags", pa.string()),
        ("line", pa.int64()),
    ]
)
NOTES = pa.schema(
    [
        ("exception", pa.string()),
        ("source_code", pa.string()),
        ("target_code", pa.string()),
        ("reason", pa.string()),
        ("line", pa.int64()),
    ]
)
RANGES = pa.schema([("first", pa.string()), ("last", pa.string()), ("category", pa.string()), ("line", pa.int64())])
CATEGORIES = pa.schema([("category", pa.string()), ("title", pa.string())])


@dataclass(frozen=True)
class PublishedMap:
    """One published crosswalk of one release.

    `rows` has the columns of MAP_ROWS: codes bare and upper case, categories as printed, target_code null where the
    publisher has no equivalent, `flags` as printed; and source_file, where they stand in several files, and known_on, a
    day on which each source code had its target, where the number may have been used again. `notes` has those of
    NOTES: what was corrected, or read otherwise than printed. `categories` has those of CATEGORIES, where the targets
    are the categories of a grouping, `ranges` at least those of RANGES, where it is printed in ranges.
    """

    entry: Crosswalk
    delivery: RawRelease
    where: str
    raw_rows: int
    rows: pa.Table
    notes: pa.Table = field(default_factory=NOTES.empty_table)
    categories: pa.Table = field(default_factory=CATEGORIES.empty_table)
    ranges: pa.Table = field(default_factory=RANGES.empty_table)

    @property
    def source_file(self) -> str:
        """The publisher's name of the file that the rows stand in."""
        return file_name(self.where)


MapRule = Callable[[RawRelease, dict[str, TextFrame]], list[PublishedMap]]


def crosswalks_in(delivery: RawRelease, frame: TextFrame) -> list[Crosswalk]:
    """The crosswalks of the registry that are read from a part of a release; one that names no part, from any."""
    source = delivery.source.source
    return [each for each in read_crosswalks().values() if each.source == source and each.part in (None, frame.part)]


def as_map_rows(source: Any, target: Any, line: Any, *, approximate: Any, **columns: Any) -> pa.Table:
    """A table of MAP_ROWS; no combination where a publisher does not flag any, scenario and choice list 0.

    `approximate` has no default: false makes a row of an equivalence an exactMatch, so it is for the publisher's own
    word, and for groupings, where nothing follows from it. Null, what the publisher does not say, counts as
    approximate. Scalars are repeated. A missing target makes `no_map` true.
    """
    none = {"combination": False, "scenario": 0, "choice_list": 0, "flags": None}
    given = {
        **none,
        "source_code": pc.utf8_upper(source),
        "target_code": target,
        "no_map": pc.is_null(target),
        "line": line,
        "approximate": approximate,
        **columns,
    }
    return pa.table([_full(given[field.name], len(source), field.type) for field in MAP_ROWS], schema=MAP_ROWS)


def as_notes(exception: str, reason: str, rows: pa.Table) -> pa.Table:
    """Map rows as NOTES: the same exception, for the same reason, of each."""
    count = len(rows)
    columns = [pa.repeat(exception, count), rows["source_code"], rows["target_code"], pa.repeat(reason, count)]
    return pa.table([*columns, rows["line"]], schema=NOTES)


def _full(values: Any, length: int, kind: pa.DataType) -> Any:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.cast(kind)
    return pa.repeat(pa.scalar(values, kind), length)


def put_together(maps: list[PublishedMap]) -> list[PublishedMap]:
    """The maps of several releases of one crosswalk as one: each code with the rows of the newest that has it."""
    groups: dict[str, list[PublishedMap]] = {}
    for each in sorted(maps, key=lambda each: each.delivery.release.effective_from, reverse=True):
        groups.setdefault(each.entry.crosswalk, []).append(each)
    one_each = {name: group[0] if len(group) == 1 else _newest_first(group) for name, group in groups.items()}
    return [one_each.pop(each.entry.crosswalk) for each in maps if each.entry.crosswalk in one_each]


def _newest_first(maps: list[PublishedMap]) -> PublishedMap:
    known, rows = pa.array([], pa.string()), []
    for each in maps:
        own = each.rows.filter(pc.invert(pc.is_in(each.rows["source_code"], known)))
        rows.append(own.append_column("source_file", pa.repeat(each.source_file, len(own))))
        known = pa.concat_arrays([known, own["source_code"].combine_chunks()])
    table = pa.concat_tables(rows)
    listed = pa.concat_tables([each.categories for each in maps])
    titles = listed.group_by("category", use_threads=False).aggregate([("title", "first")])
    is_used = pc.is_in(titles["category"], table["target_code"].combine_chunks())
    categories = titles.filter(is_used).rename_columns(CATEGORIES.names)
    return replace(maps[0], raw_rows=sum(each.raw_rows for each in maps), rows=table, categories=categories)
