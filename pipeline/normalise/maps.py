"""Published maps in our columns: which code a publisher maps to which, one row per printed pair, flags as columns."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue import RawRelease
from pipeline.ingest import TextFrame

ROWS = pa.schema(
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
CATEGORIES = pa.schema([("category", pa.string()), ("title", pa.string())])


@dataclass(frozen=True)
class Crosswalk:
    """One entry of `crosswalks.toml`; see the head of that file for what its keys mean."""

    crosswalk: str
    source_system: str
    target_system: str
    method: str
    source: str | None = None
    part: str | None = None
    of: str | None = None
    opposite: str | None = None
    alternatives: bool = False
    way: str = "file"
    made_from: tuple[str, ...] = ()

    @property
    def is_year_to_year(self) -> bool:
        """Whether it leads from one release of a system to another."""
        return self.way in {"forward", "backward"}

    @property
    def is_completed(self) -> bool:
        """Whether it is a published map completed to the current year."""
        return self.way in {"carried", "completed"}

    @property
    def origin(self) -> str:
        """Whether a publisher made the crosswalk or we did."""
        return "derived" if self.made_from else "published"


@dataclass(frozen=True)
class PublishedMap:
    """One published crosswalk of one release.

    `rows` has the columns of ROWS: codes bare and upper case, target_code null where the publisher has no equivalent,
    `flags` as printed. `notes` has those of NOTES: what was corrected, or read in another way than it is printed.
    `categories` has those of CATEGORIES, where the targets are the categories of a grouping.
    """

    entry: Crosswalk
    delivery: RawRelease
    where: str
    raw_rows: int
    rows: pa.Table
    notes: pa.Table = field(default_factory=NOTES.empty_table)
    categories: pa.Table = field(default_factory=CATEGORIES.empty_table)

    @property
    def source_file(self) -> str:
        """The publisher's name of the file that the rows stand in."""
        return file_name(self.where)


def file_name(where: str) -> str:
    """The base name of the file at a place such as `folder/archive.zip!member.txt`."""
    return PurePosixPath(where.rpartition("!")[2]).name


@dataclass(frozen=True)
class Grouping:
    """What codes are grouped into: the prefix and the address that stand for its categories in CURIEs."""

    grouping: str
    prefix: str
    uri: str


@cache
def read_crosswalks() -> dict[str, Crosswalk]:
    """Every crosswalk by its id, in the registry's order."""
    entries = _read_registry()["crosswalk"]
    return {
        each["crosswalk"]: Crosswalk(
            made_from=tuple(each.get("from", ())), **{k: v for k, v in each.items() if k != "from"}
        )
        for each in entries
    }


@cache
def read_groupings() -> dict[str, Grouping]:
    """Every grouping by its name, in the registry's order."""
    return {each["grouping"]: Grouping(**each) for each in _read_registry()["grouping"]}


def _read_registry() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("crosswalks.toml").read_text(encoding="utf-8"))


def entries_of(delivery: RawRelease) -> list[Crosswalk]:
    """The crosswalks that are read from a source."""
    return [each for each in read_crosswalks().values() if each.source == delivery.source.source]


def is_part_of(entry: Crosswalk, frame: TextFrame) -> bool:
    """Whether a crosswalk is read from a part of a release; one that names no part, from any."""
    return entry.part in (None, frame.part)


def as_map_rows(source: Any, target: Any, line: Any, **columns: Any) -> pa.Table:
    """A table of ROWS; flags that a publisher does not have are false, scenario and choice list 0.

    Scalars are repeated. A missing target makes `no_map` true.
    """
    target = pc.utf8_upper(target)
    none = {"approximate": False, "combination": False, "scenario": 0, "choice_list": 0, "flags": None}
    given = {
        **none,
        "source_code": pc.utf8_upper(source),
        "target_code": target,
        "no_map": pc.is_null(target),
        "line": line,
        **columns,
    }
    return pa.table([_full(given[field.name], len(source), field.type) for field in ROWS], schema=ROWS)


def as_notes(exception: str, reason: str, rows: pa.Table) -> pa.Table:
    """Map rows as NOTES: the same exception, for the same reason, of each."""
    count = len(rows)
    columns = [pa.repeat(exception, count), rows["source_code"], rows["target_code"], pa.repeat(reason, count)]
    return pa.table([*columns, rows["line"]], schema=NOTES)


def _full(values: Any, length: int, kind: pa.DataType) -> Any:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.cast(kind)
    return pa.repeat(pa.scalar(values, kind), length)
