"""The listing: the codes of one release of one system, in our columns."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import ColumnMismatch
from pipeline.run.columns import as_array, encode_together
from schemas import TABLES
from schemas.arrow import fields_as_listed

LISTING_COLUMNS = pa.schema(
    [
        ("code", pa.string()),
        ("kind", pa.string()),
        ("short_description", pa.string()),
        ("description", pa.string()),
        ("billable", pa.bool_()),
        ("standalone", pa.bool_()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("changed_on", pa.date32()),
        ("changed_titles", pa.string()),
        ("line", pa.int64()),
    ]
)
TITLE_COLUMNS: Final = ("short_description", "description")


@dataclass(frozen=True)
class Listing:
    """The codes of one release of one system.

    `rows` has the columns of LISTING_COLUMNS and those that are passed through: one row per code, code bare and upper
    case; `encode_titles` makes dictionaries of both titles. valid_from and valid_to are what the record itself says
    (null where it says nothing), changed_on the day of its last change, changed_titles which titles that reworded
    (short or both; null where it was no change of wording, or is not known to be one). `raw_rows` counts the rows of
    the file that lists the codes. `complete` says that a code which is not listed is not valid. Where it is false
    (HCPCS, causes of death) only a date in a record ends a code; where `absence_ends` is true (HCPCS) so does the next
    list without it, unless a later one has the record again. A `supplement` counts only for codes that the system's
    main source does not list. `prints_headings` marks one that prints headings and codes alike, none told from the
    other: a tabular list. `told_by` names the later release from which an edition that is not here was put together.
    `tells_ends_only` marks one that gives the last day of each code that has ended, for years after it, and no first
    day. `rank` is what it counts beside the lists of other sources of its system: 0 is the keeper's own list, and a
    higher number gives way to a lower one.
    """

    system: str
    delivery: RawRelease
    where: str
    raw_rows: int
    rows: pa.Table
    complete: bool = True
    absence_ends: bool = False
    supplement: bool = False
    prints_headings: bool = False
    told_by: str | None = None
    tells_ends_only: bool = False
    rank: int = 0

    @property
    def day(self) -> date:
        """The first day on which this release is in effect."""
        return self.delivery.release.effective_from

    @property
    def release(self) -> str:
        """The release as the catalogue names it."""
        return self.delivery.release.release

    @property
    def shown_by(self) -> str:
        """The release, of those that are here, which shows this listing: itself, or the one that tells of it."""
        return self.told_by or self.release


def columns_passed_through() -> pa.Schema:
    """The columns that `codes` has as the publisher's record says: its model marks them with `as_listed`."""
    return fields_as_listed(TABLES["codes"])


def listing_rows(system: str, code: pa.Array, line: pa.Array, **columns: object) -> pa.Table:
    """The rows of a listing of a system from what its rule knows; what is not given is null. Scalars are repeated.

    Raises ColumnMismatch for a column that nothing declares, one of another type or length, and one that is declared
    as never missing and is not given.
    """
    passed = columns_passed_through()
    schema = pa.unify_schemas([LISTING_COLUMNS, passed])
    given = {"code": pc.utf8_upper(pc.utf8_trim_whitespace(code)), "line": line, **columns}
    _refuse_undeclared(system, given, schema)
    _refuse_missing(system, given, passed)
    full = {field.name: _full(system, field, given.get(field.name), len(code)) for field in schema}
    return pa.table(full)


def _refuse_undeclared(system: str, given: dict[str, object], schema: pa.Schema) -> None:
    for name in given:
        if name not in schema.names:
            raise ColumnMismatch(
                f"the rule for listings of {system}, column {name!r}",
                expected=f"one of {', '.join(schema.names)}",
                found="a column that no model declares",
                next_step="declare it in schemas/codes.py with `metadata=as_listed()`, or do not hand it on",
            )


def _refuse_missing(system: str, given: dict[str, object], passed: pa.Schema) -> None:
    for field in passed:
        if given.get(field.name) is None and not field.nullable:
            raise ColumnMismatch(
                f"the rule for listings of {system}, column {field.name!r}",
                expected="a value in every row: schemas/codes.py declares it as never missing",
                found="no value",
                next_step="hand it to `listing_rows` in the rule, or declare it with `nullable=True`",
            )


def _full(system: str, field: pa.Field, values: object, length: int) -> pa.Array:
    """The values of a column with the type of its field; one value is repeated."""
    try:
        if not isinstance(values, pa.ChunkedArray | pa.Array | np.ndarray):
            return pa.repeat(pa.scalar(values, field.type), length)
        column = pa.array(values, field.type) if isinstance(values, np.ndarray) else values.cast(field.type)
    except (pa.ArrowException, TypeError) as problem:
        raise _mismatch(system, field, f"{length:,} values of type {field.type}", str(problem)) from problem
    if len(column) != length:
        raise _mismatch(system, field, f"{length:,} values, one for each code", f"{len(column):,}")
    return as_array(column) if isinstance(column, pa.ChunkedArray) else column


def _mismatch(system: str, field: pa.Field, expected: str, found: str) -> ColumnMismatch:
    return ColumnMismatch(
        f"the rule for listings of {system}, column {field.name!r}",
        expected=expected,
        found=found,
        next_step="convert the values in the rule, or declare their type in schemas/codes.py",
    )


def without_text(rows: pa.Table) -> pa.Table:
    """The rows with both descriptions null: for text that we may not publish."""
    missing = pa.nulls(len(rows), pa.string())
    for name in TITLE_COLUMNS:
        rows = rows.set_column(rows.column_names.index(name), name, missing)
    return rows


def encode_titles(listings: Sequence[Listing]) -> list[Listing]:
    """The listings with dictionary-encoded titles, those of a system by one dictionary.

    Of 6 million titles of a full build 400,000 differ: each is kept once, and compared as a number.
    """
    rows = [each.rows for each in listings]
    groups = [
        (name, [place for place, each in enumerate(listings) if each.system == system])
        for name in TITLE_COLUMNS
        for system in dict.fromkeys(each.system for each in listings)
    ]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        encoded = threads.map(lambda group: encode_together([rows[each][group[0]] for each in group[1]]), groups)
        for (name, places), titles in zip(groups, encoded, strict=True):
            for place, values in zip(places, titles, strict=True):
                rows[place] = rows[place].set_column(rows[place].column_names.index(name), name, values)
    return [replace(each, rows=own) for each, own in zip(listings, rows, strict=True)]


def with_plain_titles(rows: pa.Table) -> pa.Table:
    """Rows of a listing with titles that are plain text again."""
    for name in TITLE_COLUMNS:
        rows = rows.set_column(rows.column_names.index(name), name, rows[name].cast(pa.string()))
    return rows


def blank_as_null(values: pa.Array) -> pa.Array:
    """Empty text as missing text."""
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def first_of_each(rows: pa.Table) -> pa.Table:
    """The rows without those whose code an earlier row has."""
    encoded = as_array(rows["code"]).dictionary_encode()
    return rows.take(pc.index_in(pa.array(range(len(encoded.dictionary)), pa.int32()), encoded.indices))


def last_of_each(rows: pa.Table) -> pa.Table:
    """The rows without those whose code a later row has."""
    backwards = pa.array(range(len(rows) - 1, -1, -1))
    return first_of_each(rows.take(backwards)).sort_by("line")
