"""Editions that only a later file tells of: the list of October put together from the list of April and its addenda."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.ingest import TextFrame
from pipeline.normalise.icd import order_file_listings
from pipeline.normalise.listing import Listing, listing_rows
from pipeline.normalise.systems import read_systems


def reconstruct_edition(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[Listing]:
    """The edition that the order addenda of a release are the difference from: none where there is no addenda.

    Codes that the addenda add are left out, deleted ones put back, revised ones given their former titles. The
    edition is named by `updates` of the catalogue's entry.
    """
    if "addenda" not in parts or "order" not in parts or not delivery.release.updates:
        return []
    listing = order_file_listings(delivery, parts)[0]
    changes = parts["addenda"].table
    gone = changes.filter(pc.is_in(changes["action"], pa.array(["Add", "Revise to"])))["code"]
    back = changes.filter(pc.is_in(changes["action"], pa.array(["Delete", "Revise from"])))
    kept = listing.rows.filter(pc.invert(pc.is_in(listing.rows["code"], gone.combine_chunks())))
    rows = pa.concat_tables([kept, _as_listed(listing.system, back)])
    return [replace(listing, delivery=_as_edition(delivery), rows=rows, raw_rows=len(rows), told_by=listing.release)]


def _as_listed(system: str, changes: pa.Table) -> pa.Table:
    code = changes["code"].combine_chunks()
    longest = read_systems()[system].longest
    by_length = pc.equal(pc.utf8_length(code), longest)  # ICD-10-PCS: its tables have three characters, its codes all
    return listing_rows(
        system,
        code,
        changes["line"],
        kind=read_systems()[system].kinds[0],
        short_description=changes["short_title"],
        description=changes["long_title"],
        billable=pc.if_else(pc.equal(changes["flag"], ""), by_length, pc.equal(changes["flag"], "1")),
    )


def _as_edition(delivery: RawRelease) -> RawRelease:
    told = delivery.release
    day = date.fromisoformat(told.updates or told.release)
    label = f"edition of {day}, put together from the file of {told.release} and its order addenda"
    edition = replace(told, release=day.isoformat(), effective_from=day, label=label, updates=None)
    return replace(delivery, release=edition)
