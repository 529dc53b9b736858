"""SSSOM files: what stands in them. tests/export/test_sssom_package.py asks the reference package of the standard."""

import gzip
from io import StringIO
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.crosswalk.registry import read_crosswalks
from pipeline.export.sssom import CURATED_RELATIONS, write_sssom
from schemas.crosswalks import CROSSWALK_RELATIONS
from tests.export.conftest import export_sssom

# Packages, and groupings of procedures, need the days, flags and quantities that SSSOM does not know.
NOT_SAID = (
    "asp_ndc_hcpcs",
    "betos_cpt4",
    "betos_hcpcs",
    "ccs_icd10pcs",
    "ccs_icd9proc",
    "nhsn_icd10pcs",
    "procedure_classes_icd10pcs",
)
# The excerpt has no conversion tables but that of ICD-10-CM, no groupings that a user supplies, and few of others.
ABSENT = (
    "hcc", "rbcs", "ccs_icd9cm", "ccs_cpt4", "ccs_hcpcs", "ccsr", "nhsn_cpt4", "asp_ndc_cpt4", "icd10pcs",
    "conversion_icd9", "conversion_icd10pcs", "icd9proc_icd10pcs_current", "icd9cm_forward", "icd9cm_backward",
    "icd9proc_forward", "icd9proc_backward",
)  # fmt: skip
FILES = [
    name
    for name, each in read_crosswalks().items()
    if not name.startswith(ABSENT) and each.relation != "same_category" and name not in NOT_SAID
]


def test_every_crosswalk_has_a_file_and_the_package_lists_it_but_what_needs_days_flags_or_quantities(
    excerpt_build, sssom, read_table
):
    crosswalks = read_table(excerpt_build, "crosswalks")
    names = set(crosswalks.loc[crosswalks["relation"] != "same_category", "crosswalk"])
    assert set(NOT_SAID) < names
    names -= set(NOT_SAID)
    assert {path.name.removesuffix(".sssom.tsv.gz") for path in sssom.iterdir()} == names


def rows_of(path: Path) -> pd.DataFrame:
    """The table below the metadata, which are lines that begin with a #."""
    text = gzip.decompress(path.read_bytes()).decode()
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    return pd.read_csv(StringIO("".join(lines)), sep="\t", dtype=str, keep_default_na=False)


def test_a_pair_stands_once_with_its_curies_and_cardinality(sssom):
    found = rows_of(sssom / "gem_icd9cm_icd10cm.sssom.tsv.gz")
    assert not found.duplicated(["subject_id", "predicate_id", "object_id"]).any()
    (row,) = found[found["subject_id"] == "icd9cm:001.0"].to_dict("records")
    assert row["object_id"] == "icd10cm:A00.0"
    assert row["predicate_id"] == "skos:exactMatch"
    assert row["mapping_cardinality"] == "1:1"
    assert row["mapping_justification"] == "semapv:ManualMappingCuration"


def test_a_member_of_a_combination_says_so_and_a_missing_equivalent_too(sssom):
    found = rows_of(sssom / "gem_icd9cm_icd10cm.sssom.tsv.gz")
    (row,) = found[(found["subject_id"] == "icd9cm:249.51") & (found["object_id"] == "icd10cm:E08.65")].to_dict(
        "records"
    )
    assert row["predicate_id"] == "skos:relatedMatch"
    assert row["comment"].endswith("scenario 1, choice list 2")
    procedures = rows_of(sssom / "gem_icd9proc_icd10pcs.sssom.tsv.gz")
    (row,) = procedures[procedures["subject_id"] == "icd9cm:00.40"].to_dict("records")
    assert (row["object_id"], row["mapping_cardinality"]) == ("sssom:NoTermFound", "1:0")


def test_chains_are_justified_as_chains(sssom):
    found = rows_of(sssom / "icd9cm_icd10cm_current.sssom.tsv.gz")
    (row,) = found[found["object_id"] == "icd10cm:E11.A"].to_dict("records")
    assert row["mapping_justification"] == "semapv:MappingChaining"


@pytest.mark.parametrize(
    ("relation", "justification"),
    [
        ("equivalence", "ManualMappingCuration"), ("succession", "ManualMappingCuration"),
        ("grouping", "ManualMappingCuration"), ("coverage", "UnspecifiedMatching"),
        ("same_category", "UnspecifiedMatching"),
        ("newer", "UnspecifiedMatching"),
    ],
)  # fmt: skip
def test_only_rows_that_somebody_made_as_mappings_are_justified_as_curated(tmp_path, relation, justification):
    found = rows_of(write_map(tmp_path, relation))
    assert found.set_index("object_id")["mapping_justification"].to_dict() == {
        "icd10cm:Z12.4": f"semapv:{justification}", "icd10cm:Z12.5": "semapv:MappingChaining",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("relation", "system", "is_said"),
    [
        ("grouping", "ICD9CM", True), ("grouping", "CPT4", False), ("grouping", "ICD10PCS", False),
        ("equivalence", "HCPCS", True), ("packaging", "NDC", False),
    ],
)  # fmt: skip
def test_what_is_true_of_some_days_or_with_a_flag_alone_is_left_out(tmp_path, relation, system, is_said):
    assert write_map(tmp_path, relation, system).exists() == is_said


def write_map(folder: Path, relation: str, system: str = "ICD9CM") -> Path:
    """A file of one crosswalk of that relation: a published row and a derived one."""
    entry = {
        "crosswalk": "map", "source_system": system, "target_system": "ICD10CM", "relation": relation,
        "origin": "published", "release": "2026", "method": "a map of the tests", "publisher": "CMS", "url": None,
        "licence": "US government work",
    }  # fmt: skip
    row = {
        "crosswalk": "map", "source_code": "G0101", "target_code": "Z124", "predicate": "relatedMatch", "hops": 1,
        "cardinality": "1:n", "origin": "published", "scenario": 0, "choice_list": 0, "no_map": False, "newest": True,
    }  # fmt: skip
    chained = {**row, "target_code": "Z125", "origin": "derived"}
    write_sssom(
        {"crosswalks": pa.Table.from_pylist([entry]), "mappings": pa.Table.from_pylist([row, chained])},
        folder / "sssom",
    )
    return folder / "sssom" / "map.sssom.tsv.gz"


def test_curated_relations_are_relations_of_the_table():
    assert set(CURATED_RELATIONS) < set(CROSSWALK_RELATIONS)


@pytest.mark.parametrize("name", FILES)
def test_pandas_reads_a_file_as_it_is(sssom: Path, name: str) -> None:
    path = sssom / f"{name}.sssom.tsv.gz"
    found = pd.read_csv(path, sep="\t", comment="#", dtype=str, keep_default_na=False)
    assert found.equals(rows_of(path))


def test_two_exports_write_the_same_bytes(excerpt_build: Path, sssom: Path, tmp_path: Path):
    again = export_sssom(excerpt_build, tmp_path)
    assert {path.name: path.read_bytes() for path in sssom.iterdir()} == {
        path.name: path.read_bytes() for path in again.iterdir()
    }


def test_a_build_has_none_unless_asked(excerpt_build: Path):
    assert not (excerpt_build / "sssom").exists()
