"""CCS files: their quotes, header and pseudo row."""

from collections.abc import Iterable

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.ccs import read_ccs
from pipeline.ingest.ccs_icd10 import HEADER_OF, read_ccs_icd10

CCS_DX = (
    b"NOTE: New codes are introduced in October.\r\n"
    b"'ICD-9-CM CODE','CCS CATEGORY','CCS CATEGORY DESCRIPTION','ICD-9-CM CODE DESCRIPTION','OPTIONAL CCS CATEGORY',"
    b"'OPTIONAL CCS CATEGORY DESCRIPTION'\r\n"
    b"'     ','0    ','No DX',\"INVALID CODES IN USER DATA\",' ',' '\r\n"
    b"'0030 ','135  ','Intestinal infct',\"SALMONELLA ENTERITIS\",' ',' '\r\n"
    b"'E8499','2621 ','E Codes: Place of occurrence',\"ACCIDENT IN PLACE NOS\",' ',' '\r\n"
)
CCS_PX = (
    b"NOTE: NEW CODES.\r\n'ICD-9-CM CODE','CCS CATEGORY','CCS CATEGORY DESCRIPTION','ICD-9-CM CODE DESCRIPTION'\r\n"
    b"'0121 ','1  ','Inc/exc CNS      ',\"CRANIAL SINUS I & D\"\r\n"
)


def rows(table):
    return [tuple(row.values()) for row in table.to_pylist()]


def test_ccs_codes_lose_their_quotes_and_padding_and_the_pseudo_row_is_kept():
    assert rows(read_ccs("dx.csv", CCS_DX)) == [
        ("", "0", "No DX", "INVALID CODES IN USER DATA", 3),
        ("0030", "135", "Intestinal infct", "SALMONELLA ENTERITIS", 4),
        ("E8499", "2621", "E Codes: Place of occurrence", "ACCIDENT IN PLACE NOS", 5),
    ]


def test_ccs_of_procedures_has_the_same_columns():
    assert rows(read_ccs("px.csv", CCS_PX)) == [("0121", "1", "Inc/exc CNS", "CRANIAL SINUS I & D", 3)]


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (CCS_DX.partition(b"\n")[2], "expected: a note, then the header"),
        (CCS_DX.replace(b"'CCS CATEGORY'", b"'CATEGORY'"), "expected: a note, then the header"),
        (CCS_DX.replace(b"'0030 '", b"'003.0'"), "line 4\n  expected: an undotted code"),
        (CCS_DX.replace(b"'135  '", b"'     '"), "line 4\n  expected: a category of one to four digits"),
        (CCS_DX.replace(b"'135  '", b"'13S  '"), "line 4\n  expected: a category of one to four digits"),
        (CCS_DX.replace(b"'0030 '", b"'0O30 '"), "line 4\n  expected: an undotted code"),
        (CCS_DX.replace(b"'0030 '", b"'030 '"), "line 4\n  expected: a code of five characters in single quotes"),
        (CCS_DX.replace(b"'135  '", b"'135  "), "line 4\n  expected: a cell in single quotes, closed"),
        (CCS_DX.replace(b"'135  '", b"'2700 '"), "line 5\n  expected: categories in the order"),
        (CCS_DX.replace(b"'135  '", b"'2621 '").replace(b"'0030 '", b"'E8500'"), "line 5\n  expected: categories in"),
        (CCS_DX.replace(b"'0030 '", b"'E8499'"), "line 5\n  expected: a code in one category"),
        (CCS_DX.replace(b'"SALMONELLA ENTERITIS"', b'" "'), "line 4\n  expected: a description"),
        (CCS_DX.replace(b"ENTERITIS", b"ENTER\tITIS"), "line 4\n  expected: text without control characters"),
        (CCS_DX.replace(b'ENTERITIS"', b"ENTERITIS"), "line 4\n  expected: every double quote closed"),
        (CCS_DX + b"'E9999','2621 '\n", "row 5 (row 1 is the header on line 2)\n  expected: 6 cells"),
        (b"", "expected: rows below the header"),
    ],
)
def test_a_broken_ccs_file_is_refused(raw, complaint):
    with pytest.raises(RawFileError) as error:
        read_ccs("dx.csv", raw)
    assert complaint in str(error.value)


DIAGNOSES = (
    "'A419','2',\"Sepsis, unspecified\",\"Septicemia\",'1',\"Infectious diseases\",'1.1',\"Bacterial infection\"",
    "'W19XXXA','2603',\"Unspecified fall\",\"External cause codes:  Fall\",'18',\"Residual codes\",' ',\" \"",
)


def ccs_of(system: str, lines: Iterable[str]) -> bytes:
    header = ",".join(f"'{name.format(system)}'" for name in HEADER_OF)
    return "\r\n".join([header, *lines, ""]).encode()


def test_a_category_of_the_last_ccs_has_its_place_in_the_multi_level_scheme_and_the_labels_of_the_levels() -> None:
    first, second = read_ccs_icd10("x.csv", ccs_of("ICD-10-CM", DIAGNOSES)).to_pylist()
    assert (first["multi_level"], first["multi_level_description"]) == (
        "1.1", "Infectious diseases > Bacterial infection",
    )  # fmt: skip
    assert (second["category"], second["multi_level"], second["multi_level_description"]) == (
        "2603", "18", "Residual codes",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "law"),
    [
        ((("0DTJ4ZZ", "80"), ("0DTJ0ZZ", "80")), "the codes of each in their order"),
        ((("0DTJ4ZZ", "80"), ("0210083", "44")), "categories in the order of their numbers"),
        ((("0DTJ4ZZ", ""),), "a category of one to four digits"),
        ((("0DTJ4ZZ", "80"), ("0DTJ4ZZ", "80")), "every code once"),
        ((("A419", "2"),), "a code of ICD-10-PCS"),
    ],
)
def test_codes_out_of_order_twice_or_without_a_category_are_refused(
    rows: tuple[tuple[str, str], ...], law: str
) -> None:
    lines = [
        f"'{code}','{category}',\"A title\",\"Bowel\",'9',\"Digestion\",'9.1',\"Bowel\"" for code, category in rows
    ]
    with pytest.raises(RawFileError, match=law):
        read_ccs_icd10("x.csv", ccs_of("ICD-10-PCS", lines))


@pytest.mark.parametrize(
    ("old", "new", "law"),
    [
        ("'1.1'", "'2.1'", "line 2\n  expected: a second level within the first"),
        ("'1.1'", "' '", "line 2\n  expected: a second level with its label"),
        ("'18'", "'XVIII'", "line 3\n  expected: a multi-level category"),
        ('"Residual codes"', '" "', "line 3\n  expected: a label"),
        ("'2603'", "'2'", "line 3\n  expected: one title and one multi-level category"),
        ("ICD-10-CM CODE'", "ICD-9-CM CODE'", "expected: the header"),
    ],
)
def test_a_broken_multi_level_scheme_is_refused(old: str, new: str, law: str) -> None:
    raw = ccs_of("ICD-10-CM", DIAGNOSES).decode()
    with pytest.raises(RawFileError, match=law):
        read_ccs_icd10("x.csv", raw.replace(old, new, 1).encode())
