"""Listings from a few lines, by way of the readers, for tests of what they mean."""

from dataclasses import replace
from datetime import date

from pipeline.catalogue.sources import Release, read_catalogue
from pipeline.catalogue.survey import RawRelease
from pipeline.ingest import IngestedRelease, TextFrame
from pipeline.layouts import LAYOUTS
from pipeline.normalise.listing import Listing
from pipeline.normalise.systems import read_systems
from pipeline.normalised import listings_of as listings_of_releases

# A system of packages with headings, unlike that of the registry: more than one separator, none of them a dot, more
# than seven characters.
PACKAGES = replace(
    read_systems()["HCPCS"],
    system="NDC",
    code_pattern=r"^\d{5}(?:\d{4}(?:\d{2})?)?$",
    written_as=("XXXXX-XXXX-XX",),
    prefix_tree=True,
)


def delivery_of(source: str, day: date = date(2025, 1, 1)) -> RawRelease:
    """A release of a source of the catalogue, without files."""
    return RawRelease(read_catalogue()[source], Release(day.isoformat(), "a release of the tests", day), (), {})


def listings_of(source: str, parts: dict[str, bytes], *, with_licensed_text: bool = True) -> list[Listing]:
    """The listings of one release of a source, given the bytes of its parts."""
    delivery = delivery_of(source)
    readers = LAYOUTS[delivery.source.layout].readers
    frames = [TextFrame(part, f"{part}.txt", readers[part](f"{part}.txt", raw)) for part, raw in parts.items()]
    return listings_of_releases([IngestedRelease(delivery, frames)], with_licensed_text=with_licensed_text)


def rows_of(source: str, parts: dict[str, bytes]) -> dict[str, dict[str, object]]:
    """The rows of the only listing there is, by code."""
    (listing,) = listings_of(source, parts)
    rows = listing.rows.to_pylist()
    assert len({row["code"] for row in rows}) == len(rows)
    return {row["code"]: row for row in rows}
