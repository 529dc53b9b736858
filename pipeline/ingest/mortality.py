"""NCHS lists of causes of death: valid ICD-10 codes (2009 on) and the ICD-9 list `ucod.txt`."""

import re
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.errors import RawFileError
from pipeline.ingest.cells import require_closed_quotes
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.outline import read_outline
from pipeline.ingest.text import decode, read_cells, split_lines

LIST_HEADER = re.compile(r"^Status([\t,])Code\1ICD Title", re.MULTILINE)
ENCODING_OF_BOM = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
# 386.0 is Ménière's disease: its second letter tells the encoding of ucod.txt.
MENIERE = {b"M\x82n": "cp437", b"M\x8en": "mac_roman", b"M\xe9n": "latin-1", b"M\xc3\xa9n": "utf-8"}
UCOD_CHAPTER = r"^\s+(?P<code>[IVX]+|E|V)\.\s+(?P<title>.*?)\s*\((?P<first>E?\d{3})-(?P<last>E?\d{3})\)\s*$"
UCOD_BLOCK = r"^\s+(?P<title>[^\d\s].*?)\s*\((?P<first>E?\d{3})(?:-(?P<last>E?\d{3}))?\)\s*$"
UCOD_CODE = r"^(?P<code>E?\d{3}(?:\.\d)?)\s+(?P<title>\S.*?)\s*$"


UNKNOWN_LINE = "if the publisher printed it so, the reader must learn the shape: this file was not at hand"
# The data years of a list stand in its title: 1999-2023. Codes were added and deleted from 2001 on.
DATA_YEARS = re.compile(r"\b1999-(20\d\d)\b")
YEAR_OF_STATUS = r"\bin (?P<year>\d{4})"
FIRST_CHANGE, LAST_CHANGE = 2000, 2099  # where no title tells the last
CAUSE = r"^(?:\*?[A-Z]\d\d(?:\.\d)? ?|[A-Z]\d\d-[A-Z]\d\d)?$"
LAST_CAUSE = "Y89.9"  # chapter XXII, codes for special purposes, stands before chapter XX in every list
# The list of 2011, line 1684, prints the block D37-D48 so.
PRINTED_OUT_OF_ORDER = {"C37-D48": "D37-D48"}


def _is_no_cause(table: pa.Table) -> pa.ChunkedArray:
    return pc.invert(pc.match_substring_regex(table["code"], CAUSE))


def _is_half_a_row(table: pa.Table) -> pa.ChunkedArray:
    """Whether a row has a code or a title without the other, or a status alone."""
    code, title, status = (pc.equal(pc.utf8_trim_whitespace(table[name]), "") for name in ("code", "title", "status"))
    return pc.or_(pc.not_equal(code, title), pc.and_(code, pc.invert(status)))


def _runs_over_lines(table: pa.Table) -> pa.ChunkedArray:
    return pc.or_(pc.match_substring(table["title"], "\n"), pc.match_substring(table["code"], "\n"))


def _codes(table: pa.Table) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """The places of the rows that have a code, and their codes, without asterisk."""
    code = pc.utf8_trim(table["code"].combine_chunks(), characters=" *")
    places = np.flatnonzero(np.asarray(pc.not_equal(code, "")))
    return places, code.take(pa.array(places))


def _falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    places, code = _codes(table)
    for printed, meant in PRINTED_OUT_OF_ORDER.items():
        code = pc.replace_substring(code, printed, meant)
    first = pc.utf8_slice_codeunits(pc.replace_substring_regex(code, "-.*", ""), 0, 5)
    falls = np.zeros(len(table), bool)
    falls[places[1:]] = np.asarray(pc.less(first[1:], first[:-1]))
    return falls


def _is_listed_again(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a code stands twice. A block of one category stands right before that category, under the same code."""
    places, code = _codes(table)
    first = np.asarray(pc.index_in(code, code))
    gaps = np.arange(len(code)) - first
    is_block = np.asarray(pc.equal(pc.utf8_length(code), 3))
    again = np.zeros(len(table), bool)
    again[places] = np.where(is_block, gaps > 1, gaps > 0)
    return again


def _is_of_another_year(last: int, table: pa.Table) -> npt.NDArray[np.bool_]:
    years = pc.struct_field(pc.extract_regex(table["status"].combine_chunks(), YEAR_OF_STATUS), "year")
    year = np.asarray(pc.fill_null(pc.cast(years, pa.int64()), FIRST_CHANGE))
    return np.asarray((year < FIRST_CHANGE) | (year > last))


def _ends_early(table: pa.Table) -> npt.NDArray[np.bool_]:
    _, code = _codes(table)
    is_cut = np.zeros(len(table), bool)
    is_cut[-1:] = len(code) == 0 or code[-1].as_py() != LAST_CAUSE
    return is_cut


def _does_not_rise(outline: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a code of ucod.txt does not come behind the one before; chapters and blocks do not count."""
    places = np.flatnonzero(np.asarray(pc.equal(outline["entry"], "code")))
    code = outline["code"].take(pa.array(places))
    falls = np.zeros(len(outline), bool)
    falls[places[1:]] = np.asarray(pc.less_equal(code[1:], code[:-1]))
    return falls


# Of a file that was not at hand: as public readers have it.
UCOD_FIGURES = (CheckFigure("order", "codes in their order, each once", _does_not_rise),)
CAUSE_FIGURES = (
    CheckFigure("codes", "a code such as A00.0, a range such as A00-B99, or an empty cell", _is_no_cause),
    CheckFigure("lines", "a code and a title on one line; a status may have two", _runs_over_lines),
    CheckFigure("whole rows", "a code and its title in every row that is not empty", _is_half_a_row),
    CheckFigure("order", "codes in the order of the alphabet", _falls),
    CheckFigure("once", "a code once, or as a block of one category and as that category", _is_listed_again),
)
WHOLE_CAUSES = (CheckFigure("last code", f"{LAST_CAUSE} as the last code", _ends_early),)


def read_icd10_causes(where: str, raw: bytes) -> pa.Table:
    """One row per line below the header: status, code (dotted), title, line; headings and empty rows included.

    The issues differ in encoding (UTF-16, cp1252, UTF-8 with BOM) and separator (tab, comma); all have a header row
    `Status, Code, ICD Title` behind a preamble. Raises RawFileError where that row is missing, a quote is not closed, a
    row has more or fewer cells, or breaks a figure of CAUSE_FIGURES, and for a year that is not one of the list's.
    """
    text = decode(where, raw, (ENCODING_OF_BOM.get(raw[:3]) or ENCODING_OF_BOM.get(raw[:2]) or "utf-8", "cp1252"))
    header = LIST_HEADER.search(text)
    if not header:
        raise RawFileError(
            where,
            expected="a header row `Status, Code, ICD Title`",
            found=repr(text[:80]) if text.strip() else "an empty file",
            next_step="check that this is the list with detailed titles; a new layout needs a reader of its own",
        )
    require_closed_quotes(where, text)
    first_line = text.count("\n", 0, header.start()) + 2
    names = ["f0", "f1", "f2"]
    table = read_cells(
        where,
        text[header.start() :],
        newlines_in_values=True,
        first_line=first_line - 1,
        delimiter=header[1],
        read_options=pa_csv.ReadOptions(skip_rows=1, autogenerate_column_names=True),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), include_columns=names),
    )
    inside = np.asarray(pc.count_substring(table["f0"], "\n")) + np.asarray(pc.count_substring(table["f2"], "\n"))
    lines = first_line + np.arange(len(table)) + np.cumsum(inside) - inside
    table = table.rename_columns(["status", "code", "title"]).append_column("line", pa.array(lines))
    require_figures(where, table, (*CAUSE_FIGURES, _figure_of_years(text[: header.start()])))
    return table


def _figure_of_years(preamble: str) -> CheckFigure:
    found = DATA_YEARS.search(preamble)
    last = int(found[1]) if found else LAST_CHANGE
    law = f"a year from {FIRST_CHANGE} to {last} in the status"
    return CheckFigure("years", law, partial(_is_of_another_year, last))


def read_icd9_causes(where: str, raw: bytes) -> pa.Table:
    """One row per chapter, block and code line of `ucod.txt`: entry, code, title, first, last, line.

    `entry` is chapter, block or code. Written from the accounts of public readers, since the file itself was not at
    hand: a line that is none of the three is refused, since it may be a code, and so is a file without a code line.
    """
    encoding = next((name for bytes_, name in MENIERE.items() if bytes_ in raw), "latin-1")
    lines = split_lines(where, decode(where, raw, (encoding,), final_newline=False).encode())
    outline = read_outline(lines, {"chapter": UCOD_CHAPTER, "block": UCOD_BLOCK, "code": UCOD_CODE})
    if not pc.any(pc.equal(outline["entry"], "code")).as_py():
        raise RawFileError(
            where, "lines such as `001.0 Title`", "no such line", "check that this is the NCHS file ucod.txt"
        )
    passed_over = ~np.isin(lines.numbers, np.asarray(outline["line"]))
    lines.refuse(passed_over, "a chapter, a block or a code with its title", UNKNOWN_LINE)
    require_figures(where, outline, UCOD_FIGURES)
    return outline
