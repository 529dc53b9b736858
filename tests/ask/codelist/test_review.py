"""A review: what a person reads and decides, and the list that their decisions make."""

from pathlib import Path

import openpyxl
import pytest

from pipeline.ask.build import Build
from pipeline.ask.codelist.converted_list import Conversion, convert_list
from pipeline.ask.codelist.judged_review import as_list_text, read_accepted
from pipeline.ask.codelist.list_systems import resolve_list
from pipeline.ask.codelist.list_text import read_list
from pipeline.ask.codelist.review import write_review
from pipeline.errors import UsageError

LIST = "concept,code\nblood,038.11\nblood,995.91\nheart,401.0\nheart,401.1\nheart,402.01\nnone,E930.0\n"


@pytest.fixture
def found(opened: Build) -> Conversion:
    """A list of three concepts in ICD-10-CM."""
    return convert_list(opened, resolve_list(opened, read_list(LIST), "ICD9CM"), "ICD10CM")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_untouched_review_makes_the_list_of_what_came_in_and_commands_read_it(
    opened: Build, found: Conversion, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"review.{ending}"
    assert write_review(opened, found, path) == len(found.rows)
    accepted = read_accepted(path)
    assert {*accepted} == {(row["concept"], "ICD10CM", row["code"]) for row in found.rows if row["status"] == "include"}
    read = read_list(as_list_text(accepted))
    assert [(each.concept, each.system, each.first) for each in read.entries] == accepted


def test_what_a_person_decides_is_in_the_list(opened: Build, found: Conversion, tmp_path: Path) -> None:
    path = tmp_path / "review.xlsx"
    write_review(opened, found, path)
    book = openpyxl.load_workbook(path)
    page = book["review"]
    header = [cell.value for cell in page[1]]
    for cells in page.iter_rows(min_row=2):
        row = dict(zip(header, cells, strict=True))
        if row["code"].value == "I10":
            row["accept"].value = "no"
        if row["status"].value == "review":
            row["accept"].value = "Yes"
    book.save(path)
    accepted = {code for _, _, code in read_accepted(path)}
    assert "I10" not in accepted
    assert {row["code"] for row in found.rows if row["status"] == "review"} <= accepted


def test_the_list_stands_beside_what_it_became_by_category(opened: Build, found: Conversion, tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    write_review(opened, found, path)
    lines = path.read_text().splitlines()
    (line,) = [each for each in lines if '"I10"' in each and '"yes"' in each]
    assert '"401.0 ' in line
    assert "; 401.1 " in line
    assert line.index('"401.0') < line.index('"I10","Essential (primary) hypertension","yes"')
    (lost,) = [each for each in lines if "E930.0" in each]
    assert '"none","no_map"' in lost


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("concept,code\na,I10\n", "no column system, accept"),
        ("concept,system,code,accept\na,ICD10CM,I10,maybe\n", "row 2: accept says maybe"),
        ("concept,system,code,accept\na,ICD10CM,,yes\n", "row 2: accepted, but it has no code"),
    ],
)
def test_what_is_no_decision_is_refused_with_the_row(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "review.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=f"{said}(?s:.*)next: "):
        read_accepted(path)


def test_a_workbook_marks_where_a_category_begins_and_what_is_to_judge(
    opened: Build, found: Conversion, tmp_path
) -> None:
    path = tmp_path / "review.xlsx"
    write_review(opened, found, path)
    page = openpyxl.load_workbook(path)["review"]
    names = {cell.value: cell.column_letter for cell in page[1]}
    marks = {
        str(marked.sqref): rule.formula for marked, own in page.conditional_formatting._cf_rules.items() for rule in own
    }
    accept, last = names["accept"], page.max_row
    assert marks[f"{accept}2:{accept}{last}"] == [f'AND(${accept}2="",${names["code"]}2<>"")']
    assert marks[f"A2:{names['code']}{last}"] == [f"OR($A2<>$A1,${names['category']}2<>${names['category']}1)"]


def test_a_csv_that_a_spreadsheet_wrote_with_semicolons_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_text('concept;system;code;source;accept\na;ICD10CM;I10;"one, two;\nthree";yes\n', encoding="utf-8-sig")
    assert read_accepted(path) == [("a", "ICD10CM", "I10")]
    path.write_text('concept,system,code,source,accept\na,ICD10CM,I10,"never closed,yes\n')
    with pytest.raises(UsageError, match=r"no row of a table(?s:.*)next: "):
        read_accepted(path)


def test_a_review_that_stands_there_is_not_written_over(opened: Build, found: Conversion, tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_text("judged")
    with pytest.raises(UsageError, match="stands there already"):
        write_review(opened, found, path)
    assert path.read_text() == "judged"


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "review.xlsx"
    path.write_text("no workbook")
    with pytest.raises(UsageError, match="no Excel workbook"):
        read_accepted(path)
