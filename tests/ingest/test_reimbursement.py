"""Reimbursement lines: a count and that many codes."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.reimbursement import read_reimbursement

LINES = (
    b"0270046 5 3603  0040  0045  3607  0044  \r\nA000    1 0010  \r\nE08311  3 24950 36201 36207 \r\n"
    b"Z681    1 NOI9  \r\n"
)


def test_every_line_becomes_a_code_with_the_list_of_its_targets():
    assert [tuple(row.values()) for row in read_reimbursement("map.txt", LINES).to_pylist()] == [
        ("0270046", "5", ["3603", "0040", "0045", "3607", "0044"], 1),
        ("A000", "1", ["0010"], 2),
        ("E08311", "3", ["24950", "36201", "36207"], 3),
        ("Z681", "1", ["NOI9"], 4),
    ]


def test_the_count_stays_text_and_the_targets_a_list_of_text():
    schema = read_reimbursement("map.txt", LINES).schema
    assert [str(column.type) for column in schema] == ["string", "string", "list<item: string>", "int64"]


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"A000    1 0010  \r\nE08311  3 24950 36201 \r\n", "line 2\n  expected: a count"),
        (b"E08311  1 24950 36201 \r\n", "line 1\n  expected: a count"),
        (b"E08311  x 24950 \r\n", "line 1\n  expected: a count"),
        (b"A000    1 0010  \r\nE08311  0\r\n", "line 2\n  expected: an ICD-10 code, a count and at least one"),
        (b"A000    1 001\xe9  \r\n", "line 1\n  expected: plain ASCII"),
        (b"A000    1 0010 \r\n", "line 1\n  expected: five columns and a blank for each code"),
        (b"A000   1 0010  \n", "line 1\n  expected: five columns and a blank for each code"),
        (b"A00.0   1 0010  \n", "line 1\n  expected: an ICD-10 code as source"),
        (b"A000    1 0O10  \n", "line 1\n  expected: ICD-9-CM codes behind the count"),
        (b"A000    2 0010  NOI9  \n", "line 1\n  expected: ICD-9-CM codes behind the count, or NOI9 alone"),
        (b"A000    1 0010  \nA000    1 0010  \n", "line 2\n  expected: lines in the order"),
        (b"A001    1 0010  \nA000    1 0010  \n", "line 2\n  expected: lines in the order"),
        (b"", "an empty file"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(raw, complaint):
    with pytest.raises(RawFileError) as error:
        read_reimbursement("map.txt", raw)
    assert complaint in str(error.value)
