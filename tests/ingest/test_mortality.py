"""Lists of causes of death: the issues of ICD-10, and ucod.txt. Titles are of our own wording."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import require_figures
from pipeline.ingest.mortality import WHOLE_CAUSES, read_icd9_causes, read_icd10_causes


def test_utf_16_list_of_2009() -> None:
    lines = ["EXCERPT 1999-2009\t\t", "", "Status\tCode\tICD Title", "\tA00-B99\tI. Infections", "\tA00.0\tÜbung"]
    raw = "\r\n".join([*lines, ""]).encode("utf-16")
    assert raw.startswith(b"\xff\xfe")
    assert read_icd10_causes("x.txt", raw).to_pylist() == [
        {"status": "", "code": "A00-B99", "title": "I. Infections", "line": 4},
        {"status": "", "code": "A00.0", "title": "Übung", "line": 5},
    ]


def test_cp1252_list_of_2011_with_eleven_columns_and_quotes() -> None:
    tail = "\t" * 8
    lines = [
        f"Preamble{tail}",
        f"Status\tCode\tICD Title{tail}",
        f'Added in 2009\tA09.0 \t"Diarrhoea, named germ"{tail}',
        f"MC ONLY\tH81.0\tMénière\u2019s{tail}",
    ]
    table = read_icd10_causes("x.txt", "\r\n".join([*lines, ""]).encode("cp1252"))
    assert table.to_pylist() == [
        {"status": "Added in 2009", "code": "A09.0 ", "title": "Diarrhoea, named germ", "line": 3},
        {"status": "MC ONLY", "code": "H81.0", "title": "Ménière\u2019s", "line": 4},
    ]


def test_csv_with_bom_and_a_line_feed_inside_a_cell_keeps_the_numbers_of_lines() -> None:
    lines = [
        '"A preamble, with',
        'two lines",,',
        "Status,Code,ICD Title",
        ",A00.0,Cholera",
        '"Added in 2007/title',
        'modified in 2016)",A00.1,"One, two"',
        "",
        ",,",
        "Deleted in 2009,A09,Third",
    ]
    raw = b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode()
    rows = [row for row in read_icd10_causes("x.csv", raw).to_pylist() if row["code"]]
    assert [(row["code"], row["line"]) for row in rows] == [("A00.0", 4), ("A00.1", 5), ("A09", 9)]
    assert rows[1]["title"] == "One, two"
    assert "modified in 2016)" in rows[1]["status"]


def test_asterisk_and_no_break_characters_are_left_to_normalise() -> None:
    raw = "Status,Code,ICD Title\r\n,*U01.1,Title with\xa0space and non\u2011breaking hyphen\r\n".encode()
    (row,) = read_icd10_causes("x.csv", raw).to_pylist()
    assert row["code"] == "*U01.1"
    assert row["title"] == "Title with\xa0space and non\u2011breaking hyphen"


@pytest.mark.parametrize("raw", [b"", b"Code,Status,ICD Title\r\n,A00,x\r\n", b"Status;Code;ICD Title\r\n;A00;x\r\n"])
def test_list_without_its_header_is_refused(raw: bytes) -> None:
    with pytest.raises(RawFileError, match="a header row"):
        read_icd10_causes("x.csv", raw)


def test_list_without_a_row_is_refused() -> None:
    with pytest.raises(RawFileError):
        read_icd10_causes("x.csv", b"Status,Code,ICD Title\r\n")


UCOD = (
    "     I.  INFECTIONS AND PARASITES (001-139)",
    "          BOWEL INFECTIONS (001-009)",
    "001 Disease of the cholera germ",
    "001.0 Classical kind",
    "          ONE CATEGORY (386)",
    "386.0 Illness of M{}niere",
    "          CARS (E810-E819)",
    "E810 Crash",
)


@pytest.mark.parametrize("encoding", ["cp437", "mac_roman", "latin-1", "utf-8"])
def test_ucod_in_each_encoding_it_may_be_in(encoding: str) -> None:
    raw = "\r\n".join(UCOD).format("é").encode(encoding)
    titles = read_icd9_causes("ucod.txt", raw)["title"].to_pylist()
    assert "Illness of Méniere" in titles


def test_ucod_entries() -> None:
    rows = read_icd9_causes("ucod.txt", "\r\n".join(UCOD).format("e").encode("ascii")).to_pylist()
    assert [(row["entry"], row["code"], row["first"], row["last"], row["line"]) for row in rows] == [
        ("chapter", "I", "001", "139", 1),
        ("block", "", "001", "009", 2),
        ("code", "001", "", "", 3),
        ("code", "001.0", "", "", 4),
        ("block", "", "386", "", 5),
        ("code", "386.0", "", "", 6),
        ("block", "", "E810", "E819", 7),
        ("code", "E810", "", "", 8),
    ]


def test_ucod_without_codes_is_refused() -> None:
    with pytest.raises(RawFileError, match="ucod"):
        read_icd9_causes("ucod.txt", UCOD[0].encode())


@pytest.mark.parametrize(
    "line", ["A remark that is no entry", "001.00 Two digits", "1.0 Cholera", "001.0", "001.OCholera"]
)
def test_a_line_of_ucod_that_is_no_entry_is_refused_with_its_number(line: str) -> None:
    raw = "\r\n".join([*UCOD[:4], line, *UCOD[4:], ""]).format("e").encode("ascii")
    with pytest.raises(RawFileError, match="a chapter, a block or a code with its title") as problem:
        read_icd9_causes("ucod.txt", raw)
    assert problem.value.where == "ucod.txt, line 5"


@pytest.mark.parametrize("line", ["001.0 Classical kind", "001 Again", "000 Before"])
def test_a_code_of_ucod_out_of_its_order_is_refused(line: str) -> None:
    raw = "\r\n".join([*UCOD[:4], line, *UCOD[4:], ""]).format("e").encode("ascii")
    with pytest.raises(RawFileError, match=r"line 5\n  expected: codes in their order, each once"):
        read_icd9_causes("ucod.txt", raw)


def causes(*rows: str, years: str = "1999-2023") -> bytes:
    return "\r\n".join([f"CODES {years},,", "Status,Code,ICD Title", *rows, ""]).encode()


@pytest.mark.parametrize(
    ("rows", "line", "expected"),
    [
        ([",A00.0,x", ',A00.1,"y', ",A00.9,z"], 4, "every double quote closed"),
        ([",A00.0,x", ",A00.1", ",A00.9,z"], 4, "3 cells"),
        ([",A00.0,x", ",A00.1,y,", ",A00.9,z"], 4, "3 cells"),
        ([",A00.0,x", "Added in 0000,A00.1,y"], 4, "a year from 2000 to 2023 in the status"),
        ([",A00.0,x", "Deleted in 2024,A00.1,y"], 4, "a year from 2000 to 2023 in the status"),
        ([",A00.0,x", ",A001,y"], 4, "a code such as A00.0, a range such as A00-B99, or an empty cell"),
        ([",A00.0,x", ",A0.01,y"], 4, "a code such as A00.0, a range such as A00-B99, or an empty cell"),
        ([",A00.0,x", ",A00.1,"], 4, "a code and its title in every row that is not empty"),
        ([",A00.0,x", ",,y"], 4, "a code and its title in every row that is not empty"),
        ([",A00.0,x", "MC ONLY,,"], 4, "a code and its title in every row that is not empty"),
        ([",A00.0,x", ',A00.1,"y\n z"'], 4, "a code and a title on one line; a status may have two"),
        ([",A00.1,x", ",A00.0,y"], 4, "codes in the order of the alphabet"),
        ([",A00.0,x", ",A00.0,x"], 4, "a code once, or as a block of one category and as that category"),
        ([",A00,x", ",A00,x", ",A00,x"], 5, "a code once, or as a block of one category and as that category"),
    ],
)
def test_a_row_of_the_list_that_is_not_whole_is_refused(rows: list[str], line: int, expected: str) -> None:
    with pytest.raises(RawFileError) as problem:
        read_icd10_causes("x.csv", causes(*rows))
    assert (problem.value.where, problem.value.expected) == (f"x.csv, line {line}", expected)


def test_a_first_row_of_two_cells_is_a_message() -> None:
    with pytest.raises(RawFileError, match="rows of as many cells as the header"):
        read_icd10_causes("x.csv", b"Status,Code,ICD Title\nA00-B99,Infections\n,A00.0,Cholera\n")


def test_a_block_of_one_category_and_empty_rows_and_the_asterisk_are_no_faults() -> None:
    raw = causes(",B99-B99,x", ",C37-D48,x", ",D37,x", ",F99,x", ",F99,x", ",,", ",*U01.0,x", ",U02,x")
    assert len(read_icd10_causes("x.csv", raw.replace(b"B99-B99", b"A00-B99"))) == 8


def test_a_whole_list_ends_with_the_last_code_of_all_lists() -> None:
    table = read_icd10_causes("x.csv", causes(",A00.0,x", ",Y89.9,z", ",,"))
    require_figures("x.csv", table, WHOLE_CAUSES)
    with pytest.raises(RawFileError, match=r"Y89\.9 as the last code"):
        require_figures("x.csv", table.slice(0, 1), WHOLE_CAUSES)
