"""GEM lines, whatever their record length, and the ways in which one can be broken."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.gem import read_gem

FORWARD = b"0010  A000    00000\r\n0413  NoDx    11000\r\n24951 E0839   10112\r\n24951 E0865   10121\n"


def rows(raw):
    return [tuple(row.values()) for row in read_gem("gem.txt", raw).to_pylist()]


def test_every_line_becomes_source_target_and_flags_as_written():
    assert rows(FORWARD) == [
        ("0010", "A000", "00000", 1),
        ("0413", "NoDx", "11000", 2),
        ("24951", "E0839", "10112", 3),
        ("24951", "E0865", "10121", 4),
    ]


def test_a_lower_case_target_and_the_no_map_texts_are_kept():
    raw = b"T8853XD v5889 10000\r\n0016070 NoI9  10000\r\n0040  NoPCS   11000\r\n"
    assert [row[1] for row in rows(raw)] == ["v5889", "NoI9", "NoPCS"]


def test_records_of_other_lengths_are_told_apart_by_white_space():
    assert rows(b"0010   A000     00000   \r\nE9689\tX58XXXA\t10000\r\n") == [
        ("0010", "A000", "00000", 1),
        ("E9689", "X58XXXA", "10000", 2),
    ]


def test_a_blank_line_is_passed_over_and_line_numbers_stay_those_of_the_file():
    assert [row[3] for row in rows(b"\r\n0010  A000    00000\r\n\r\n0011  A001    00000\r\n")] == [2, 4]


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"0010  A000    00000\r\n0011  A001\r\n", "line 2\n  expected: three fields"),
        (b"0010  A000    00000 x\r\n", "line 1\n  expected: three fields"),
        (b"0010  A000    0000\r\n", "line 1\n  expected: flags of five digits"),
        (b"0010  A000    1000A\r\n", "line 1\n  expected: flags of five digits"),
        (b"0010  A000    00000\r\n0011\xa0A001    00000\r\n", "line 2\n  expected: plain ASCII"),
        (b"\r\n", "an empty file"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(raw, complaint):
    with pytest.raises(RawFileError) as error:
        read_gem("gem.txt", raw)
    assert complaint in str(error.value)
