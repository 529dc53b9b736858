"""Title files of ICD-9-CM. What they refuse is in tests/broken too."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.icd9_titles import read_diagnosis_titles, read_procedure_titles, read_title_csv


def test_padded_records_with_crlf() -> None:
    raw = b"0010  CHOLERA D/T VIB CHOLERAE \r\nE0000 CIVILIAN ACTIVITY-INCOME \r\nV010  CHOLERA CONTACT          \r\n"
    assert read_diagnosis_titles("x.txt", raw).to_pylist() == [
        {"code": "0010", "title": "CHOLERA D/T VIB CHOLERAE", "line": 1},
        {"code": "E0000", "title": "CIVILIAN ACTIVITY-INCOME", "line": 2},
        {"code": "V010", "title": "CHOLERA CONTACT", "line": 3},
    ]


def test_cp1252_titles_with_lf() -> None:
    raw = "38600 Ménière's disease, unspecified\n04671 Gerstmann-Sträussler-Scheinker syndrome\n".encode("cp1252")
    table = read_diagnosis_titles("x.txt", raw)
    assert table["title"].to_pylist() == ["Ménière's disease, unspecified", "Gerstmann-Sträussler-Scheinker syndrome"]
    assert table["code"].to_pylist() == ["38600", "04671"]


def test_procedures_have_a_code_of_four_columns() -> None:
    table = read_procedure_titles("x.txt", b"0001 Ther ult head & neck ves\r\n8628 Nonexcis debridement\r\n")
    assert table["code"].to_pylist() == ["0001", "8628"]
    assert table["title"].to_pylist() == ["Ther ult head & neck ves", "Nonexcis debridement"]


def test_leading_zeros_are_kept() -> None:
    assert read_procedure_titles("x.txt", b"0001 a\n0010 b\n")["code"].to_pylist() == ["0001", "0010"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"0010  good\n001\n", "line 2\n  expected: a code of up to 5 columns"),
        (b"0010  good\n 0011 shifted\n", "line 2\n  expected: a"),
        (b"00100aTitle\n", "line 1\n  expected: a blank in column 6"),
    ],
)
def test_line_that_is_not_of_the_layout_is_refused(raw: bytes, expected: str) -> None:
    with pytest.raises(RawFileError, match=expected):
        read_diagnosis_titles("x.txt", raw)


def test_bytes_of_no_known_encoding_are_refused() -> None:
    with pytest.raises(RawFileError, match="ascii or utf-8-sig or cp1252"):
        read_diagnosis_titles("x.txt", b"0010  Chol\x81ra\n")


HEADER = "DIAGNOSIS CODE,LONG DESCRIPTION,SHORT DESCRIPTION"


def test_csv_of_long_and_short_titles() -> None:
    rows = [HEADER, '0031,"Salmonella septicemia, with a comma",Salmonella septicemia', "38600,Ménière's,Meniere NOS"]
    raw = "\r\n".join([*rows, ""]).encode("cp1252")
    assert read_title_csv("x.csv", raw).to_pylist() == [
        {
            "code": "0031", "long_title": "Salmonella septicemia, with a comma",
            "short_title": "Salmonella septicemia", "line": 2,
        },
        {"code": "38600", "long_title": "Ménière's", "short_title": "Meniere NOS", "line": 3},
    ]  # fmt: skip


def test_csv_of_procedures() -> None:
    raw = b"PROCEDURE CODE,LONG DESCRIPTION,SHORT DESCRIPTION\r\n0001,Ultrasound,Ther ult\r\n01,Incision,Incision\r\n"
    assert read_title_csv("x.csv", raw)["code"].to_pylist() == ["0001", "01"]


def test_csv_codes_are_never_numbers() -> None:
    raw = f"{HEADER}\r\n0010,a,b\r\n7E1,c,d\r\nNA0,e,f\r\n".encode()
    assert read_title_csv("x.csv", raw)["code"].to_pylist() == ["0010", "7E1", "NA0"]


def test_csv_with_lost_leading_zeros_names_the_first_and_counts_the_rest() -> None:
    raw = f"{HEADER}\r\n320,a,b\r\n10,a,b\r\n31,a,b\r\n".encode()
    with pytest.raises(RawFileError) as problem:
        read_title_csv("x.csv", raw)
    assert problem.value.where == "x.csv, line 3"
    assert problem.value.found == "'10' and 1 more: leading zeros are lost"
