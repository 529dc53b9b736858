"""BETOS public use files and their successor RBCS: the type of service of every HCPCS code, CPT included, and its days.

BETOS has no header and no titles: code, a blank, the category, the last day. Its file of 2014 lost the trailing blanks
of its lines and is in the order of EBCDIC. RBCS is a csv of data.cms.gov with a header: a code has a row for each
category that it was ever in. Columns of RBCS: the data dictionary of 2024; until 2021 some had other names.
"""

import io
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.days import is_no_day
from pipeline.ingest.text import Lines, decode, require_ascii, split_lines

# Categories I, II and III of CPT, Level II, the D codes of the ADA among it. Where the day is blank, lines of 2014 end
# with the category, of two or three characters.
BETOS_RECORD: Final = r"^(?:\d{4}[0-9FT]|[A-V]\d{4}) (?:(?:[A-Z]\d[A-Z ]|   )(?:\d{8}| {8})|[A-Z]\d[A-Z]?)\r?\n$"
NEXT: Final = "check that this is a BETOS public use file, betpufYY.txt; `betpuf20.txt` is not the publisher's"
EBCDIC: Final = np.frombuffer(bytes(range(256)).decode("latin-1").encode("cp037"), np.uint8)  # of each byte
RBCS_CODE: Final = r"^(?:\d{4}[0-9A-Z]|[A-V]\d{4})$"
NEVER_ENDED: Final = "12/31/9999"
RBCS_ID: Final = r"^(?:[A-Z]{2}\d{3}[A-Z])?$"
NEXT_OF_RBCS: Final = "check that this is the csv of the RBCS taxonomy; a new layout needs a reader of its own"
RBCS_COLUMNS: Final = {
    "code": ("HCPCS_Cd",),
    "category": ("RBCS_Id", "RBCS_ID"),
    "category_title": ("RBCS_Cat_Desc",),
    "subcategory_title": ("RBCS_Subcat_Desc",),
    "family_title": ("RBCS_Family_Desc",),
    "major": ("RBCS_Major_Ind",),
    "added": ("HCPCS_Cd_Add_Dt",),
    "terminated": ("HCPCS_Cd_End_Dt",),
    "assigned_from": ("RBCS_Analysis_Start_Dt", "RBCS_Assignment_Eff_Dt"),
    "assigned_to": ("RBCS_Analysis_End_Dt", "RBCS_Assignment_End_Dt"),
}


def _is_no_record(lines: Lines) -> npt.NDArray[np.bool_]:
    is_broken: npt.NDArray[np.bool_] = ~np.asarray(pc.match_substring_regex(lines.text.cast(pa.string()), BETOS_RECORD))
    return is_broken


def _is_repeated(table: pa.Table) -> npt.NDArray[np.bool_]:
    codes = table["code"].combine_chunks().dictionary_encode()
    first = pc.index_in(pa.array(range(len(codes.dictionary)), pa.int32()), codes.indices)
    is_broken = np.ones(len(table), bool)
    is_broken[np.asarray(first)] = False
    return is_broken


def _ended_on_no_day(table: pa.Table) -> npt.NDArray[np.bool_]:
    return is_no_day(table["terminated"])


def _is_given_twice(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a code has a category again from the day on which it has it already."""
    own = pc.binary_join_element_wise(table["code"], table["category"], table["assigned_from"], " ").combine_chunks()
    is_broken: npt.NDArray[np.bool_] = np.asarray(pc.index_in(own, own)) != np.arange(len(own))
    return is_broken


def _falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a code sorts before the one above it: in ASCII or in EBCDIC, whichever order the file keeps better."""
    codes = np.asarray(table["code"].combine_chunks()).astype("S5")
    in_ebcdic = EBCDIC[codes.view(np.uint8)].view("S5")
    orders = [np.append(False, each[1:] < each[:-1])[: len(each)] for each in (codes, in_ebcdic)]
    return min(orders, key=np.count_nonzero)


def _is_no_category_of_rbcs(table: pa.Table) -> npt.NDArray[np.bool_]:
    is_broken: npt.NDArray[np.bool_] = ~np.asarray(pc.match_substring_regex(table["category"], RBCS_ID))
    return is_broken


def _is_no_code_of_hcpcs(table: pa.Table) -> npt.NDArray[np.bool_]:
    is_broken: npt.NDArray[np.bool_] = ~np.asarray(pc.match_substring_regex(table["code"], RBCS_CODE))
    return is_broken


def _has_no_day_of_calendar(table: pa.Table) -> npt.NDArray[np.bool_]:
    days = [table[name] for name in ("added", "terminated", "assigned_from", "assigned_to")]
    wrong = [is_no_day(each, "%m/%d/%Y") & np.asarray(pc.not_equal(each, NEVER_ENDED)) for each in days]
    is_broken: npt.NDArray[np.bool_] = np.any(wrong, axis=0)
    return is_broken


BETOS_LINES: Final = (
    CheckFigure("records", "a code, a blank, a category and a last day (YYYYMMDD) or blanks", _is_no_record, NEXT),
)
BETOS_ROWS: Final = (
    CheckFigure("one record each", "one record for each code", _is_repeated, NEXT),
    CheckFigure("days", "a last day that is a day of the calendar", _ended_on_no_day, NEXT),
    CheckFigure("order", "codes in ascending order", _falls, NEXT),
)
RBCS_ROWS: Final = (
    CheckFigure("codes", "a code of HCPCS of five characters", _is_no_code_of_hcpcs, NEXT_OF_RBCS),
    CheckFigure(
        "categories", "an id of two letters, three digits and a letter, or none", _is_no_category_of_rbcs, NEXT_OF_RBCS
    ),
    CheckFigure("days", "days as MM/DD/YYYY, or none", _has_no_day_of_calendar, NEXT_OF_RBCS),
    CheckFigure("once", "a category of a code from a day once", _is_given_twice, NEXT_OF_RBCS),
)


def read_betos(where: str, raw: bytes) -> pa.Table:
    """One row per line: code, category ('' where it has none), terminated (YYYYMMDD or ''), line.

    Raises RawFileError for a line of another form, for a code that has a line already, and for one out of order.
    """
    require_ascii(where, raw)
    lines = split_lines(where, raw)
    require_figures(where, lines, BETOS_LINES)
    columns = {"code": lines.column(1, 5), "category": lines.column(7, 9), "terminated": lines.column(10, 17)}
    table = pa.table(columns | {"line": pa.array(lines.numbers)})
    require_figures(where, table, BETOS_ROWS)
    return table


def read_rbcs(where: str, raw: bytes) -> pa.Table:
    """One row per code and category: the columns of RBCS_COLUMNS as text, and line. `category` is the id of six
    characters: category, subcategory, family, and whether the procedure is a major one.

    Raises RawFileError where a column is missing, for what is no code, no id of a category, or no day.
    """
    cells = _read_cells(where, decode(where, raw, ("utf-8-sig",)))
    names = {
        name: next((each for each in known if each in cells.column_names), None) for name, known in RBCS_COLUMNS.items()
    }
    if missing := [RBCS_COLUMNS[name][0] for name, found in names.items() if found is None]:
        raise RawFileError(
            f"{where}, line 1", f"a header with {', '.join(missing)}", ", ".join(cells.column_names), NEXT_OF_RBCS
        )
    columns = {name: pc.utf8_trim_whitespace(cells[found]) for name, found in names.items() if found}
    table = pa.table(columns | {"line": pa.array(np.arange(2, len(cells) + 2))}).combine_chunks()
    require_figures(where, table, RBCS_ROWS)
    return table


def _read_cells(where: str, text: str) -> pa.Table:
    header = text.partition("\n")[0].strip().replace('"', "").split(",")
    try:
        return pa_csv.read_csv(
            io.BytesIO(text.encode()),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as problem:
        raise RawFileError(where, "a csv with as many cells in each row", str(problem)[:200], NEXT_OF_RBCS) from problem
