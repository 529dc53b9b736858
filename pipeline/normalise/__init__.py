"""From text frames to listings: what a file's rows mean, in our columns, whatever layout they came in.

A rule takes a release and its text frames by part, and returns the listings in it, one for each system.
"""

from collections.abc import Callable
from dataclasses import replace

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.causes_of_death import icd9_cause_listings, icd10_cause_listings, who_listings
from pipeline.normalise.cpt import cpt_listings
from pipeline.normalise.hcpcs import hcpcs_listings
from pipeline.normalise.icd import icd9_heading_listings, icd9_title_listings, order_file_listings
from pipeline.normalise.listing import Listing, without_text
from pipeline.normalise.systems import read_systems

NEEDED = {"order_file": "order", "anweb": "records", "who_meta": "codes"}
Rule = Callable[[RawRelease, dict[str, TextFrame]], list[Listing]]

RULES: dict[str, Rule] = {
    "order_file": order_file_listings,
    "icd9_titles": icd9_title_listings,
    "tabular_rtf": icd9_heading_listings,
    "anweb": hcpcs_listings,
    "mortality_list": icd10_cause_listings,
    "ucod": icd9_cause_listings,
    "who_meta": who_listings,
    "cpt_files": cpt_listings,
}


def _require_part(delivery: RawRelease, parts: dict[str, TextFrame]) -> None:
    """Raises RawFileError where the part that lists the codes is missing."""
    needed = NEEDED.get(delivery.source.layout)
    if needed and needed not in parts:
        raise RawFileError(
            ", ".join(map(str, delivery.paths)),
            expected=f"a member for the part {needed!r}, which lists the codes",
            found=f"only {', '.join(parts) or 'none'}",
            next_step="fetch the file again, or correct `members` in the catalogue",
        )


def by_part(frames: list[TextFrame]) -> dict[str, TextFrame]:
    """The text frames of a release by their part. Raises RawFileError where two files are the same part."""
    parts: dict[str, TextFrame] = {}
    for frame in frames:
        other = parts.setdefault(frame.part, frame)
        if other is not frame:
            raise RawFileError(
                frame.where,
                expected=f"one file for the part {frame.part!r} of a release",
                found=f"{other.where} as well",
                next_step="keep one of them, or make `members` in the catalogue name one",
            )
    return parts


def normalise(delivery: RawRelease, frames: list[TextFrame], *, with_licensed_text: bool = False) -> list[Listing]:
    """The listings of one release from its text frames. Text of the AMA and WHO is dropped here unless asked for."""
    rule, parts = RULES.get(delivery.source.layout), by_part(frames)
    if rule:
        _require_part(delivery, parts)
    listings = rule(delivery, parts) if rule else []
    return [
        replace(listing, rows=without_text(listing.rows))
        if read_systems()[listing.system].licensed_text and not with_licensed_text
        else listing
        for listing in listings
    ]
