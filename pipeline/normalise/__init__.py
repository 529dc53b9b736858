"""From text frames to listings: what a file's rows mean, in our columns, whatever layout they came in.

A rule takes a release and its text frames by part, and returns the listings in it, one for each system. Which rule is
for which layout is said by `pipeline.layouts`.
"""

from collections.abc import Callable
from dataclasses import replace

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.listing import Listing, without_text
from pipeline.normalise.systems import read_systems

ListingRule = Callable[[RawRelease, dict[str, TextFrame]], list[Listing]]


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


def require_part(delivery: RawRelease, parts: dict[str, TextFrame], needed: str) -> None:
    """Raises RawFileError where the part that lists the codes is missing."""
    if needed not in parts:
        raise RawFileError(
            ", ".join(map(str, delivery.paths)),
            expected=f"a member for the part {needed!r}, which lists the codes",
            found=f"only {', '.join(parts) or 'none'}",
            next_step="fetch the file again, or correct `members` in the catalogue",
        )


def normalise(
    delivery: RawRelease, parts: dict[str, TextFrame], rule: ListingRule, *, with_licensed_text: bool = False
) -> list[Listing]:
    """The listings of one release from its text frames. Text of the AMA and WHO is dropped here unless asked for."""
    return [
        replace(listing, rows=without_text(listing.rows))
        if read_systems()[listing.system].licensed_text and not with_licensed_text
        else listing
        for listing in rule(delivery, parts)
    ]
