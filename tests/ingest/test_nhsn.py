"""NHSN's workbook of operative procedures: its sheets, blanks, flags and what it says twice."""

import io
from typing import Any

import openpyxl
import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.nhsn import read_nhsn

CODES = [
    ["Procedure Code Category", "ICD-10-PCS Codes", "Procedure Code Descriptions", "Code Status"],
    ["APPY", "0DTJ4ZZ ", "Resection of Appendix, Percutaneous Endoscopic Approach", "No change"],
    ["HPRO", "0SP908Z ", "Removal of Spacer", "No change\nSupplemental code - alone this is NOT a HPRO"],
]
INDEX = [
    [" Procedure Code Category", "Operative Procedure", "Procedure Description"],
    ["APPY", "Appendix surgery", "Operation of appendix"],
    ["HPRO", "Hip prosthesis ", "Arthroplasty of hip"],
]


def workbook(codes: list[list[Any]], index: list[list[Any]], name: str = "ALL 2025 ICD-10-PCS CODES") -> bytes:
    book, raw = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, rows in {name: codes, "Index": index}.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(raw)
    return raw.getvalue()


def test_a_code_has_its_category_the_title_of_that_and_its_flag() -> None:
    first, second = read_nhsn("x.xlsx", workbook(CODES, INDEX)).to_pylist()
    assert first == {
        "code": "0DTJ4ZZ", "category": "APPY", "category_description": "Appendix surgery", "code_status": "No change",
        "line": 2,
    }  # fmt: skip
    assert second["code_status"] == "No change; Supplemental code - alone this is NOT a HPRO"
    assert second["category_description"] == "Hip prosthesis"


def test_numbers_of_cpt_are_read_as_text() -> None:
    codes = [["Procedure Code Category", "CPT Codes", "Procedure Code Descriptions", "Code Status"]]
    codes += [["APPY", 44970.0, "not read", "No change"]]  # type: ignore[list-item]
    (row,) = read_nhsn("x.xlsx", workbook(codes, INDEX, "ALL 2026 CPT Codes")).to_pylist()
    assert (row["code"], row["category"]) == ("44970", "APPY")
    assert "not read" not in row.values()


def test_another_layout_is_refused() -> None:
    with pytest.raises(RawFileError, match="one sheet named"):
        read_nhsn("x.xlsx", workbook(CODES, INDEX, "CODES"))
    with pytest.raises(RawFileError, match="row 1\n  expected: the header"):
        read_nhsn("x.xlsx", workbook([["Category", "Codes", "Text", "Status"], *CODES[1:]], INDEX))
    moved = [[*row[:2], "", *row[2:]] for row in CODES]
    with pytest.raises(RawFileError, match="row 1\n  expected: the header"):
        read_nhsn("x.xlsx", workbook(moved, INDEX))
    with pytest.raises(RawFileError, match="a workbook"):
        read_nhsn("x.xlsx", b"no workbook")


@pytest.mark.parametrize(
    ("row", "law"),
    [
        (["HPRO", "0SP908", "", "No change"], "a code of ICD-10-PCS or CPT"),
        (["KPRO", "0SPC08Z", "", "No change"], "a category that the index has"),
        (["APPY", "0DTJ0ZZ", "", "No change"], "categories in ascending order"),
        (["HPRO", "0SP909Z", "", " "], "a status of the code"),
    ],
)
def test_a_broken_check_figure_is_refused_with_its_row(row: list[str], law: str) -> None:
    with pytest.raises(RawFileError, match=law) as problem:
        read_nhsn("x.xlsx", workbook([*CODES, row], INDEX))
    assert "x.xlsx, row 4" in str(problem.value)
