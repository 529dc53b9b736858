"""The workbook of the HCPCS file: the fields of the text file, from cells that are mostly text."""

import io
from datetime import datetime

import openpyxl
import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.anweb import ANWEB_FIELDS, read_anweb
from pipeline.ingest.anweb_workbook import CELLS, read_anweb_records, read_anweb_workbook
from tests.samples import anweb_record, text_of

HEADER = [cell for cells, _ in CELLS.values() for cell in cells]
DISCLAIMER = [["The data\N{RIGHT SINGLE QUOTATION MARK}s\N{NO-BREAK SPACE}owner"], [], ["CPT is a trade mark"], []]
CODE = {
    "HCPC": "A0021", "SEQNUM": "0010", "RECID": "3", "LONG DESCRIPTION": "Ambulance service, outside state",
    "SHORT DESCRIPTION": "Outside state ambulance serv", "ADD DT": "19820101", "ACT EFF DT": "", "ACTION CD": "N",
}  # fmt: skip
MODIFIER = {**CODE, "HCPC": "   A1", "RECID": "7", "LONG DESCRIPTION": "Dressing for one wound"}
CONTINUED = {"HCPC": "A0021", "SEQNUM": "0020", "RECID": "4", "LONG DESCRIPTION": "(medicaid only)"}


def workbook(*records: dict[str, object], before: list[list[str]] | None = None, header: list[str] = HEADER) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [*(before or []), header, *([each.get(name, "") for name in header] for each in records)]:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def rows_of(*records: dict[str, object], **options: list) -> list[dict[str, object]]:
    return read_anweb_workbook("x.xlsx", workbook(*records, **options)).to_pylist()


def test_columns_are_those_of_the_text_file() -> None:
    record = anweb_record(
        "A0021", 100, 3, str(CODE["LONG DESCRIPTION"]), short=str(CODE["SHORT DESCRIPTION"]),
        days=f"19820101{'':16}N",
    )  # fmt: skip
    table = read_anweb_workbook("x.xlsx", workbook(CODE))
    text = read_anweb("x.txt", text_of([record]))
    assert table.column_names == text.column_names == [*ANWEB_FIELDS, "line"]
    assert table.drop(["line"]).to_pylist() == text.drop(["line"]).to_pylist()


def test_a_file_is_read_by_its_content_whatever_its_name() -> None:
    assert read_anweb_records("x", workbook(CODE))["line"].to_pylist() == [2]
    assert read_anweb_records("x", text_of([anweb_record("A0021", 100, 3, "x")]))["line"].to_pylist() == [1]


def test_lines_are_rows_of_the_sheet_behind_a_disclaimer_too() -> None:
    assert [row["line"] for row in rows_of(MODIFIER, CODE)] == [2, 3]
    rows = rows_of(MODIFIER, {}, CODE, before=DISCLAIMER)
    assert [(row["code"], row["line"]) for row in rows] == [("A1", 6), ("A0021", 8)]


def test_cells_of_one_field_stand_in_the_widths_of_the_text_file() -> None:
    cells = {
        "PRICE1": "00", "PRICE2": "21", "CIM1": "35-99", "CIM3": "65-7", "MCM2": "3350.5", "LABCERT1": "400",
        "LABCERT3": "220", "XREF1": "QM", "XREF2": "99407", "XREF4": "A0030", "TOS1": "D", "TOS3": "S",
    }  # fmt: skip
    (row,) = rows_of({**CODE, **cells})
    assert row["pricing_indicators"] == "0021"
    assert row["cim_references"] == "35-99       65-7"
    assert row["mcm_references"] == "        3350.5"
    assert row["lab_certification"] == "400   220"
    assert row["cross_references"] == "QM   99407     A0030"
    assert row["type_of_service"] == "D S"


def test_numbers_and_days_in_cells_are_the_text_that_was_meant() -> None:
    cells = {
        "RECID": 3,
        "SEQNUM": 10,
        "ADD DT": 20201001,
        "ACT EFF DT": datetime(2020, 10, 1),
        "PRICE1": 0,
        "XREF1": 99,
    }
    (row,) = rows_of({**CODE, **cells, "PROCNOTE": 69.0})
    assert (row["record_id"], row["sequence"]) == ("3", "00100")
    assert (row["added"], row["action_effective"]) == ("20201001", "20201001")
    assert (row["pricing_indicators"], row["cross_references"], row["processing_note"]) == ("00", "00099", "0069")


def test_blanks_at_the_ends_and_blanks_that_do_not_break_are_no_part_of_a_text() -> None:
    (row,) = rows_of({**CODE, "LONG DESCRIPTION": "\N{NO-BREAK SPACE}Service,\N{NO-BREAK SPACE}outside  state "})
    assert row["long_description"] == "Service, outside  state"


def test_lost_day_stays_empty() -> None:
    assert rows_of(CODE)[0]["action_effective"] == ""


def test_continuation_is_a_row_of_its_own() -> None:
    rows = rows_of(MODIFIER, CODE, CONTINUED)
    assert [(row["code"], row["sequence"], row["record_id"]) for row in rows[1:]] == [
        ("A0021", "00100", "3"), ("A0021", "00200", "4"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("records", "row", "expected"),
    [
        ([MODIFIER, {**CODE, "HCPC": ""}], 3, "a code or a modifier in HCPC"),
        ([{**CODE, "HCPC": "A21"}], 2, "a code or a modifier in HCPC"),
        ([CODE, MODIFIER, CODE], 2, "a code once"),
        ([{**CODE, "RECID": "5"}], 2, "3, 4, 7 or 8 in RECID"),
        ([CONTINUED], 2, "a continuation behind the record it continues"),
        ([CODE, MODIFIER, CONTINUED], 4, "a continuation behind the record it continues"),
        ([CODE, {**CONTINUED, "SEQNUM": "0010"}], 3, "a continuation behind the record it continues"),
        ([CODE, {**MODIFIER, "COV": "#N/A"}], 3, "text in every cell"),
        ([CODE, {**MODIFIER, "XREF3": "A00300"}], 3, "at most 5 characters in XREF3"),
        ([], 1, "rows behind the header"),
    ],
)
def test_row_that_is_no_record_is_refused(records: list[dict[str, object]], row: int, expected: str) -> None:
    with pytest.raises(RawFileError) as problem:
        rows_of(*records)
    assert (problem.value.where, problem.value.expected) == (f"x.xlsx, row {row}", expected)


def test_missing_columns_are_named() -> None:
    header = [name for name in HEADER if name not in ("XREF5", "TERM DT")]
    with pytest.raises(RawFileError, match="no column XREF5, TERM DT") as problem:
        rows_of(CODE, header=header, before=DISCLAIMER)
    assert problem.value.where == "x.xlsx, row 5"


@pytest.mark.parametrize("raw", [workbook(CODE, header=["CODE", *HEADER[1:]]), b"HCPC,SEQNUM,RECID\n", b"PK\x03\x04"])
def test_what_is_no_such_workbook_is_refused(raw: bytes) -> None:
    with pytest.raises(RawFileError, match=r"x\.xlsx"):
        read_anweb_workbook("x.xlsx", raw)
