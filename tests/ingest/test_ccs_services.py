"""Ranges of CCS for services and procedures, in the layout that public readers describe; no row of the file is here."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.ccs_services import read_ccs_services

FILE = (
    "Title of the tool,,\r\nCode Range,CCS,CCS Label\r\n'44950-44970',80,Appendectomy\r\n"
    "'99213-99213',227,\"Consultation, evaluation\"\r\n'J1440-J1745',240,Medications\r\n"
)


def test_a_range_has_its_bounds_and_its_category() -> None:
    rows = read_ccs_services("x.csv", FILE.encode()).to_pylist()
    assert [(row["first"], row["last"], row["category"], row["line"]) for row in rows] == [
        ("44950", "44970", "80", 3), ("99213", "99213", "227", 4), ("J1440", "J1745", "240", 5),
    ]  # fmt: skip
    assert rows[1]["category_description"] == "Consultation, evaluation"


@pytest.mark.parametrize(
    ("before", "after", "law"),
    [
        ("Code Range", "Codes", "a title, then the header"),
        ("44950-44970", "44950-4497", "a range of two codes"),
        ("44950-44970", "44970-44950", "ends behind its beginning"),
        (",80,", ",,", "a category in every row"),
        ("99213-99213", "44970-99213", "no code in two ranges"),
    ],
)
def test_a_broken_file_is_refused(before: str, after: str, law: str) -> None:
    with pytest.raises(RawFileError, match=law):
        read_ccs_services("x.csv", FILE.replace(before, after).encode())
