"""Workbooks for people with spreadsheets: text stays text, headers stay in view, notes say what it is."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pipeline.ask import spreadsheet
from pipeline.ask.build import Build
from pipeline.ask.spreadsheet import Sheet, export_spreadsheet
from schemas import TABLES
from schemas.arrow import columns_of
from tests.samples import run

CROSSWALK = "gem_icd9cm_icd10cm"


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def book(opened: Build, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("book") / "crosswalk.xlsx"
    export_spreadsheet(opened, path, crosswalk=CROSSWALK)
    return openpyxl.load_workbook(path)


def test_a_crosswalk_has_every_mapping_and_both_titles(book: Any, excerpt_build: Path) -> None:
    rows = rows_of(book["mappings"])
    mappings = pd.read_parquet(excerpt_build / "parquet" / "mappings.parquet").astype(object)
    mappings = mappings.where(mappings.notna(), None)
    own = mappings[mappings["crosswalk"] == CROSSWALK]
    assert {(row["source_code"], row["target_code"], row["scenario"], row["choice_list"]) for row in rows} == set(
        own[["source_code", "target_code", "scenario", "choice_list"]].itertuples(index=False, name=None)
    )
    row = next(row for row in rows if row["source"] == "250.00")
    assert (row["target"], row["target_title"]) == ("E11.9", "Type 2 diabetes mellitus without complications")


def test_codes_are_text_cells_of_the_format_text(book: Any) -> None:
    sheet = book["mappings"]
    header = [cell.value for cell in sheet[1]]
    at = header.index("source_code") + 1
    cells = [sheet.cell(row, at) for row in range(2, sheet.max_row + 1)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert any(cell.value.startswith("0") for cell in cells)


def test_header_is_frozen_and_days_are_days(book: Any) -> None:
    sheet = book["mappings"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref
    days = [row["valid_from"] for row in rows_of(sheet) if row["valid_from"]]
    assert isinstance(days[0], date | datetime)


def test_notes_say_what_it_is_from_which_build_and_what_each_column_means(book: Any, excerpt_build: Path) -> None:
    notes = list(book["notes"].iter_rows(values_only=True))
    assert ("build", excerpt_build.name) in notes
    assert ("crosswalk", CROSSWALK) in notes
    columns = columns_of(TABLES["mappings"])
    for name in [cell.value for cell in book["mappings"][1] if cell.value in columns]:
        assert (name, columns[name].description) in notes
    assert any("leading zeros" in (meaning or "") for _, meaning in notes)


def test_a_system_has_its_codes_and_their_history(excerpt_build: Path, tmp_path: Path) -> None:
    result = run(
        "export-xlsx", "--system", "icd9cm", "--to", str(tmp_path / "x.xlsx"), "--output", str(excerpt_build.parent)
    )
    assert result.exit_code == 0, result.output
    found = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert found.sheetnames == ["codes", "code_history", "notes"]
    codes = pd.read_parquet(excerpt_build / "parquet" / "codes.parquet")
    own = codes[codes["system"] == "ICD9CM"]
    assert [row["code"] for row in rows_of(found["codes"])] == own["code"].tolist()
    assert f"({len(own) + len(rows_of(found['code_history'])):,} rows)" in result.output


def test_more_rows_than_a_sheet_takes_go_into_several(
    opened: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "ROWS_OF_A_SHEET", 50)
    rows = export_spreadsheet(opened, tmp_path / "x.xlsx", crosswalk=CROSSWALK)
    found = openpyxl.load_workbook(tmp_path / "x.xlsx")
    sheets = [sheet for sheet in found if sheet.title.startswith("mappings")]
    assert len(sheets) == -(-rows // 50) > 1
    assert sum(sheet.max_row - 1 for sheet in sheets) == rows
    assert max(sheet.max_row for sheet in sheets) == 51


def test_formulas_are_never_made_of_text(opened: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "SHEET_OF_CODES", "select '=1+1' as code, $name as system")
    export_spreadsheet(opened, tmp_path / "x.xlsx", system="HCPCS")
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx")["codes"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_file_of_somebody_beside_the_workbook_is_neither_written_over_nor_deleted(
    opened: Build, tmp_path: Path
) -> None:
    (tmp_path / ".x.xlsx.part").write_text("mine", "utf-8")
    export_spreadsheet(opened, tmp_path / "x.xlsx", crosswalk=CROSSWALK)
    assert (tmp_path / ".x.xlsx.part").read_text("utf-8") == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"x.xlsx", ".x.xlsx.part"}


def test_the_same_rows_are_the_same_bytes(opened: Build, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        export_spreadsheet(opened, tmp_path / name, crosswalk=CROSSWALK)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "name one crosswalk or one system"),
        (("--crosswalk", CROSSWALK, "--system", "HCPCS"), "name one crosswalk or one system"),
        (("--crosswalk", "foo"), "there is no such crosswalk"),
        (("--crosswalk", "same_ccs_icd9proc_ccs_icd10pcs"), "its pairs are in no table"),
        (("--system", "foo"), "there is no such system"),
        (("--system", "HCPCS", "--to", "no/such/folder/x.xlsx"), "cannot be written"),
        (("--system", "HCPCS", "--to", "x.csv"), "its name ends with .xlsx"),
    ],
)
def test_wrong_usage_is_said_and_leaves_no_file(
    excerpt_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("export-xlsx", *options, "--output", str(excerpt_build.parent))
    assert result.exit_code == 2
    assert says in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "https://evil.example", "\x1b[2J"])
def test_text_that_a_spreadsheet_would_run_is_written_as_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "book.xlsx"
    spreadsheet._write(path, [Sheet("codes", "codes", ["code", "description"], [("A00", text)])], [("note", text)])
    for sheet in openpyxl.load_workbook(path):
        (cell,) = [cell for cell in sheet[2] if cell.value not in ("A00", "note")]
        assert (cell.data_type, cell.value.replace("_x001B_", "\x1b"), cell.hyperlink) == ("s", text, None)
