"""Codes of the rules of use stand in listings, and lists that restate one another say the same."""

from dataclasses import replace
from datetime import date

import pyarrow as pa

from pipeline.crosswalk.unlisted import AbsentListings, DeclaredUnlisted
from pipeline.gate.ruled_codes import find_restated_otherwise, find_ruled_unlisted
from pipeline.history.code_rules import derive_code_rules
from pipeline.normalise.rules_of_use import GROUP_COLUMNS, PublishedRules
from tests.history.test_code_rules import CODES, list_of

THROUGH = date(2021, 3, 31)


def tables_of(*published: PublishedRules) -> dict[str, pa.Table]:
    systems = pa.table({"system": ["ICD10CM"], "known_through": [THROUGH]})
    return derive_code_rules(published, [], CODES) | {"codes": CODES, "systems": systems}


def test_codes_that_are_listed_are_no_finding() -> None:
    assert find_ruled_unlisted(tables_of(PublishedRules([list_of(2020, "A000", "B900")])), [], {}) == []


def test_a_code_that_no_listing_has_is_found_with_its_list() -> None:
    (finding,) = find_ruled_unlisted(tables_of(PublishedRules([list_of(2020, "A000", "X999")])), [], {})
    assert "rule poa_exempt of 2019-10-01: 1 of 2 codes are in no listing of ICD10CM" in finding
    assert "X999" in finding


def test_codes_of_listings_that_are_not_here_or_later_are_allowed_for() -> None:
    codes = ["A000", "A009", "B900"] * 4
    tables = tables_of(PublishedRules([list_of(2020, *codes, "X999")]))
    assert find_ruled_unlisted(tables, [], {"ICD10CM": AbsentListings(9, True)}) != []
    assert find_ruled_unlisted(tables, [], {"ICD10CM": AbsentListings(25, True)}) == []
    later = tables_of(PublishedRules([list_of(2023, *(f"X{number}" for number in range(4)))]))
    assert find_ruled_unlisted(later, [], {}) != []


def test_what_maps_of_the_same_source_may_have_a_list_may_have() -> None:
    tables = tables_of(PublishedRules([list_of(2020, "A000", "M4717", source="cci_icd10cm")]))
    declared = DeclaredUnlisted("source", "listed by AHRQ alone", 1, ("cci_icd10cm",), "M4717")
    assert find_ruled_unlisted(tables, [declared], {}) == []
    assert find_ruled_unlisted(tables, [replace(declared, codes="M4718")], {}) != []


def test_lists_that_restate_one_another_are_compared_both_ways() -> None:
    own = list_of(2020, "A000", "A009", value="CC", rule="cc", source="manual")
    other = replace(list_of(2020, "A000", "B900", value="CC", rule="cc", source="tables"), restates=True)
    (finding,) = find_restated_otherwise([PublishedRules([own]), PublishedRules([other])])
    assert "2 codes differ between manual and tables" in finding
    assert "A009 CC: manual alone" in finding
    assert "B900 CC: tables alone" in finding
    assert find_restated_otherwise([PublishedRules([own]), PublishedRules([replace(own, source="tables")])]) == []


def groups_of(version: str | None, title: str) -> PublishedRules:
    row = {"release": "2025-10-01", "drg": "637", "version": version, "title": title}
    return PublishedRules([], groups=pa.Table.from_pylist([row], GROUP_COLUMNS))


def test_titles_of_manual_and_weights_differ_in_case_alone() -> None:
    manual = groups_of("43.0", "Diabetes with MCC")
    assert find_restated_otherwise([manual, groups_of(None, "DIABETES WITH MCC")]) == []
    (finding,) = find_restated_otherwise([manual, groups_of(None, "DIABETES WITH CC")])
    assert "groups of 2025-10-01: titles differ" in finding
