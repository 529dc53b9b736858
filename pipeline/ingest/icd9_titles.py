"""ICD-9-CM master descriptions v23 to v32: valid diagnosis and procedure codes with their titles.

Layouts: text (code, one blank, title; the title files of v28 on hold seven cp1252 lines) and the csv of FY2010.
"""

from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.text import decode, read_cells, split_lines

ENCODINGS = ("ascii", "utf-8-sig", "cp1252")
NEXT = "check that this is a title file of the ICD-9-CM master descriptions; a new layout needs a reader of its own"


def read_titles(where: str, raw: bytes, code_width: int) -> pa.Table:
    """One row per line of a title file: code, title, line. The code stands in the first `code_width` columns.

    Raises RawFileError where the column behind the code is not blank, or the code or title is missing.
    """
    lines = split_lines(where, decode(where, raw, ENCODINGS, tabs=False).encode())
    too_short = lines.lengths() < code_width + 2
    lines.refuse(too_short, f"a code of up to {code_width} columns, a blank and a title", NEXT)
    lines.refuse(lines.character(code_width + 1) != ord(" "), f"a blank in column {code_width + 1}", NEXT)
    lines.refuse(lines.character(1) == ord(" "), "a code from column 1 on", NEXT)
    code, title = lines.column(1, code_width), lines.column(code_width + 2)
    table = pa.table({"code": code, "title": title, "line": lines.numbers})
    require_figures(where, table, TITLE_FIGURES)
    return table


read_diagnosis_titles = partial(read_titles, code_width=5)
read_procedure_titles = partial(read_titles, code_width=4)


def read_title_csv(where: str, raw: bytes) -> pa.Table:
    """One row per code of the csv of FY2010: code, long_title, short_title, line.

    Raises RawFileError where the header differs, or where codes have lost their leading zeros: one such file of 2012
    lies beside the good one in the publisher's own archive.
    """
    text = decode(where, raw, ENCODINGS, tabs=False)
    types = pa_csv.ConvertOptions(column_types=dict.fromkeys(_header(where, text), pa.string()))
    table = read_cells(where, text, newlines_in_values=False, convert_options=types)
    code = pc.utf8_trim_whitespace(table.column(0).combine_chunks())
    shortest = 3 if "DIAGNOSIS" in table.column_names[0] else 2
    cut = np.flatnonzero(np.asarray(pc.utf8_length(code)) < shortest)
    if len(cut):
        raise RawFileError(
            f"{where}, line {cut[0] + 2}",
            expected=f"codes of at least {shortest} characters",
            found=f"{code[cut[0]].as_py()!r} and {len(cut) - 1:,} more: leading zeros are lost",
            next_step="use the undamaged member of the archive",
        )
    titles = [pc.utf8_trim_whitespace(table.column(position).combine_chunks()) for position in (1, 2)]
    lines = np.arange(len(code)) + 2
    table = pa.table({"code": code, "long_title": titles[0], "short_title": titles[1], "line": lines})
    require_figures(where, table, TITLE_FIGURES)
    return table


def _header(where: str, text: str) -> list[str]:
    header = text.split("\n", 1)[0].rstrip().split(",")
    wanted = [["DIAGNOSIS CODE", "PROCEDURE CODE"], ["LONG DESCRIPTION"], ["SHORT DESCRIPTION"]]
    if len(header) != 3 or any(name not in names for name, names in zip(header, wanted, strict=True)):
        raise RawFileError(
            f"{where}, line 1", "DIAGNOSIS CODE or PROCEDURE CODE, LONG ..., SHORT ...", str(header), NEXT
        )
    return header


def _lacks_text(table: pa.Table) -> npt.NDArray[np.bool_]:
    texts = (table[name] for name in table.column_names if name != "line")
    lacks: npt.NDArray[np.bool_] = np.logical_or.reduce([np.asarray(pc.equal(text, "")) for text in texts])
    return lacks


def _runs_over_lines(table: pa.Table) -> npt.NDArray[np.bool_]:
    texts = (table[name] for name in table.column_names if name != "line")
    runs: npt.NDArray[np.bool_] = np.logical_or.reduce([np.asarray(pc.match_substring(text, "\n")) for text in texts])
    return runs


def _falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    code = table["code"].combine_chunks()
    return np.append(False, np.asarray(pc.less_equal(code[1:], code[:-1])))


def _starts_late(table: pa.Table, first: str) -> npt.NDArray[np.bool_]:
    wrong = np.zeros(len(table), bool)
    wrong[:1] = table["code"][:1].to_pylist() != [first]
    return wrong


def _ends_early(table: pa.Table, last: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    wrong = np.zeros(len(table), bool)
    wrong[-1:] = not any(code.startswith(last) for code in table["code"][-1:].to_pylist())
    return wrong


TITLE_FIGURES = (
    CheckFigure("texts", "a code and a title", _lacks_text),
    CheckFigure("lines", "a code and its titles on one line", _runs_over_lines),
)
RISING = CheckFigure("order", "codes that rise from line to line", _falls)
# From v23 to v32 the last diagnosis is one of V85.4 to V91.99: the supplementary chapter grew at its end.
WHOLE_DIAGNOSIS_TITLES = (
    RISING,
    CheckFigure("first code", "a first code of 0010", partial(_starts_late, first="0010")),
    CheckFigure("last code", "a last code from V80 on", partial(_ends_early, last=("V8", "V9"))),
)
WHOLE_PROCEDURE_TITLES = (
    RISING,
    CheckFigure("first code", "a first code of 0001", partial(_starts_late, first="0001")),
    CheckFigure("last code", "a last code of 9999", partial(_ends_early, last=("9999",))),
)
