"""Listings of ICD-10-CM, ICD-10-PCS and ICD-9-CM: what the order files, title files and tabular lists mean."""

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.hierarchy import bare
from pipeline.normalise.listing import Listing, blank_as_null, first_of_each, listing_rows
from pipeline.normalise.systems import read_systems
from pipeline.run.columns import as_array

Parts = dict[str, TextFrame]
DIAGNOSES, PROCEDURES = ("dx", "ICD9CM"), ("px", "ICD9Proc")
DIGITS_TO_ADD = r"\t\s*\[[\d,\- ]+\]$"  # behind a title of FY1999: `38.1<TAB>Endarterectomy<TAB>[0-6,8]`


def order_file_listings(delivery: RawRelease, parts: Parts) -> list[Listing]:
    """Every row of an order file is a code; the flag says whether it is valid for transactions."""
    frame, system = parts["order"], read_systems()[delivery.source.systems[0]]
    table = frame.table
    rows = listing_rows(
        system.system,
        as_array(table["code"]),
        table["line"],
        kind=system.kinds[0],
        short_description=table["short_title"],
        description=table["long_title"],
        billable=pc.equal(table["flag"], "1"),
    )
    return [Listing(system.system, delivery, frame.where, len(frame.table), rows)]


def icd9_title_listings(delivery: RawRelease, parts: Parts) -> list[Listing]:
    """Diagnoses and procedures apart; every listed code is billable. Years with short titles only have no description.

    Raises RawFileError where the short titles are missing, or do not list the same codes as the long ones.
    """
    return [
        _icd9_titles(delivery, parts, prefix, system)
        for prefix, system in (DIAGNOSES, PROCEDURES)
        if any(part.startswith(prefix) for part in parts)
    ]


def _icd9_titles(delivery: RawRelease, parts: Parts, prefix: str, system: str) -> Listing:
    if f"{prefix}_short" not in parts:
        raise RawFileError(
            ", ".join(frame.where for part, frame in parts.items() if part.startswith(prefix)),
            expected="the file of short titles beside the long ones",
            found="long titles alone",
            next_step="put the whole release into the folder",
        )
    short = parts[f"{prefix}_short"]
    code = as_array(short.table["code"])
    description: pa.Array = pa.nulls(len(code), pa.string())
    for part, column in ((f"{prefix}_long", "title"), (f"{prefix}_titles", "long_title")):
        if part in parts:
            description = _look_up(code, short.where, parts[part], column)
    rows = listing_rows(
        system,
        code,
        short.table["line"],
        kind=read_systems()[system].kinds[0],
        short_description=short.table["title"],
        description=description,
        billable=True,
    )
    return Listing(system, delivery, short.where, len(short.table), rows)


def _look_up(code: pa.Array, where: str, other: TextFrame, column: str) -> pa.Array:
    position = pc.index_in(code, as_array(other.table["code"]))
    if position.null_count or len(other.table) != len(code):
        missing = code.filter(pc.is_null(position)).to_pylist()[:5]
        raise RawFileError(
            other.where,
            expected=f"the {len(code):,} codes of {where}",
            found=f"{len(other.table):,} codes" + (f", without {', '.join(missing)}" if missing else ""),
            next_step="check that both files are of the same version",
        )
    return as_array(other.table[column]).take(position)


def icd9_heading_listings(delivery: RawRelease, parts: Parts) -> list[Listing]:
    """Every code line of the tabular lists, none of them billable: which of them are headings is for history to say.

    A code that occurs twice (an overview before the list) counts once, with its first line. The digits that go with a
    code are no part of its title.
    """
    listings = []
    for prefix, system in (DIAGNOSES, PROCEDURES):
        if prefix in parts:
            outline = parts[prefix].table.filter(pc.is_null(parts[prefix].table["level"]))
            lines = outline.filter(pc.equal(outline["entry"], "code"))
            title = pc.replace_substring_regex(as_array(lines["title"]), DIGITS_TO_ADD, "")
            rows = listing_rows(
                system,
                bare(as_array(lines["code"]), read_systems()[system]),
                lines["line"],
                kind=read_systems()[system].kinds[0],
                description=blank_as_null(title),
                billable=False,
            )
            where, rows = parts[prefix].where, first_of_each(rows)
            listings.append(Listing(system, delivery, where, len(outline), rows, supplement=True, prints_headings=True))
    return listings
