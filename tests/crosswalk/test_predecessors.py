"""The free text of the conversion table, shape by shape."""

import pytest

from pipeline.crosswalk.predecessors import read_previous


def names(text):
    return [(each.form, each.first, each.last) for each in read_previous(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A04.7", [("code", "A047", "A047")]),
        ("None", []),
        ("NoPCS", []),
        ("I63.011 AND I63.012", [("code", "I63011", "I63011"), ("code", "I63012", "I63012")]),
        ("E11.69 and R40.20", [("code", "E1169", "E1169"), ("code", "R4020", "R4020")]),
        ("K85.0, K85.1; K85.2 & K85.3", [("code", f"K85{n}", f"K85{n}") for n in range(4)]),
        ("H02.101-H02.106", [("range", "H02101", "H02106")]),
        ("H81.41-H81.43; H81.49", [("range", "H8141", "H8143"), ("code", "H8149", "H8149")]),
        ("Codes in Categories V20-V28", [("category", "V20", "V28")]),
        ("W32.- and W33.8", [("category", "W32", "W32"), ("code", "W338", "W338")]),
        ("V29.80X-", [("category", "V2980X", "V2980X")]),
        ("3E013GC", [("code", "3E013GC", "3E013GC")]),
    ],
)
def test_a_cell_is_read_as_the_codes_that_it_names(text, expected):
    assert names(text) == expected
