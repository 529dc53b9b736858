"""Groupings of AHRQ's and CMS's: CCS, chronic conditions, comorbidities, procedure classes; known_answers_2.md, 14."""

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import ReadTable
from tests.official.corpus import crosswalk_facts, facts_of

OF_ICD10CM = ("ccs_icd10cm", "cci_icd10cm", "cci_body_system_icd10cm")
COUNTED = {
    name: facts
    for name, facts in crosswalk_facts("by_category").items()
    if name in {*OF_ICD10CM, "elixhauser_icd10cm", "procedure_classes_icd10pcs"}
}
REFINED = facts_of("elixhauser_refined", "by_category")
VERSIONS = list(REFINED)  # the oldest first


@pytest.fixture(scope="module")
def mappings(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "mappings")


@pytest.fixture(scope="module")
def categories(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "categories")


def of(table: pd.DataFrame, crosswalk: str) -> pd.DataFrame:
    """The rows of a crosswalk: of mappings those that the publisher prints."""
    own = table[table["crosswalk"] == crosswalk]
    return own[own["target_code"].notna() & (own["origin"] == "published")] if "status" in own else own


def flags_of(mappings: pd.DataFrame, release: str) -> pd.DataFrame:
    """The rows of the refined measures that stand in a version."""
    own = of(mappings, "elixhauser_refined_icd10cm")
    first, last = (own[name].map(VERSIONS.index) for name in ("release_from", "release_to"))
    place = VERSIONS.index(release)
    return own[(first <= place) & (last >= place)]


def values_of(mappings: pd.DataFrame, crosswalk: str, code: str) -> set[str]:
    own = of(mappings, crosswalk)
    return set(own.loc[(own["source_code"] == code) & own["newest"], "target_code"])


@pytest.mark.parametrize("crosswalk", COUNTED)
def test_categories_have_the_counted_codes(crosswalk: str, mappings: pd.DataFrame) -> None:
    facts, sizes = COUNTED[crosswalk], of(mappings, crosswalk)["target_code"].value_counts().to_dict()
    told = facts["by_category"]
    assert {category: sizes[category] for category in told} == told
    assert len(sizes) == facts["targets"]


def test_ccs_of_both_systems_of_diagnoses_has_the_same_categories(
    mappings: pd.DataFrame, categories: pd.DataFrame
) -> None:
    assert {*of(mappings, "ccs_icd10cm")["target_code"]} == {*of(mappings, "ccs_icd9cm")["target_code"]}
    places = of(categories, "ccs_icd10cm")["multi_level"]
    facts = crosswalk_facts("levels")["ccs_icd10cm"]
    assert places[places.str.contains(".", regex=False)].nunique() == facts["levels"]
    assert places.str.partition(".")[0].nunique() == facts["tops"]


@pytest.mark.parametrize("crosswalk", [*OF_ICD10CM, "procedure_classes_icd10pcs"])
def test_codes_that_ahrq_alone_lists_are_told_and_those_of_its_days_all_have_a_category(
    crosswalk: str, mappings: pd.DataFrame, official_build: Path, read_table: ReadTable
) -> None:
    told = crosswalk_facts("never_listed")["ccs_icd10cm" if crosswalk in OF_ICD10CM else crosswalk]["never_listed"]
    exceptions = of(read_table(official_build, "crosswalk_exceptions"), crosswalk).query(
        "exception == 'unlisted_source'"
    )
    assert set(exceptions["source_code"]) <= set(told)
    lacking = mappings[(mappings["crosswalk"] == crosswalk) & mappings["target_code"].isna()]
    assert "not_assigned" not in set(lacking["status"])
    assert {*told} <= {*of(mappings, crosswalk)["source_code"]}


@pytest.mark.parametrize("release", VERSIONS)
def test_flags_of_the_refined_measures_are_those_of_every_version(release: str, mappings: pd.DataFrame) -> None:
    own, facts = flags_of(mappings, release), REFINED[release]
    sizes, per_code = own["target_code"].value_counts(), own.groupby("source_code").size().value_counts()
    assert {name: int(sizes[name]) for name in facts["by_category"]} == facts["by_category"]
    assert {str(flags): int(codes) for flags, codes in per_code.items()} == facts["by_flags"]
    assert len(sizes) == 39


@pytest.mark.parametrize(("before", "release"), [*pairwise(VERSIONS)])
def test_versions_of_the_refined_measures_differ_by_the_codes_that_came_and_went(
    before: str, release: str, mappings: pd.DataFrame
) -> None:
    older, newer = (
        flags_of(mappings, each).groupby("source_code")["target_code"].agg(frozenset) for each in (before, release)
    )
    assert sorted({*older.index} - {*newer.index}) == REFINED[release]["dropped"]
    assert len({*newer.index} - {*older.index}) == REFINED[release]["added"]
    common = older.index.intersection(newer.index)
    assert (older[common] == newer[common]).all()


def test_measures_say_whether_they_use_what_was_present_on_admission(categories: pd.DataFrame) -> None:
    own = of(categories, "elixhauser_refined_icd10cm").set_index("category")
    assert (own["uses_poa"].notna().all(), len(own)) == (True, 39)
    assert (own.loc["HF", "uses_poa"], own.loc["AIDS", "uses_poa"]) == (True, False)
    assert own.loc["ANEMDEF", "title"] == "Anemias due to other nutritional deficiencies"


def test_well_known_codes_have_their_comorbidities(mappings: pd.DataFrame) -> None:
    refined = {
        "I110": {"HF", "HTN_CX"}, "I10": {"HTN_UNCX"}, "E119": {"DIAB_UNCX"}, "E1122": {"DIAB_CX"}, "B20": {"AIDS"},
        "C7951": {"CANCER_METS"}, "D649": {"ANEMDEF"}, "N186": {"RENLFL_SEV"}, "I2510": set(),
        "I132": {"HF", "HTN_CX", "RENLFL_SEV"},
    }  # fmt: skip
    assert {code: values_of(mappings, "elixhauser_refined_icd10cm", code) for code in refined} == refined
    assert values_of(mappings, "elixhauser_icd10cm", "I110") == {"HTNWCHF"}
    assert values_of(mappings, "elixhauser_icd10cm", "B20") == {"AIDS"}
    assert values_of(mappings, "cci_icd10cm", "I10") == {"1"}
    assert values_of(mappings, "cci_body_system_icd10cm", "W19XXXA") == {"None"}


def test_categories_of_every_model_have_titles_with_their_source(categories: pd.DataFrame) -> None:
    own = categories[categories["crosswalk"].str.startswith("hcc_")]
    titled = own[own["title"].notna()].groupby("crosswalk").size().to_dict()
    assert titled == {
        "hcc_cms_v22": 79, "hcc_cms_v24": 86, "hcc_cms_v28": 115, "hcc_esrd_v21": 87, "hcc_esrd_v24": 86,
        "hcc_rx_v08": 84,
    }  # fmt: skip
    assert len(own) == 537
    assert own["title_source"].str.startswith("CMS risk adjustment software").all()
    assert own.set_index(["crosswalk", "category"]).at[("hcc_rx_v08", "187"), "title"] == "Hypertension"


def test_categories_without_a_title_are_one_that_stands_for_none(categories: pd.DataFrame) -> None:
    """MDC 15 and 20 have no surgical group, so that no appendix names them; body system None of CCI is a value."""
    lacking = categories[categories["title"].isna()]
    assert [*zip(lacking["crosswalk"], lacking["category"], strict=True)] == [("cci_body_system_icd10cm", "None")]
    named = categories[(categories["crosswalk"] == "mdc_icd10cm") & categories["title_source"].notna()]
    assert {*named["category"]} == {"15", "20"}
