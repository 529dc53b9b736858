"""Categories of CPT from a user's file: a hospital's code, and the codes of physicians that share its category."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.samples import copy_excerpt, run, write_sums

FILE = (
    "Title of the tool,,\r\nCode Range,CCS,CCS Label\r\n'44940-44970',80,Appendectomy\r\n"
    "'99213-99213',227,Consultation\r\n'J1440-J1745',240,Medications\r\n'D0120-D0140',223,Dental\r\n"
)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the excerpt's procedures with ranges of a user."""
    sources = ("icd9cm", "icd10pcs", "cpt", "hcpcs", "ccs_icd9_px", "ccs_icd10pcs")
    project = copy_excerpt(tmp_path_factory.mktemp("user"), *sources)
    path = project.raw / "ccs_services" / "2025-1" / "CCS_Services_Procedures_v2025-1.csv"
    path.parent.mkdir(parents=True)
    path.write_text(FILE, encoding="ascii", newline="")
    write_sums(project.raw)
    assert project.build().exit_code == 0
    return project.output


def test_a_range_has_every_listed_code_and_its_bounds_and_no_dental_code(output: Path) -> None:
    mappings = pd.read_parquet(output / "latest" / "parquet" / "mappings.parquet")
    own = mappings[mappings["crosswalk"].isin(["ccs_cpt4", "ccs_hcpcs"])]
    of_cpt = own[own["source_system"] == "CPT4"].set_index("source_code")["target_code"].to_dict()
    assert of_cpt == {"44940": "80", "44950": "80", "44970": "80", "99213": "227"}
    assert set(own.loc[own["source_system"] == "HCPCS", "source_code"]) == {"J1440", "J1745"}
    exceptions = pd.read_parquet(output / "latest" / "parquet" / "crosswalk_exceptions.parquet")
    assert {"44940", "J1745"} <= set(exceptions.loc[exceptions["exception"] == "unlisted_source", "source_code"])


@pytest.mark.parametrize("code", ["47.01", "0DTJ4ZZ"])
def test_physicians_codes_of_the_category_are_told_as_no_equivalents(output: Path, code: str) -> None:
    result = run("translate", code, "--to", "CPT4", "--format", "json", "--output", str(output))
    (answer,) = json.loads(result.output)
    assert (result.exit_code, answer["status"]) == (1, "same_category")
    (category,) = answer["categories"]
    assert {"44950", "44970"} <= {each["code"] for each in category["members"]}
    assert answer["alternatives"] == []
