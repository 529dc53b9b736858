"""CCSR, CCS and HCC files: their quotes, headers and pseudo rows."""

import io
import zipfile

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.groupers import CCSR_SHEET_HEADER, read_ccs, read_ccsr_csv, read_ccsr_workbook, read_hcc

CCSR_2019 = (
    b"'ICD-10-CM CODE','ICD-10-CM CODE DESCRIPTION','CCSR CATEGORY 1','CCSR CATEGORY 1 DESCRIPTION',"
    b"'CCSR CATEGORY 2','CCSR CATEGORY 2 DESCRIPTION'\r\n"
    b"'A000',\"Cholera due to Vibrio cholerae 01, biovar cholerae\",'DIG001',\"Intestinal infection\",'INF003',"
    b'"Bacterial infections"\r\n'
    b"'K50011',\"Crohn's disease of small intestine with rectal bleeding\",'DIG011',\"Enteritis\",' ',\" \"\r\n"
)
CCSR_2023 = (
    b"'ICD-10-CM CODE','ICD-10-CM CODE DESCRIPTION','Default CCSR CATEGORY IP','Default CCSR CATEGORY DESCRIPTION IP',"
    b"'Default CCSR CATEGORY OP','Default CCSR CATEGORY DESCRIPTION OP','CCSR CATEGORY 1',"
    b"'CCSR CATEGORY 1 DESCRIPTION','CCSR CATEGORY 6','CCSR CATEGORY 6 DESCRIPTION','Rationale'\r\n"
    b"'Z9981',\"Dependence on supplemental oxygen\",'XXX000',\"Unacceptable\",'FAC025',\"Other status\",'FAC025',"
    b"\"Other status\",'INJ079',\"Sequela\",'00 Single CCSR'\r\n"
)
PRCCSR = (
    b"'ICD-10-PCS','ICD-10-PCS DESCRIPTION','PRCCSR','PRCCSR DESCRIPTION','CLINICAL DOMAIN'\r\n"
    b"'0016070',\"Bypass Cerebral Ventricle to Nasopharynx\",'CNS010',\"Shunt\",'Central Nervous System'\r\n"
)
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
HCC = (
    b'"ICD-10-CM Codes, ESRD and RxHCC Models",,,,,\nIncludes ICD-10 codes valid in FY2024 and FY2025,,,,,\n,,,,,\n'
    b'"Diagnosis\nCode",Description,"CMS-HCC\nESRD\nModel\nCategory\nV21","RxHCC\nModel\nCategory\nV08",'
    b'"CMS-HCC\nESRD Model\nCategory\nV21 for 2025\nPayment Year",'
    b'"RxHCC\nModel\nCategory\nV08 for 2025\nPayment Year"\n'
    b"A0103,Typhoid pneumonia,115,,Yes,No\n"
    b'E0821,"Diabetes, nephropathy",18,30,Yes,Yes\nE0821,"Diabetes, nephropathy",141,,Yes,--\n'
    b",,,,,\nNotes:,,,,,\nSource: RTI International ,,,,,\n"
)
EDITION = "2025 Payment Year; ICD-10-CM Codes, ESRD and RxHCC Models; Includes ICD-10 codes valid in FY2024 and FY2025"


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
        ("INJ079", "Sequela", "6", "XXX000", "FAC025", 2),
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
        (CCSR_2019.replace(b",' ',\" \"", b""), "row 3 (row 1 is the header on line 1)\n  expected: 6 cells"),
        (CCSR_2019.replace(b"'K50011'", b"'K50.011'"), "line 3\n  expected: an undotted code\n  found:    'K50.011'"),
        (CCSR_2019.replace(b"'K50011'", b"'K50011"), "line 3\n  expected: an undotted code"),
        (CCSR_2019.replace(b"'DIG011'", b"' '"), "line 3\n  expected: a first category"),
        (CCSR_2019.replace(b'infection"', b"infection"), "dx.csv"),
        (b"", "expected: a csv with a header"),
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
        (b"PK no workbook", "expected: a workbook"),
        (workbook(TITLE, sheet="CCSR_Categories"), "expected: a sheet DX_to_CCSR_Mapping\n  found:    CCSR_Categories"),
        (workbook(CCSR_SHEET_HEADER, CHOLERA), "row 2\n  expected: the header"),
        (workbook(TITLE), "row 2\n  expected: the header"),
        (workbook(TITLE, CCSR_SHEET_HEADER, CHOLERA, (1000, *CHOLERA[1:])), "expected: rows of text cells"),
        (workbook(TITLE, CCSR_SHEET_HEADER), "expected: rows of text cells"),
    ],
)
def test_a_broken_workbook_is_refused(raw, complaint):
    with pytest.raises(RawFileError) as error:
        read_ccsr_workbook("dx.xlsx", raw)
    assert complaint in str(error.value)


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
        (CCS_DX.replace(b"'135  '", b"'     '"), "line 4\n  expected: a category for every code"),
        (CCS_DX + b"'E9999','2621 '\n", "row 5 (row 1 is the header on line 2)\n  expected: 6 cells"),
        (b"", "expected: a csv with a header"),
    ],
)
def test_a_broken_ccs_file_is_refused(raw, complaint):
    with pytest.raises(RawFileError) as error:
        read_ccs("dx.csv", raw)
    assert complaint in str(error.value)


def test_hcc_gives_a_row_for_each_code_and_model_with_a_category():
    nephropathy = ("E0821", "Diabetes, nephropathy")
    assert rows(read_hcc("hcc.csv", HCC)) == [
        ("A0103", "Typhoid pneumonia", "ESRD V21", "115", "Yes", EDITION, 21),
        (*nephropathy, "ESRD V21", "18", "Yes", EDITION, 22),
        (*nephropathy, "RxHCC V08", "30", "Yes", EDITION, 22),
        (*nephropathy, "ESRD V21", "141", "Yes", EDITION, 23),
    ]
    assert HCC.split(b"\n")[20].startswith(b"A0103")


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (HCC.replace(b"Diagnosis", b"Disease"), "expected: a header row that starts with `Diagnosis Code`"),
        (HCC.replace(b"V08 for 2025", b"V05 for 2025"), "header\n  expected: for every model"),
        (HCC.replace(b"RxHCC\nModel", b"RxHCC\nGroup"), "header\n  expected: for every model"),
        (HCC.replace(b"A0103", b"A01.03"), "line 21\n  expected: an undotted code\n  found:    'A01.03'"),
        (HCC.replace(b"A0103,Typhoid", b",Typhoid"), "line 21\n  expected: an undotted code"),
        (HCC.replace(b",115,,Yes,No", b",115,Yes,No"), "row 2 (row 1 is the header on line 4)\n  expected: 6 cells"),
        (HCC[:120] + b"\n", "expected: a header row"),
        (b"", "expected: a header row"),
    ],
)
def test_a_broken_hcc_file_is_refused(raw, complaint):
    with pytest.raises(RawFileError) as error:
        read_hcc("hcc.csv", raw)
    assert complaint in str(error.value)
