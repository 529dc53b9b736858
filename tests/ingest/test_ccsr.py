"""CCSR files: their quotes and headers, and the reference workbook."""

import io
import zipfile

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.ccsr import CCSR_SHEET_HEADER, read_ccsr_csv, read_ccsr_workbook


def categories(count, *filled):
    """The cells of `count` pairs of a category and its description, those behind the filled ones blank."""
    pairs = [f"'{category}',\"{text}\"" for category, text in filled] + ["' ',\" \""] * (count - len(filled))
    return ",".join(pairs).encode()


def names(count):
    """The names of `count` pairs of columns."""
    pairs = (f"'CCSR CATEGORY {number}','CCSR CATEGORY {number} DESCRIPTION'" for number in range(1, count + 1))
    return ",".join(pairs).encode()


CCSR_2019 = (
    b"'ICD-10-CM CODE','ICD-10-CM CODE DESCRIPTION'," + names(5) + b"\r\n"
    b"'A000',\"Cholera due to Vibrio cholerae 01, biovar cholerae\","
    + categories(5, ("DIG001", "Intestinal infection"), ("INF003", "Bacterial infections"))
    + b"\r\n'K50011',\"Crohn's disease of small intestine with rectal bleeding\","
    + categories(5, ("DIG011", "Enteritis"))
    + b"\r\n"
)
CCSR_2023 = (
    b"'ICD-10-CM CODE','ICD-10-CM CODE DESCRIPTION','Default CCSR CATEGORY IP','Default CCSR CATEGORY DESCRIPTION IP',"
    b"'Default CCSR CATEGORY OP','Default CCSR CATEGORY DESCRIPTION OP'," + names(6) + b",'Rationale'\r\n"
    b"'Z9981',\"Dependence on supplemental oxygen\",'XXX000',\"Unacceptable\",'FAC025',\"Other status\","
    + categories(6, ("FAC025", "Other status"), ("INJ079", "Sequela"))
    + b",'00 Single CCSR'\r\n"
)
PRCCSR = (
    b"'ICD-10-PCS','ICD-10-PCS DESCRIPTION','PRCCSR','PRCCSR DESCRIPTION','CLINICAL DOMAIN'\r\n"
    b"'0016070',\"Bypass Cerebral Ventricle to Nasopharynx\",'CNS010',\"Shunt\",'Central Nervous System'\r\n"
)


def rows(table):
    return [tuple(row.values()) for row in table.to_pylist()]


def workbook(*lines, sheet="DX_to_CCSR_Mapping"):
    """The smallest workbook that has one sheet with these rows; a cell that is a number is stored as one."""
    cells = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in lines)
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    parts = {
        "_rels/.rels": f'<Relationships {packages}><Relationship Id="r1" Type="{links}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{links}"><sheets><sheet name="{sheet}" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships {packages}><Relationship Id="r1" Type="{links}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{cells}</sheetData></worksheet>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


def _cell(value):
    return f"<c><v>{value}</v></c>" if isinstance(value, int) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def of_rows(*lines):
    return workbook(TITLE, CCSR_SHEET_HEADER, *lines)


TITLE = ("A title", "", "", "", "", "")
CHOLERA = ("A000", "Cholera", "DIG001", "Intestinal infection", "Y", "Y")
CHOLERA_AGAIN = ("A000", "Cholera ", "INF003", "Bacterial infections", "N", "N")
OXYGEN = ("Z9981", "Oxygen", "FAC025", "Other status", "X", "Y")


def test_ccsr_gives_a_row_for_each_category_in_the_order_of_the_file():
    code, infection = ("A000", "Cholera due to Vibrio cholerae 01, biovar cholerae"), "Bacterial infections"
    assert rows(read_ccsr_csv("dx.csv", CCSR_2019)) == [
        (*code, "DIG001", "Intestinal infection", "1", "", "", 2),
        (*code, "INF003", infection, "2", "", "", 2),
        (
            "K50011", "Crohn's disease of small intestine with rectal bleeding", "DIG011", "Enteritis", "1",
            "", "", 3,
        ),
    ]  # fmt: skip


def test_ccsr_defaults_are_the_categories_that_the_code_names():
    assert [row[2:] for row in rows(read_ccsr_csv("dx.csv", CCSR_2023))] == [
        ("FAC025", "Other status", "1", "XXX000", "FAC025", 2),
        ("INJ079", "Sequela", "2", "XXX000", "FAC025", 2),
    ]


def test_the_single_default_of_2020_is_the_inpatient_one():
    raw = CCSR_2023.replace(b" CATEGORY IP'", b" CATEGORY'").replace(b" OP'", b" OLD'")
    assert {row[5:7] for row in rows(read_ccsr_csv("dx.csv", raw))} == {("XXX000", "")}


def test_ccsr_of_procedures_has_one_category_and_no_default():
    assert rows(read_ccsr_csv("px.csv", PRCCSR)) == [
        ("0016070", "Bypass Cerebral Ventricle to Nasopharynx", "CNS010", "Shunt", "1", "", "", 2)
    ]


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (CCSR_2019.replace(b"CODE'", b"CODES'", 1), "expected: columns 'ICD-10-CM CODE'"),
        (CCSR_2019.replace(b"CCSR CATEGORY", b"CCS CATEGORY"), "expected: columns 'ICD-10-CM CODE'"),
        (CCSR_2019.replace(b"'CCSR CATEGORY 5','CCSR CATEGORY 5 DESCRIPTION'", b"'A','B'"), "all five or six"),
        (CCSR_2019.replace(b"'CCSR CATEGORY 2 DESCRIPTION'", b"'TEXT'"), "all five or six"),
        (CCSR_2019.replace(b"'CCSR CATEGORY 2'", b"'CCSR CATEGORY 3'"), "all five or six"),
        (CCSR_2019[:-9] + b"\r\n", "row 3 (row 1 is the header on line 1)\n  expected: 12 cells"),
        (CCSR_2019.replace(b"'K50011'", b"'K50.011'"), 'line 3\n  expected: an undotted code\n  found:    "K50.011'),
        (CCSR_2019.replace(b"'K50011'", b"'K50011"), "line 3\n  expected: a cell in single quotes, closed"),
        (CCSR_2019.replace(b"'DIG011'", b"'DIG011"), "line 3\n  expected: a cell in single quotes, closed"),
        (CCSR_2019.replace(b"'DIG011'", b"' '"), "line 3\n  expected: a first category"),
        (
            CCSR_2019.replace(b"'DIG001'", b"'DIGOO1'"),
            "line 2\n  expected: a category of three letters and three digits",
        ),
        (CCSR_2019.replace(b'"Enteritis"', b'" "'), "line 3\n  expected: a description"),
        (CCSR_2019.replace(b"'K50011'", b"'A0000'").replace(b"'A000'", b"'A0001'"), "line 3\n  expected: codes in"),
        (CCSR_2019.replace(b"'K50011'", b"'A000'"), "line 3\n  expected: a first category for every code, and no gap"),
        (CCSR_2019.replace(b"'INF003'", b"'DIG001'"), "line 2\n  expected: a category once for each code"),
        (CCSR_2023.replace(b"'XXX000'", b"'XXX 00'"), "line 2\n  expected: a category as default"),
        (
            CCSR_2019.replace(b"'INF003',\"Bacterial infections\",' ',", b"' ',\" \",'INF003',"),
            "line 2\n  expected: a description",
        ),
        (
            CCSR_2019.replace(b"'INF003',\"Bacterial infections\",' ',\" \"", b"' ',\" \",'INF003',\"Bacteria\""),
            "line 2\n  expected: a first category for every code, and no gap",
        ),
        (CCSR_2019.replace(b"infection", b"infec\ttion", 1), "line 2\n  expected: text without control characters"),
        (CCSR_2019.replace(b'infection"', b"infection", 1), "line 2\n  expected: every double quote closed"),
        (CCSR_2019.replace(b'rectal bleeding"', b'rectal\nbleeding"'), "line 3\n  expected: cells of one line"),
        (CCSR_2019.partition(b"\r")[0] + b"\n", "expected: rows below the header"),
        (b"", "expected: rows below the header"),
    ],
)
def test_a_broken_ccsr_csv_is_refused(raw, complaint):
    with pytest.raises(RawFileError) as error:
        read_ccsr_csv("dx.csv", raw)
    assert complaint in str(error.value)


def test_the_workbook_gives_the_columns_of_the_csv_with_the_place_among_the_rows_of_a_code():
    table = read_ccsr_workbook("dx.xlsx", workbook(TITLE, CCSR_SHEET_HEADER, CHOLERA, CHOLERA_AGAIN, OXYGEN))
    assert rows(table) == [
        ("A000", "Cholera", "DIG001", "Intestinal infection", "1", "Y", "Y", 3),
        ("A000", "Cholera", "INF003", "Bacterial infections", "2", "N", "N", 4),
        ("Z9981", "Oxygen", "FAC025", "Other status", "1", "X", "Y", 5),
    ]
    assert table.schema == read_ccsr_csv("dx.csv", CCSR_2019).schema


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"PK no workbook", "expected: a whole Excel workbook"),
        (workbook(TITLE, sheet="CCSR_Categories"), "expected: a sheet DX_to_CCSR_Mapping\n  found:    CCSR_Categories"),
        (workbook(CCSR_SHEET_HEADER, CHOLERA), "row 2\n  expected: the header"),
        (workbook(TITLE), "row 2\n  expected: the header"),
        (workbook(TITLE, CCSR_SHEET_HEADER, CHOLERA, (1000, *CHOLERA[1:])), "expected: rows of text cells"),
        (workbook(TITLE, CCSR_SHEET_HEADER), "expected: rows of text cells"),
        (of_rows(CHOLERA, (*CHOLERA[:4], "N", "N")), "row 4\n  expected: a category once for each code"),
        (of_rows(OXYGEN, CHOLERA), "row 4\n  expected: codes in the order"),
        (of_rows((*CHOLERA[:2], "DIG01", *CHOLERA[3:])), "row 3\n  expected: a category of three letters"),
        (of_rows((*CHOLERA[:4], "y", "Y")), "row 3\n  expected: a category as default, or Y, N or X"),
        (of_rows(CHOLERA, (*CHOLERA_AGAIN[:4], "", "N")), "row 4\n  expected: Y, N or X as default"),
        (of_rows(CHOLERA, (*CHOLERA_AGAIN[:4], "Y", "N")), "row 3\n  expected: one default category"),
        (of_rows(CHOLERA, (*CHOLERA_AGAIN[:4], "N", "X")), "row 3\n  expected: one default category"),
        (of_rows((*CHOLERA[:4], "Y", "N")), "row 3\n  expected: one default category"),
    ],
)
def test_a_broken_workbook_is_refused(raw, complaint):
    with pytest.raises(RawFileError) as error:
        read_ccsr_workbook("dx.xlsx", raw)
    assert complaint in str(error.value)
