"""AHRQ's Elixhauser comorbidities: values of a SAS format, and the flags of the refined measures."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.elixhauser import (
    FLAGS_HEADER,
    FLAGS_SHEET,
    MEASURES_HEADER,
    MEASURES_SHEET,
    read_elixhauser_formats,
    read_elixhauser_refined,
)
from tests.mutations.made_samples import Rows, workbook_of

FORMATS = """/* Title */
Proc format lib=library;
    Value $RCOMFMT

    "D473"="NONE"            /*NONE*/

    "E0800",
    "E119"="DM"             /*Diabetes without chronic complications*/

    "I130"="HHRWCHF"         /**Hyp hrt & chr kdny dis w hrt fail*/

    Other = " "

    ;

VALUE CARDDRG                      /* Cardiac */
   001-002, 215-236 = "YES" ;

Run;
"""
TITLE = ("A title",)
MEASURES: Rows = [
    TITLE,
    MEASURES_HEADER,
    ("CMR_CBVD", "Cerebrovascular disease", "Yes"),
    ("CMR_HF", "Heart failure ", "Yes"),
    ("CMR_HTN_CX", "Hypertension, complicated ", "No"),
]
FLAGS = ("CBVD_POA", "CBVD_SQLA", "HF", "HTN_CX")
CODES: Rows = [
    TITLE,
    (*FLAGS_HEADER, *FLAGS),
    ("I110", "Hypertensive heart disease with heart failure", 2, 0, 0, 1, 1),
    ("I119", "Hypertensive heart disease without heart failure", 1, 0, 0, 0, 1),
    ("I6020", "Nontraumatic subarachnoid hemorrhage", 1, 1, 0, 0, 0),
    ("I6900", "Sequelae of nontraumatic subarachnoid hemorrhage", 1, 0, 1, 0, 0),
]


def refined(measures: Rows = MEASURES, codes: Rows = CODES) -> bytes:
    return workbook_of({"Table_of_Contents": [TITLE], MEASURES_SHEET: measures, FLAGS_SHEET: codes})


def test_a_value_and_its_title_are_those_of_every_code_above_them() -> None:
    found = [tuple(row.values()) for row in read_elixhauser_formats("f.txt", FORMATS.encode()).to_pylist()]
    assert found == [
        ("D473", "NONE", "NONE", 5),
        ("E0800", "DM", "Diabetes without chronic complications", 7),
        ("E119", "DM", "Diabetes without chronic complications", 8),
        ("I130", "HHRWCHF", "Hyp hrt & chr kdny dis w hrt fail", 10),
    ]


@pytest.mark.parametrize(
    ("old", "new", "law"),
    [
        ("Value $RCOMFMT", "Value $OTHER", "one format $RCOMFMT"),
        ('    Other = " "\n', "", "one format $RCOMFMT that ends with"),
        ('"E0800",', '"E0800"', 'line 7\n  expected: `"CODE",` or'),
        ('"E0800",', '"E08.00",', "line 7\n  expected: an undotted code"),
        ('"E0800",', '"E200",', "line 8\n  expected: values in the order of the alphabet, and the codes of each"),
        ('"DM"  ', '"LIVER"  ', "line 10\n  expected: values in the order of the alphabet"),
        ('"E0800",', '"E119",', "line 8\n  expected: every code once"),
        ('="DM"  ', '=""  ', 'line 8\n  expected: `"CODE",` or'),
        ("/*Diabetes without chronic complications*/", "", 'line 8\n  expected: `"CODE",` or'),
        ('"I130"="HHRWCHF"         /**Hyp hrt & chr kdny dis w hrt fail*/', '"I130",', "a value behind the last code"),
    ],
)
def test_broken_formats_are_refused(old: str, new: str, law: str) -> None:
    with pytest.raises(RawFileError) as error:
        read_elixhauser_formats("f.txt", FORMATS.replace(old, new, 1).encode())
    assert law in str(error.value)


def test_a_code_has_a_row_for_each_flag_with_what_is_said_of_the_measure() -> None:
    found = [tuple(row.values()) for row in read_elixhauser_refined("c.xlsx", refined()).to_pylist()]
    assert found == [
        ("I110", "HF", "Heart failure", "Yes", 3),
        ("I110", "HTN_CX", "Hypertension, complicated", "No", 3),
        ("I119", "HTN_CX", "Hypertension, complicated", "No", 4),
        ("I6020", "CBVD_POA", "Cerebrovascular disease", "Yes", 5),
        ("I6900", "CBVD_SQLA", "Cerebrovascular disease", "Yes", 6),
    ]


def test_a_row_that_ends_the_sheets_is_no_code_and_no_measure() -> None:
    end = ("End of Content",)
    ended = read_elixhauser_refined("c.xlsx", refined([*MEASURES, end], [*CODES, end]))
    assert ended.equals(read_elixhauser_refined("c.xlsx", refined()))


def test_such_a_row_among_the_codes_is_refused() -> None:
    with pytest.raises(RawFileError, match="row 6\n  expected: 0 or 1 in every flag"):
        read_elixhauser_refined("c.xlsx", refined(codes=[*CODES[:5], ("End of Content",), *CODES[5:]]))


@pytest.mark.parametrize(
    ("row", "law"),
    [
        (("I6901", "A title", 2, 0, 1, 0, 0), "row 7\n  expected: as many flags of 1"),
        (("I6901", "A title", "", 0, 1, 0, 0), "row 7\n  expected: as many flags of 1"),
        (("I6901", "A title", 0, 0, 0, 0, 0), "row 7\n  expected: 0 or 1 in every flag, and 1 in one of them"),
        (("I6901", "A title", 1, 0, 2, 0, 0), "row 7\n  expected: 0 or 1 in every flag"),
        (("I6901", "A title", 1, 0, "yes", 0, 0), "row 7\n  expected: 0 or 1 in every flag"),
        (("I6901", "A title", 1, 0, 1, 0, ""), "row 7\n  expected: 0 or 1 in every flag"),
        (("I69.01", "A title", 1, 0, 1, 0, 0), "row 7\n  expected: an undotted code"),
        (("I6020", "A title", 1, 0, 1, 0, 0), "row 7\n  expected: codes in the order of the alphabet, each once"),
        (("I6900", "A title", 1, 0, 0, 1, 0), "row 7\n  expected: codes in the order of the alphabet, each once"),
    ],
)
def test_a_broken_row_of_flags_is_refused(row: tuple[object, ...], law: str) -> None:
    with pytest.raises(RawFileError) as error:
        read_elixhauser_refined("c.xlsx", refined(codes=[*CODES, row]))
    assert law in str(error.value)


@pytest.mark.parametrize(
    ("measures", "codes", "law"),
    [
        (MEASURES[:-1], CODES, "a flag for every measure"),
        (MEASURES, [TITLE, (*FLAGS_HEADER, *FLAGS[:-1], "HTN"), *CODES[2:]], "a flag for every measure"),
        (MEASURES, [TITLE, ("Code", *FLAGS_HEADER[1:], *FLAGS), *CODES[2:]], "row 2\n  expected: the header"),
        ([*MEASURES, ("CMR_HF", "Heart failure", "Yes")], CODES, "every measure once, with its description"),
        ([*MEASURES[:-1], ("CMR_HTN_CX", "Hypertension, complicated", "Maybe")], CODES, "Yes or No"),
    ],
)
def test_a_workbook_of_another_shape_is_refused(measures: Rows, codes: Rows, law: str) -> None:
    with pytest.raises(RawFileError) as error:
        read_elixhauser_refined("c.xlsx", refined(measures, codes))
    assert law in str(error.value)


def test_a_workbook_without_its_sheets_is_refused() -> None:
    with pytest.raises(RawFileError, match=f"a sheet {MEASURES_SHEET}"):
        read_elixhauser_refined("c.xlsx", workbook_of({FLAGS_SHEET: CODES}))
