"""Workbooks that would take the machine's memory, or that hide that a cell has no value."""

import io
import resource
import subprocess
import sys
import zipfile

import openpyxl
import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.workbook import LOCKED, OLE_MAGIC, open_workbook

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*cells, merged=()):
    """A workbook of one sheet with cells by name."""
    book = openpyxl.Workbook()
    for name, value in cells:
        book.active[name] = value
    for each in merged:
        book.active.merge_cells(each)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def edited(raw, edit, part=SHEET):
    """The workbook with one part changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(old.read(name)) if name == part else old.read(name))
    return packed.getvalue()


def refusal(raw):
    with pytest.raises(RawFileError) as problem:
        book = open_workbook("x.xlsx", raw)
        [book.sheet(name).rows for name in book.names]
    return problem.value


GOOD = workbook(("A1", "code"), ("B1", 2020), ("A2", "A00"))


def test_rows_are_those_of_the_sheet_from_its_first_row_on():
    book = open_workbook("x.xlsx", workbook(("B3", "code")))
    sheet = book.sheet(book.names[0])
    assert sheet.rows == [["", ""], ["", ""], ["", "code"]]
    assert sheet.merged == ()


@pytest.mark.parametrize("cell", ["XFD1048576", "BM1", "CA2", "A200000", "AAA1", "B1048576"])
def test_one_blank_cell_far_away_is_refused_before_the_range_is_allocated(cell):
    raw = edited(
        GOOD, lambda xml: xml.replace(b"</sheetData>", b'<row><c r="%b" s="1"/></row></sheetData>' % cell.encode())
    )
    problem = refusal(raw)
    assert (problem.where, problem.found) == (f"x.xlsx, {SHEET}", f"one that reaches to {cell}")
    assert problem.expected == "at most 199,999 rows and 64 columns (BL)"


@pytest.mark.parametrize("cell", ["BL1", "AV199999"])
def test_cells_within_the_bounds_are_read(cell):
    book = open_workbook("x.xlsx", workbook((cell, "x")))
    assert book.sheet(book.names[0]).rows[-1][-1] == "x"


def test_a_cell_named_in_another_spelling_is_refused_since_the_bounds_do_not_see_it():
    raw = edited(GOOD, lambda xml: xml.replace(b'r="A2"', b"r = 'XFD1048576'"))
    assert refusal(raw).found == "another spelling"


def test_a_workbook_with_a_far_cell_does_not_end_the_process():
    """As a file of 5 kB did: the allocation of 17 thousand million cells aborts, where nothing can be caught."""
    program = (
        "import sys; from pipeline.ingest.workbook import open_workbook; from pipeline.errors import RawFileError\n"
        "try: book = open_workbook('x.xlsx', sys.stdin.buffer.read()); book.sheet(book.names[0])\n"
        "except RawFileError: sys.exit(3)"
    )
    raw = workbook(("XFD1048576", "x"))
    limit = 2 * 1024**3
    done = subprocess.run(
        [sys.executable, "-c", program], input=raw, check=False, capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 3, done.stderr


@pytest.mark.parametrize(
    ("xml", "found"),
    [
        (b'<c r="C2" t="e"><v>#REF!</v></c>', "the error of a formula in column C"),
        (b'<c r="C2" s="1" t=\'e\'><v>#N/A</v></c>', "the error of a formula in column C"),
        (b'<c r="C2"><f>A1</f><v></v></c>', "a formula without its value in column C"),
        (b'<c r="C2"><f>A1</f><v/></c>', "a formula without its value in column C"),
        (b'<c r="C2" t="str"><f>A1</f></c>', "a formula without its value in column C"),
        (b'<c r="C2"><f t="shared" si="0"/></c>', "a formula without its value in column C"),
    ],
)
def test_a_cell_without_a_value_of_its_own_is_named(xml, found):
    problem = refusal(edited(GOOD, lambda sheet: sheet.replace(b"</row></sheetData>", xml + b"</row></sheetData>")))
    assert (problem.where, problem.found) == ("x.xlsx, row 2", found)


def test_a_formula_with_its_value_is_read():
    xml = b'<c r="C2" t="str"><f>A1</f><v>A000</v></c>'
    book = open_workbook(
        "x", edited(GOOD, lambda sheet: sheet.replace(b"</row></sheetData>", xml + b"</row></sheetData>"))
    )
    assert book.sheet(book.names[0]).rows[1] == ["A00", "", "A000"]


@pytest.mark.parametrize(("merged", "row"), [("A2:A3", 2), ("A1:A3", 2), ("A2:B2", 2), ("B5:B9", 5)])
def test_merged_cells_below_the_header_are_refused(merged, row):
    book = open_workbook("x.xlsx", workbook(("A1", "code"), merged=[merged]))
    with pytest.raises(RawFileError, match="merged cells") as problem:
        book.sheet(book.names[0]).refuse_merged(0)
    assert problem.value.where == f"x.xlsx, row {row}"


def test_merged_cells_above_the_header_are_prose():
    book = open_workbook("x.xlsx", workbook(("A1", "prose"), ("A2", "code"), merged=["A1:C1"]))
    book.sheet(book.names[0]).refuse_merged(1)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (OLE_MAGIC + bytes(600), "one of the old form (xls)"),
        (OLE_MAGIC + bytes(600) + LOCKED, "one that is locked with a password"),
        (b"<table><tr><td>A00</td></tr></table>", "bytes that start with b'<table><tr><'"),
        (b"", "an empty file"),
        (GOOD[:-200], "one that cannot be read"),
        (GOOD[: len(GOOD) // 2], "one that cannot be read"),
        (GOOD.replace(b"xl/workbook.xml", b"xl/workbonk.xml"), "none"),
        (edited(GOOD, lambda xml: xml[:-40]), "one that cannot be read"),
        (edited(GOOD, lambda _: b""), "one that cannot be read"),
        (edited(GOOD, lambda _: b"<x/>", "xl/workbook.xml"), "one that cannot be read"),
    ],
)
def test_what_is_no_whole_workbook_is_refused(raw, found):
    assert found in refusal(raw).found


def test_a_part_that_unpacks_to_two_hundred_times_its_size_is_refused():
    raw = edited(GOOD, lambda xml: xml + b" " * 8 * 1024 * 1024)
    problem = refusal(raw)
    assert problem.where == f"x.xlsx, {SHEET}"
    assert "200 times its packed size" in problem.expected


def test_parts_that_unpack_to_an_absurd_size_together_are_refused(monkeypatch):
    monkeypatch.setattr("pipeline.ingest.archive.LARGEST_MEMBER", 4000)
    problem = refusal(GOOD)
    assert problem.where.startswith("x.xlsx")
    assert "at most 4,000 bytes" in problem.expected


def test_a_part_that_is_there_twice_is_refused():
    packed = io.BytesIO(GOOD)
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, b"<worksheet/>")
    assert refusal(packed.getvalue()).found == "a part twice"
