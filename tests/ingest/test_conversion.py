"""Conversion tables as workbook and as csv, and their cells that are not what they should be."""

import io
from datetime import datetime

import openpyxl
import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.conversion import (
    ICD10CM_HEADER,
    ICD10PCS_HEADER,
    PRINTED_TWICE,
    read_icd10cm_conversion,
    read_icd10pcs_conversion,
)

CHOLERA = ("A04.71", 2017, "A04.7")
VAPING = (" U07.0 ", datetime(2020, 4, 1), "J68.0, J68.9 and J80")
PROCEDURE = ("02H40NZ", "A title", "2022", "NoPCS", "No description", "New", None, "10.01")


def workbook(*rows, merged=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for each in merged:
        book.active.merge_cells(each)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def diagnoses(*rows, merged=("A1:C1",)):
    return workbook(("A prose", None, None), ICD10CM_HEADER, *rows, merged=merged)


def procedures(*rows):
    return workbook(ICD10PCS_HEADER, *rows)


def rows_of(table):
    return [tuple(row.values()) for row in table.to_pylist()]


def test_years_and_days_are_text_and_rows_keep_their_numbers():
    assert rows_of(read_icd10cm_conversion("t.xlsx", diagnoses(CHOLERA, VAPING))) == [
        ("A04.71", "2017", "A04.7", 3),
        (" U07.0 ", "2020-04-01", "J68.0, J68.9 and J80", 4),
    ]


def test_a_csv_with_a_prose_of_two_lines_gives_the_same_rows():
    raw = b'"Prose\nof two lines",,\r\nCurrent code assignment,Effective October 1,Previous Code(s) Assignment\r\n'
    assert rows_of(read_icd10cm_conversion("t.csv", raw + b"A04.71,2017,A04.7\r\n")) == [("A04.71", "2017", "A04.7", 3)]


def test_empty_rows_behind_the_last_code_are_no_rows():
    blank = (None, None, None)
    assert len(read_icd10cm_conversion("t.xlsx", diagnoses(CHOLERA, blank, blank, (None, " ", None)))) == 1


def test_codes_that_the_publisher_printed_twice_are_kept():
    rows = [(code, 2016, "O44.00") for code in PRINTED_TWICE for _ in range(2)]
    assert len(read_icd10cm_conversion("t.xlsx", diagnoses(*rows))) == 16


@pytest.mark.parametrize(
    ("raw", "row", "expected"),
    [
        (diagnoses(CHOLERA, (None, 2017, "A04.7")), 4, "a code of ICD-10-CM as current code"),
        (diagnoses(CHOLERA, (None, None, None), VAPING), 4, "a code of ICD-10-CM as current code"),
        (diagnoses(("A04..71", 2017, "A04.7")), 3, "a code of ICD-10-CM as current code"),
        (diagnoses(("A04.71", 2017, None)), 3, "a code that stood for it before, or None"),
        (diagnoses(("A04.71", 2017, True)), 3, "a code that stood for it before, or None"),
        (diagnoses(("A04.71", None, "A04.7")), 3, "a year from 2015 on, or a day"),
        (diagnoses(("A04.71", 2007, "A04.7")), 3, "a year from 2015 on, or a day"),
        (diagnoses(("A04.71", 2017.5, "A04.7")), 3, "a year from 2015 on, or a day"),
        (diagnoses(CHOLERA, CHOLERA), 4, "a code and its previous code once"),
        (diagnoses(("#REF!", 2017, "A04.7")), 3, "text in every cell"),
        (diagnoses(("=A2", 2017, "A04.7")), 3, "text in every cell"),
        (diagnoses(CHOLERA, VAPING, merged=["A3:A4"]), 3, "a cell of its own for every value"),
    ],
)
def test_a_row_of_diagnoses_that_is_not_whole_is_refused(raw, row, expected):
    with pytest.raises(RawFileError) as problem:
        read_icd10cm_conversion("t.xlsx", raw)
    assert (problem.value.where, problem.value.expected) == (f"t.xlsx, row {row}", expected)


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (diagnoses(), "rows below the header"),
        (workbook(CHOLERA), "a header row"),
        (b"PK\x03\x04", "a whole Excel workbook"),
        (b"", "a header row"),
        (b'"prose",,\r\nCurrent code assignment,Effective,Previous Code(s) Assignment\r\nA,2017\r\n', "3 cells"),
        (
            b'"prose",,\r\nCurrent code assignment,Effective,Previous Code(s) Assignment\r\nA04.71,2017,A04.7\t\r\n',
            "text",
        ),
        (b'"prose,,\r\nCurrent code assignment,Effective,Previous Code(s) Assignment\r\n', "every double quote closed"),
    ],
)
def test_what_is_no_conversion_table_is_refused(raw, complaint):
    with pytest.raises(RawFileError, match=r"t\.xlsx") as problem:
        read_icd10cm_conversion("t.xlsx", raw)
    assert complaint in problem.value.expected


def test_a_field_that_the_library_holds_too_long_is_refused():
    with pytest.raises(RawFileError, match="field larger than field limit"):
        read_icd10cm_conversion("t.csv", b"a" * 140_000 + b",,\n")


def test_a_pair_of_procedures_that_stands_twice_is_refused():
    with pytest.raises(RawFileError, match=r"row 3\n  expected: a pair of codes once"):
        read_icd10pcs_conversion("t.xlsx", procedures(PROCEDURE, PROCEDURE))
    assert (
        len(read_icd10pcs_conversion("t.xlsx", procedures(PROCEDURE, (*PROCEDURE[:5], "Revised", *PROCEDURE[6:])))) == 2
    )


def test_procedures_have_a_row_for_each_pair():
    assert rows_of(read_icd10pcs_conversion("t.xlsx", procedures(PROCEDURE))) == [
        ("02H40NZ", "2022", "NoPCS", "New", "10.01", 2)
    ]


@pytest.mark.parametrize(
    ("place", "cell", "expected"),
    [
        (0, None, "codes of ICD-10-PCS, or NoPCS"),
        (0, "02H40N", "codes of ICD-10-PCS, or NoPCS"),
        (3, None, "codes of ICD-10-PCS, or NoPCS"),
        (0, "NoPCS", "a current or a previous code"),
        (2, "1922", "a year from 2015 on"),
        (7, "13.01", "a month and day"),
        (7, None, "a month and day"),
    ],
)
def test_a_row_of_procedures_that_is_not_whole_is_refused(place, cell, expected):
    row = [cell if at == place else value for at, value in enumerate(PROCEDURE)]
    with pytest.raises(RawFileError, match="row 3") as problem:
        read_icd10pcs_conversion("t.xlsx", procedures(PROCEDURE, row))
    assert expected in problem.value.expected
