"""From text frames to published maps: what a publisher says that codes correspond to, whatever layout it came in."""

from collections.abc import Callable

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.published.gem_maps import gem_maps, reimbursement_maps
from pipeline.crosswalk.published.grouper_maps import grouper_maps
from pipeline.crosswalk.published.maps import PublishedMap
from pipeline.ingest import TextFrame
from pipeline.normalise import by_part

MAPS: dict[str, Callable[[RawRelease, dict[str, TextFrame]], list[PublishedMap]]] = {
    "gem": gem_maps,
    "reimbursement": reimbursement_maps,
    "ccsr": grouper_maps,
    "ccs": grouper_maps,
    "hcc": grouper_maps,
    "nchs_113": grouper_maps,
}


def normalise_maps(delivery: RawRelease, frames: list[TextFrame]) -> list[PublishedMap]:
    """The published maps of one release from its text frames; none where its layout is no map's."""
    rule = MAPS.get(delivery.source.layout)
    return rule(delivery, by_part(frames)) if rule else []
