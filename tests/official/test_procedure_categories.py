"""Categories of procedures by NHSN and CCS, and what they join: known_answers_2.md, section 14."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.conftest import ReadTable
from tests.official.corpus import crosswalk_facts

CCS = crosswalk_facts("largest")["ccs_icd10pcs"]
NHSN = crosswalk_facts("by_category")["nhsn_icd10pcs"]


@pytest.fixture(scope="module")
def mappings(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "mappings")


@pytest.fixture(scope="module")
def exceptions(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "crosswalk_exceptions")


def of(table: pd.DataFrame, crosswalk: str) -> pd.DataFrame:
    """The rows of a crosswalk, of mappings or exceptions; of mappings those of the publisher's newest version."""
    own = table[table["crosswalk"] == crosswalk]
    return own[own["newest"] & (own["origin"] == "published")] if "status" in own else own


def test_categories_of_nhsn_have_the_counted_codes(mappings: pd.DataFrame) -> None:
    own = of(mappings, "nhsn_icd10pcs")
    assert own["source_code"].is_unique
    sizes = own["target_code"].value_counts().to_dict()
    assert {category: sizes[category] for category in NHSN["by_category"]} == NHSN["by_category"]


def test_what_nhsn_prints_beside_a_code_is_kept(mappings: pd.DataFrame) -> None:
    own = of(mappings, "nhsn_icd10pcs")
    added = own[own["flags"] == "status Added"]["target_code"].value_counts().to_dict()
    assert added == NHSN["added"]
    alone = own[own["flags"].str.contains("Supplemental code - alone this is NOT a")]
    assert alone["target_code"].value_counts().to_dict() == NHSN["supplemental"]


def test_codes_that_nhsn_prints_twice_are_told(exceptions: pd.DataFrame) -> None:
    again = of(exceptions, "nhsn_icd10pcs").query("exception == 'repeated'")
    assert (len(again), set(again["target_code"])) == (6, {"PACE"})
    assert {"0WHC0GZ", "0WHC4GZ"} <= set(again["source_code"])


def test_codes_of_nhsn_ahead_of_the_listings_are_declared(exceptions: pd.DataFrame) -> None:
    ahead = of(exceptions, "nhsn_icd10pcs").query("exception == 'unlisted_source'")
    assert sorted(ahead["source_code"]) == NHSN["not_listed"]


def test_categories_of_ccs_have_the_counted_codes(mappings: pd.DataFrame, exceptions: pd.DataFrame) -> None:
    own, icd9 = of(mappings, "ccs_icd10pcs"), of(mappings, "ccs_icd9proc")
    sizes = own["target_code"].value_counts().to_dict()
    assert {category: sizes[category] for category in CCS["largest"]} == CCS["largest"]
    assert max(sizes.values()) == CCS["largest"]["61"]
    only = set(icd9["target_code"]) - set(own["target_code"])
    assert sorted(only, key=int) == CCS["only_of_icd9"]
    assert set(own["target_code"]) <= set(icd9["target_code"])
    never = of(exceptions, "ccs_icd10pcs").query("exception == 'unlisted_source'")
    assert sorted(never["source_code"]) == CCS["never_listed"]


def test_every_code_of_the_days_of_ccs_has_a_category(mappings: pd.DataFrame) -> None:
    lacking = mappings[(mappings["crosswalk"] == "ccs_icd10pcs") & mappings["target_code"].isna()]
    assert set(lacking["status"]) == {"newer_than_map"}


def test_bypass_is_one_category_in_both_systems(official_build: Path) -> None:
    question = "select category from same_category where source_code = '3610' and target_code = '0210093'"
    with duckdb.connect(str(official_build / "crosswalk.duckdb"), read_only=True) as database:
        assert database.execute(question).fetchall() == [("44",)]


@pytest.mark.parametrize("pair", [("ccs_icd9proc", "ccs_icd10pcs"), ("ccs_icd10pcs", "ccs_icd9proc")], ids="_".join)
def test_a_join_counts_the_pairs_that_it_makes(
    pair: tuple[str, str], mappings: pd.DataFrame, official_build: Path, read_table: ReadTable
) -> None:
    row = read_table(official_build, "crosswalks").set_index("crosswalk").loc[crosswalk := f"same_{pair[0]}_{pair[1]}"]
    sizes = [of(mappings, name)["target_code"].value_counts() for name in pair]
    assert row["mappings"] == int((sizes[0] * sizes[1]).sum())
    shared = sizes[0].index.intersection(sizes[1].index)
    assert (row["sources"], row["targets"]) == tuple(int(size[shared].sum()) for size in sizes)
    assert mappings[mappings["crosswalk"] == crosswalk].empty


def test_agreement_of_nhsn_and_ccs_is_measured_on_pairs_of_procedures(
    mappings: pd.DataFrame, official_build: Path, read_table: ReadTable
) -> None:
    """Of the pairs of ICD-10-PCS codes in one category of NHSN, those that CCS puts into one category too."""
    nhsn = of(mappings, "nhsn_icd10pcs")[["source_code", "target_code"]]
    ccs = of(mappings, "ccs_icd10pcs").set_index("source_code")["target_code"]
    pairs = nhsn.merge(nhsn, on="target_code")
    pairs = pairs[pairs["source_code_x"] != pairs["source_code_y"]]
    agreed = pairs["source_code_x"].map(ccs) == pairs["source_code_y"].map(ccs)
    row = read_table(official_build, "crosswalks").set_index("crosswalk").loc["nhsn_icd10pcs"]
    assert row["compared_with"] == "ccs_icd10pcs"
    assert row["agreement"] == pytest.approx(agreed.fillna(False).mean())
    assert row["agreement"] == pytest.approx(0.567, abs=0.001)
