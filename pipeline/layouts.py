"""One row per layout: who reads its parts, and what comes of them; and, kind by kind, what comes of releases read.

A new layout is a module with its reader, where it has a meaning of its own a rule, and a row here. A catalogue file may
name a layout that has no row: its releases are known and fetched, and not read.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import pyarrow as pa

from pipeline.catalogue.sources import Source
from pipeline.catalogue.survey import SUMS, Survey
from pipeline.crosswalk.published.gem_maps import gem_maps, reimbursement_maps
from pipeline.crosswalk.published.grouper_maps import grouper_maps
from pipeline.crosswalk.published.maps import MapRule, PublishedMap
from pipeline.crosswalk.published.ndc_maps import ndc_maps
from pipeline.crosswalk.published.range_maps import range_maps
from pipeline.crosswalk.unlisted import AbsentListings
from pipeline.errors import RawFileError, raise_all
from pipeline.ingest import Figures, IngestedRelease, Reader, TextFrame
from pipeline.ingest.addenda import read_order_addenda
from pipeline.ingest.anweb_workbook import read_anweb_records
from pipeline.ingest.asp_ndc import read_asp_ndc
from pipeline.ingest.causes_113 import read_causes_113
from pipeline.ingest.ccs_services import read_ccs_services
from pipeline.ingest.conversion import read_icd10cm_conversion, read_icd10pcs_conversion
from pipeline.ingest.gem import read_gem
from pipeline.ingest.groupers import read_ccs, read_ccs_procedures, read_ccsr_csv, read_ccsr_workbook, read_hcc
from pipeline.ingest.icd9_conversion import read_icd9cm_conversion
from pipeline.ingest.icd9_titles import read_diagnosis_titles, read_procedure_titles, read_title_csv
from pipeline.ingest.licensed import (
    read_cpt_columns,
    read_cpt_modifiers,
    read_cpt_tab,
    read_who_blocks,
    read_who_chapters,
    read_who_codes,
)
from pipeline.ingest.mortality import read_icd9_causes, read_icd10_causes
from pipeline.ingest.nhsn import read_nhsn
from pipeline.ingest.order_file import WHOLE_ORDER_FILES, read_order_file
from pipeline.ingest.reimbursement import read_reimbursement
from pipeline.ingest.tabular import read_tabular_rtf, read_tabular_xml
from pipeline.normalise import ListingRule, by_part, normalise, require_part
from pipeline.normalise.addenda_counts import AddendaCount, count_addenda
from pipeline.normalise.causes_of_death import icd9_cause_listings, icd10_cause_listings, who_listings
from pipeline.normalise.conversions import CONVERSION_COLUMNS, icd10cm_conversions, icd10pcs_conversions
from pipeline.normalise.cpt import cpt_listings
from pipeline.normalise.editions import reconstruct_edition
from pipeline.normalise.hcpcs import hcpcs_listings
from pipeline.normalise.hcpcs_successors import hcpcs_successors
from pipeline.normalise.icd import icd9_heading_listings, icd9_title_listings, order_file_listings
from pipeline.normalise.icd9_conversions import icd9cm_conversions
from pipeline.normalise.listing import Listing
from pipeline.normalise.ndc_units import UNIT_COLUMNS, UnitsRule, ndc_units
from pipeline.normalise.sections import combine_sections, icd9_sections, icd10cm_sections

SectionRule = Callable[[TextFrame], pa.Table]
Derived = TypeVar("Derived")
ConversionRule = Callable[[TextFrame, str], pa.Table]


@dataclass(frozen=True)
class Layout:
    """One shape of a publisher's files: the reader of each part, and the rules for what comes of the parts.

    A rule that a layout lacks means that nothing of this kind is in it. `needs` is the part that must be there.
    `is_slow` says that its readers hold the interpreter for seconds, so that a large file is read in another process.
    `figures` are the check figures of each part that hold of whole files; those of every file are with its reader.
    """

    readers: Mapping[str, Reader]
    listings: ListingRule | None = None
    maps: MapRule | None = None
    sections: SectionRule | None = None
    conversions: ConversionRule | None = None
    units: UnitsRule | None = None
    needs: str | None = None
    is_slow: bool = False
    figures: Figures = field(default_factory=dict)


LAYOUTS: dict[str, Layout] = {
    "order_file": Layout(
        {"order": read_order_file, "addenda": read_order_addenda},
        listings=order_file_listings,
        needs="order",
        figures={"order": WHOLE_ORDER_FILES},
    ),
    "icd9_titles": Layout(
        {
            "dx_short": read_diagnosis_titles,
            "dx_long": read_diagnosis_titles,
            "px_short": read_procedure_titles,
            "px_long": read_procedure_titles,
            "dx_titles": read_title_csv,
            "px_titles": read_title_csv,
        },
        listings=icd9_title_listings,
    ),
    "anweb": Layout(
        {"records": read_anweb_records}, listings=hcpcs_listings, conversions=hcpcs_successors, needs="records"
    ),
    "mortality_list": Layout({"list": read_icd10_causes}, listings=icd10_cause_listings),
    "ucod": Layout({"list": read_icd9_causes}, listings=icd9_cause_listings),
    "cpt_files": Layout(
        {
            "long": read_cpt_tab,
            "medium": read_cpt_columns,
            "short": read_cpt_columns,
            "modifiers": read_cpt_modifiers,
        },
        listings=cpt_listings,
    ),
    "who_meta": Layout(
        {"codes": read_who_codes, "chapters": read_who_chapters, "blocks": read_who_blocks},
        listings=who_listings,
        needs="codes",
    ),
    "icd10cm_conversion": Layout({"table": read_icd10cm_conversion}, conversions=icd10cm_conversions),
    "icd10pcs_conversion": Layout({"table": read_icd10pcs_conversion}, conversions=icd10pcs_conversions),
    "icd9cm_conversion": Layout({"table": read_icd9cm_conversion}, conversions=icd9cm_conversions),
    "tabular_xml": Layout({"tabular": read_tabular_xml}, sections=icd10cm_sections),
    "tabular_rtf": Layout(
        {"dx": read_tabular_rtf, "px": read_tabular_rtf},
        listings=icd9_heading_listings,
        sections=icd9_sections,
        is_slow=True,
    ),
    "gem": Layout({"forward": read_gem, "backward": read_gem}, maps=gem_maps),
    "reimbursement": Layout({"map": read_reimbursement}, maps=reimbursement_maps),
    "ccsr": Layout({"mapping": read_ccsr_csv, "workbook": read_ccsr_workbook}, maps=grouper_maps),
    "ccs": Layout({"mapping": read_ccs}, maps=grouper_maps),
    "ccs_icd10pcs": Layout({"mapping": read_ccs_procedures}, maps=grouper_maps),
    "nhsn_pcs": Layout({"workbook": read_nhsn}, maps=grouper_maps),
    "nhsn_cpt": Layout({"workbook": read_nhsn}, maps=grouper_maps),
    "ccs_services": Layout({"mapping": read_ccs_services}, maps=range_maps),
    "hcc": Layout({"mapping": read_hcc}, maps=grouper_maps),
    "asp_ndc_hcpcs": Layout({"crosswalk": read_asp_ndc}, maps=ndc_maps, units=ndc_units, needs="crosswalk"),
    "nchs_113": Layout({"program": read_causes_113}, maps=grouper_maps),
}


def is_read(source: Source) -> bool:
    """Whether this version has a row for the layout of a source: what has one goes into a table."""
    return source.layout in LAYOUTS


def absent_listings(seen: Survey) -> dict[str, AbsentListings]:
    """The systems of which listings are posted and not here. A folder with hashes of its own is a sample: it lacks
    none.

    Files that give headings alone (with their sections) and licensed files, which nobody fetches, do not count.
    """
    if (seen.raw / SUMS).is_file():
        return {}
    here = {(each.source.source, each.release.release) for each in seen.found}
    absent = Counter(
        system
        for source, release in seen.missing
        if _lists_codes(source) and not source.licensed and release.url_status == "confirmed"
        if (source.source, release.release) not in here
        for system in source.systems
    )
    listed = {system for each in seen.found if _lists_codes(each.source) for system in each.source.systems}
    return {system: AbsentListings(count, system in listed) for system, count in absent.items()}


def _lists_codes(source: Source) -> bool:
    layout = LAYOUTS.get(source.layout)
    return layout is not None and layout.listings is not None and layout.sections is None


def _of_each(ingested: list[IngestedRelease], derive: Callable[[IngestedRelease], list[Derived]]) -> list[Derived]:
    """What comes of each release; one that is refused keeps no other back. Raises when all were tried."""
    found: list[Derived] = []
    problems: list[RawFileError] = []
    for each in ingested:
        try:
            found += derive(each)
        except RawFileError as problem:
            problems.append(problem)
    raise_all(problems)
    return found


def listings_of(ingested: list[IngestedRelease], *, with_licensed_text: bool = False) -> list[Listing]:
    """The listings of releases. Raises RawFileError where one is refused or lacks the part that it needs, SeveralFailed
    where more than one is."""

    def of_one(each: IngestedRelease) -> list[Listing]:
        layout, parts = LAYOUTS[each.delivery.source.layout], by_part(each.frames)
        if layout.needs:
            require_part(each.delivery, parts, layout.needs)
        if layout.listings is None:
            return []
        return normalise(each.delivery, parts, layout.listings, with_licensed_text=with_licensed_text)

    return _of_each(ingested, of_one)


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


def is_of_newest(source: Source) -> bool:
    """Whether tables are made from the newest release of a source alone: a map says all that its publisher says today,
    where nothing of it is told quarter by quarter."""
    layout = LAYOUTS[source.layout]
    return layout.maps is not None and layout.units is None


def maps_of(ingested: list[IngestedRelease]) -> list[PublishedMap]:
    """The published maps of releases, of each source those of the newest. Raises as `listings_of` does."""
    newest = {
        each.delivery.source.source: each
        for each in sorted(ingested, key=lambda each: each.delivery.release.effective_from)
    }

    def of_one(each: IngestedRelease) -> list[PublishedMap]:
        rule = LAYOUTS[each.delivery.source.layout].maps
        return rule(each.delivery, by_part(each.frames)) if rule else []

    return _of_each([each for each in ingested if newest[each.delivery.source.source] is each], of_one)


def units_of(ingested: list[IngestedRelease]) -> pa.Table:
    """The drug products of every release and the codes that they are billed by. Raises as `listings_of` does."""

    def of_one(each: IngestedRelease) -> list[pa.Table]:
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


def conversions_of(ingested: list[IngestedRelease]) -> pa.Table:
    """The rows of every conversion table. Raises as `listings_of` does."""

    def of_one(each: IngestedRelease) -> list[pa.Table]:
        rule = LAYOUTS[each.delivery.source.layout].conversions
        return [rule(frame, each.delivery.release.release) for frame in each.frames] if rule else []

    return pa.concat_tables([CONVERSION_COLUMNS.empty_table(), *_of_each(ingested, of_one)])
