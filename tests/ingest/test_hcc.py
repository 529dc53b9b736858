"""HCC files: title rows, a header over several lines, notes behind."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.hcc import read_hcc

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
        (HCC.replace(b",115,,Yes", b",1l5,,Yes"), "line 21\n  expected: a category of one to three digits"),
        (HCC.replace(b",115,,Yes,No", b",115,,,"), "line 21\n  expected: Yes, No or --"),
        (HCC.replace(b",115,,Yes,No", b",115,,No,No"), "line 21\n  expected: a category where the model pays"),
        (HCC.replace(b",115,,Yes,No", b",,,Yes,No"), "line 21\n  expected: a category where the model pays"),
        (HCC.replace(b",141,,Yes,--", b",18,,Yes,--"), "line 23\n  expected: a category of a model once"),
        (HCC.replace(b"pneumonia", b"pneumoni\xe9"), "expected: text in utf-8"),
        (HCC.replace(b"A0103", b"E0900"), "line 22\n  expected: codes in the order"),
        (HCC.replace(b"Typhoid pneumonia", b""), "line 21\n  expected: a description"),
        (HCC.replace(b'E0821,"Diab', b"E0821,Diab", 1), "line 22\n  expected: every double quote closed"),
        (HCC.partition(b"Source")[0], "expected: notes behind the table"),
        (b"", "expected: a header row"),
    ],
)
def test_a_broken_hcc_file_is_refused(raw, complaint):
    with pytest.raises(RawFileError) as error:
        read_hcc("hcc.csv", raw)
    assert complaint in str(error.value)
