"""Check figures of the tabular list of ICD-10-CM: chapters, sections and categories in their places."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.check_figures import CheckFigure

CHAPTERS = 22


def _lacks_text(outline: pa.Table) -> npt.NDArray[np.bool_]:
    cells = (pc.utf8_trim_whitespace(pc.fill_null(outline[name], "")) for name in ("code", "title", "first", "last"))
    lacks = [np.asarray(pc.equal(each, "")) for each in cells]
    wrong: npt.NDArray[np.bool_] = np.logical_or.reduce(lacks)
    return wrong


def _is_listed_before(outline: pa.Table) -> npt.NDArray[np.bool_]:
    wrong = np.ones(len(outline), bool)
    named = np.char.add(_texts(outline, "entry"), _texts(outline, "code"))
    wrong[np.unique(named, return_index=True)[1]] = False
    return wrong


def _is_no_next_chapter(outline: pa.Table) -> npt.NDArray[np.bool_]:
    chapter = _is_entry(outline, "chapter")
    number = _chapter_numbers(outline)
    wrong = np.zeros(len(outline), bool)
    wrong[chapter] = number <= np.append(0, number[:-1])
    return wrong


def _is_out_of_count(outline: pa.Table) -> npt.NDArray[np.bool_]:
    """The last chapter is out of count too where it is not that of the highest number."""
    chapter, number = _is_entry(outline, "chapter"), _chapter_numbers(outline)
    wrong = np.zeros(len(outline), bool)
    is_last = np.arange(1, len(number) + 1) == len(number)
    wrong[chapter] = (number != np.arange(1, len(number) + 1)) | (is_last & (number != CHAPTERS))
    return wrong


def _is_in_no_chapter(outline: pa.Table) -> npt.NDArray[np.bool_]:
    chapter, block = _is_entry(outline, "chapter"), _is_entry(outline, "block")
    first, last = _texts(outline, "first"), _texts(outline, "last")
    starts, ends = first[block][:, np.newaxis], last[block][:, np.newaxis]
    is_inside = (first[chapter] <= starts) & (starts <= ends) & (ends <= last[chapter])
    wrong = np.zeros(len(outline), bool)
    wrong[block] = ~is_inside.any(axis=1)
    return wrong


def _is_outside_its_section(outline: pa.Table) -> npt.NDArray[np.bool_]:
    """Categories with a letter in their third place stand between those with digits: C4A behind C43, M1A before M10."""
    code, first, last = (_texts(outline, name) for name in ("code", "first", "last"))
    tens, first_tens, last_tens = (texts.astype("U2") for texts in (code, first, last))
    has_letter = np.asarray(pc.match_substring_regex(outline["code"], "^..[A-Z]$"))
    fits = (first <= code) & (code <= last) | has_letter & (first_tens <= tens) & (tens <= last_tens)
    wrong: npt.NDArray[np.bool_] = _is_entry(outline, "category") & ~fits
    return wrong


def _is_entry(outline: pa.Table, entry: str) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.equal(outline["entry"], entry))


def _texts(outline: pa.Table, column: str) -> npt.NDArray[np.str_]:
    return np.asarray(pc.fill_null(outline[column], "").to_pylist(), np.str_)


def _chapter_numbers(outline: pa.Table) -> npt.NDArray[np.int64]:
    """The numbers of the chapters in their order; 0 for what is none."""
    code = outline.filter(pc.equal(outline["entry"], "chapter"))["code"]
    return np.asarray(pc.if_else(pc.match_substring_regex(code, r"^\d{1,3}$"), code, "0").cast(pa.int64()))


TABULAR_FIGURES = (
    CheckFigure("texts", "a code or range, and a title", _lacks_text),
    CheckFigure("once", "each chapter, section and category once", _is_listed_before),
    CheckFigure("chapters", "chapters with numbers that rise", _is_no_next_chapter),
    CheckFigure("sections", "a section inside the range of a chapter", _is_in_no_chapter),
    CheckFigure("categories", "a category inside the range of its section", _is_outside_its_section),
)
WHOLE_TABULAR_LISTS = (CheckFigure("all chapters", f"the chapters 1 to {CHAPTERS}, none left out", _is_out_of_count),)
