"""A sample of the codes of all listings, and listings, maps and conversion tables thinned to it.

Drawn by category, the same on every machine; of codes that not every edition lists more than of those that all do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.chains.predecessors import derive_predecessors
from pipeline.crosswalk.published.maps import PublishedMap
from pipeline.history import derive_history, derive_timelines
from pipeline.history.validity import derive_billable_episodes
from pipeline.normalise.listing import Listing
from pipeline.normalised import NormalisedContent

CATEGORY: Final = 3  # characters
OF_THOUSAND: Final = {False: 4, True: 100}  # categories drawn of a thousand, by whether an edition lacks the code
CodesOf = Mapping[str, pa.Array]


@dataclass(frozen=True)
class Sample:
    """By system the codes that were drawn, and those with what maps and conversion tables lead to from them."""

    drawn: CodesOf
    kept: CodesOf

    def thin_listing(self, listing: Listing) -> Listing:
        """The listing of the codes that are kept."""
        return replace(listing, rows=listing.rows.filter(_is_of(listing.rows["code"], listing.system, self.kept)))

    def thin_map(self, published: PublishedMap) -> PublishedMap:
        """The map from the codes that were drawn: an entry is there whole or not at all. From a system without a
        listing, whole."""
        if published.entry.source_system not in self.drawn:
            return published
        of_drawn = _is_of(published.rows["source_code"], published.entry.source_system, self.drawn)
        noted = _is_of(published.notes["source_code"], published.entry.source_system, self.drawn)
        return replace(published, rows=published.rows.filter(of_drawn), notes=published.notes.filter(noted))

    def thin_conversions(self, rows: pa.Table) -> pa.Table:
        """The rows of codes that were drawn."""
        code = pc.coalesce(rows["code"], rows["previous"])  # a code that ended, and has no successor
        own = [pc.and_(pc.equal(rows["system"], system), pc.is_in(code, codes)) for system, codes in self.drawn.items()]
        return rows.filter(reduce(pc.or_, own))


def draw_sample(content: NormalisedContent, maps: Sequence[PublishedMap]) -> Sample:
    """The sample of the codes of all listings, with the codes that maps and conversion tables lead to from it."""
    systems = sorted({each.system for each in content.listings})
    drawn = {system: _draw(system, [each for each in content.listings if each.system == system]) for system in systems}
    led_to = [(each.entry.target_system, _targets(each, drawn)) for each in maps]
    stood_before = _predecessors(content)
    led_to += [(system, _previous(stood_before, system, codes)) for system, codes in drawn.items()]
    kept = {
        system: pc.unique(pa.concat_arrays([codes, *(found for other, found in led_to if other == system)]))
        for system, codes in drawn.items()
    }
    return Sample(drawn, kept)


def _predecessors(content: NormalisedContent) -> pa.Table:
    episodes = derive_history(derive_timelines(content.listings), content.conversions)
    return derive_predecessors(content.conversions, derive_billable_episodes(episodes))


def _previous(predecessors: pa.Table, system: str, codes: pa.Array) -> pa.Array:
    """What stood before the codes of a system."""
    own = predecessors.filter(pc.and_(pc.equal(predecessors["system"], system), pc.is_in(predecessors["code"], codes)))
    return pc.drop_null(own["previous"]).combine_chunks()


def _draw(system: str, listings: Sequence[Listing]) -> pa.Array:
    """Codes of a system by category. One that some list lacks has more of a chance than one that all have."""
    counts = pc.value_counts(pa.concat_tables([each.rows.select(["code"]) for each in listings])["code"])
    codes, listed = counts.field("values"), counts.field("counts")
    lots = {each: crc32(f"{system} {each}".encode()) % 1000 for each in pc.unique(_category(codes)).to_pylist()}
    lot = pa.array(lots.values()).take(pc.index_in(_category(codes), pa.array(lots)))
    wanted = pc.if_else(pc.less(listed, pc.max(listed)), OF_THOUSAND[True], OF_THOUSAND[False])
    return codes.filter(pc.less(lot, wanted))


def _category(codes: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(codes, 0, CATEGORY)


def _targets(published: PublishedMap, drawn: CodesOf) -> pa.Array:
    """What a map leads to from the codes that were drawn; from a system without a listing, all."""
    rows, system = published.rows, published.entry.source_system
    own = rows.filter(_is_of(rows["source_code"], system, drawn)) if system in drawn else rows
    return pc.drop_null(own["target_code"]).combine_chunks()


def _is_of(codes: pa.ChunkedArray, system: str, known: CodesOf) -> pa.ChunkedArray:
    return pc.is_in(codes, known.get(system, pa.array([], pa.string())))
