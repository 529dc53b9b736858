"""Groupers of codes: AHRQ's CCSR and CCS categories, and the hierarchical condition categories (HCC) of CMS.

AHRQ's csv files wrap codes and categories in single quotes, which are data to a csv reader and are taken off here;
descriptions are in double quotes. CMS posts a csv whose header cells run over several lines.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineWorkbook

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.csv_cells import ENCODINGS, Cells, read_csv_cells, unquoted
from pipeline.ingest.text import decode

NEXT = "check that this is the mapping file of the tool; a new layout needs a reader of its own"

# Only v2020 has one default; from v2021 on there are two. PRCCSR has none, and one category.
CCSR_COLUMNS = {
    "code": ("ICD-10-CM CODE", "ICD-10-PCS"),
    "code_description": ("ICD-10-CM CODE DESCRIPTION", "ICD-10-PCS DESCRIPTION"),
    "inpatient_default": ("Default CCSR CATEGORY IP", "Default CCSR CATEGORY"),
    "outpatient_default": ("Default CCSR CATEGORY OP",),
}
CCSR_CATEGORY = re.compile(r"CCSR CATEGORY (\d)|PRCCSR")
CCSR_CODE = r"^[0-9A-Z]{3,7}$"
CCSR_SHEET = "DX_to_CCSR_Mapping"
CCSR_SHEET_HEADER = (
    "ICD-10-CM Code", "ICD-10-CM Code Description", "CCSR Category", "CCSR Category Description",
    "Inpatient Default CCSR (Y/N/X)", "Outpatient Default CCSR (Y/N/X)",
)  # fmt: skip
CCSR_ORDER = [
    "code", "code_description", "category", "category_description", "position", "inpatient_default",
    "outpatient_default", "line",
]  # fmt: skip
CCS_HEADER = ["ICD-9-CM CODE", "CCS CATEGORY", "CCS CATEGORY DESCRIPTION", "ICD-9-CM CODE DESCRIPTION"]
CCS_PROCEDURE_HEADER = [
    "ICD-10-PCS CODE", "CCS CATEGORY", "ICD-10-PCS CODE DESCRIPTION", "CCS CATEGORY DESCRIPTION", "MULTI CCS LVL 1",
    "MULTI CCS LVL 1 LABEL", "MULTI CCS LVL 2", "MULTI CCS LVL 2 LABEL",
]  # fmt: skip
CCS_OPTIONAL = ["OPTIONAL CCS CATEGORY", "OPTIONAL CCS CATEGORY DESCRIPTION"]
HCC_START = re.compile(r'^"?Diagnosis\s+Code"?,', re.MULTILINE)
HCC_CATEGORY = re.compile(r"(?:\S+ )?(\S+) Model Category (V\d+)")
HCC_PAYMENT = re.compile(r"(?:\S+ )?(\S+) Model Category (V\d+) for (\d{4} Payment Year)")


@dataclass(frozen=True)
class Model:
    """A risk adjustment model of the HCC table: the places of its category and payment columns, and its edition."""

    name: str
    category: int
    payment: int
    edition: str


def read_ccsr_csv(where: str, raw: bytes) -> pa.Table:
    """One row per code and category: code, code_description, category, category_description, position (`1` to `6`),
    inpatient_default, outpatient_default, line.

    The defaults are the categories that the code's own columns name, on every row of the code (v2020 on; '' before
    and for procedures; v2020 names one, the inpatient one). The rationale and the clinical domain are left out.
    Layout: the header row. Raises RawFileError for another header, a row of another width, a code in another form,
    or a code without a category.
    """
    cells = unquoted(read_csv_cells(where, decode(where, raw, ENCODINGS), first_line=1))
    fixed = {name: cells.column(published) for name, published in CCSR_COLUMNS.items()}
    places = [place for place, name in enumerate(cells.header[:-1]) if CCSR_CATEGORY.fullmatch(name)]
    if fixed["code"] is None or fixed["code_description"] is None or not places:
        raise RawFileError(where, "columns 'ICD-10-CM CODE' (or 'ICD-10-PCS') and CCSR", str(cells.header), NEXT)
    cells.refuse(pc.invert(pc.match_substring_regex(fixed["code"], CCSR_CODE)), fixed["code"], "an undotted code")
    cells.refuse(pc.equal(cells.columns[places[0]], ""), fixed["code"], "a first category for every code")
    absent = pa.array([""] * len(cells.lines), pa.string())
    known = {name: absent if column is None else column for name, column in fixed.items()} | {"line": cells.lines}
    return pa.concat_tables(_at_position(cells, known, place) for place in places).sort_by("line")


def _at_position(cells: Cells, known: dict[str, pa.Array], place: int) -> pa.Table:
    """The codes that have a category in the column at `place`; its description is in the next column."""
    found = CCSR_CATEGORY.fullmatch(cells.header[place])
    position = pa.array([(found and found[1]) or "1"] * len(cells.lines), pa.string())
    own = {"category": cells.columns[place], "category_description": cells.columns[place + 1], "position": position}
    table = pa.table({**known, **own}).select(CCSR_ORDER)
    return table.filter(pc.not_equal(table["category"], ""))


def read_ccsr_workbook(where: str, raw: bytes) -> pa.Table:
    """One row per code and category of the reference workbook, in the columns of `read_ccsr_csv`; line is the row.

    Here the defaults are `Y`, `N` or `X`: whether this category is the code's default. The sheet prints no position:
    it is the place among the code's rows. Raises RawFileError for what is no workbook, without the sheet, with
    another header, or with cells that are not text.
    """
    rows = _sheet_rows(where, raw)
    header = tuple(str(cell).strip() for cell in rows[1]) if len(rows) > 1 else ()
    if header != CCSR_SHEET_HEADER:
        raise RawFileError(f"{where}, row 2", f"the header {CCSR_SHEET_HEADER}", str(header), NEXT)
    # The library hands out Python rows: the 86,000 of v2023.1 take a second and a half to read, and 0.1 s to turn here.
    columns = zip(*rows[2:], strict=True)
    try:
        code, title, category, label, inpatient, outpatient = (
            pc.utf8_trim_whitespace(pa.array(column, pa.string())) for column in columns
        )
    except (pa.ArrowTypeError, ValueError) as problem:
        raise RawFileError(where, "rows of text cells below the header", str(problem), NEXT) from problem
    own = [category, label, _place_among(code), inpatient, outpatient, pa.array(np.arange(3, len(rows) + 1))]
    return pa.table([code, title, *own], names=CCSR_ORDER)


def _sheet_rows(where: str, raw: bytes) -> Sequence[Sequence[object]]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    except CalamineError as problem:
        raise RawFileError(where, "a workbook", str(problem), "fetch the file again") from problem
    if CCSR_SHEET not in workbook.sheet_names:
        raise RawFileError(where, f"a sheet {CCSR_SHEET}", ", ".join(workbook.sheet_names), NEXT)
    return workbook.get_sheet_by_name(CCSR_SHEET).to_python()


def _place_among(code: pa.StringArray) -> pa.StringArray:
    """The running number of each row among neighbours with the same code, as text."""
    starts = np.append(True, np.asarray(pc.not_equal(code[1:], code[:-1])))
    first = np.flatnonzero(starts)[np.cumsum(starts) - 1]
    return pc.cast(pa.array(np.arange(len(code)) - first + 1), pa.string())


def read_ccs(where: str, raw: bytes) -> pa.Table:
    """One row per ICD-9-CM code of the single-level CCS: code, category, category_description, code_description, line.

    The publisher's entry for a missing code (five blanks) is kept, with an empty code. The optional category of the
    diagnoses is blank throughout and left out. Layout: line 1 is a note, line 2 the header. Raises RawFileError
    for another header, a row of another width, a code in another form, or one without a category.
    """
    note, _, listing = decode(where, raw, ENCODINGS).partition("\n")
    cells = unquoted(read_csv_cells(where, listing, first_line=2))
    if not note.upper().startswith("NOTE") or cells.header not in (CCS_HEADER, CCS_HEADER + CCS_OPTIONAL):
        raise RawFileError(where, f"a note, then the header {CCS_HEADER}", f"{note.strip()!r}, {cells.header}", NEXT)
    code, category, label, title = cells.columns[:4]
    cells.refuse(pc.invert(pc.match_substring_regex(code, r"^([0-9A-Z]{2,5})?$")), code, "an undotted code")
    cells.refuse(pc.equal(category, ""), code, "a category for every code")
    names = ["code", "category", "category_description", "code_description", "line"]
    return pa.table([code, category, label, title, pa.array(cells.lines)], names=names)


def read_ccs_procedures(where: str, raw: bytes) -> pa.Table:
    """One row per ICD-10-PCS code of the last CCS: code, category, category_description, multi_level, line.

    `multi_level` is the place of the category in the multi-level scheme, such as 7.2. Titles of codes are abridged and
    left out. Layout: the header row. Raises RawFileError for another header, a row of another width, or where a check
    figure is broken.
    """
    cells = unquoted(read_csv_cells(where, decode(where, raw, ENCODINGS), first_line=1))
    if cells.header != CCS_PROCEDURE_HEADER:
        raise RawFileError(where, f"the header {CCS_PROCEDURE_HEADER}", str(cells.header), NEXT)
    code, category, _, label, _, _, level, _ = cells.columns
    names = ["code", "category", "category_description", "multi_level", "line"]
    table = pa.table([code, category, label, level, pa.array(cells.lines)], names=names)
    require_figures(where, table, CCS_PROCEDURE_FIGURES)
    return table


def _is_no_procedure(table: pa.Table) -> Any:
    return pc.invert(pc.match_substring_regex(table["code"], "^[0-9A-HJ-NP-Z]{7}$"))


def _is_listed_again(table: pa.Table) -> Any:
    code = table["code"].combine_chunks()
    _, first = np.unique(np.asarray(pc.index_in(code, code.unique())), return_index=True)
    return ~np.isin(np.arange(len(code)), first)


def _is_told_otherwise(table: pa.Table) -> Any:
    """Whether a category has another title, or another place, than where it stands first."""
    category = table["category"].combine_chunks()
    number = np.asarray(pc.index_in(category, category.unique()))
    _, first = np.unique(number, return_index=True)
    told = pc.binary_join_element_wise(table["category_description"], table["multi_level"], "|").combine_chunks()
    return np.asarray(pc.not_equal(told, told.take(pa.array(first[number]))))


CCS_PROCEDURE_FIGURES = (
    CheckFigure("codes", "a code of ICD-10-PCS in the first column", _is_no_procedure),
    CheckFigure("once", "every code once", _is_listed_again),
    CheckFigure("categories", "one title and one multi-level category for each category", _is_told_otherwise),
)


def read_hcc(where: str, raw: bytes) -> pa.Table:
    """One row per code and model that has a category: code, description, model, category, payment, edition, line.

    `model` is name and version from the header cell (`CMS-HCC V28`, `ESRD V24`, `RxHCC V08`); `payment` is `Yes`, `No`
    or `--` (on a repeated row); `edition` the payment year of the header cell and the title rows. A code with two
    categories of one model stands on two lines, where other models can repeat. Notes below the table are left out.
    Raises RawFileError without the header, for a row of another width, a model without its payment column, or a
    first cell that is no code.
    """
    text = decode(where, raw, ENCODINGS)
    start = HCC_START.search(text)
    if not start:
        raise RawFileError(where, "a header row that starts with `Diagnosis Code`", repr(text[:80]), NEXT)
    titles = [line.strip(' ,"\r') for line in text[: start.start()].split("\n")]
    cells = _without_notes(read_csv_cells(where, text[start.start() :], first_line=len(titles)))
    code = cells.columns[0]
    cells.refuse(pc.invert(pc.match_substring_regex(code, r"^[A-Z][0-9A-Z]{2,6}$")), code, "an undotted code")
    issue = "; ".join(filter(None, titles))
    return pa.concat_tables(_of_model(cells, model) for model in _models(cells, issue)).sort_by("line")


def _models(cells: Cells, issue: str) -> list[Model]:
    """The models that the header names, each with its two columns."""
    categories = {f"{found[1]} {found[2]}": place for place, found in _matches(HCC_CATEGORY, cells.header)}
    payments = {f"{found[1]} {found[2]}": (place, found[3]) for place, found in _matches(HCC_PAYMENT, cells.header)}
    unknown = len(cells.header) - 2 - len(categories) - len(payments)
    if unknown or not categories or set(categories) != set(payments):
        expected = "for every model a column `... Model Category Vnn` and one `... for yyyy Payment Year`"
        raise RawFileError(f"{cells.where}, header", expected, str(cells.header), NEXT)
    paid = {name: (place, "; ".join(filter(None, (year, issue)))) for name, (place, year) in payments.items()}
    return [Model(name, place, *paid[name]) for name, place in categories.items()]


def _matches(pattern: re.Pattern[str], header: list[str]) -> list[tuple[int, re.Match[str]]]:
    return [(place, found) for place, name in enumerate(header) if (found := pattern.fullmatch(name))]


def _of_model(cells: Cells, model: Model) -> pa.Table:
    """The codes that have a category in one model."""
    size = len(cells.lines)
    table = pa.table(
        {
            "code": cells.columns[0],
            "description": cells.columns[1],
            "model": pa.array([model.name] * size, pa.string()),
            "category": cells.columns[model.category],
            "payment": cells.columns[model.payment],
            "edition": pa.array([model.edition] * size, pa.string()),
            "line": cells.lines,
        }
    )
    return table.filter(pc.not_equal(table["category"], ""))


def _without_notes(cells: Cells) -> Cells:
    """The rows that hold anything but a note in the first column."""
    filled = np.any([np.asarray(pc.not_equal(column, "")) for column in cells.columns[1:]], axis=0)
    kept = [column.filter(pa.array(filled)) for column in cells.columns]
    return Cells(cells.where, cells.header, kept, cells.lines[filled])
