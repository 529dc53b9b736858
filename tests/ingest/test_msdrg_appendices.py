"""The appendices of the MS-DRG definitions manual: what is read of each, and what is refused."""

import re

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import require_figures
from pipeline.ingest.msdrg_complications import WHOLE_COMPLICATIONS, read_complications
from pipeline.ingest.msdrg_conditions import WHOLE_CONDITIONS, read_msdrg_conditions
from pipeline.ingest.msdrg_groups import read_diagnosis_groups, read_msdrg_groups
from pipeline.ingest.msdrg_procedures import read_msdrg_procedures
from tests.samples import EXCERPT

MANUAL = EXCERPT / "msdrg_definitions" / "2025-10-01"
COMPLICATIONS = """ I10 Dx  Lev PDX Exclusions   ICD-10-CM Description
 A021    MCC 0001:1,161 codes Salmonella sepsis
 J1282   MCC No Excl          Pneumonia due to coronavirus disease 2019

PDX collection 0001
  A021    Salmonella sepsis
  A419    Sepsis, unspecified organism

Appendix C Part 2: Codes that are CC or Major CC only if patient discharged alive

  R092  Respiratory arrest
"""


def raw_of(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("ascii")


def part_of(name: str) -> bytes:
    return (MANUAL / name).read_bytes()


def test_groups_have_their_version_category_and_type() -> None:
    rows = {row["drg"]: row for row in read_msdrg_groups("A", part_of("appendix_A.txt")).to_pylist()}
    assert {row["version"] for row in rows.values()} == {"43.0"}
    assert [(rows[drg]["mdc"], rows[drg]["type"]) for drg in ("001", "637", "998")] == [
        ("", "P"),
        ("10", "M"),
        ("", ""),
    ]


def test_a_diagnosis_of_several_categories_has_a_row_for_each() -> None:
    table = read_diagnosis_groups("B", part_of("appendix_B.txt"))
    own = [row for row in table.to_pylist() if row["code"] == "A419"]
    assert [(row["mdc"], row["drgs"]) for row in own] == [
        ("15", "791"), ("15", "793"), ("18", "870-872"), ("25", "974-976"),
    ]  # fmt: skip


def test_sizes_have_a_comma_from_a_thousand_on() -> None:
    rows = read_complications("C", raw_of(COMPLICATIONS)).to_pylist()
    assert [(row["part"], row["code"], row["size"]) for row in rows if row["part"] == "listed"] == [
        ("listed", "A021", "1161"), ("listed", "J1282", ""),
    ]  # fmt: skip
    assert [row["code"] for row in rows if row["part"] == "member"] == ["A021", "A419"]
    assert [row["code"] for row in rows if row["part"] == "discharged_alive"] == ["R092"]


def test_a_collection_that_lost_members_is_refused() -> None:
    table = read_complications("C", raw_of(COMPLICATIONS))
    with pytest.raises(RawFileError, match="as many members of the collection"):
        require_figures("C", table, WHOLE_COMPLICATIONS)
    whole = read_complications("C", raw_of(COMPLICATIONS.replace("1,161 codes ", "2 codes     ")))
    require_figures("C", whole, WHOLE_COMPLICATIONS)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("MCC 0001", "XCC 0001", "CC or MCC"),
        ("0001:1,161 codes", "0002:1,161 codes", "a collection for every number"),
        (" J1282 ", " A0101 ", "in the order of their codes"),
        ("0001:1,161 codes", "0001:many codes ", "columns 14 to 30"),
        ("PDX collection", "PDX selection ", "a collection, a part"),
        ("Lev PDX", "Level  ", "one header"),
    ],
)
def test_what_is_no_appendix_c_is_refused(was: str, becomes: str, said: str) -> None:
    with pytest.raises(RawFileError, match=re.escape(said)):
        read_complications("C", raw_of(COMPLICATIONS.replace(was, becomes)))


def test_flags_say_what_is_no_operating_room_procedure_and_what_is_in_a_cluster() -> None:
    rows = read_msdrg_procedures("E", part_of("appendix_D_E.txt")).to_pylist()
    index = {row["code"]: row["flags"] for row in rows if row["part"] == "index"}
    assert index == {"0016070": "", "00933ZZ": "", "0JH60PZ": "*+", "10E0XZZ": "*"}
    assert [row["title"] for row in rows if row["code"] == "00"] == ["Pre-MDC"]


def test_a_member_of_a_cluster_without_its_flag_is_refused() -> None:
    raw = part_of("appendix_D_E.txt").replace(b"0JH60PZ*+", b"0JH60PZ* ")
    with pytest.raises(RawFileError, match="of the members of clusters"):
        read_msdrg_procedures("E", raw)


def test_conditions_have_their_codes_by_role() -> None:
    table = read_msdrg_conditions("I", part_of("appendix_F_I.txt"))
    rows = [(row["condition"], row["role"], row["code"]) for row in table.to_pylist() if row["appendix"] == "I"]
    assert rows == [
        ("05: Falls and Trauma", "secondary_diagnosis", "S72001A"),
        ("08: Surgical Site Infection-Mediastinitis After Coronary Bypass Graft (CABG)", "procedure", "0210083"),
        ("09: Manifestations of Poor Glycemic Control", "secondary_diagnosis", "E1110"),
    ]
    with pytest.raises(RawFileError, match="conditions 1 to 14"):
        require_figures("I", table, WHOLE_CONDITIONS)


def test_a_code_without_a_role_is_refused() -> None:
    raw = part_of("appendix_F_I.txt").replace(b"SECONDARY DIAGNOSIS", b"SECONDARY CODES")
    with pytest.raises(RawFileError, match="a condition and a role"):
        read_msdrg_conditions("I", raw)
