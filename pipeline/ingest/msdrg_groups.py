"""Appendices A and B of the MS-DRG definitions manual: the groups, and the major category and groups of each diagnosis.

Layout: ASCII, CRLF, a boxed title, some prose, a header of fixed columns and the rows below it. A diagnosis that
belongs to several major diagnostic categories (MDC) has a further line for each, on which the code is blank.
"""

import re
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, of_form, require_figures
from pipeline.ingest.text import Lines, require_ascii, split_lines

MANUAL_NEXT: Final = "check that this is the appendix that it is stored as; a new layout needs a reader of its own"
GROUPS_HEADER: Final = b"DRG MDC MS Description"
DIAGNOSES_HEADER: Final = b" I10 Dx  MDC DRG(s)      ICD-10-CM Description"
MANUAL_VERSION: Final = re.compile(rb"List of MS-DRGs Version (\d+\.\d+)")
DIAGNOSIS_FORM: Final = r"^[A-Z][0-9A][0-9AB][0-9A-Z]{0,4}$"
PROCEDURE_FORM: Final = r"^[0-9A-HJ-NP-Z]{7}$"
BLANK_BYTE: Final = ord(" ")
MDC: Final = r"^(?:\d\d|Pre)$"
DRGS: Final = r"^\d{3}(?:-\d{3})?(?: ?, ?\d{3}(?:-\d{3})?)*$"


def read_msdrg_groups(where: str, raw: bytes) -> pa.Table:
    """One row per MS-DRG of appendix A: version, drg, mdc (empty where it has none), type (M medical, P surgical, empty
    of the two for what cannot be grouped), title, and line.

    Raises RawFileError for another header, no version, or a row that breaks a figure of GROUP_FIGURES.
    """
    lines = below_header(where, raw, GROUPS_HEADER)
    version = MANUAL_VERSION.search(raw)
    if version is None:
        raise RawFileError(where, "the version in the title", "none", MANUAL_NEXT)
    table = pa.table(
        {
            "version": pa.repeat(version[1].decode(), len(lines)),
            "drg": lines.column(1, 3),
            "mdc": lines.column(5, 6),
            "type": lines.column(9, 9),
            "title": lines.column(12),
            "line": lines.numbers,
        }
    )
    require_figures(where, table, GROUP_FIGURES)
    return table


def read_diagnosis_groups(where: str, raw: bytes) -> pa.Table:
    """One row per diagnosis and major diagnostic category of appendix B: code, mdc (two digits, or Pre), drgs as
    printed, title (empty on a further line), and line.

    Raises RawFileError for another header, or a row that breaks a figure of DIAGNOSIS_FIGURES.
    """
    lines = below_header(where, raw, DIAGNOSES_HEADER)
    printed = lines.column(2, 8)
    is_first = np.asarray(pc.not_equal(printed, ""))
    if not is_first[0]:
        raise RawFileError(f"{where}, line {lines.numbers[0]}", "a code on the first line", "none", MANUAL_NEXT)
    columns = {
        "code": printed.filter(pa.array(is_first)).take(pa.array(np.cumsum(is_first) - 1)),
        "mdc": lines.column(10, 12),
        "drgs": lines.column(14, 25),
        "title": lines.column(26),
    }
    table = pa.table({**columns, "line": lines.numbers})
    require_figures(where, table, DIAGNOSIS_FIGURES)
    return table


def below_header(where: str, raw: bytes, header: bytes) -> Lines:
    """The lines below the one that is the header of a list. Raises RawFileError where there is none, or none below."""
    require_ascii(where, raw, tabs=False)
    start = raw.find(b"\n" + header + b"\r\n")
    lines = split_lines(where, raw)
    below = lines.keep(lines.starts > start + len(header))
    if start < 0 or not len(below):
        expected = f"the header {header.decode()!r}, and rows below it"
        raise RawFileError(where, expected, "none" if start < 0 else "no row", MANUAL_NEXT)
    return below


def is_out_of_order(codes: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Which codes do not sort behind the one on the row before."""
    falls: npt.NDArray[np.bool_] = np.append(False, np.asarray(pc.less_equal(codes[1:], codes[:-1])))
    return falls


def _falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    return is_out_of_order(table["drg"])


def _lacks_title(table: pa.Table) -> pa.ChunkedArray:
    return pc.equal(table["title"], "")


def _is_first_of_code(table: pa.Table) -> npt.NDArray[np.bool_]:
    code = table["code"]
    wrong: npt.NDArray[np.bool_] = np.append(True, np.asarray(pc.not_equal(code[1:], code[:-1])))
    return wrong


def _lacks_title_of_code(table: pa.Table) -> npt.NDArray[np.bool_]:
    wrong: npt.NDArray[np.bool_] = _is_first_of_code(table) & np.asarray(_lacks_title(table))
    return wrong


def _code_falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    code = table["code"]
    return np.append(False, np.asarray(pc.less(code[1:], code[:-1])))


GROUP_FIGURES: Final = (
    of_form("groups", "three digits of an MS-DRG", "drg", r"^\d{3}$"),
    of_form("categories", "two digits of an MDC, or none", "mdc", r"^(?:\d\d)?$"),
    of_form("types", "M (medical), P (surgical), or neither", "type", "^[MP]?$"),
    CheckFigure("titles", "a title of each group", _lacks_title),
    CheckFigure("order", "groups in the order of their numbers, each once", _falls),
)
DIAGNOSIS_FIGURES: Final = (
    of_form("codes", "an undotted code of ICD-10-CM", "code", DIAGNOSIS_FORM),
    of_form("categories", "two digits of an MDC, or Pre", "mdc", MDC),
    of_form("groups", "MS-DRGs, or ranges of them", "drgs", DRGS),
    CheckFigure("titles", "a title of each diagnosis", _lacks_title_of_code),
    CheckFigure("order", "diagnoses in the order of their codes", _code_falls),
)
