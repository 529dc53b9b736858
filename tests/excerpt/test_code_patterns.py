"""The registry's code patterns turn down what only looks like a code of the system.

That they accept every code there is, the tests on the full files show.
"""

import re
from pathlib import Path

import pytest

from tests.conftest import ReadTable

NEAR_MISSES = {
    "ICD9CM": ["", "25", "250.0", "25000 ", " 25000", "250000", "v01", "V1", "E80", "E80000", "e800", "25O", "W01"],
    "ICD9Proc": ["", "4", "47.01", "47011", "4701 ", "47O1", "V47"],
    "ICD10CM": ["", "A0", "E11.9", "e119", "E11 9", "E119 ", " E119", "1119", "E1190000", "EB19", "E1C9", "É119"],
    "ICD10PCS": ["", "0D", "0dtj4zz", "0DTJ4Z", "0DTI4ZZ", "0DTO4ZZ", "0DT.J4ZZ", "0DTJ4Z ", "0DTJ", "IDT", "0DO"],
    "HCPCS": ["", "D0120", "a0428", "A042", "A04280", "A0428 ", "A.428", "W0428", "99213", "0001F", "1A", "A", "rt"],
    "CPT4": ["", "9921", "992130", "99213 ", "0001f", "0001G", "0001I", "A0428", "9921.3", "0001FF", "2", "25 "],
    "ICD10": ["", "A0", "A00.0", "a000", "*U01", "A000 ", "A00000", "AA00", "C4A", "000"],
    "NDC": ["", "57894-0030-01", "5789400300", "578940030011", "57894003001 ", "5789400300A", "888867413689"],
    "ICD9": ["", "00", "001.0", "E80", "e800", "E8000 ", "E80000", "V01", "00100", "O01"],
}  # fmt: skip


@pytest.fixture(scope="module")
def code_patterns(excerpt_build: Path, read_table: ReadTable) -> dict[str, str]:
    systems = read_table(excerpt_build, "systems")
    return dict(zip(systems["system"], systems["code_pattern"], strict=True))


def test_every_system_has_near_misses(code_patterns: dict[str, str]) -> None:
    assert set(NEAR_MISSES) == set(code_patterns)


@pytest.mark.parametrize(("system", "code"), [(system, code) for system, row in NEAR_MISSES.items() for code in row])
def test_pattern_rejects_near_misses(system: str, code: str, code_patterns: dict[str, str]) -> None:
    assert re.search(code_patterns[system], code) is None


def test_pattern_accepts_every_code_of_the_excerpt(
    excerpt_build: Path, read_table: ReadTable, code_patterns: dict[str, str]
) -> None:
    codes = read_table(excerpt_build, "codes")
    pairs = zip(codes["system"], codes["code"], strict=True)
    assert [pair for pair in pairs if not re.search(code_patterns[pair[0]], pair[1])] == []
