"""What a public build leaves out: the numbers of CPT, which are the AMA's, and texts that name them.

Text of the AMA and WHO is in no build unless a licensee asks for it. Numbers are: a build is for the machine that it is
made on. Who passes one on needs the AMA's licence for them, or a public build.
"""

from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.published.maps import PublishedMap
from pipeline.normalise.listing import TITLE_COLUMNS, Listing, with_plain_titles
from pipeline.normalise.policies import PublishedPolicies
from pipeline.normalise.systems import read_systems
from pipeline.normalised import NormalisedContent

# A number of CPT in a title of HCPCS: of category I, II or III, of a vaccine's administration, of a laboratory.
NAMED_NUMBER: Final = r"\b(?:[0-9]{5}|[0-9]{4}[AFMTU])\b"
NAMED_IN: Final = "HCPCS"  # the one system whose titles name codes of another


def licensed_systems() -> list[str]:
    """The systems whose codes may not be passed on without a licence."""
    return [name for name, each in read_systems().items() if each.licensed_codes]


def without_licensed_codes(content: NormalisedContent) -> NormalisedContent:
    """What was read without codes that need a licence: listings, maps, legs of policies, billing units, sections and
    successors. Titles of HCPCS that name numbers of CPT are missing."""
    return replace(
        content,
        listings=[_without_named(each) for each in content.listings if each.system not in licensed_systems()],
        maps=[each for each in content.maps if not _is_licensed(each)],
        policies=[_without_legs(each) for each in content.policies],
        units=_of_others(content.units),
        sections=_of_others(content.sections),
        conversions=_of_others(content.conversions),
    )


def _is_licensed(published: PublishedMap) -> bool:
    return not {published.entry.source_system, published.entry.target_system}.isdisjoint(licensed_systems())


def _of_others(rows: pa.Table) -> pa.Table:
    return rows.filter(pc.invert(pc.is_in(rows["system"], pa.array(licensed_systems()))))


def _without_legs(published: PublishedPolicies) -> PublishedPolicies:
    return replace(published, codes=_of_others(published.codes))


def _without_named(listing: Listing) -> Listing:
    if listing.system != NAMED_IN:
        return listing
    rows = with_plain_titles(listing.rows)
    for name in TITLE_COLUMNS:
        names_one = pc.match_substring_regex(rows[name], NAMED_NUMBER)
        kept = pc.if_else(names_one, pa.scalar(None, pa.string()), rows[name])
        rows = rows.set_column(rows.column_names.index(name), name, kept)
    return replace(listing, rows=rows)
