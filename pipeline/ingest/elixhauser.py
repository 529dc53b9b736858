"""AHRQ's Elixhauser comorbidities of ICD-10-CM: the SAS formats of 2019, and the reference workbooks of the refined
measures that followed them, which are other measures.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import REFETCH, CheckFigure, of_form, once_each, require_figures
from pipeline.ingest.text import decode, split_lines
from pipeline.ingest.workbook import SheetCell, Workbook, WorkbookSheet, open_workbook

ENCODINGS: Final = ("utf-8-sig",)  # the official files are ASCII: a byte of another encoding is damage
CODE_FORM: Final = of_form("codes", "an undotted code of ICD-10-CM", "code", "^[A-Z][0-9][0-9A-Z]{1,5}$")
FORMAT_START: Final = r"^\s*Value \$RCOMFMT\s*$"
FORMAT_END: Final = r'^\s*Other = " "\s*$'
FORMAT_LINE: Final = (
    r'^\s*"(?P<code>[^"]*)"(?:,|="(?P<category>[^"]+)"\s*/\*+\s*(?P<category_description>[^*\s][^*]*?)\s*\*/)\s*$'
)
NEXT_OF_FORMATS: Final = "check that these are the formats for ICD-10-CM; a new layout needs a reader of its own"

MEASURES_SHEET: Final = "Comorbidity_Measures"
MEASURES_HEADER: Final = (
    "Abbreviation (SAS Data Element Name)", "Comorbidity Description",
    "Uses present on admission (POA) indicators for assignment?",
)  # fmt: skip
FLAGS_SHEET: Final = "DX_to_Comorb_Mapping"
FLAGS_HEADER: Final = ("ICD-10-CM Diagnosis", "ICD-10-CM Code Description", "# Comorbidities")
END_OF_CONTENT: Final = "End of Content"  # the last row of each sheet, from v2026.1 on
# Two flags together make the measure CBVD: what counts if it was present on admission, and sequelae, which always do.
MEASURE_OF_FLAG: Final = {"CBVD_POA": "CBVD", "CBVD_SQLA": "CBVD"}
NEXT_OF_WORKBOOKS: Final = "check that this is the reference file of CMR; a new layout needs a reader of its own"


def _is_out_of_order(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a row stands behind one of a later value, or of a later code of its value. NONE stands first."""
    value, code = pc.if_else(pc.equal(table["category"], "NONE"), "", table["category"]), table["code"]
    value_falls = np.asarray(pc.less(value[1:], value[:-1]))
    code_falls = np.asarray(pc.and_(pc.equal(value[1:], value[:-1]), pc.less(code[1:], code[:-1])))
    return np.append(False, value_falls | code_falls)


FORMAT_FIGURES: Final = (
    CODE_FORM,
    once_each("once", "every code once", "code"),
    CheckFigure("order", "values in the order of the alphabet, and the codes of each in order", _is_out_of_order),
)


def read_elixhauser_formats(where: str, raw: bytes) -> pa.Table:
    """One row per ICD-10-CM code of the format $RCOMFMT: code, category, category_description, line.

    Values as published: those for combinations (HHRWCHF) and NONE, which the analysis program turns into the 29
    comorbidities, are categories of their own. What is printed behind a value is its title or, of some values for
    hypertension, the title of its last code. The formats of MS-DRG that follow, for which the program takes a
    comorbidity back, are left out. Layout: `"CODE",` line by line, the last of a value as `"CODE"="VALUE" /*title*/`.
    Raises RawFileError without the start or the end of the format, for a line of another form, and where a check figure
    is broken.
    """
    lines = split_lines(where, decode(where, raw, ENCODINGS).encode())
    text = lines.text.cast(pa.string())
    starts, ends = (np.flatnonzero(pc.match_substring_regex(text, form)) for form in (FORMAT_START, FORMAT_END))
    if len(starts) != 1 or len(ends) != 1 or ends[0] <= starts[0]:
        raise RawFileError(where, 'one format $RCOMFMT that ends with `Other = " "`', "none", NEXT_OF_FORMATS)
    inside = np.zeros(len(text), bool)
    inside[starts[0] + 1 : ends[0]] = True
    listed = lines.keep(inside)
    found = pc.extract_regex(listed.text.cast(pa.string()), FORMAT_LINE)
    listed.refuse(pc.is_null(found), '`"CODE",` or `"CODE"="VALUE" /*title*/`', NEXT_OF_FORMATS)
    if not len(found) or not found[-1].as_py()["category"]:
        raise RawFileError(where, "a value behind the last code of the format", "none", REFETCH)
    table = pa.table(
        {
            "code": found.field("code"),
            "category": _of_value(found.field("category")),
            "category_description": _of_value(found.field("category_description")),
            "line": pa.array(listed.numbers),
        }
    )
    require_figures(where, table, FORMAT_FIGURES)
    return table


def _of_value(printed: pa.StringArray) -> pa.StringArray:
    """What stands at the last code of a value, at every one of its codes."""
    return pc.fill_null_backward(pc.if_else(pc.equal(printed, ""), pa.scalar(None, pa.string()), printed))


def _counts_otherwise(table: pa.Table) -> Any:
    """Whether the publisher's count of a code is not the number of its flags."""
    code = table["code"].combine_chunks()
    places = np.asarray(pc.index_in(code, code))
    return np.bincount(places, minlength=len(code))[places] != np.asarray(table["count"])


def _falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a row of the sheet does not have a code behind that of the row before."""
    code, line = table["code"], np.asarray(table["line"])
    return np.append(False, (line[1:] > line[:-1]) & ~np.asarray(pc.greater(code[1:], code[:-1])))[: len(table)]


REFINED_FIGURES: Final = (
    CODE_FORM,
    CheckFigure("order", "codes in the order of the alphabet, each once", _falls),
    CheckFigure("count", "as many flags of 1 as `# Comorbidities` says", _counts_otherwise),
)


def read_elixhauser_refined(where: str, raw: bytes) -> pa.Table:
    """One row per ICD-10-CM code and flag of the refined measures.

    Columns: code, category, category_description, uses_poa, line. The category is the flag's name, of 39 for 38
    measures; the description and whether it uses the indicators of what was present on admission (`Yes`, `No`) are
    those of its measure. `# Comorbidities` is no flag, and is checked. Raises RawFileError for what is no workbook,
    without one of the sheets, with another header, a flag without its measure or a measure without a flag, cells other
    than 0 and 1, or where a check figure is broken.
    """
    workbook = open_workbook(where, raw)
    measures = _measures(workbook)
    sheet, rows = _below_header(workbook, FLAGS_SHEET, FLAGS_HEADER)
    flags = [str(cell) for cell in sheet.rows[1][len(FLAGS_HEADER) :]]
    named = [MEASURE_OF_FLAG.get(flag, flag) for flag in flags]
    if set(named) != {*measures} or len(set(flags)) != len(flags):
        odd = ", ".join(sorted({*named} ^ {*measures})) or "one twice"
        raise RawFileError(
            f"{sheet.where}, row 2", f"a flag for every measure of {MEASURES_SHEET}", odd, NEXT_OF_WORKBOOKS
        )
    # 4,600 Python rows of 42 cells: a tenth of a second.
    table = _long(sheet, rows, flags)
    texts = {flag: measures[measure] for flag, measure in zip(flags, named, strict=True)}
    category = table["category"].to_pylist()
    for place, name in ((2, "category_description"), (3, "uses_poa")):
        table = table.add_column(place, name, pa.array([texts[flag][place - 2] for flag in category], pa.string()))
    require_figures(where, table, REFINED_FIGURES)
    return table.drop_columns(["count"])


def _long(sheet: WorkbookSheet, rows: list[list[SheetCell]], flags: list[str]) -> pa.Table:
    """One row for each flag that is 1. Raises RawFileError for another cell than 0 or 1, and a code without a flag."""
    cells = [row[len(FLAGS_HEADER) :] for row in rows]
    odd = [number for number, row in enumerate(cells) if not {*row} <= {0, 1} or 1 not in row]
    if odd:
        found = str(rows[odd[0]])[:100]
        where = f"{sheet.where}, row {odd[0] + 3}"
        raise RawFileError(where, "0 or 1 in every flag, and 1 in one of them", found, NEXT_OF_WORKBOOKS)
    row, flag = np.nonzero(np.array(cells, np.int8))
    return pa.table(
        {
            "code": pa.array([str(each[0]).strip() for each in rows], pa.string()).take(pa.array(row)),
            "category": pa.array(flags, pa.string()).take(pa.array(flag)),
            "count": pa.array(
                [each[2] if isinstance(each[2], int | float) else -1 for each in rows], pa.float64()
            ).take(pa.array(row)),
            "line": pa.array(row + 3),
        }
    )


def _measures(workbook: Workbook) -> dict[str, tuple[str, str]]:
    """Description and use of POA indicators of each measure, by its name without `CMR_`."""
    sheet, rows = _below_header(workbook, MEASURES_SHEET, MEASURES_HEADER)
    measures = {str(row[0]).strip().removeprefix("CMR_"): (str(row[1]).strip(), str(row[2]).strip()) for row in rows}
    if len(measures) != len(rows) or not all(title and use in {"Yes", "No"} for title, use in measures.values()):
        expected = "every measure once, with its description and Yes or No"
        raise RawFileError(f"{sheet.where}, sheet {MEASURES_SHEET}", expected, str(measures)[:100], NEXT_OF_WORKBOOKS)
    return measures


def _below_header(
    workbook: Workbook, name: str, header: tuple[str, ...]
) -> tuple[WorkbookSheet, list[list[SheetCell]]]:
    """A sheet, and its rows below the title and the header, without the row that ends it."""
    if name not in workbook.names:
        raise RawFileError(workbook.where, f"a sheet {name}", ", ".join(workbook.names), NEXT_OF_WORKBOOKS)
    sheet = workbook.sheet(name)
    sheet.refuse_merged(1)
    found = tuple(" ".join(str(cell).split()) for cell in sheet.rows[1][: len(header)]) if len(sheet.rows) > 2 else ()
    if found != header:
        raise RawFileError(f"{sheet.where}, row 2", f"the header {header}", str(found), NEXT_OF_WORKBOOKS)
    rows = sheet.rows[2:]
    return sheet, rows[:-1] if rows[-1][0] == END_OF_CONTENT else rows
