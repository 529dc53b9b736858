"""Listings of CPT, from the files that a licensee supplies."""

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.kinds import cpt_kinds
from pipeline.normalise.listing import Listing, first_of_each, listing_rows


def cpt_listings(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[Listing]:
    """One row per code and modifier: the long descriptor and the short (or else the medium) one.

    The codes are those of all files together. Raises RawFileError where there is neither of long, medium and short.
    """
    texts = [parts[part] for part in ("long", "medium", "short") if part in parts]
    if not texts:
        raise RawFileError(
            ", ".join(map(str, delivery.paths)),
            "at least one of LONGULT.txt, MEDU.txt and SHORTU.txt",
            "none of them",
            "put the licensed data files into this folder",
        )
    codes = first_of_each(pa.concat_tables([frame.table.select(["code", "line"]) for frame in texts]))
    code = codes["code"].combine_chunks()
    rows = listing_rows(
        "CPT4",
        code,
        codes["line"],
        kind=cpt_kinds(code),
        short_description=pc.coalesce(_titles(parts, "short", code), _titles(parts, "medium", code)),
        description=_titles(parts, "long", code),
        billable=True,
    )
    if "modifiers" in parts:
        modifiers = parts["modifiers"].table
        extra = listing_rows(
            "CPT4",
            modifiers["code"].combine_chunks(),
            modifiers["line"],
            kind="modifier",
            description=modifiers["title"],
            billable=True,
            standalone=False,
        )
        rows = pa.concat_tables([rows, extra])
    return [Listing("CPT4", delivery, texts[0].where, len(rows), rows)]


def _titles(parts: dict[str, TextFrame], part: str, code: pa.Array) -> pa.Array:
    if part not in parts:
        return pa.nulls(len(code), pa.string())
    table = parts[part].table.combine_chunks()
    return table["title"].combine_chunks().take(pc.index_in(code, table["code"].combine_chunks()))
