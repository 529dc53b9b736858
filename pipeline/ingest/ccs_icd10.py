"""AHRQ's last Clinical Classifications Software (CCS) of ICD-10-CM and ICD-10-PCS, of 2019: single and multi-level."""

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.ccs import ENCODINGS, IN_ORDER
from pipeline.ingest.cells import NEXT, csv_cells, require_closed_quotes
from pipeline.ingest.check_figures import CheckFigure, of_form, once_each, require_figures
from pipeline.ingest.text import decode

# What the header calls the system, and the form of its codes.
CODE_FORMS: Final = {"ICD-10-CM": "^[A-Z][0-9][0-9A-Z]{1,5}$", "ICD-10-PCS": "^[0-9A-HJ-NP-Z]{7}$"}
HEADER_OF: Final = (
    "{} CODE", "CCS CATEGORY", "{} CODE DESCRIPTION", "CCS CATEGORY DESCRIPTION", "MULTI CCS LVL 1",
    "MULTI CCS LVL 1 LABEL", "MULTI CCS LVL 2", "MULTI CCS LVL 2 LABEL",
)  # fmt: skip


def read_ccs_icd10(where: str, raw: bytes) -> pa.Table:
    """One row per code: code, category, category_description, multi_level, multi_level_description, line.

    `multi_level` is the place of the category in the multi-level scheme, such as 7.2, or 18 where nothing is below the
    first level; its description has the labels of the levels, the highest first. Titles of codes are abridged and left
    out. Layout: the header row. Raises RawFileError for another header, a row of another width, or where a check figure
    is broken.
    """
    text = decode(where, raw, ENCODINGS)
    require_closed_quotes(where, text)
    cells = csv_cells(where, text, first_line=1).unquoted()
    system = cells.header[0].removesuffix(" CODE")
    header = [name.format(system) for name in HEADER_OF]
    if system not in CODE_FORMS or cells.header != header:
        expected = f"the header {[name.format('ICD-10-CM') for name in HEADER_OF]}, or that of ICD-10-PCS"
        raise RawFileError(where, expected, str(cells.header), NEXT)
    code, category, _, title, first, first_label, second, second_label = cells.columns
    has_second = pc.not_equal(second, "")
    names = ["code", "category", "category_description", "multi_level", "multi_level_description", "line"]
    place = pc.if_else(has_second, second, first)
    labels = pc.if_else(has_second, pc.binary_join_element_wise(first_label, second_label, " > "), first_label)
    table = pa.table([code, category, title, place, labels, pa.array(cells.lines)], names=names)
    cells.refuse(pc.not_equal(has_second, pc.not_equal(second_label, "")), second, "a second level with its label")
    cells.refuse(pc.and_(has_second, _is_elsewhere(first, second)), second, "a second level within the first")
    require_figures(
        where, table, (of_form("codes", f"a code of {system}", "code", CODE_FORMS[system]), *MULTI_LEVEL_FIGURES)
    )
    return table


def _is_elsewhere(first: pa.StringArray, second: pa.StringArray) -> pa.BooleanArray:
    return pc.not_equal(pc.replace_substring_regex(second, r"\..*$", ""), first)


def _is_told_otherwise(table: pa.Table) -> Any:
    """Whether a category has another title, or another place, than where it stands first."""
    category = table["category"].combine_chunks()
    told = [table[name] for name in ("category_description", "multi_level", "multi_level_description")]
    all_told = pc.binary_join_element_wise(*told, "|").combine_chunks()
    return pc.not_equal(all_told, all_told.take(pc.index_in(category, category)))


MULTI_LEVEL_FIGURES: Final = (
    of_form("numbers", "a category of one to four digits for every code", "category", r"^[1-9]\d{0,3}$"),
    once_each("once", "every code once", "code"),
    of_form("levels", "a multi-level category, such as 7.2", "multi_level", r"^[1-9]\d?(?:\.[1-9]\d?)?$"),
    of_form("labels", "a label of the multi-level category", "multi_level_description", r"^\S"),
    CheckFigure("categories", "one title and one multi-level category for each category", _is_told_otherwise),
    IN_ORDER,
)
