"""AHRQ's last Clinical Classifications Software (CCS) of ICD-10-PCS, the version of 2019: single and multi-level."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.ccs import ENCODINGS
from pipeline.ingest.cells import NEXT, csv_cells, require_closed_quotes
from pipeline.ingest.check_figures import CheckFigure, of_form, require_figures
from pipeline.ingest.text import decode

CCS_PROCEDURE_HEADER = [
    "ICD-10-PCS CODE", "CCS CATEGORY", "ICD-10-PCS CODE DESCRIPTION", "CCS CATEGORY DESCRIPTION", "MULTI CCS LVL 1",
    "MULTI CCS LVL 1 LABEL", "MULTI CCS LVL 2", "MULTI CCS LVL 2 LABEL",
]  # fmt: skip


def read_ccs_procedures(where: str, raw: bytes) -> pa.Table:
    """One row per ICD-10-PCS code of the last CCS: code, category, category_description, multi_level, line.

    `multi_level` is the place of the category in the multi-level scheme, such as 7.2. Titles of codes are abridged and
    left out. Layout: the header row. Raises RawFileError for another header, a row of another width, or where a check
    figure is broken.
    """
    text = decode(where, raw, ENCODINGS)
    require_closed_quotes(where, text)
    cells = csv_cells(where, text, first_line=1).unquoted()
    if cells.header != CCS_PROCEDURE_HEADER:
        raise RawFileError(where, f"the header {CCS_PROCEDURE_HEADER}", str(cells.header), NEXT)
    code, category, _, label, _, _, level, _ = cells.columns
    names = ["code", "category", "category_description", "multi_level", "line"]
    table = pa.table([code, category, label, level, pa.array(cells.lines)], names=names)
    require_figures(where, table, CCS_PROCEDURE_FIGURES)
    return table


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


def _falls(table: pa.Table) -> Any:
    category, code = np.asarray(table["category"].cast(pa.int64())), table["code"]
    code_rises = np.asarray(pc.greater(code[1:], code[:-1]))
    falls = (category[1:] < category[:-1]) | ((category[1:] == category[:-1]) & ~code_rises)
    return np.append(False, falls)[: len(table)]


CCS_PROCEDURE_FIGURES = (
    of_form("codes", "a code of ICD-10-PCS in the first column", "code", "^[0-9A-HJ-NP-Z]{7}$"),
    of_form("numbers", "a category of one to three digits for every code", "category", r"^[1-9]\d{0,2}$"),
    CheckFigure("once", "every code once", _is_listed_again),
    CheckFigure("categories", "one title and one multi-level category for each category", _is_told_otherwise),
    CheckFigure("order", "categories in the order of their numbers, and the codes of each in their order", _falls),
)
