"""The registry of systems."""

import re

import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.normalise.systems import read_systems
from schemas.codes import KINDS, SETTINGS


def test_registry_has_every_system_that_a_source_lists() -> None:
    assert {system for source in read_catalogue().values() for system in source.systems} <= set(read_systems())


def test_kinds_and_settings_are_those_of_the_schema() -> None:
    for system in read_systems().values():
        assert set(system.kinds) <= set(KINDS), system.system
        assert set(system.settings) <= set(SETTINGS), system.system


@pytest.mark.parametrize(
    ("system", "good", "bad"),
    [
        ("ICD9CM", "001 0031 00320 V01 V010 V0182 E800 E8000", "01 V1 E80 E80000 A00 003.1"),
        ("ICD9Proc", "00 000 0001 8628", "1 00001 A001"),
        ("ICD10CM", "A00 C4A M1A0110 T63833A U071 Z3A01", "A0 0A0 A00.1 a00 ABC E0837X12"),
        ("ICD10PCS", "001 0016070 XW033E5 3E0G76Z", "0016 00160701 0O16070 0I1"),
        ("CPT4", "00100 99213 0001F 0075T 0202U 0004M 0001A 25 1P", "A0021 9921 0001B"),
        ("HCPCS", "A0021 J1440 V5364 A1 GT", "D0120 W0001 99213 A021 A00211"),
        ("ICD10", "A00 A000 U011", "A0 A00.0 *U011 A00A"),
        ("ICD9", "001 0010 E810 E8100", "V01 01 A00"),
    ],
)
def test_patterns_of_codes(system: str, good: str, bad: str) -> None:
    pattern = re.compile(read_systems()[system].code_pattern)
    assert [code for code in good.split() if not pattern.search(code)] == []
    assert [code for code in bad.split() if pattern.search(code)] == []


def test_licensed_text_is_that_of_the_ama_and_the_who() -> None:
    licensed = {name: system.licensed_text for name, system in read_systems().items() if system.licensed_text}
    assert licensed == {"CPT4": "AMA", "ICD10": "WHO", "ICD9": "WHO"}
