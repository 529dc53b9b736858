"""GEM lines, whatever their record length, and the ways in which one can be broken."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import require_figures
from pipeline.ingest.gem import WHOLE_GEM, WITHOUT_COMBINATION_FLAG, WITHOUT_NO_MAP_FLAG, read_gem

FORWARD = b"0010  A000    00000\r\n0413  NoDx    11000\r\n24951 E0839   10112\r\n24951 E0865   10121\r\n"


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
    raw = b"0040    NoPCS 11000\r\n02H40NZ NoI9  10000\r\nT8853XD v5889 10000\r\n"
    assert [row[1] for row in rows(raw)] == ["NoPCS", "NoI9", "v5889"]


def test_records_of_other_lengths_are_told_apart_by_white_space():
    assert rows(b"0010   A000     00000   \r\nE9689\tX58XXXA\t10000     \r\n") == [
        ("0010", "A000", "00000", 1),
        ("E9689", "X58XXXA", "10000", 2),
    ]


def test_a_blank_line_is_passed_over_and_line_numbers_stay_those_of_the_file():
    assert [row[3] for row in rows(b"\r\n0010  A000    00000\r\n\r\n0011  A001    00000\r\n")] == [2, 4]


def test_a_pair_may_stand_alone_and_in_a_scenario():
    raw = b"0052  02H43KZ 10111\r\n0052  02H43KZ 10000\r\n"
    assert [row[2] for row in rows(raw)] == ["10111", "10000"]


@pytest.mark.parametrize(
    "printed", [*WITHOUT_COMBINATION_FLAG, *(f"{source} NoI9 10000" for source in WITHOUT_NO_MAP_FLAG)]
)
def test_what_the_publisher_printed_against_the_figures_is_read_as_printed(printed):
    assert len(rows(printed.encode() + b"\r\n")) == 1


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"0010  A000    00000\r\n0011  A001\r\n", "line 2\n  expected: three fields"),
        (b"0010  A000    00000 x\r\n", "line 1\n  expected: three fields"),
        (b"0010  A000    00000\r\n0011  A0010   00000 \r\n", "line 2\n  expected: records all as long as the first"),
        (b"0010  A000    0000\r\n", "line 1\n  expected: flags of five digits"),
        (b"0010  A000    1000A\r\n", "line 1\n  expected: flags of five digits"),
        (b"0010  A000    20000\r\n", "line 1\n  expected: flags of five digits, the first three of them 0 or 1"),
        (b"0010  A000    12000\r\n", "line 1\n  expected: flags of five digits, the first three of them 0 or 1"),
        (b"0010  A000    10211\r\n", "line 1\n  expected: flags of five digits, the first three of them 0 or 1"),
        (b"00.1  A000    00000\r\n", "line 1\n  expected: a code as source"),
        (b"0010  a000    00000\r\n", "line 1\n  expected: a code as source"),
        (b"0010  NoMap   11000\r\n", "line 1\n  expected: a code as source"),
        (b"0010  NoDx    10000\r\n", "line 1\n  expected: the no-map flag"),
        (b"0010  A000    11000\r\n", "line 1\n  expected: the no-map flag"),
        (b"0010  NoDx    11111\r\n", "line 1\n  expected: no combination, scenario or choice list without"),
        (b"0010  NoDx    11001\r\n", "line 1\n  expected: no combination, scenario or choice list without"),
        (b"0010  A000    10100\r\n", "line 1\n  expected: a scenario and a choice list where the combination"),
        (b"0010  A000    10110\r\n", "line 1\n  expected: a scenario and a choice list where the combination"),
        (b"0010  A000    10011\r\n", "line 1\n  expected: a scenario and a choice list where the combination"),
        (b"0011  A001    00000\r\n0010  A000    00000\r\n", "line 2\n  expected: lines in the order"),
        (b"0011  A001    10000\r\n0011  A000    10000\r\n", "line 2\n  expected: lines in the order"),
        (b"0010  A000    00000\r\n0010  A000    00000\r\n", "line 2\n  expected: lines in the order"),
        (b"0010  A000    00000\r\n0011\xa0A001    00000\r\n", "line 2\n  expected: plain ASCII"),
        (b"\r\n", "an empty file"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(raw, complaint):
    with pytest.raises(RawFileError) as error:
        read_gem("gem.txt", raw)
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("0010 A000 10111\n0010 A001 10112\n0010 A002 10131\n", "line 3\n  expected: scenarios of a source from 1"),
        ("0010 A000 10111\n0011 A001 10121\n", "line 2\n  expected: scenarios of a source from 1"),
        ("0010 A000 10111\n0010 A001 10113\n", "line 2\n  expected: choice lists of a scenario from 1"),
        ("0010 A000 10111\n0010 A001 10112\n0010 A002 10122\n", "line 3\n  expected: choice lists of a scenario from"),
    ],
)
def test_a_gap_in_the_numbers_of_a_source_is_refused_in_a_whole_file(lines, complaint):
    table = read_gem("gem.txt", lines.encode())
    with pytest.raises(RawFileError) as error:
        require_figures("gem.txt", table, WHOLE_GEM)
    assert complaint in str(error.value)
    require_figures("gem.txt", table, WHOLE_GEM, {"scenarios", "choice lists"})


def test_the_gap_that_the_publisher_left_is_declared():
    lines = "1651 08T0XZZ 10111\n1651 08T1XZZ 10121\n1651 0NBQ0ZZ 10123\n1651 0NBQ4ZZ 10123\n"
    require_figures("gem.txt", read_gem("gem.txt", lines.encode()), WHOLE_GEM)
