"""The diagnoses that are exempt from present-on-admission reporting: the list of an edition, its changes, its ReadMe.

Layout: ASCII, CRLF, cells set apart by tabs, those with a comma in double quotes, one header row whose first name
changes with every edition (Order2017, OrdJan2021, OrdFY25). Lists and what was added have an order number, a dotted
code and a title; what was deleted, and the additions of FY2017, lack the number; revisions have an action before the
code.
"""

import re
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, of_form, require_figures
from pipeline.ingest.text import read_cells, require_ascii

POA_NEXT: Final = "check that this is a file of the exempt list; a new layout needs a reader of its own"
EXEMPT_HEADER: Final = re.compile(r"(?P<order>Ord\w*\d\d )?POAexemptCode Description")
REVISIONS_HEADER: Final = re.compile(r"(?P<order>Ord\w*\d\d )?Action POAexemptCode Description")
DOTTED: Final = r"^[A-Z][0-9A][0-9AB](?:\.[0-9A-Z]{1,4})?$"
REVISION_ACTIONS: Final = ("Revise from", "Revise to")
# The ReadMe says how many codes each file has, a few in words: "(37,260 codes)", "(two codes, listed twice ...)".
README_COUNT: Final = re.compile(
    r"^List of (Present On Admission|codes added|codes deleted|codes revised)\b.*\(([\d,]+|two|three) codes\b", re.M
)
README_NAMES: Final = {
    "Present On Admission": "list",
    "codes added": "add",
    "codes deleted": "delete",
    "codes revised": "revise",
}
COUNTS_IN_WORDS: Final = {"two": 2, "three": 3}


def read_exempt_codes(where: str, raw: bytes) -> pa.Table:
    """One row per code of a list, or of the additions to it or deletions: order_number (null where the file has none),
    code as printed, title, and line.

    Raises RawFileError for another header, a byte that is not ASCII, or a row that breaks a figure of EXEMPT_FIGURES.
    """
    columns, numbered = _read_columns(where, raw, EXEMPT_HEADER)
    order = columns[0] if numbered else pa.nulls(len(columns[0]), pa.string())
    table = _as_rows(order_number=order, code=columns[-2], title=columns[-1])
    require_figures(where, table, (*EXEMPT_FIGURES, *((ORDER_RISES,) if numbered else ())))
    return table


def read_exempt_revisions(where: str, raw: bytes) -> pa.Table:
    """Two rows per code whose title was restated: action (Revise from, Revise to), code as printed, title, and line.

    Raises RawFileError as `read_exempt_codes` does, and where not every second row restates the one before it.
    """
    columns, _ = _read_columns(where, raw, REVISIONS_HEADER)
    action = pc.utf8_rtrim(columns[-3], ": ")
    table = _as_rows(action=action, code=columns[-2], title=columns[-1])
    require_figures(where, table, REVISION_FIGURES)
    return table


def read_exempt_readme(where: str, raw: bytes) -> pa.Table:
    """One row per file of which the ReadMe says how many codes it has: kind (list, add, delete, revise), count, line.

    Raises RawFileError where it does not say so of the list itself, once of each.
    """
    require_ascii(where, raw, tabs=False, final_newline=False)
    text = raw.decode("ascii")
    found = [*README_COUNT.finditer(text)]
    kinds = [README_NAMES[each[1]] for each in found]
    if "list" not in kinds or len(set(kinds)) < len(kinds):
        expected = "the number of codes of the list, and of each file beside it once"
        raise RawFileError(where, expected, ", ".join(kinds) or "none", POA_NEXT)
    counts = [str(COUNTS_IN_WORDS.get(each[2], each[2])).replace(",", "") for each in found]
    lines = [text.count("\n", 0, each.start()) + 1 for each in found]
    return pa.table({"kind": kinds, "count": counts, "line": pa.array(lines, pa.int64())})


def _read_columns(where: str, raw: bytes, header: re.Pattern[str]) -> tuple[list[pa.ChunkedArray], bool]:
    """The columns below a header, and whether the first has order numbers."""
    require_ascii(where, raw)
    first, _, rows = raw.decode("ascii").partition("\n")
    names = [each.strip() for each in first.split("\t")]
    found = header.fullmatch(" ".join(names))
    if not found or not rows.strip():
        expected = f"a header like {header.pattern}, and rows below it"
        raise RawFileError(f"{where}, line 1", expected, repr(first.strip()[:100]), POA_NEXT)
    table = read_cells(
        where,
        rows,
        newlines_in_values=False,
        first_line=2,
        delimiter="\t",
        read_options=pa_csv.ReadOptions(column_names=names),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    return [pc.utf8_trim_whitespace(column) for column in table.columns], bool(found["order"])


def _as_rows(**columns: pa.ChunkedArray | pa.Array) -> pa.Table:
    count = len(columns["code"])
    return pa.table({**columns, "line": pa.array(np.arange(2, count + 2))})


def _lacks_title(table: pa.Table) -> pa.ChunkedArray:
    return pc.equal(table["title"], "")


def _is_exempt_twice(table: pa.Table) -> npt.NDArray[np.bool_]:
    code = table["code"].combine_chunks()
    wrong: npt.NDArray[np.bool_] = np.asarray(
        pc.not_equal(pc.index_in(code, code), pa.array(np.arange(len(code)), pa.int32()))
    )
    return wrong


def _order_falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    order = table["order_number"]
    is_number = np.asarray(pc.match_substring_regex(order, r"^\d{5}$"))
    falls: npt.NDArray[np.bool_] = np.append(False, np.asarray(pc.less_equal(order[1:], order[:-1])))
    return ~is_number | falls


def _is_no_pair(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Rows in twos: the title before and the title after, of one code."""
    place = np.arange(len(table))
    action, code = (np.asarray(table[name].to_pylist(), np.str_) for name in ("action", "code"))
    wrong: npt.NDArray[np.bool_] = action != np.asarray(REVISION_ACTIONS, np.str_)[place % 2]
    second = place % 2 == 1
    wrong[second] |= code[second] != code[:-1][second[1:]]
    wrong[-1] |= len(table) % 2 == 1
    return wrong


EXEMPT_FIGURES: Final = (
    of_form("codes", "a dotted code of ICD-10-CM", "code", DOTTED),
    CheckFigure("titles", "a title of each code", _lacks_title),
    CheckFigure("once", "each code once", _is_exempt_twice),
)
ORDER_RISES: Final = CheckFigure("order", "order numbers of five digits that rise", _order_falls)
REVISION_FIGURES: Final = (
    of_form("codes", "a dotted code of ICD-10-CM", "code", DOTTED),
    CheckFigure("titles", "a title of each code", _lacks_title),
    CheckFigure("pairs", f"{' and '.join(REVISION_ACTIONS)} of the same code in turn", _is_no_pair),
)
