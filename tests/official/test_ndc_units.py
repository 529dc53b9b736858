"""Drug products and the codes that they are billed by: known_answers_2.md, section 12."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import ReadTable
from tests.official.conftest import valid_on
from tests.official.corpus import crosswalk_facts

FACTS = crosswalk_facts("products_by_codes")["asp_ndc_hcpcs"]
DAY = date(2025, 10, 1)
# NDC and code: size, quantity, billing units, units per package.
QUANTITIES = {
    ("57894003001", "J1745"): (1, 1, 10, 10),
    ("00006302604", "J9271"): (4, 2, 100, 200),
    ("00023114501", "J0585"): (1, 1, 100, 100),
    ("00069130510", "Q5105"): (1, 10, 20, 200),
    ("00069130510", "Q5106"): (1, 10, 2, 20),
}


@pytest.fixture(scope="module")
def units(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "ndc_units")


def test_every_product_has_its_codes(units: pd.DataFrame) -> None:
    assert len(units) == FACTS["raw_rows"]
    assert units["code"].nunique() == FACTS["codes"]
    letters = units["code"].drop_duplicates().str[0].value_counts().to_dict()
    assert {letter: letters[letter] for letter in FACTS["codes_by_letter"]} == FACTS["codes_by_letter"]
    sizes = units.groupby("product_number")["code"].nunique().value_counts()
    assert {str(size): count for size, count in sizes.items()} == FACTS["products_by_codes"]


def test_product_numbers_that_are_no_ndc_are_kept_apart(units: pd.DataFrame) -> None:
    of_ndc = units[units["ndc"].notna()]
    assert (len(of_ndc), of_ndc["ndc"].nunique(), of_ndc["code"].nunique()) == (6_934, 6_763, 831)
    others = units[units["ndc"].isna()]
    assert others["code"].str[:2].value_counts().to_dict() == {"Q4": 1_283, "J7": 1}
    assert (of_ndc["ndc"] == of_ndc["product_number"].str.replace("-", "")).all()


def test_codes_that_are_newer_than_the_listings_are_declared(
    official_build: Path, read_table: ReadTable, units: pd.DataFrame
) -> None:
    valid = valid_on(read_table(official_build, "code_history"), "HCPCS", DAY)
    assert len(set(units["code"]) & set(valid.index)) == FACTS["codes_valid_on_the_day"]
    exceptions = read_table(official_build, "crosswalk_exceptions")
    own = exceptions[(exceptions["crosswalk"] == "asp_ndc_hcpcs") & (exceptions["exception"] == "unlisted_target")]
    of_ndc = set(units.loc[units["ndc"].notna(), "code"])
    listed = set(read_table(official_build, "codes").query("system == 'HCPCS'")["code"])
    assert set(own["target_code"]) == of_ndc - listed
    assert {"J0163", "Q9999"} <= set(own["target_code"])


@pytest.mark.parametrize(("ndc", "code"), QUANTITIES)
def test_quantities_are_as_published(ndc: str, code: str, units: pd.DataFrame) -> None:
    names = ["package_size", "package_quantity", "billing_units", "units_per_package"]
    (row,) = units.set_index(["ndc", "code"]).loc[[(ndc, code)], names].itertuples(index=False)
    assert tuple(row) == QUANTITIES[ndc, code]


def test_quantities_that_do_not_multiply_stay_as_they_are(units: pd.DataFrame) -> None:
    product = units["package_quantity"] * units["billing_units"]
    off = ((product - units["units_per_package"]).abs() > 0.02 * units["units_per_package"]).sum()
    assert off == 198


def test_the_days_are_those_of_the_quarter(units: pd.DataFrame) -> None:
    assert set(zip(units["valid_from"], units["valid_through"], strict=True)) == {(DAY, date(2025, 12, 31))}


def test_a_product_with_several_codes_has_them_as_alternatives(official_build: Path, read_table: ReadTable) -> None:
    mappings = read_table(official_build, "mappings")
    own = mappings[mappings["crosswalk"] == "asp_ndc_hcpcs"]
    assert (own.groupby("source_code")["target_code"].nunique() > 1).sum() == 132
    assert set(own["scenario"]) == {0}
    assert set(own["predicate"]) == {"broadMatch"}
