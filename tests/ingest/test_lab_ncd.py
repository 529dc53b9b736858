"""The Lab NCD code list: its cells as text, and what is refused."""

import io
from datetime import date

import pytest
import xlsxwriter

from pipeline.errors import RawFileError
from pipeline.ingest.lab_ncd import read_lab_ncd

DAY = date(2015, 10, 1)
LEGEND = [
    ["", "", "", "MEDICARE NATIONAL COVERAGE DETERMINATIONS"],
    ["", "", "Legend"],
    ["", "", "", "", "", "     1 - ICD-10-CM codes covered by Medicare."],
    ["", "", "", "", "", "     2 - ICD-10-CM codes denied. "],
    ["", "", "", "", "", "     3 - ICD-10-CM codes that do not support medical necessity."],
]
HEADER = [
    ["NCD ", "NCD", "CPT/HCPCS ", "CPT/HCPCS", "CPT/HCPCS", "ICD-10", "ICD-10 EFF", "ICD-10 TERM", "RESOLUTION"],
    ["Number", "DESCRIPTION", "CODES", "EFF DATE", "TERM DATE", "CODE", " DATE", "DATE", "CODE 1/"],
]
FIRST = [190.30, "Some test", 84153, "", "", "C61", DAY, "", 1]
DEFAULT = [190.30, "", "", "", "", "@@@@@@@", DAY, "", 3]


def workbook(*rows: list[object], above: list[list[object]] | None = None) -> bytes:
    """A workbook with these rows below its legend and header, days and numbers in cells as the publisher has them."""
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as book:
        sheet, day = book.add_worksheet("sheet1"), book.add_format({"num_format": "mm/dd/yyyy"})
        for line, row in enumerate([*(above or [*LEGEND, *HEADER]), *rows]):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(line, place, cell, day)
                elif cell != "":
                    sheet.write(line, place, cell)
    return raw.getvalue()


def rows_of(*rows: list[object]) -> list[dict[str, object]]:
    return read_lab_ncd("list.xlsx", workbook(*rows)).to_pylist()


def test_cells_are_text_by_the_rule_of_their_column() -> None:
    first, last = rows_of(FIRST, DEFAULT)
    assert first == {
        "ncd": "190.30", "title": "Some test", "procedure": "84153", "procedure_from": "", "procedure_to": "",
        "diagnosis": "C61", "valid_from": "2015-10-01", "valid_to": "", "resolution": "1", "line": 8,
    }  # fmt: skip
    assert (last["ncd"], last["diagnosis"], last["line"]) == ("190.30", "@@@@@@@", 9)


@pytest.mark.parametrize(
    ("day", "resolution", "read"),
    [(DAY, 2, ("2015-10-01", "2")), ("*10/01/21", "*2", ("2021-10-01", "2")), ("*10/01/021", 2, ("2021-10-01", "2"))],
)
def test_marks_of_this_quarter_are_taken_off(day: object, resolution: object, read: tuple[str, str]) -> None:
    _, row, _ = rows_of(FIRST, [190.30, "", "", "", "", "C774-C775", day, "", resolution], DEFAULT)
    assert (row["valid_from"], row["resolution"]) == read


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([FIRST, [190.30, "", "", "", "", "C61", DAY, "", 4], DEFAULT], "a resolution code of the legend"),
        ([FIRST, [190.30, "", "", "", "", "C61.0", DAY, "", 1], DEFAULT], "an undotted code"),
        ([FIRST, [190.30, "", "", "", "", "C775-C774", DAY, "", 1], DEFAULT], "sorts before its last"),
        ([FIRST, [190.30, "", "", "", "", "C61", "soon", "", 1], DEFAULT], "days in the cells of days"),
        ([FIRST, [190.30, "", "", "", "", "C61", "", "", 1], DEFAULT], "a first day of every diagnosis"),
        ([["NCD 1", *FIRST[1:]], DEFAULT], "the number of a determination"),
        ([[*FIRST[:2], "841", *FIRST[3:]], DEFAULT], "a CPT or HCPCS code"),
        ([[190.30, "", *FIRST[2:]], DEFAULT], "a title and a procedure in the first row"),
        ([FIRST, FIRST, DEFAULT], "a diagnosis once in each list"),
        ([FIRST], "in the last row of each list"),
        ([FIRST, DEFAULT, DEFAULT], "in the last row of each list"),
    ],
)
def test_row_that_breaks_the_layout_is_refused_with_its_number(rows: list[list[object]], expected: str) -> None:
    with pytest.raises(RawFileError, match=expected) as problem:
        rows_of(*rows)
    assert "list.xlsx, row " in str(problem.value)


def test_another_meaning_of_the_resolutions_is_refused() -> None:
    legend = [*LEGEND[:3], ["", "", "", "", "", "     2 - ICD-10-CM codes under review."], LEGEND[4]]
    with pytest.raises(RawFileError, match="2 - ICD-10-CM codes denied"):
        read_lab_ncd("list.xlsx", workbook(FIRST, DEFAULT, above=[*legend, *HEADER]))


def test_another_header_is_refused() -> None:
    with pytest.raises(RawFileError, match="row 7"):
        read_lab_ncd("list.xlsx", workbook(FIRST, DEFAULT, above=[*LEGEND, HEADER[0], HEADER[0]]))


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(RawFileError, match="a whole Excel workbook"):
        read_lab_ncd("list.xlsx", b"PK\x03\x04 cut short")
