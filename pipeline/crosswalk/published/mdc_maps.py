"""The major diagnostic categories (MDC) that a diagnosis leads to as the principal one: appendix B of the manual."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.published.category_titles import with_known_titles
from pipeline.crosswalk.published.maps import PublishedMap, as_categories, as_map_rows, crosswalks_in
from pipeline.ingest import TextFrame

BEFORE_CATEGORIES: Final = "00"  # what appendix D calls that which appendix B calls Pre


def mdc_maps(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[PublishedMap]:
    """The map of one version: a diagnosis may stand in several categories, and in one for several MS-DRGs; then the
    first line of it counts. Categories have the titles of appendix D, which names those with surgical groups alone, and
    else those that are known from elsewhere."""
    frame = parts.get("diagnoses")
    if frame is None:
        return []
    rows = frame.table.group_by(["code", "mdc"], use_threads=False).aggregate([("line", "first")])
    mapped = as_map_rows(rows["code"], rows["mdc"], rows["line_first"], approximate=False)
    printed = _titled(rows["mdc"], parts.get("procedures"))
    return [
        PublishedMap(
            entry, delivery, frame.where, len(frame.table), mapped,
            categories=with_known_titles(printed, entry.target_system),
        )
        for entry in crosswalks_in(delivery, frame)
    ]  # fmt: skip


def _titled(mdc: pa.ChunkedArray, procedures: TextFrame | None) -> pa.Table:
    used = mdc.unique().sort()
    if procedures is None:
        return as_categories(used, None)
    named = procedures.table.filter(pc.equal(procedures.table["part"], "mdc"))
    printed = pc.if_else(pc.equal(used, "Pre"), BEFORE_CATEGORIES, used)
    titles = named["title"].combine_chunks().take(pc.index_in(printed, named["code"].combine_chunks()))
    return as_categories(used, titles)
