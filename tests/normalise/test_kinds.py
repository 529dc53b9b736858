"""What kind of thing a code of HCPCS or CPT stands for, by examples."""

import pyarrow as pa
import pytest

from pipeline.normalise.kinds import cpt_kinds, hcpcs_kinds
from pipeline.normalise.ranges import read_rules
from schemas.codes import CODE_KINDS


@pytest.mark.parametrize(
    ("code", "betos", "kind"),
    [
        ("A0428", "O1A", "transport"),
        ("A4253", "D1E", "supply"),
        ("A9500", "I1E", "drug"),
        ("B4034", "O1C", "supply"),
        ("C1713", "D1A", "device"),
        ("C9101", "D1A", "drug"),  # oliceridine, filed with supplies
        ("C9780", "D1A", "procedure"),
        ("C9738", "O1E", "procedure"),
        ("C9399", "O1E", "drug"),
        ("E0100", "D1A", "equipment"),
        ("G0008", "O1G", "service"),
        ("G0012", "P5E", "service"),
        ("G0103", "T1H", "test"),
        ("G8427", "M5D", "performance_measure"),
        ("G8427", "M1B", "service"),
        ("G0438", "M1A", "service"),
        ("H0001", "Z2", "service"),
        ("J1440", "O1E", "drug"),
        ("K0001", "D1C", "equipment"),
        ("L0120", "D1F", "device"),
        ("M0064", "M1A", "service"),
        ("M1003", "Z2", "performance_measure"),
        ("P9010", "O1B", "blood_product"),
        ("P9604", "O1A", "transport"),
        ("P3000", "T1H", "test"),
        ("Q0092", "I1E", "service"),
        ("Q4001", "D1F", "supply"),
        ("Q9984", "P6C", "drug"),  # an intra-uterine system that releases a drug, filed with procedures
        ("Q9988", "T1H", "blood_product"),  # platelets, filed with tests
        ("R0070", "O1A", "transport"),
        ("S0012", "O1E", "drug"),
        ("T2003", "O1A", "transport"),
        ("U0001", "T1H", "test"),
        ("V2020", "D1A", "device"),
        ("V5008", "Y1", "service"),
    ],
)
def test_kind_of_a_hcpcs_code(code: str, betos: str, kind: str) -> None:
    assert hcpcs_kinds(pa.array([code]), pa.array([betos])).to_pylist() == [kind]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("99213", "service"),
        ("00100", "service"),
        ("10021", "procedure"),
        ("70450", "procedure"),
        ("80053", "test"),
        ("90281", "drug"),
        ("90471", "service"),
        ("90686", "drug"),
        ("90791", "service"),
        ("99499", "service"),
        ("99607", "service"),
        ("0001F", "performance_measure"),
        ("0001A", "service"),
        ("1000F", "performance_measure"),
        ("3014F", "performance_measure"),
        ("0075T", "procedure"),
        ("0202U", "test"),
        ("0004M", "test"),
    ],
)
def test_kind_of_a_cpt_code(code: str, kind: str) -> None:
    assert cpt_kinds(pa.array([code])).to_pylist() == [kind]


def test_first_rule_counts_whatever_the_order_of_the_codes() -> None:
    codes, betos = pa.array(["C9999", "C9101", "C1713"]), pa.array(["D1A", "D1A", "D1A"])
    assert hcpcs_kinds(codes, betos).to_pylist() == ["device", "drug", "device"]


@pytest.mark.parametrize("name", ["hcpcs_kinds.csv", "cpt_kinds.csv"])
def test_rules_give_kinds_of_the_schema_and_a_reason(name: str) -> None:
    for rule in read_rules(name):
        assert rule["kind"] in CODE_KINDS
        assert rule["first"] <= rule["last"]
        assert rule["why"].strip()
