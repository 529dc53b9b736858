"""Title files of ICD-9-CM. What they refuse is in tests/broken too."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.icd9_titles import read_diagnosis_titles, read_procedure_titles, read_title_csv
from tests.ingest.whole_files import read_whole, refusal_of


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


def test_csv_with_a_header_that_was_shifted_is_refused() -> None:
    with pytest.raises(RawFileError, match=r"x\.csv, line 1"):
        read_title_csv("x.csv", f" {HEADER}\r\n0010,a,b\r\n".encode())


def test_csv_with_a_title_over_two_lines_is_refused() -> None:
    with pytest.raises(RawFileError, match=r"line 2\n  expected: a code and its titles on one line"):
        read_title_csv("x.csv", f'{HEADER}\r\n0010,"a\r\nb",c\r\n'.encode())


# Check figures

DIAGNOSES = b"0010  Cholera\n0011  Cholera NEC\nV9199 Triplet gestation\n"
PROCEDURES = b"0001 Ther ult head & neck ves\n8628 Nonexcis debridement\n9999 Misc procedures\n"


def lines_of(raw: bytes) -> list[bytes]:
    return raw.splitlines(keepends=True)


@pytest.mark.parametrize(("part", "raw"), [("dx_short", DIAGNOSES), ("px_long", PROCEDURES)])
def test_a_whole_list_keeps_every_figure_and_none_without_its_first_or_last_line(part: str, raw: bytes) -> None:
    assert len(read_whole("icd9_titles", part, raw)) == 3
    first, middle, last = lines_of(raw)
    assert refusal_of("icd9_titles", part, middle + last).startswith("x.txt, line 1: a first code of 00")
    assert refusal_of("icd9_titles", part, first + middle).startswith("x.txt, line 2: a last code ")


def test_the_csv_keeps_the_same_figures() -> None:
    raw = f"{HEADER}\n0010,Cholera,Chol\nV9199,Triplet,Tri\n".encode()
    assert len(read_whole("icd9_titles", "dx_titles", raw)) == 2
    header, first, last = lines_of(raw)
    assert refusal_of("icd9_titles", "dx_titles", header + last) == "x.txt, line 2: a first code of 0010"
    assert "rise" in refusal_of("icd9_titles", "dx_titles", header + last + first)
    assert refusal_of("icd9_titles", "dx_titles", header + first.replace(b",Chol\n", b",\n") + last).startswith("x.txt")


def test_lines_that_changed_places_or_stand_twice_are_refused() -> None:
    first, middle, last = lines_of(PROCEDURES)
    for wrong in (first + last + middle, first + middle + middle + last):
        assert refusal_of("icd9_titles", "px_short", wrong) == "x.txt, line 3: codes that rise from line to line"


@pytest.mark.parametrize("line", [b"0011   \n", b"0011       \n"])
def test_a_code_without_a_title_is_refused(line: bytes) -> None:
    first, _, last = lines_of(DIAGNOSES)
    assert refusal_of("icd9_titles", "dx_short", first + line + last).startswith("x.txt, line 2: a code")


def test_titles_in_utf8_are_no_mojibake_and_a_mark_is_no_part_of_the_first_code() -> None:
    raw = b"\xef\xbb\xbf" + DIAGNOSES.replace(b"Cholera NEC", "M\xe9ni\xe8re".encode())
    table = read_whole("icd9_titles", "dx_long", raw)
    assert table["code"].to_pylist()[0] == "0010"
    assert table["title"].to_pylist()[1] == "M\xe9ni\xe8re"


def test_a_tab_in_a_title_file_is_a_control_character() -> None:
    raw = PROCEDURES.replace(b"Misc ", b"Misc\t")
    assert refusal_of("icd9_titles", "px_short", raw) == "x.txt, line 3: text without control characters"
