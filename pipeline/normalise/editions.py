"""Editions that only a later file tells of: the list of October put together from the list of April and its addenda."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.ingest import TextFrame
from pipeline.normalise.addenda_counts import is_billable
from pipeline.normalise.icd import order_file_listings
from pipeline.normalise.listing import Listing, listing_rows
from pipeline.normalise.systems import read_systems


def reconstruct_edition(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[Listing]:
    """The edition that the order addenda of a release are the difference from: none where there is no addenda, and for
    an edition from before its system was in use, on whose days no code could be reported.

    Codes that the addenda add are left out, deleted ones put back, revised ones given their former titles. The
    edition is named and dated by the catalogue: `Source.base_of`.
    """
    base = delivery.source.base_of(delivery.release)
    if "addenda" not in parts or "order" not in parts or not base:
        return []
    in_use_from = read_systems()[delivery.source.systems[0]].in_use_from
    if in_use_from and delivery.source.effective_day(base) < in_use_from:
        return []
    listing = order_file_listings(delivery, parts)[0]
    changes = parts["addenda"].table
    gone = changes.filter(pc.is_in(changes["action"], pa.array(["Add", "Revise to"])))["code"]
    back = changes.filter(pc.is_in(changes["action"], pa.array(["Delete", "Revise from"])))
    kept = listing.rows.filter(pc.invert(pc.is_in(listing.rows["code"], gone.combine_chunks())))
    rows = pa.concat_tables([kept, _as_listed(listing.system, back)])
    return [
        replace(listing, delivery=_as_edition(delivery, base), rows=rows, raw_rows=len(rows), told_by=listing.release)
    ]


def _as_listed(system: str, changes: pa.Table) -> pa.Table:
    code = changes["code"].combine_chunks()
    return listing_rows(
        system,
        code,
        changes["line"],
        kind=read_systems()[system].kinds[0],
        short_description=changes["short_title"],
        description=changes["long_title"],
        billable=is_billable(system, changes),
    )


def _as_edition(delivery: RawRelease, base: str) -> RawRelease:
    told, day = delivery.release, delivery.source.effective_day(base)
    label = f"edition of {day}, put together from the file of {told.release} and its order addenda"
    return replace(delivery, release=replace(told, release=base, effective_from=day, label=label, updates=None))
