"""Every line of the excerpt is a line of the agencies' files, and what it says of a code is all that they say."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from striprtf.striprtf import rtf_to_text

from tests.conftest import EXCERPT
from tests.official.conftest import Member

KeyOf = Callable[[bytes], bytes]
Line = TypeVar("Line")


def columns(last: int, first: int = 1) -> KeyOf:
    """The key of a line is what stands in these columns."""
    return lambda line: line[first - 1 : last].strip()


def first_field(line: bytes) -> bytes:
    """The key of a csv line."""
    return line.split(b",")[0]


def tab_field(line: bytes) -> bytes:
    """The key of a line of cells set apart by tabs is the first."""
    return line.split(b"\t")[0]


def second_field(line: bytes) -> bytes:
    """The key of a line of an exempt list is the code, behind its number; another line is its own."""
    cells = line.split(b"\t")
    return cells[1] if len(cells) == 3 else line


def quoted_code(line: bytes) -> bytes:
    """The code at the start of a line of a SAS format; another line is its own."""
    found = re.match(rb'\s*"(\w+)"', line)
    return found[1] if found else line


def product_number(line: bytes) -> bytes:
    """The key of a line of drug products; another line, such as one of the preamble, is its own."""
    cells = next(csv.reader([line.decode("cp1252")]))
    return cells[3].encode() if len(cells) > 4 and re.fullmatch(r"[\dA-Za-z-]*\d[\dA-Za-z-]*", cells[3]) else line


# source, file name pattern: what of a line names its code; across: whether the chosen codes are those of all releases.
KEYS: list[tuple[str, str, KeyOf, bool]] = [
    ("icd10cm", r".*order.*\.txt", columns(13, 7), True),
    ("icd10pcs", r".*order.*\.txt", columns(13, 7), True),
    ("icd9cm", r".*DX.*\.csv", first_field, True),
    ("icd9cm", r".*SG.*\.csv", first_field, True),
    ("icd9cm", r".*DX.*\.txt", columns(5), True),
    ("icd9cm", r".*SG.*\.txt", columns(4), True),
    ("hcpcs", r".*ANWEB.*\.txt", columns(5), False),
    ("gem_dx", r".*I9gem\.txt", columns(5), False),
    ("gem_dx", r".*I10gem\.txt", columns(7), False),
    ("gem_px", r"gem_i9pcs\.txt", columns(5), False),
    ("gem_px", r"gem_pcsi9\.txt", columns(7), False),
    ("reimbursement_dx", r".*\.txt", columns(7), False),
    ("reimbursement_px", r".*\.txt", columns(7), False),
    ("asp_ndc_hcpcs", r".*\.csv", product_number, False),
    ("ccs_icd10pcs", r".*\.csv", first_field, False),
    ("ccs_icd10cm", r".*\.csv", first_field, False),
    ("cci_icd10cm", r".*\.csv", first_field, False),
    ("procedure_classes_icd10pcs", r".*\.csv", first_field, False),
    ("elixhauser_icd10cm", r".*\.txt", quoted_code, False),
    ("ccs_icd9_px", r".*\.csv", first_field, False),
    ("poa_exempt", r"POAexemptCodes.*\.txt", second_field, False),
    ("ipps_tables", r".*\.txt", tab_field, False),
]
KIND_OF_ICD9 = re.compile(r".*(DX|SG).*")
HEADERS = {b"DIAGNOSIS CODE", b"PROCEDURE CODE"}


def files_of(*sources: str) -> list[Path]:
    """The excerpt's files of some sources, as folder/release/name."""
    found = [path.relative_to(EXCERPT) for source in sources for path in sorted((EXCERPT / source).glob("*/*"))]
    assert found, f"the excerpt has no file of {sources}"
    return found


LISTINGS = [file for file in files_of(*dict.fromkeys(source for source, *_ in KEYS)) if file.suffix != ".xlsx"]


def row_of(file: Path) -> tuple[str, str, KeyOf, bool]:
    """The first row of KEYS that is about a file."""
    return next(row for row in KEYS if row[0] == file.parts[0] and re.fullmatch(row[1], file.name))


@cache
def lines_of(raw: bytes) -> tuple[bytes, ...]:
    """The lines of a file, each with its line end as it is."""
    return tuple(re.findall(rb"[^\n]*\n|[^\n]+$", raw))


@cache
def chosen_codes(file: Path) -> frozenset[bytes]:
    """The codes of one file; where a listing is there for several releases, of every file of its kind."""
    source, _, _, across = row_of(file)
    family = [file]
    if across:
        kind = KIND_OF_ICD9.fullmatch(file.name)
        family = [each for each in files_of(source) if not kind or kind[1] in each.name]
    keys = {row_of(each)[2](line) for each in family for line in lines_of((EXCERPT / each).read_bytes())}
    return frozenset(keys - HEADERS)


def first_out_of_order(part: Iterable[Line], whole: Iterable[Line]) -> Line | None:
    """The first of `part` that does not stand in `whole` behind the ones before it; None where all do."""
    rest = iter(whole)
    return next((line for line in part if line not in rest), None)


def official_of(member: Member, file: Path) -> bytes:
    return member(file.parts[0], file.parts[1], file.name)


def id_of(file: Path) -> str:
    return file.as_posix()


@pytest.mark.parametrize("file", LISTINGS, ids=id_of)
def test_every_line_with_its_line_end_is_a_line_of_the_official_file(file: Path, official_member: Member) -> None:
    excerpt, official = (lines_of(raw) for raw in ((EXCERPT / file).read_bytes(), official_of(official_member, file)))
    assert first_out_of_order(excerpt, official) is None


@pytest.mark.parametrize("file", LISTINGS, ids=id_of)
def test_every_official_line_of_a_chosen_code_is_in_the_excerpt(file: Path, official_member: Member) -> None:
    key, chosen = row_of(file)[2], chosen_codes(file)
    official = [line for line in lines_of(official_of(official_member, file)) if key(line) in chosen]
    missing = set(official) - set(lines_of((EXCERPT / file).read_bytes()))
    assert official
    assert not missing


def paragraphs_of(raw: bytes) -> list[str]:
    """The paragraphs of an RTF document that are not blank."""
    text = rtf_to_text(raw.decode("cp1252"), encoding="cp1252")
    return [line.rstrip() for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("file", files_of("icd9cm_tabular"), ids=id_of)
def test_every_paragraph_of_the_icd9_tabular_lists_is_an_official_one(file: Path, official_member: Member) -> None:
    """The running head, which says that it is an excerpt, is no paragraph of the text."""
    excerpt = paragraphs_of((EXCERPT / file).read_bytes())
    assert len(excerpt) > 90
    assert first_out_of_order(excerpt, paragraphs_of(official_of(official_member, file))) is None


@pytest.mark.parametrize("file", files_of("icd10cm_tabular"), ids=id_of)
def test_every_line_of_the_icd10cm_tabular_list_is_an_official_one(file: Path, official_member: Member) -> None:
    excerpt, official = (lines_of(raw) for raw in ((EXCERPT / file).read_bytes(), official_of(official_member, file)))
    assert len(excerpt) > 1000
    assert not set(excerpt) - set(official)


Cause = tuple[str, str, str]


def causes_of(raw: bytes) -> list[Cause]:
    """Status, code and title of each row below the header of a list of causes of death, empty rows left out."""
    encoding = "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "cp1252"
    text = raw.decode(encoding)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "Status\tCode" in text else ","))
    start = next(number for number, row in enumerate(rows) if row[:3] == ["Status", "Code", "ICD Title"])
    return [(row[0], row[1], row[2]) for row in rows[start + 1 :] if any(row)]


def plain(title: str) -> str:
    """A title without its capitals and double blanks, so that a trifle does not make it another."""
    return " ".join(title.casefold().split())


@pytest.mark.parametrize("file", files_of("icd10_mortality"), ids=id_of)
def test_status_and_code_of_every_cause_of_death_are_official(file: Path, official_member: Member) -> None:
    excerpt, official = (causes_of(raw) for raw in ((EXCERPT / file).read_bytes(), official_of(official_member, file)))
    assert len(excerpt) > 40
    assert first_out_of_order([row[:2] for row in excerpt], [row[:2] for row in official]) is None


@pytest.mark.parametrize("file", files_of("icd10_mortality"), ids=id_of)
def test_no_title_of_a_cause_of_death_is_the_who_s(file: Path, official_member: Member) -> None:
    """WHO text is not in the repository: titles are in words of our own."""
    official = {plain(title) for *_, title in causes_of(official_of(official_member, file))}
    excerpt = [title for *_, title in causes_of((EXCERPT / file).read_bytes())]
    assert all(excerpt)
    assert [title for title in excerpt if plain(title) in official] == []


@pytest.mark.parametrize("file", files_of("nchs_113_causes"), ids=id_of)
def test_every_line_of_the_113_causes_below_the_comment_is_official(file: Path, official_member: Member) -> None:
    """The official file ends without a line end."""
    comment, _, program = (EXCERPT / file).read_bytes().partition(b"*/\n")
    assert b"excerpt" in comment
    assert len(lines_of(program)) > 50
    assert first_out_of_order(lines_of(program), lines_of(official_of(official_member, file) + b"\n")) is None


def causes_by_code(program: bytes) -> dict[tuple[str, str], str]:
    """The cause that the SAS program gives to each code, by variable (of ICD-9 or of ICD-10) and code."""
    statements = re.findall(r"if (\w+) in \(([^)]*)\)\s*then \w+=(\d+);", program.decode("ascii"), re.IGNORECASE)
    return {(variable, code): cause for variable, codes, cause in statements for code in re.findall(r"'(\w+)'", codes)}


@pytest.mark.parametrize("file", files_of("nchs_113_causes"), ids=id_of)
def test_every_code_of_the_113_causes_has_its_official_cause(file: Path, official_member: Member) -> None:
    excerpt = causes_by_code((EXCERPT / file).read_bytes())
    official = causes_by_code(official_of(official_member, file))
    assert len(excerpt) > 200
    assert excerpt.items() <= official.items()


def cell(value: object) -> str:
    """A cell of a workbook as the csv writes it: whole numbers without a point, days as 2021-01-01."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def test_every_row_of_the_conversion_table_is_a_row_of_the_official_workbook(official_member: Member) -> None:
    from python_calamine import CalamineWorkbook

    (file,) = files_of("icd10cm_conversion")
    workbook = official_member("icd10cm_conversion", file.parts[1], f"{file.stem}.xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    official = {tuple(map(cell, row[:3])) for row in sheet}
    with (EXCERPT / file).open(encoding="utf-8", newline="") as opened:
        header, *rows = list(csv.reader(opened))[1:]
    assert len(rows) == 30
    assert tuple(header) in official
    assert [row for row in rows if tuple(row) not in official] == []


def test_every_row_of_the_lab_ncd_list_is_a_row_of_the_official_workbook(official_member: Member) -> None:
    """Titles, legend and header are those rows too; each list of the excerpt keeps its first and last row.

    Procedures stand beside the diagnoses without a meaning, and those of CPT are two here: a row of another has none.
    """
    from python_calamine import CalamineWorkbook

    (file,) = files_of("lab_ncd")

    def rows_of(raw: bytes) -> list[list[object]]:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
        return list(sheet.to_python(skip_empty_area=False))

    whole = rows_of(official_member("lab_ncd", file.parts[1], file.name))
    excerpt = rows_of((EXCERPT / file).read_bytes())
    procedures = [85004, 84153]
    official = [row if row[2] in procedures else [*row[:2], "", "", "", *row[5:]] for row in whole[7:]]
    assert excerpt[:7] == whole[:7]
    assert len(excerpt) == 22
    places = [official.index(row) for row in excerpt[7:]]
    assert places == sorted(places)
    assert [row[2] for row in excerpt[7:] if row[2]] == procedures


WORKBOOKS = {
    "nhsn_pcs": {"ALL 2025 ICD-10-PCS CODES": 1, "Index": 0},
    "elixhauser_icd10cm": {"Table_of_Contents": 0, "Comorbidity_Measures": 0, "DX_to_Comorb_Mapping": 0},
}


@pytest.mark.parametrize("file", [each for each in files_of(*WORKBOOKS) if each.suffix == ".xlsx"], ids=id_of)
def test_every_row_of_a_workbook_is_a_row_of_the_official_one(file: Path, official_member: Member) -> None:
    """In the same order, and every row of a code or category that is chosen."""
    from python_calamine import CalamineWorkbook

    official = CalamineWorkbook.from_filelike(io.BytesIO(official_of(official_member, file)))
    excerpt = CalamineWorkbook.from_path(str(EXCERPT / file))
    for sheet, place in WORKBOOKS[file.parts[0]].items():
        rows, whole = (book.get_sheet_by_name(sheet).to_python() for book in (excerpt, official))
        chosen = {row[place] for row in rows}
        assert len(rows) > 3
        assert [row for row in whole if row[place] in chosen] == rows


def test_every_icd9_cause_of_death_is_in_the_icd9_part_of_the_113_causes(official_member: Member) -> None:
    """There is no official ucod.txt to compare with; the recode has the codes without E and dot."""
    (file,) = files_of("icd9_mortality")
    text = (EXCERPT / file).read_bytes().decode("cp437")
    codes = re.findall(r"^E?(\d{3}(?:\.\d)?)\s", text, re.MULTILINE)
    program = official_member("nchs_113_causes", "1999-01-01", "Classify_to_113_list.sas").decode("ascii")
    of_icd9, _, of_icd10 = program.partition("/*CLASSIFY ICD-10 CODES")
    known = set(re.findall(r"'(\d{3,4})'", of_icd9))
    assert of_icd10
    assert len(codes) == 34
    assert [code for code in codes if code.replace(".", "") not in known] == []
