"""One row per layout: who reads its parts, and what comes of them. `normalised` has what comes of releases read.

A new layout is a module with its reader, where it has a meaning of its own a rule, and a row here. A catalogue file may
name a layout that has no row: its releases are known and fetched, and not read.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from pipeline.catalogue.sources import Source
from pipeline.catalogue.survey import SUMS, RawRelease, Survey
from pipeline.crosswalk.published.gem_maps import gem_maps, reimbursement_maps
from pipeline.crosswalk.published.grouper_maps import grouper_maps
from pipeline.crosswalk.published.maps import MapRule
from pipeline.crosswalk.published.mdc_maps import mdc_maps
from pipeline.crosswalk.published.ndc_maps import ndc_maps
from pipeline.crosswalk.published.range_maps import range_maps
from pipeline.crosswalk.published.service_type_maps import service_type_maps
from pipeline.crosswalk.registry import grouping_sources
from pipeline.crosswalk.unlisted import AbsentListings
from pipeline.ingest import Figures, Reader, TextFrame, ingest
from pipeline.ingest.addenda import read_order_addenda
from pipeline.ingest.anweb_figures import WHOLE_ANWEB_FILES
from pipeline.ingest.anweb_workbook import read_anweb_records
from pipeline.ingest.asp_ndc import read_asp_ndc
from pipeline.ingest.betos import read_betos, read_rbcs
from pipeline.ingest.causes_113 import WHOLE_PROGRAM, read_causes_113
from pipeline.ingest.cci import read_cci
from pipeline.ingest.ccs import read_ccs
from pipeline.ingest.ccs_icd10 import read_ccs_icd10
from pipeline.ingest.ccs_services import read_ccs_services
from pipeline.ingest.ccsr import read_ccsr_csv, read_ccsr_workbook
from pipeline.ingest.conversion import read_icd10cm_conversion, read_icd10pcs_conversion
from pipeline.ingest.elixhauser import read_elixhauser_formats, read_elixhauser_refined
from pipeline.ingest.gem import WHOLE_GEM, read_gem
from pipeline.ingest.hcc import read_hcc
from pipeline.ingest.icd9_conversion import read_icd9cm_conversion
from pipeline.ingest.icd9_titles import (
    WHOLE_DIAGNOSIS_TITLES,
    WHOLE_PROCEDURE_TITLES,
    read_diagnosis_titles,
    read_procedure_titles,
    read_title_csv,
)
from pipeline.ingest.ipps_tables import read_complete_list, read_drg_weights
from pipeline.ingest.lab_ncd import read_lab_ncd
from pipeline.ingest.licensed import (
    read_cpt_columns,
    read_cpt_modifiers,
    read_cpt_tab,
    read_who_blocks,
    read_who_chapters,
    read_who_codes,
)
from pipeline.ingest.mcd_exports import MCD_READERS
from pipeline.ingest.mortality import WHOLE_CAUSES, read_icd9_causes, read_icd10_causes
from pipeline.ingest.msdrg_complications import WHOLE_COMPLICATIONS, read_complications
from pipeline.ingest.msdrg_conditions import WHOLE_CONDITIONS, read_msdrg_conditions
from pipeline.ingest.msdrg_groups import read_diagnosis_groups, read_msdrg_groups
from pipeline.ingest.msdrg_procedures import read_msdrg_procedures
from pipeline.ingest.nhsn import read_nhsn
from pipeline.ingest.order_file import WHOLE_ORDER_FILES, read_order_file
from pipeline.ingest.poa_exempt import read_exempt_codes, read_exempt_readme, read_exempt_revisions
from pipeline.ingest.procedure_classes import read_procedure_classes
from pipeline.ingest.reimbursement import read_reimbursement
from pipeline.ingest.tabular import read_tabular_rtf, read_tabular_xml
from pipeline.ingest.tabular_figures import WHOLE_TABULAR_LISTS
from pipeline.normalise import ListingRule
from pipeline.normalise.article_policies import article_policies
from pipeline.normalise.causes_of_death import icd9_cause_listings, icd10_cause_listings, who_listings
from pipeline.normalise.conversions import icd10cm_conversions, icd10pcs_conversions
from pipeline.normalise.cpt import cpt_listings
from pipeline.normalise.hcpcs import hcpcs_listings
from pipeline.normalise.hcpcs_successors import hcpcs_successors
from pipeline.normalise.icd import icd9_heading_listings, icd9_title_listings, order_file_listings
from pipeline.normalise.icd9_conversions import icd9cm_conversions
from pipeline.normalise.msdrg_rules import msdrg_rules
from pipeline.normalise.ndc_units import UnitsRule, ndc_units
from pipeline.normalise.policies import PolicyRule, lab_ncd_policies
from pipeline.normalise.rules_of_use import UseRules, cci_rules, ipps_rules, poa_rules
from pipeline.normalise.sections import icd9_sections, icd10cm_sections
from pipeline.normalise.service_lists import betos_listings, rbcs_listings
from pipeline.normalise.tabular_texts import TextsRule, icd9_texts, icd10cm_texts

SectionRule = Callable[[TextFrame], pa.Table]
ConversionRule = Callable[[TextFrame, str], pa.Table]


@dataclass(frozen=True)
class Layout:
    """One shape of a publisher's files: the reader of each part, and the rules for what comes of the parts.

    A rule that a layout lacks means that nothing of this kind is in it. `needs` is the part that must be there.
    `figures` are the check figures of each part that hold of whole files; those of every file are with its reader.
    """

    readers: Mapping[str, Reader]
    listings: ListingRule | None = None
    maps: MapRule | None = None
    sections: SectionRule | None = None
    conversions: ConversionRule | None = None
    policies: PolicyRule | None = None
    units: UnitsRule | None = None
    texts: TextsRule | None = None
    rules: UseRules | None = None
    needs: str | None = None
    figures: Figures = field(default_factory=dict)

    @property
    def lists_only(self) -> bool:
        """Whether listings are all that comes of its files."""
        others = (self.maps, self.sections, self.conversions, self.policies, self.units, self.texts, self.rules)
        return self.listings is not None and not any(others)


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
        figures={
            **dict.fromkeys(("dx_short", "dx_long", "dx_titles"), WHOLE_DIAGNOSIS_TITLES),
            **dict.fromkeys(("px_short", "px_long", "px_titles"), WHOLE_PROCEDURE_TITLES),
        },
    ),
    "anweb": Layout(
        {"records": read_anweb_records},
        listings=hcpcs_listings,
        conversions=hcpcs_successors,
        needs="records",
        figures={"records": WHOLE_ANWEB_FILES},
    ),
    "mortality_list": Layout(
        {"list": read_icd10_causes}, listings=icd10_cause_listings, figures={"list": WHOLE_CAUSES}
    ),
    "betos": Layout({"categories": read_betos}, listings=betos_listings, maps=service_type_maps),
    "rbcs": Layout({"taxonomy": read_rbcs}, listings=rbcs_listings, maps=service_type_maps),
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
    "tabular_xml": Layout(
        {"tabular": read_tabular_xml},
        sections=icd10cm_sections,
        texts=icd10cm_texts,
        figures={"tabular": WHOLE_TABULAR_LISTS},
    ),
    "tabular_rtf": Layout(
        {"dx": read_tabular_rtf, "px": read_tabular_rtf},
        listings=icd9_heading_listings,
        sections=icd9_sections,
        texts=icd9_texts,
    ),
    "gem": Layout(
        {"forward": read_gem, "backward": read_gem},
        maps=gem_maps,
        figures={"forward": WHOLE_GEM, "backward": WHOLE_GEM},
    ),
    "reimbursement": Layout({"map": read_reimbursement}, maps=reimbursement_maps),
    "ccsr": Layout({"mapping": read_ccsr_csv, "workbook": read_ccsr_workbook}, maps=grouper_maps),
    "ccs": Layout({"mapping": read_ccs}, maps=grouper_maps),
    "ccs_icd10": Layout({"mapping": read_ccs_icd10}, maps=grouper_maps),
    "cci": Layout({"indicator": read_cci}, maps=grouper_maps, rules=cci_rules),
    "elixhauser": Layout({"formats": read_elixhauser_formats, "workbook": read_elixhauser_refined}, maps=grouper_maps),
    "procedure_classes": Layout({"classes": read_procedure_classes}, maps=grouper_maps),
    "nhsn_pcs": Layout({"workbook": read_nhsn}, maps=grouper_maps),
    "nhsn_cpt": Layout({"workbook": read_nhsn}, maps=grouper_maps),
    "ccs_services": Layout({"mapping": read_ccs_services}, maps=range_maps),
    "hcc": Layout({"mapping": read_hcc}, maps=grouper_maps),
    "asp_ndc_hcpcs": Layout({"crosswalk": read_asp_ndc}, maps=ndc_maps, units=ndc_units, needs="crosswalk"),
    "nchs_113": Layout({"program": read_causes_113}, maps=grouper_maps, figures={"program": WHOLE_PROGRAM}),
    "mcd_exports": Layout(MCD_READERS, policies=article_policies, needs="articles"),
    "poa_exempt": Layout(
        {
            "list": read_exempt_codes,
            "add": read_exempt_codes,
            "delete": read_exempt_codes,
            "revise": read_exempt_revisions,
            "readme": read_exempt_readme,
        },
        rules=poa_rules,
        needs="list",
    ),
    "msdrg_definitions": Layout(
        {
            "groups": read_msdrg_groups,
            "diagnoses": read_diagnosis_groups,
            "complications": read_complications,
            "procedures": read_msdrg_procedures,
            "lists": read_msdrg_conditions,
        },
        maps=mdc_maps,
        rules=msdrg_rules,
        figures={"complications": WHOLE_COMPLICATIONS, "lists": WHOLE_CONDITIONS},
    ),
    "ipps_tables": Layout(
        {"weights": read_drg_weights, "mcc": read_complete_list, "cc": read_complete_list}, rules=ipps_rules
    ),
    "lab_ncd": Layout({"list": read_lab_ncd}, policies=lab_ncd_policies, needs="list"),
}


def is_read(source: Source) -> bool:
    """Whether this version has a row for the layout of a source: what has one goes into a table."""
    return source.layout in LAYOUTS


def require_readable(delivery: RawRelease) -> None:
    """Raises RawFileError where a file is not what the readers of its layout take. Without a layout nobody can tell."""
    if layout := LAYOUTS.get(delivery.source.layout):
        ingest(delivery, layout.readers, layout.figures)


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
        if lists_codes(source) and not source.licensed and release.url_status == "confirmed"
        if (source.source, release.release) not in here
        for system in source.systems
    )
    listed = {system for each in seen.found if lists_codes(each.source) for system in each.source.systems}
    return {system: AbsentListings(count, system in listed) for system, count in absent.items()}


def lists_codes(source: Source) -> bool:
    """Whether listings of codes come of a source, headings and sections aside."""
    layout = LAYOUTS.get(source.layout)
    return layout is not None and layout.listings is not None and layout.sections is None


def is_of_newest(source: Source) -> bool:
    """Whether tables are made from the newest release of a source alone: a map or a list of policies says all that its
    publisher says today, where it lists no codes and nothing of it is told quarter by quarter. Of a grouping every
    version is told."""
    layout = LAYOUTS[source.layout]
    if layout.listings is not None or layout.units is not None or source.source in grouping_sources():
        return False
    return layout.maps is not None or layout.policies is not None


def is_mapped(source: Source, *, is_newest: bool) -> bool:
    """Whether maps are made from a release of a source: of one that lists codes or is a grouping from all, else from
    the newest."""
    layout = LAYOUTS[source.layout]
    is_of_all = layout.listings is not None or source.source in grouping_sources()
    return layout.maps is not None and (is_newest or is_of_all)
