"""Files that a licensee supplies: the AMA's CPT data files and the WHO's ICD-10 meta files.

Layouts as public readers describe them; no file of either owner is part of this project.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.text import Lines, decode, split_lines

CPT_CODE = r"^(?:\d{4}[0-9AFMTU])"
CPT_MODIFIER = r"^(?:[A-Z0-9]{2})"
ENCODINGS = ("utf-8-sig", "cp1252")
LIKE_CODES_IN_NOTICE = 1  # a line of the notice may begin like a code
WHO_FIELDS = (
    "level", "place", "leaf_kind", "chapter", "block", "code_as_printed", "code_dotted", "code", "title",
    "category_title", "subcategory_title", "use", "mortality_1", "mortality_2", "mortality_3", "mortality_4",
    "morbidity",
)  # fmt: skip
WHO_FORMS = {
    "level": "^[345]$",
    "place": "^[TN]$",
    "chapter": r"^\d\d$",
    **dict.fromkeys(("block", "first", "last"), r"^[A-Z]\d\d$"),
    "code_dotted": r"^[A-Z]\d\d(?:\.\d\d?)?$",
    "code": r"^[A-Z]\d{2,4}$",
}


def _is_listed_again(table: pa.Table) -> npt.NDArray[np.bool_]:
    code = table["code"].combine_chunks()
    return np.asarray(pc.not_equal(pc.index_in(code, code), pa.array(np.arange(len(code)), pa.int32())))


def _has_no_title(table: pa.Table) -> pa.ChunkedArray:
    return pc.equal(table["title"], "")


def _is_printed_again(table: pa.Table) -> npt.NDArray[np.bool_]:
    names = [name for name in table.column_names if name != "line"]
    row = pc.binary_join_element_wise(*(table[name] for name in names), ";").combine_chunks()
    return np.asarray(pc.not_equal(pc.index_in(row, row), pa.array(np.arange(len(row)), pa.int32())))


def _is_no_who_field(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a field has another form than WHO's own description of its meta files gives it."""
    own = [name for name in WHO_FORMS if name in table.column_names]
    misfits = [np.asarray(pc.invert(pc.match_substring_regex(table[name], WHO_FORMS[name]))) for name in own]
    return np.asarray(np.logical_or.reduce(misfits))


# Of files that were not at hand: as public readers have them.
WITH_TITLES = CheckFigure("titles", "a title in every line", _has_no_title)
CPT_FIGURES = (WITH_TITLES, CheckFigure("once", "a code once", _is_listed_again))
WHO_FIGURES = (
    WITH_TITLES,
    CheckFigure("fields", "a chapter of two digits, a category such as A00, a code such as A00.0", _is_no_who_field),
    CheckFigure("once", "a line once", _is_printed_again),
)


def read_cpt_tab(where: str, raw: bytes) -> pa.Table:
    """One row per line of LONGULT: code, title, line. A tab stands between code and descriptor."""
    return _read_cpt(where, raw, CPT_CODE + r"\t", "a CPT code, a tab and its long descriptor", 5)


def read_cpt_columns(where: str, raw: bytes) -> pa.Table:
    """One row per line of MEDU and SHORTU: code (columns 1 to 5), title (7 on), line."""
    return _read_cpt(where, raw, CPT_CODE + " ", "a CPT code, a blank and its descriptor", 5)


def read_cpt_modifiers(where: str, raw: bytes) -> pa.Table:
    """One row per line of MODUL: code (two characters), title, line. A tab or blank stands between them."""
    return _read_cpt(where, raw, CPT_MODIFIER + r"[\t ]", "a modifier of two characters, a tab and its descriptor", 2)


def _read_cpt(where: str, raw: bytes, pattern: str, expected: str, width: int) -> pa.Table:
    lines = _behind_notice(where, decode(where, raw, ENCODINGS, final_newline=False).encode(), pattern)
    fits = np.asarray(pc.match_substring_regex(lines.text.cast(pa.string()), pattern))
    lines.refuse(
        ~fits,
        expected,
        "check the kind of file: LONGULT is separated by tabs, MEDU and SHORTU have fixed columns; fixed-width "
        "LONGULT files of older years are not supported",
    )
    table = pa.table({"code": lines.column(1, width), "title": lines.column(width + 2), "line": lines.numbers})
    require_figures(where, table, CPT_FIGURES)
    return table


def _behind_notice(where: str, raw: bytes, pattern: str) -> Lines:
    """The lines behind the last empty line: a notice of the owner's stands before it, and no code."""
    lines = split_lines(where, raw)
    gaps = np.setdiff1d(np.arange(1, lines.numbers[-1]), lines.numbers)
    is_behind = lines.numbers > (gaps[-1] if len(gaps) else 0)
    is_code = np.asarray(pc.match_substring_regex(lines.text.cast(pa.string()), pattern))
    lost = is_code & ~is_behind
    if lost.sum() > LIKE_CODES_IN_NOTICE:
        lines.refuse(lost, "codes behind the last empty line only: a notice stands before it", "remove the empty lines")
    return lines.keep(is_behind)


def read_who_codes(where: str, raw: bytes) -> pa.Table:
    """One row per line of `icd10<year>syst_codes.txt`: the seventeen fields of WHO_FIELDS, and line."""
    return _read_semicolons(where, raw, WHO_FIELDS)


def read_who_chapters(where: str, raw: bytes) -> pa.Table:
    """One row per chapter of `icd10<year>syst_chapters.txt`: chapter, title, line."""
    return _read_semicolons(where, raw, ("chapter", "title"))


def read_who_blocks(where: str, raw: bytes) -> pa.Table:
    """One row per block of `icd10<year>syst_groups.txt`: first, last, chapter, title, line."""
    return _read_semicolons(where, raw, ("first", "last", "chapter", "title"))


def _read_semicolons(where: str, raw: bytes, names: tuple[str, ...]) -> pa.Table:
    lines = split_lines(where, decode(where, raw, ("utf-8-sig",), final_newline=False).encode())
    parts = pc.split_pattern(pc.utf8_trim_whitespace(lines.text.cast(pa.string())), ";")
    wrong = np.asarray(pc.list_value_length(parts)) != len(names)
    if wrong.any():
        lines.refuse(wrong, f"{len(names)} fields separated by semicolons", "use the meta files of WHO's 2019 edition")
    columns = {name: pc.list_element(parts, position) for position, name in enumerate(names)}
    table = pa.table({**columns, "line": lines.numbers})
    require_figures(where, table, WHO_FIGURES)
    return table
