"""The terms of each table, and the sources that it is made from."""

from collections.abc import Mapping

import pandas as pd

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.normalise.systems import read_systems

PUBLIC = {"name": "US-public-domain", "title": "Work of the US Government, in the public domain in the United States"}
MIXED = {
    "name": "see-licence-column",
    "title": "Codes of the US Government's listings: public domain. CPT codes: AMA copyright. Causes of death: codes "
    "of US lists, on a WHO base. The column `licence` of `codes` says it row by row",
}
WITH_TEXT = {
    "name": "not-for-redistribution",
    "title": "Holds text of the AMA or the WHO, for the licensee who supplied it: not for redistribution",
}
MAPS = {
    "name": "see-licence-column",
    "title": "Maps and groupings of US agencies, free to use; the column `licence` of `crosswalks` says it one by one",
}
OF_MAPS = ("crosswalks", "mappings", "clusters", "crosswalk_quality", "crosswalk_exceptions")
OF_GROUPINGS = ("categories", "grouping_versions")
OF_TITLES = ("codes", "code_history")
OF_TABULAR_LISTS = ("terms", "notes", "seventh_characters")
OF_POLICIES, POLICY_LAYOUTS = ("policies", "policy_codes"), ("lab_ncd", "mcd_exports")
OF_RULES = ("code_rules", "rule_lists", "cc_exclusions", "msdrgs")
RULE_LAYOUTS = ("poa_exempt", "msdrg_definitions", "ipps_tables")
OWN = {"name": "MIT", "title": "Compiled by this project; see its licence"}
OF_TABLE = {"systems": OWN, "sections": MIXED, "releases": PUBLIC, **dict.fromkeys((*OF_MAPS, *OF_GROUPINGS), MAPS)}
OF_TABLE |= dict.fromkeys((*OF_TABULAR_LISTS, *OF_RULES), PUBLIC)


def as_sources(inputs: list[RawRelease]) -> list[dict[str, str]]:
    """The sources of some raw files, each once, with its publisher."""
    pairs = sorted({(each.source.title, each.source.publisher) for each in inputs})
    return [{"title": f"{title} ({publisher})"} for title, publisher in pairs]


def sources_of(table: str, inputs: list[RawRelease]) -> list[dict[str, str]]:
    """What a table is made from: the registry, the tabular lists beside our own chapters, policies, rules, listings,
    or maps too."""
    if table == "systems":
        return [{"title": "Registry of code systems, compiled by this project from the maintainers' pages"}]
    lists = [each for each in inputs if each.source.layout.startswith("tabular")]
    if table in OF_TABULAR_LISTS:
        return as_sources(lists)
    if table == "sections":
        return [*as_sources(lists), {"title": "Chapters and letters, compiled by this project"}]
    policies = [each for each in inputs if each.source.layout in POLICY_LAYOUTS]
    if table in OF_POLICIES:
        return as_sources(policies)
    rules = [each for each in inputs if each.source.layout in RULE_LAYOUTS]
    if table in OF_RULES:
        return as_sources([*rules, *lists])
    is_of_maps = table in {*OF_MAPS, *OF_GROUPINGS}
    inputs = [each for each in inputs if each not in policies and (is_of_maps or each not in rules)]
    maps = {entry.source for entry in read_crosswalks().values() if entry.way == "file"}
    return as_sources([each for each in inputs if is_of_maps or each.source.source not in maps])


def licences_of(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, str]]:
    """The terms of each table; text of a licensee's makes those with text not for redistribution."""
    terms = {name: OF_TABLE.get(name, MIXED) for name in tables}
    return terms | dict.fromkeys(OF_TITLES, WITH_TEXT) if _has_licensed_text(tables["codes"]) else terms


def _has_licensed_text(codes: pd.DataFrame) -> bool:
    licensed = codes["system"].isin([name for name, system in read_systems().items() if system.licensed_text])
    has_text = codes["description"].notna() | codes["short_description"].notna()
    return bool((licensed & has_text).any())
