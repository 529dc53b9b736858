"""The listing: the codes of one release of one system, in our columns."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease

COLUMNS = pa.schema(
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
        ("line", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Listing:
    """The codes of one release of one system.

    `rows` has the columns of COLUMNS: one row per code, code bare and upper case. valid_from and valid_to are what
    the record itself says (null where it says nothing), changed_on the day of its last change. `raw_rows` counts the
    rows of the file that lists the codes. `complete` says that a code which is not listed is not
    valid; where it is false (HCPCS, causes of death) only a date in a record ends a code. A `supplement` counts
    only for codes that the system's main source does not list: headings of a tabular list.
    `told_by` names the later release from which an edition that is not here was put together.
    """

    system: str
    delivery: RawRelease
    where: str
    raw_rows: int
    rows: pa.Table
    complete: bool = True
    supplement: bool = False
    told_by: str | None = None

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


def as_rows(code: pa.Array, line: pa.Array, **columns: object) -> pa.Table:
    """A table of COLUMNS from what a listing knows; what is not given is null. Scalars are repeated."""
    given = {"code": pc.utf8_upper(pc.utf8_trim_whitespace(code)), "line": line, **columns}
    return pa.table(
        {name: _full(given.get(name), len(code), kind) for name, kind in zip(COLUMNS.names, COLUMNS.types, strict=True)}
    )


def _full(values: object, length: int, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.Array):
        return values.cast(kind)
    if isinstance(values, np.ndarray):
        return pa.array(values, kind)
    return pa.repeat(pa.scalar(values, kind), length)


def without_text(rows: pa.Table) -> pa.Table:
    """The rows with both descriptions null: for text that we may not publish."""
    missing = pa.nulls(len(rows), pa.string())
    for name in ("short_description", "description"):
        rows = rows.set_column(rows.column_names.index(name), name, missing)
    return rows


def blank_as_null(values: pa.Array) -> pa.Array:
    """Empty text as missing text."""
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def bare(code: pa.Array) -> pa.Array:
    """Codes without their dots and the blanks around them."""
    return pc.replace_substring(pc.utf8_trim_whitespace(code), ".", "")


def first_of_each(rows: pa.Table) -> pa.Table:
    """The rows without those whose code an earlier row has."""
    encoded = rows["code"].combine_chunks().dictionary_encode()
    return rows.take(pc.index_in(pa.array(range(len(encoded.dictionary)), pa.int32()), encoded.indices))


def last_of_each(rows: pa.Table) -> pa.Table:
    """The rows without those whose code a later row has."""
    backwards = pa.array(range(len(rows) - 1, -1, -1))
    return first_of_each(rows.take(backwards)).sort_by("line")
