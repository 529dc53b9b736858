"""The versions of CCSR on the official files: figures of both, what changed between them, and what is carried on."""

from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import ReadTable
from tests.oracles.carried import score_carried

CCSR = "ccsr_icd10cm"
OLD, NEW = "2019-1", "2023-1"


@pytest.fixture
def ccsr(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    """The rows of CCSR as published, of every version."""
    mappings = read_table(official_build, "mappings")
    return mappings[(mappings["crosswalk"] == CCSR) & (mappings["origin"] == "published")]


def of_version(rows: pd.DataFrame, release: str) -> pd.DataFrame:
    """The rows that stand in a version."""
    return rows[(rows["release_from"] <= release) & (rows["release_to"] >= release)]


def test_each_version_has_the_figures_of_its_file(official_build: Path, read_table: ReadTable) -> None:
    versions = read_table(official_build, "grouping_versions")
    own = versions[versions["crosswalk"] == CCSR].set_index("release")
    figures = own[["raw_rows", "mappings", "sources", "targets"]].astype(int)
    assert figures.loc[OLD].tolist() == [82_401, 82_401, 72_436, 538]
    assert figures.loc[NEW].tolist() == [86_288, 86_288, 74_549, 543]
    assert own["newest"].to_dict() == {OLD: False, NEW: True}


def test_the_rows_of_a_version_are_those_of_its_file(ccsr: pd.DataFrame) -> None:
    old = of_version(ccsr, OLD).groupby("source_code").size().value_counts().sort_index()
    assert old.tolist() == [64_791, 5_728, 1_535, 361, 21]
    assert len(of_version(ccsr, NEW)) == 86_288
    assert not of_version(ccsr, NEW).duplicated(["source_code", "target_code"]).any()


def test_rows_of_both_versions_stand_once(ccsr: pd.DataFrame) -> None:
    runs = ccsr.groupby(["release_from", "release_to", "newest"]).size().to_dict()
    assert runs == {(OLD, OLD, False): 692, (OLD, NEW, True): 81_709, (NEW, NEW, True): 4_579}


def test_codes_of_both_versions_that_have_another_set_of_categories(ccsr: pd.DataFrame) -> None:
    """Every category that came or went counts, whatever its place: 1,523 of the 72,436 codes of 2019."""
    old, new = (of_version(ccsr, name).groupby("source_code")["target_code"].agg(frozenset) for name in (OLD, NEW))
    assert set(old.index) <= set(new.index)
    assert (old != new.loc[old.index]).sum() == 1_523


def test_codes_that_are_newer_than_the_newest_version_have_what_they_were_before(
    official_build: Path, read_table: ReadTable
) -> None:
    mappings = read_table(official_build, "mappings")
    ours = mappings[(mappings["crosswalk"] == CCSR) & (mappings["origin"] == "derived")]
    carried, without = ours[ours["target_code"].notna()], ours[ours["target_code"].isna()]
    assert ours["source_code"].nunique() == 1_176  # as many as are billable today and have none in 2023-1
    assert carried["path"].notna().all() and carried["newest"].all() and carried["release_from"].isna().all()
    assert set(without["status"]) == {"newer_than_map"}
    exceptions = read_table(official_build, "crosswalk_exceptions")
    candidates = exceptions[(exceptions["crosswalk"] == CCSR) & (exceptions["exception"] == "candidate")]
    assert set(candidates["source_code"]) <= set(without["source_code"])
    # Class 3 obesity was morbid obesity due to excess calories or other obesity: both are END009.
    assert carried.loc[carried["source_code"] == "E66813", "target_code"].tolist() == ["END009"]


def test_condition_categories_and_operations_under_surveillance_are_not_carried(
    official_build: Path, read_table: ReadTable
) -> None:
    """A code that they lack has none, by its publisher's word for the year."""
    mappings = read_table(official_build, "mappings")
    partial = mappings["crosswalk"].str.startswith("hcc_") | (mappings["crosswalk"] == "nhsn_icd10pcs")
    assert set(mappings.loc[partial, "origin"]) == {"published"}


def test_nine_of_ten_carried_categories_are_those_that_the_publisher_gave_later(official_build: Path) -> None:
    score = score_carried(official_build, CCSR, OLD, NEW)
    assert score.hidden == 2_113
    assert score.precision >= 0.90
    assert score.recall >= 0.85
