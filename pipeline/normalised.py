"""What comes of releases that were read, kind by kind: listings, maps, policies, rules of use, units, sections, texts,
conversions, counts.

The rules are those of the layouts (`pipeline.layouts`).
"""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import pyarrow as pa

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.published.maps import PublishedMap
from pipeline.crosswalk.unlisted import AbsentListings, DeclaredUnlisted
from pipeline.errors import RawFileError, raise_all
from pipeline.history.carried_rules import derive_carried_rules
from pipeline.history.code_rules import derive_code_rules
from pipeline.history.horizon import Horizon
from pipeline.ingest import IngestedRelease
from pipeline.layouts import LAYOUTS, is_mapped
from pipeline.normalise import by_part, normalise, require_part
from pipeline.normalise.addenda_counts import AddendaCount, count_addenda
from pipeline.normalise.conversions import CONVERSION_COLUMNS
from pipeline.normalise.editions import reconstruct_edition
from pipeline.normalise.listing import Listing
from pipeline.normalise.ndc_units import UNIT_COLUMNS
from pipeline.normalise.policies import PublishedPolicies
from pipeline.normalise.rules_of_use import PublishedRules
from pipeline.normalise.sections import combine_sections
from pipeline.normalise.tabular_texts import TEXT_COLUMNS, join_editions, with_named_codes

Derived = TypeVar("Derived")
ASKED_BY_GATE: Final = ["code", "valid_from", "line"]


@dataclass(frozen=True)
class NormalisedContent:
    """What was read: the releases (superseded ones that tell of others too), their listings, maps, policies, rules of
    use and billing units; what tabular lists and conversion tables add to them; which codes of maps may be in no
    listing; what addenda print and hold; and the systems of which listings are not here."""

    deliveries: list[RawRelease]
    listings: list[Listing]
    maps: list[PublishedMap]
    policies: list[PublishedPolicies]
    rules: list[PublishedRules]
    units: pa.Table
    sections: pa.Table
    texts: dict[str, pa.Table]
    conversions: pa.Table
    declared: tuple[DeclaredUnlisted, ...]
    addenda: list[AddendaCount]
    absent: Mapping[str, AbsentListings]

    def forget_titles(self) -> None:
        """Leaves of each listing what the gate asks of it: which codes it has, from when, and on which lines.

        Half a gigabyte of a full build, which nobody needs once its history is told.
        """
        self.listings[:] = [replace(each, rows=each.rows.select(ASKED_BY_GATE)) for each in self.listings]

    def forget_maps(self) -> None:
        """Leaves no map, once all are mappings: 140 MB of a full build."""
        self.maps.clear()


def _of_each(ingested: list[IngestedRelease], derive: Callable[[IngestedRelease], list[Derived]]) -> list[Derived]:
    """What comes of each release, side by side; one that is refused keeps no other back. Raises when all were tried."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        outcomes = [threads.submit(derive, each) for each in ingested]
    found: list[Derived] = []
    problems: list[RawFileError] = []
    for each in outcomes:
        try:
            found += each.result()
        except RawFileError as problem:
            problems.append(problem)
    raise_all(problems)
    return found


def listings_of(ingested: list[IngestedRelease], *, with_licensed_text: bool = False) -> list[Listing]:
    """The listings of releases. Raises RawFileError where one is refused or lacks the part that it needs, SeveralFailed
    where more than one is."""

    def of_one(each: IngestedRelease) -> list[Listing]:
        """The listings of one release; none where it lists no codes."""
        layout, parts = LAYOUTS[each.delivery.source.layout], by_part(each.frames)
        if layout.needs:
            require_part(each.delivery, parts, layout.needs)
        if layout.listings is None:
            return []
        return normalise(each.delivery, parts, layout.listings, with_licensed_text=with_licensed_text)

    return _of_each(ingested, of_one)


def forget_listed(ingested: list[IngestedRelease]) -> None:
    """Leaves of releases that list codes and say nothing else what stands beside the list, once its listings are made:
    the text of the order files is 0.4 GB of a full build."""
    for each in ingested:
        layout = LAYOUTS[each.delivery.source.layout]
        if layout.lists_only:
            each.frames[:] = [frame for frame in each.frames if frame.part != layout.needs]


def editions_told_by(ingested: list[IngestedRelease]) -> list[Listing]:
    """The listings of editions that are not here themselves, put together from the addenda of later releases."""
    return [listing for each in ingested for listing in reconstruct_edition(each.delivery, by_part(each.frames))]


def addenda_counts_of(ingested: list[IngestedRelease], listings: list[Listing]) -> list[AddendaCount]:
    """What the order addenda of releases print of themselves, beside what was counted in them and in the listings."""
    known = {(each.delivery.source.source, each.release): each for each in listings if not each.told_by}
    counts: list[AddendaCount] = []
    for each in ingested:
        source, release, addenda = each.delivery.source, each.delivery.release, by_part(each.frames).get("addenda")
        own = known.get((source.source, release.release))
        if own and addenda:
            counts += count_addenda(addenda, own, known.get((source.source, source.base_of(release) or "")))
    return counts


def maps_of(ingested: list[IngestedRelease]) -> list[PublishedMap]:
    """The published maps of each release, one for each crosswalk in it: of groupings those of every release, of other
    maps those of the newest one of a source. `join_maps` makes one of each crosswalk.

    Raises as `listings_of` does.
    """
    newest = {
        each.delivery.source.source: each
        for each in sorted(ingested, key=lambda each: each.delivery.release.effective_from)
    }

    def of_one(each: IngestedRelease) -> list[PublishedMap]:
        """The maps of one release; none where it has no map, or a newer one takes its place."""
        source = each.delivery.source
        rule = LAYOUTS[source.layout].maps
        if rule is None or not is_mapped(source, is_newest=newest[source.source] is each):
            return []
        return rule(each.delivery, by_part(each.frames))

    return _of_each(ingested, of_one)


def policies_of(ingested: list[IngestedRelease]) -> list[PublishedPolicies]:
    """The policies of releases. Raises as `listings_of` does."""

    def of_one(each: IngestedRelease) -> list[PublishedPolicies]:
        """The policies of one release."""
        rule, parts = LAYOUTS[each.delivery.source.layout].policies, by_part(each.frames)
        return rule(each.delivery, parts) if rule else []

    return _of_each(ingested, of_one)


def rules_of(ingested: list[IngestedRelease]) -> list[PublishedRules]:
    """What releases say of the use of codes, the manual before what restates it. Raises as `listings_of` does."""

    def of_one(each: IngestedRelease) -> list[PublishedRules]:
        """The rules of one release."""
        rule, parts = LAYOUTS[each.delivery.source.layout].rules, by_part(each.frames)
        return [rule(each.delivery, parts)] if rule else []

    return _of_each(ingested, of_one)


def units_of(ingested: list[IngestedRelease]) -> pa.Table:
    """The drug products of every release and the codes that they are billed by. Raises as `listings_of` does."""

    def of_one(each: IngestedRelease) -> list[pa.Table]:
        """The products of one release, a table for each frame."""
        rule = LAYOUTS[each.delivery.source.layout].units
        return [rule(each.delivery, frame) for frame in each.frames] if rule else []

    return pa.concat_tables([UNIT_COLUMNS.empty_table(), *_of_each(ingested, of_one)])


def sections_of(ingested: list[IngestedRelease]) -> pa.Table:
    """The sections that we know without a tabular list, and then those of every tabular list, each by its newest."""
    rules = [(each, LAYOUTS[each.delivery.source.layout].sections) for each in ingested]
    lists = [
        (each.delivery.release.effective_from, rule(frame)) for each, rule in rules if rule for frame in each.frames
    ]
    return combine_sections(lists)


def texts_of(ingested: list[IngestedRelease]) -> dict[str, pa.Table]:
    """What tabular lists say beside their titles, by table: `terms`, `notes`, `seventh_characters`.

    Raises as `listings_of` does.
    """

    def of_one(each: IngestedRelease) -> list[dict[str, pa.Table]]:
        """The texts of one edition, by table."""
        rule = LAYOUTS[each.delivery.source.layout].texts
        return [rule(each.delivery, by_part(each.frames))] if rule else []

    found = _of_each(ingested, of_one)
    texts = {
        name: join_editions(pa.concat_tables([schema.empty_table(), *(each[name] for each in found)]))
        for name, schema in TEXT_COLUMNS.items()
    }
    return texts | {"notes": with_named_codes(texts["notes"])}


def conversions_of(ingested: list[IngestedRelease]) -> pa.Table:
    """The rows of every conversion table. Raises as `listings_of` does."""

    def of_one(each: IngestedRelease) -> list[pa.Table]:
        """The rows of one conversion table, a table for each frame."""
        rule = LAYOUTS[each.delivery.source.layout].conversions
        return [rule(frame, each.delivery.release.release) for frame in each.frames] if rule else []

    return pa.concat_tables([CONVERSION_COLUMNS.empty_table(), *_of_each(ingested, of_one)])


def rules_of_use(
    content: NormalisedContent, codes: pa.Table, validity: pa.Table, horizons: Mapping[str, Horizon]
) -> dict[str, pa.Table]:
    """The tables of the rules of use: what is printed in lists, and what tabular lists say, carried down to codes."""
    tabular = [each for each in content.deliveries if LAYOUTS[each.source.layout].texts]
    of_texts = {**content.texts, "sections": content.sections, "codes": codes, "validity": validity}
    return derive_code_rules(content.rules, derive_carried_rules(tabular, of_texts, horizons), codes)
