"""AHRQ's Clinical Classifications Software Refined (CCSR): csv files of diagnoses and procedures, and the workbook.

The csv files wrap codes and categories in single quotes, which are data to a csv reader and are taken off here;
descriptions are in double quotes.
"""

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.cells import NEXT, Cells, csv_cells, require_closed_quotes
from pipeline.ingest.check_figures import CheckFigure, is_unlike, require_figures
from pipeline.ingest.text import decode
from pipeline.ingest.workbook import open_workbook

ENCODINGS = ("utf-8-sig",)  # the official files are ASCII: a byte of another encoding is damage

# Only v2020 has one default; from v2021 on there are two. PRCCSR has none, and one category.
CCSR_COLUMNS = {
    "code": ("ICD-10-CM CODE", "ICD-10-PCS"),
    "code_description": ("ICD-10-CM CODE DESCRIPTION", "ICD-10-PCS DESCRIPTION"),
    "inpatient_default": ("Default CCSR CATEGORY IP", "Default CCSR CATEGORY"),
    "outpatient_default": ("Default CCSR CATEGORY OP",),
}
CCSR_CATEGORY = re.compile(r"CCSR CATEGORY (\d)|PRCCSR")
# v2019 has five columns of categories, v2020 on six; of procedures there is one.
CCSR_CATEGORY_COUNTS = {"ICD-10-CM CODE": (5, 6), "ICD-10-PCS": (1,)}
CCSR_CODE = r"^[0-9A-Z]{3,7}$"
CCSR_CATEGORY_FORM = r"^[A-Z]{3}\d{3}$"
CCSR_SHEET = "DX_to_CCSR_Mapping"
CCSR_SHEET_HEADER = (
    "ICD-10-CM Code", "ICD-10-CM Code Description", "CCSR Category", "CCSR Category Description",
    "Inpatient Default CCSR (Y/N/X)", "Outpatient Default CCSR (Y/N/X)",
)  # fmt: skip
CCSR_ORDER = [
    "code", "code_description", "category", "category_description", "position", "inpatient_default",
    "outpatient_default", "line",
]  # fmt: skip


def _falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    code = table["code"]
    return np.append(False, np.asarray(pc.less(code[1:], code[:-1])))


def _is_no_ccsr_code(table: pa.Table) -> pa.ChunkedArray:
    return is_unlike("code", CCSR_CODE, table)


def _is_no_ccsr_category(table: pa.Table) -> pa.ChunkedArray:
    return is_unlike("category", CCSR_CATEGORY_FORM, table)


def _lacks_a_text(table: pa.Table) -> pa.ChunkedArray:
    return pc.or_(pc.equal(table["code_description"], ""), pc.equal(table["category_description"], ""))


def _is_no_ccsr_default(table: pa.Table) -> pa.ChunkedArray:
    """A category in the csv files from v2020 on (XXX000 for none), Y, N or X in the workbook, nothing in v2019."""
    form = r"^(?:[A-Z]{3}\d{3}|[YNX])?$"
    columns = ("inpatient_default", "outpatient_default")
    return pc.or_(*(is_unlike(column, form, table) for column in columns))


def _is_no_sheet_default(table: pa.Table) -> pa.ChunkedArray:
    return pc.or_(*(is_unlike(column, "^[YNX]$", table) for column in ("inpatient_default", "outpatient_default")))


def _is_out_of_place(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether the position is not one more than that of the row before, or 1 of the first row of a code."""
    code, place = table["code"], np.asarray(table["position"].cast(pa.int64()))
    is_next = np.append(False, np.asarray(pc.equal(code[1:], code[:-1])))
    return np.asarray(place != np.where(is_next, np.append(0, place[:-1]) + 1, 1))


def _is_given_twice(table: pa.Table) -> npt.NDArray[np.bool_]:
    pair = pc.binary_join_element_wise(table["code"], table["category"], " ").combine_chunks()
    return np.asarray(pc.not_equal(pc.index_in(pair, pair), pa.array(np.arange(len(pair)), pa.int32())))


def _has_not_one_default(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a row is of a code that has neither one default nor, on all of its rows, X: of the workbook."""
    code = np.asarray(table["code"].combine_chunks().dictionary_encode().indices)
    wrong = np.zeros(len(table), bool)
    for column in ("inpatient_default", "outpatient_default"):
        defaults = np.bincount(code, np.asarray(pc.equal(table[column], "Y")))
        unknown = np.bincount(code, np.asarray(pc.equal(table[column], "X")))
        fits = np.where(unknown > 0, (defaults == 0) & (unknown == np.bincount(code)), defaults == 1)
        wrong |= ~fits[code]
    return wrong


CCSR_FIGURES = (
    CheckFigure("code", "an undotted code", _is_no_ccsr_code),
    CheckFigure("category", "a category of three letters and three digits", _is_no_ccsr_category),
    CheckFigure("texts", "a description of the code and of the category", _lacks_a_text),
    CheckFigure("defaults", "a category as default, or Y, N or X, or nothing", _is_no_ccsr_default),
    CheckFigure("order", "codes in the order of the alphabet", _falls),
    CheckFigure("places", "a first category for every code, and no gap between its categories", _is_out_of_place),
    CheckFigure("pairs", "a category once for each code", _is_given_twice),
)
CCSR_SHEET_FIGURES = (
    CheckFigure("flags", "Y, N or X as default", _is_no_sheet_default),
    CheckFigure("one default", "one default category for each code, or X on all of its rows", _has_not_one_default),
)


def read_ccsr_csv(where: str, raw: bytes) -> pa.Table:
    """One row per code and category: code, code_description, category, category_description, position (`1` to `6`),
    inpatient_default, outpatient_default, line.

    The defaults are the categories that the code's own columns name, on every row of the code (v2020 on; '' before
    and for procedures; v2020 names one, the inpatient one). The rationale and the clinical domain are left out.
    Layout: the header row. Raises RawFileError for another header, a row of another width, quotes that are not closed,
    or a row that breaks one of CCSR_FIGURES.
    """
    text = decode(where, raw, ENCODINGS, tabs=False)
    require_closed_quotes(where, text)
    cells = csv_cells(where, text, first_line=1).unquoted()
    fixed = {name: cells.column(published) for name, published in CCSR_COLUMNS.items()}
    places = _category_places(cells)
    cells.refuse(pc.equal(cells.columns[places[0]], ""), cells.columns[0], "a first category for every code")
    absent = pa.array([""] * len(cells.lines), pa.string())
    known = {name: absent if column is None else column for name, column in fixed.items()} | {"line": cells.lines}
    table = pa.concat_tables(_at_position(cells, known, place) for place in places)
    table = table.sort_by([("line", "ascending"), ("position", "ascending")])
    require_figures(where, table, CCSR_FIGURES)
    return table


def _category_places(cells: Cells) -> list[int]:
    """The places of the columns of categories. Raises RawFileError where they are not all there, with their texts."""
    places = [place for place, name in enumerate(cells.header) if CCSR_CATEGORY.fullmatch(name)]
    numbers = [cells.header[place].rpartition(" ")[2] for place in places]
    counts = CCSR_CATEGORY_COUNTS.get(cells.header[0], ())
    wanted = [str(number) for number in range(1, len(places) + 1)] if counts != (1,) else ["PRCCSR"]
    texts = [cells.header[place + 1 : place + 2] for place in places]
    described = all(text == [f"{cells.header[place]} DESCRIPTION"] for place, text in zip(places, texts, strict=True))
    if (
        len(places) not in counts
        or numbers != wanted
        or not described
        or cells.column(CCSR_COLUMNS["code_description"]) is None
    ):
        expected = "columns 'ICD-10-CM CODE' (or 'ICD-10-PCS') and CCSR, all five or six (or one), each with its text"
        raise RawFileError(cells.where, expected, str(cells.header), NEXT)
    return places


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
    another header, with cells that are not text, or with a row that breaks one of the check figures.
    """
    workbook = open_workbook(where, raw)
    if CCSR_SHEET not in workbook.names:
        raise RawFileError(where, f"a sheet {CCSR_SHEET}", ", ".join(workbook.names), NEXT)
    sheet = workbook.sheet(CCSR_SHEET)
    sheet.refuse_merged(1)
    rows = sheet.rows
    header = tuple(str(cell).strip() for cell in rows[1]) if len(rows) > 1 else ()
    if header != CCSR_SHEET_HEADER:
        raise RawFileError(f"{where}, row 2", f"the header {CCSR_SHEET_HEADER}", str(header), NEXT)
    # The 86,000 Python rows of v2023.1 take 0.1 s to turn.
    columns = zip(*rows[2:], strict=True)
    try:
        code, title, category, label, inpatient, outpatient = (
            pc.utf8_trim_whitespace(pa.array(column, pa.string())) for column in columns
        )
    except (pa.ArrowTypeError, ValueError) as problem:
        raise RawFileError(where, "rows of text cells below the header", str(problem), NEXT) from problem
    own = [category, label, _place_among(code), inpatient, outpatient, pa.array(np.arange(3, len(rows) + 1))]
    table = pa.table([code, title, *own], names=CCSR_ORDER)
    require_figures(where, table, CCSR_FIGURES + CCSR_SHEET_FIGURES)
    return table


def _place_among(code: pa.StringArray) -> pa.StringArray:
    """The running number of each row among neighbours with the same code, as text."""
    starts = np.append(True, np.asarray(pc.not_equal(code[1:], code[:-1])))
    first = np.flatnonzero(starts)[np.cumsum(starts) - 1]
    return pc.cast(pa.array(np.arange(len(code)) - first + 1), pa.string())
