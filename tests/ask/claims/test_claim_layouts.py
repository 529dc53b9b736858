"""Which columns of claims hold codes: told by their names, or named, or said in a TOML file."""

from pathlib import Path

import pytest

from pipeline.ask.claims.claim_layouts import OWN_LAYOUTS, own_layouts, read_claim_layouts
from pipeline.ask.claims.code_columns import ClaimColumns, ClaimRoles, CodeColumn, find_columns
from pipeline.ask.claims.rules import fields
from pipeline.errors import UsageError
from tests.ask.claims.claim_files import write_text

RIF = [
    "BENE_ID", "CLM_ID", "CLM_THRU_DT", "NCH_BENE_DSCHRG_DT", "PRNCPAL_DGNS_CD", "PRNCPAL_DGNS_VRSN_CD", "ICD_DGNS_CD1",
    "ICD_DGNS_VRSN_CD1", "ICD_DGNS_CD25", "ICD_DGNS_VRSN_CD25", "ICD_DGNS_E_CD1", "ICD_DGNS_E_VRSN_CD1",
    "ICD_PRCDR_CD1", "ICD_PRCDR_VRSN_CD1", "PRCDR_DT1", "REV_CNTR_DT", "HCPCS_CD", "HCPCS_1ST_MDFR_CD", "CLM_PMT_AMT",
]  # fmt: skip
SYNPUF = [
    "DESYNPUF_ID", "CLM_ID", "SEGMENT", "CLM_FROM_DT", "CLM_THRU_DT", "NCH_BENE_DSCHRG_DT", "ADMTNG_ICD9_DGNS_CD",
    "ICD9_DGNS_CD_1", "ICD9_PRCDR_CD_1", "HCPCS_CD_1", "HCPCS_CD_45",
]  # fmt: skip
HEADS = {
    "rif": RIF,
    "synpuf": SYNPUF,
    "omop_condition": ["condition_occurrence_id", "person_id", "condition_start_date", "condition_source_value"],
    "omop_procedure": ["procedure_occurrence_id", "person_id", "procedure_date", "procedure_source_value"],
    "mimic_diagnoses": ["subject_id", "hadm_id", "seq_num", "icd_code", "icd_version"],
    "mimic_procedures": ["subject_id", "hadm_id", "seq_num", "chartdate", "icd_code", "icd_version"],
    "mimic_hcpcs": ["subject_id", "hadm_id", "chartdate", "hcpcs_cd", "seq_num", "short_description"],
    "table": ["id", "day", "dxver", "dx1", "px1", "hcpcs1"],
}


def find(head: list[str], roles: ClaimRoles | None = None, *files: str) -> ClaimColumns:
    return find_columns(dict.fromkeys(head, "VARCHAR"), [Path(each) for each in files], roles or ClaimRoles())


def by_name(columns: ClaimColumns) -> dict[str, CodeColumn]:
    return {each.column: each for each in columns.codes}


@pytest.mark.parametrize(("layout", "head"), HEADS.items())
def test_a_layout_is_told_by_its_columns(layout: str, head: list[str]) -> None:
    assert find(head).layout == layout


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_capitals_of_column_names_make_no_difference(change: type[str]) -> None:
    assert find([change(each) for each in SYNPUF]).layout == "synpuf"


def test_the_flag_of_a_column_is_that_with_its_number() -> None:
    codes = by_name(find(RIF))
    assert codes["ICD_DGNS_CD25"].flag == "ICD_DGNS_VRSN_CD25"
    assert codes["PRNCPAL_DGNS_CD"].flag == "PRNCPAL_DGNS_VRSN_CD"
    assert codes["ICD_DGNS_E_CD1"].flag == "ICD_DGNS_E_VRSN_CD1"
    assert codes["HCPCS_CD"].flag == ""


def test_the_discharge_day_decides_for_a_stay_and_the_service_day_for_a_line() -> None:
    codes = by_name(find(RIF))
    assert codes["ICD_DGNS_CD1"].day == ("NCH_BENE_DSCHRG_DT", "CLM_THRU_DT")
    assert codes["HCPCS_CD"].day == ("REV_CNTR_DT", "CLM_THRU_DT")


@pytest.mark.parametrize("roles", [ClaimRoles(), ClaimRoles({"dx": ["dx1"], "hcpcs": ["cpt1"]})])
def test_a_table_with_a_day_of_discharge_has_stays_and_lines_too(roles: ClaimRoles) -> None:
    types = dict.fromkeys(["id", "service_date", "discharge_date", "dx1", "cpt1"], "VARCHAR")
    codes = by_name(find_columns(types, (), roles))
    assert codes["dx1"].day == ("discharge_date", "service_date")
    assert codes["cpt1"].day == ("service_date", "discharge_date")


def test_days_of_mimic_decide_nothing_since_they_are_shifted() -> None:
    assert by_name(find(HEADS["mimic_procedures"]))["icd_code"].day == ()


def test_columns_of_mimic_iii_are_told_apart_by_the_name_of_the_file() -> None:
    head = ["ROW_ID", "SUBJECT_ID", "HADM_ID", "SEQ_NUM", "ICD9_CODE"]
    assert find(head, None, "PROCEDURES_ICD.csv.gz").codes[0].field == "px"
    assert find(head, None, "DIAGNOSES_ICD.csv.gz").codes[0].field == "dx"
    assert find(head, None, "DIAGNOSES_ICD.csv.gz").codes[0].flag_is == "9"


def test_a_pattern_takes_no_column_that_is_for_something_else() -> None:
    roles = ClaimRoles(codes={"dx": ("dx*",)}, flag="dxver", day=("dx_day",), keys=("id",))
    found = find(["id", "dxver", "dx_day", "dx1", "dx2", "dxpoa"], roles)
    assert [each.column for each in found.codes] == ["dx1", "dx2", "dxpoa"]
    assert {each.flag for each in found.codes} == {"dxver"}


def test_columns_without_a_role_are_the_keys_where_nobody_names_any() -> None:
    assert find(["id", "day", "dx1", "site"]).keys == ("id", "site")
    assert find(RIF).keys == ("BENE_ID", "CLM_ID")


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [("BIGINT", "bare"), ("int", "bare"), ("DOUBLE", "dotted"), ("DECIMAL(6,2)", "dotted"), ("VARCHAR", "")],
)
def test_a_numeric_column_of_codes_went_through_a_number(kind: str, numbers: str) -> None:
    found = find_columns({"id": "VARCHAR", "dx": kind}, [], ClaimRoles())
    assert found.codes[0].numbers == numbers


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (ClaimRoles(codes={"dx": ("nope*",)}), "no column is called nope*"),
        (ClaimRoles(codes={"dx": ("dx1",)}, day=("when",)), "no column is called when"),
        (ClaimRoles(layout="rif"), "not of layout rif"),
        (ClaimRoles(layout="ub04"), "no such layout"),
    ],
)
def test_a_name_that_is_none_is_said(roles: ClaimRoles, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("*", r"\*")):
        find(["id", "day", "dx1"], roles)


def test_claims_without_a_column_of_codes_are_refused_with_their_columns() -> None:
    with pytest.raises(UsageError, match="no column with a role: a, b"):
        find(["a", "b"])


OWN = """
[[layout]]
layout = "ours"
has = ["encounter", "reason#"]
keys = ["encounter"]
day = ["left"]

[[layout.codes]]
columns = ["reason#"]
field = "dx"
flag = ["reason#_version"]
"""


def test_a_layout_of_ones_own_is_a_file(tmp_path: Path) -> None:
    path = write_text(tmp_path / "ours.toml", OWN)
    found = find(["encounter", "left", "reason1", "reason1_version", "reason2"], ClaimRoles(layout=str(path)))
    assert found.layout == "ours"
    assert by_name(found)["reason1"] == CodeColumn("reason1", "dx", flag="reason1_version", day=("left",))
    assert by_name(found)["reason2"].flag == ""


@pytest.mark.parametrize(
    ("wrong", "line", "expected"),
    [
        (OWN.replace("keys =", "kyes ="), 5, "one of layout, codes, has, keys"),
        (OWN.replace("field =", "role ="), 10, "one of columns, field"),
        (OWN.replace('["left"]', '"left"'), 6, "day as a list of texts"),
        (OWN + 'numbers = "roman"\n', 12, "numbers = bare or dotted"),
        (OWN.replace('field = "dx"', 'field = "dx"\nfield_in = "kind"'), 10, "either field or field_in"),
        (OWN + "\n[other]\nx = 1\n", 13, "entries .*layout.* alone"),
    ],
)
def test_a_mistake_in_a_layout_is_said_with_its_line(tmp_path: Path, wrong: str, line: int, expected: str) -> None:
    path = write_text(tmp_path / "ours.toml", wrong)
    with pytest.raises(UsageError, match=rf"ours\.toml, line {line}\n  expected: .*{expected}"):
        read_claim_layouts(path)


def test_a_layout_that_is_no_toml_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a layout of claims"):
        read_claim_layouts(write_text(tmp_path / "ours.toml", "layout ="))


def test_every_field_of_the_own_layouts_is_one_of_the_rules() -> None:
    assert {each.field for layout in own_layouts() for each in layout.codes} <= {*fields()}
    assert OWN_LAYOUTS.is_file()
