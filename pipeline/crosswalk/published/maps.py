"""Published maps in our columns: which code a publisher maps to which, one row per printed pair, flags as columns."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
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
CATEGORIES = pa.schema(
    [
        ("category", pa.string()),
        ("title", pa.string()),
        ("title_source", pa.string()),
        ("multi_level", pa.string()),
        ("multi_level_title", pa.string()),
        ("uses_poa", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class PublishedMap:
    """One published crosswalk of one release: what a map rule gives for each release that it is handed.

    `rows` has the columns of MAP_ROWS: codes bare and upper case, categories as printed, target_code null where the
    publisher has no equivalent, `flags` as printed; and known_on, a day on which each source code had its target, where
    the number may have been used again. `notes` has those of NOTES: what was corrected, or read otherwise than printed.
    `categories` has those of CATEGORIES, where the targets are the categories of a grouping, `ranges` at least those of
    RANGES, where it is printed in ranges. `flag_words` are the words that begin those parts of the flags by which the
    row of a grouping is another than that of the version before; where there are none, all of the text counts.
    `edition` is what the file says of itself, where it does: it may be another than the name of the release.

    Of several releases `versions.join_maps` makes one: of a grouping the newest map, whose `versions` has them all
    without their rows, the oldest first, and whose rows have the columns release_from, release_to, newest and
    source_file.
    """

    entry: Crosswalk
    delivery: RawRelease
    where: str
    raw_rows: int
    rows: pa.Table
    notes: pa.Table = field(default_factory=NOTES.empty_table)
    categories: pa.Table = field(default_factory=CATEGORIES.empty_table)
    ranges: pa.Table = field(default_factory=RANGES.empty_table)
    flag_words: tuple[str, ...] = ()
    edition: str | None = None
    versions: tuple["PublishedMap", ...] = ()

    @property
    def source_file(self) -> str:
        """The publisher's name of the file that the rows stand in."""
        return file_name(self.where)

    @cached_property
    def newest_rows(self) -> pa.Table:
        """The rows of the newest version of a grouping; all of any other map."""
        if not self.versions or pc.all(self.rows["newest"]).as_py():
            return self.rows
        return self.rows.filter(self.rows["newest"])

    def without_rows(self) -> "PublishedMap":
        """What is known of it beside its rows."""
        return replace(self, rows=MAP_ROWS.empty_table())

    def standing_in(self, rows: pa.Table, version: int) -> pa.ChunkedArray:
        """Which rows stand in a version, by its place in `versions`; rows of no version in none."""
        releases = pa.array([each.delivery.release.release for each in self.versions], pa.string())
        first, last = (pc.index_in(rows[name], releases) for name in ("release_from", "release_to"))
        return pc.fill_null(pc.and_(pc.less_equal(first, version), pc.greater_equal(last, version)), False)


MapRule = Callable[[RawRelease, dict[str, TextFrame]], list[PublishedMap]]  # of one release, one for each crosswalk


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


def as_categories(categories: Any, titles: Any, **told: Any) -> pa.Table:
    """A table of CATEGORIES: each category once, with what stands first of it; null where nothing is told."""
    given = {"category": categories, "title": titles, **told}
    columns = [_full(given.get(field.name), len(categories), field.type) for field in CATEGORIES]
    listed = pa.table(columns, schema=CATEGORIES).group_by("category", use_threads=False)
    return listed.aggregate([(name, "first") for name in CATEGORIES.names[1:]]).rename_columns(CATEGORIES.names)


def as_notes(exception: str, reason: str, rows: pa.Table) -> pa.Table:
    """Map rows as NOTES: the same exception, for the same reason, of each."""
    count = len(rows)
    columns = [pa.repeat(exception, count), rows["source_code"], rows["target_code"], pa.repeat(reason, count)]
    return pa.table([*columns, rows["line"]], schema=NOTES)


def _full(values: Any, length: int, kind: pa.DataType) -> Any:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.cast(kind)
    return pa.repeat(pa.scalar(values, kind), length)
