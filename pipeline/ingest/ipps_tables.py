"""Tables 5, 6I and 6J of the IPPS final rule: weights of MS-DRGs, and the whole lists of MCC and of CC.

Layout: cells set apart by tabs. Table 5 is cp1252 (a dash in its title), with a title over two lines in quotes, a
header, a row per MS-DRG and an empty row. 6I and 6J are ASCII, with a title, a header, a dotted code and title on each
row, and behind an empty row `Notes:`.
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
from pipeline.ingest.msdrg_groups import is_out_of_order
from pipeline.ingest.text import decode, read_cells, require_ascii

IPPS_NEXT: Final = "check that this is the table that it is stored as; a new layout needs a reader of its own"
WEIGHTS_HEADER: Final = re.compile(
    r"MS-DRG\tFY \d{4} Final Post-Acute DRG\tFY \d{4} Final Special Pay DRG\tMDC\tTYPE\tMS-DRG Title"
    r"\tWeights - Before Cap\tWeights - 10% Cap Applied\tGeometric mean LOS\tArithmetic mean LOS"
)
WEIGHT_COLUMNS: Final = (
    "drg", "post_acute", "special_pay", "mdc", "type", "title",
    "weight_before_cap", "weight", "geometric_mean_days", "arithmetic_mean_days",
)  # fmt: skip
COMPLETE_LIST_HEADER: Final = "Diagnosis Code\tDescription"
LIST_TITLE: Final = re.compile(r"TABLE 6[IJ] - COMPLETE (M?CC) LIST")
LAST_OF_LIST: Final = "Notes:"


def read_drg_weights(where: str, raw: bytes) -> pa.Table:
    """One row per MS-DRG of table 5: WEIGHT_COLUMNS as printed (`.` where there is no weight), and line.

    Raises RawFileError for another title or header, or a row that breaks a figure of WEIGHT_FIGURES.
    """
    text = decode(where, raw, ("cp1252",)).replace("\r\n", "\n")
    title, _, below = text.partition('"\t')
    header, _, rows = below.partition("\n")[2].partition("\n")
    names = "\t".join(each.strip() for each in header.split("\t"))
    if not title.startswith('"TABLE 5') or WEIGHTS_HEADER.fullmatch(names) is None or not rows:
        raise RawFileError(
            where, f"a title, then a header like {WEIGHTS_HEADER.pattern}", repr(header[:100]), IPPS_NEXT
        )
    first = text.count("\n", 0, len(text) - len(rows)) + 1
    table = _read_rows(where, rows, first, WEIGHT_COLUMNS)
    is_last = np.arange(len(table)) == len(table) - 1
    is_empty = np.asarray(pc.equal(table["drg"], ""))
    if not is_empty[-1]:
        raise RawFileError(where, "an empty row behind the last group", "none", IPPS_NEXT)
    table = table.filter(pa.array(~(is_last & is_empty)))
    require_figures(where, table, WEIGHT_FIGURES)
    return table


def read_complete_list(where: str, raw: bytes) -> pa.Table:
    """One row per code of table 6I or 6J: level (MCC or CC, by the title), code as printed, title, and line.

    Raises RawFileError for another title or header, a list that does not end with its notes, or a row that breaks a
    figure of LIST_FIGURES.
    """
    require_ascii(where, raw)
    title, _, below = raw.decode("ascii").replace("\r\n", "\n").partition("\n")
    header, _, rows = below.partition("\n")
    found = LIST_TITLE.fullmatch(title)
    if found is None or header != COMPLETE_LIST_HEADER or not rows:
        raise RawFileError(
            where, f"a title of 6I or 6J, then {COMPLETE_LIST_HEADER!r}", f"{title!r}, {header!r}", IPPS_NEXT
        )
    listing, notes, _ = rows.partition(f"\n\n\t{LAST_OF_LIST}")
    if not notes:
        raise RawFileError(where, f"{LAST_OF_LIST!r} behind the list", "none", IPPS_NEXT)
    table = _read_rows(where, listing + "\n", 3, ("code", "title"))
    table = table.add_column(0, "level", pa.repeat(found[1], len(table)))
    require_figures(where, table, LIST_FIGURES)
    return table


def _read_rows(where: str, rows: str, first_line: int, names: tuple[str, ...]) -> pa.Table:
    table = read_cells(
        where,
        rows,
        newlines_in_values=False,
        first_line=first_line,
        delimiter="\t",
        read_options=pa_csv.ReadOptions(column_names=names),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    columns = {name: pc.utf8_trim_whitespace(table[name]) for name in names}
    return pa.table({**columns, "line": pa.array(np.arange(first_line, first_line + len(table)))})


def _groups_fall(table: pa.Table) -> npt.NDArray[np.bool_]:
    return is_out_of_order(table["drg"])


def _codes_fall(table: pa.Table) -> npt.NDArray[np.bool_]:
    return is_out_of_order(pc.replace_substring(table["code"], ".", ""))


def _lacks_title(table: pa.Table) -> pa.ChunkedArray:
    return pc.equal(table["title"], "")


def _is_no_amount(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Numbers of a group that can be assigned; of the two that cannot, a dot or nothing."""
    is_group = np.asarray(pc.not_equal(table["type"], "**"))
    pattern = r"^\d+\.\d+$"
    wrong = np.zeros(len(table), bool)
    for name in WEIGHT_COLUMNS[6:]:
        is_amount = np.asarray(pc.match_substring_regex(table[name], pattern))
        is_nothing = np.asarray(pc.match_substring_regex(table[name], r"^\.?$"))
        wrong |= (is_group & ~is_amount) | (~is_group & ~is_nothing)
    return wrong


WEIGHT_FIGURES: Final = (
    of_form("groups", "three digits of an MS-DRG", "drg", r"^\d{3}$"),
    of_form("post-acute", "Yes or No", "post_acute", "^(?:Yes|No)$"),
    of_form("special pay", "Yes or No", "special_pay", "^(?:Yes|No)$"),
    of_form("categories", "PRE, two digits of an MDC, or none", "mdc", r"^(?:PRE|\d\d)?$"),
    of_form("types", "SURG, MED or **", "type", r"^(?:SURG|MED|\*\*)$"),
    CheckFigure("titles", "a title of each group", _lacks_title),
    CheckFigure("amounts", "two weights and two mean lengths of stay, as numbers", _is_no_amount),
    CheckFigure("order", "groups in the order of their numbers, each once", _groups_fall),
)
LIST_FIGURES: Final = (
    of_form("codes", "a dotted code of ICD-10-CM", "code", r"^[A-Z][0-9A][0-9AB](?:\.[0-9A-Z]{1,4})?$"),
    CheckFigure("titles", "a title of each code", _lacks_title),
    CheckFigure("order", "codes in their order, each once", _codes_fall),
)
