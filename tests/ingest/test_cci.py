"""AHRQ's chronic condition indicator: two values for each code, and `None` among them."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.cci import read_cci

CCI = (
    "'ICD-10-CM CODE','ICD-10-CM CODE DESCRIPTION','CHRONIC INDICATOR','BODY SYSTEM'\r\n"
    "'A419',\"Sepsis, unspecified organism\",'0','1'\r\n"
    "'I10',\"Essential (primary) hypertension\",'1','7'\r\n"
    "'W19XXXA',\"Unspecified fall, initial encounter\",'0','None'\r\n"
)


def test_a_code_has_an_indicator_and_a_body_system_and_none_is_a_value() -> None:
    found = [tuple(row.values()) for row in read_cci("cci.csv", CCI.encode()).to_pylist()]
    assert found == [
        ("A419", "CHRONIC INDICATOR", "0", 2),
        ("A419", "BODY SYSTEM", "1", 2),
        ("I10", "CHRONIC INDICATOR", "1", 3),
        ("I10", "BODY SYSTEM", "7", 3),
        ("W19XXXA", "CHRONIC INDICATOR", "0", 4),
        ("W19XXXA", "BODY SYSTEM", "None", 4),
    ]


@pytest.mark.parametrize(
    ("old", "new", "law"),
    [
        ("'BODY SYSTEM'", "'SYSTEM'", "expected: the header"),
        ("'I10'", "'I.10'", "line 3\n  expected: an undotted code"),
        ("'I10'", "'A419'", "line 3\n  expected: every code once"),
        ("'1','7'", "'9','7'", "line 3\n  expected: 0 or 1"),
        ("'1','7'", "' ','7'", "line 3\n  expected: 0 or 1"),
        ("'1','7'", "'1','19'", "line 3\n  expected: a body system"),
        ("'None'", "' '", "line 4\n  expected: a body system"),
        ('"Essential (primary) hypertension"', '" "', "line 3\n  expected: a description"),
        ("'1','7'", "'1','7", "line 3\n  expected: a cell in single quotes, closed"),
        ("'1','7'", "'1'", "expected: 4 cells"),
    ],
)
def test_a_broken_indicator_file_is_refused(old: str, new: str, law: str) -> None:
    with pytest.raises(RawFileError) as error:
        read_cci("cci.csv", CCI.replace(old, new, 1).encode())
    assert law in str(error.value)
