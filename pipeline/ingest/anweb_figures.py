"""Check figures of the HCPCS alpha-numeric file, of the text file and the workbook alike."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.check_figures import CheckFigure
from pipeline.ingest.days import is_no_day

STARTS = ("3", "7")  # a procedure, a modifier; 4 and 8 continue their descriptions
DAY_FIELDS = ("asc_date", "mog_date", "added", "action_effective", "terminated")
ACTION_CODES = tuple("ABCDFNPRST")  # of the record layout: added, changed in a field or another, discontinued, none
FIRST_MODIFIER, LAST_SECTION = "A1", "V"
# The first letters of the codes: no file from 2017 to 2025 lacks one. U came in 2020.
SECTIONS = tuple("ABCEGHJKLMPQRSTV")


def is_start(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a record is the first of a code, and no continuation."""
    return np.asarray(pc.is_in(table["record_id"], pa.array(STARTS)))


def _leaves_sequence(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Sequence numbers of other than five digits stand for none."""
    written = table["sequence"]
    digits = pc.if_else(pc.match_substring_regex(written, r"^\d{5}$"), written, "0")
    number = np.asarray(digits.cast(pa.int32()))
    before = np.append(0, number[:-1])
    wrong: npt.NDArray[np.bool_] = number != np.where(is_start(table), 100, before + 100)
    return wrong


def _is_of_another_kind(table: pa.Table) -> npt.NDArray[np.bool_]:
    is_modifier = pc.equal(pc.utf8_length(table["code"]), 2)
    wrong: npt.NDArray[np.bool_] = np.asarray(is_modifier) != np.asarray(
        pc.is_in(table["record_id"], pa.array(["7", "8"]))
    )
    return wrong


def _is_out_of_order(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Blanks come before letters: the three in front of a modifier put it before the codes."""
    starts = np.flatnonzero(is_start(table))
    place = pc.utf8_lpad(table["code"].take(pa.array(starts)), 5)
    wrong = np.zeros(len(table), bool)
    wrong[starts[1:]] = np.asarray(pc.less_equal(place[1:], place[:-1]))
    return wrong


def _has_no_day(table: pa.Table) -> npt.NDArray[np.bool_]:
    wrong: npt.NDArray[np.bool_] = np.logical_or.reduce(
        [is_no_day(table[name].combine_chunks()) for name in DAY_FIELDS]
    )
    return wrong


def _has_no_action(table: pa.Table) -> pa.ChunkedArray:
    """A continuation has none."""
    return pc.invert(pc.is_in(table["action"], pa.array([*ACTION_CODES, ""])))


def _lacks_text(table: pa.Table) -> npt.NDArray[np.bool_]:
    lacks = np.asarray(pc.equal(table["long_description"], ""))
    for name in ("short_description", "added"):
        lacks = lacks | (np.asarray(pc.equal(table[name], "")) & is_start(table))
    return lacks


def _starts_late(table: pa.Table) -> npt.NDArray[np.bool_]:
    wrong = np.zeros(len(table), bool)
    wrong[0] = table["code"][0].as_py() != FIRST_MODIFIER
    return wrong


def _ends_early(table: pa.Table) -> npt.NDArray[np.bool_]:
    wrong = np.zeros(len(table), bool)
    wrong[-1] = not table["code"][-1].as_py().startswith(LAST_SECTION)
    return wrong


def _lacks_a_section(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Told of the first code of the section behind the one that is missing."""
    code = table["code"]
    section = pc.if_else(pc.equal(pc.utf8_length(code), 5), pc.utf8_slice_codeunits(code, 0, 1), "")
    here = set(pc.unique(section).to_pylist())
    wrong = np.zeros(len(table), bool)
    for missing in (each for each in SECTIONS if each not in here):
        behind = np.flatnonzero(np.asarray(pc.greater(section, missing)))
        wrong[behind[0] if len(behind) else -1] = True
    return wrong


ANWEB_FIGURES = (
    CheckFigure("kinds", "a record id of 3 or 4 for a code, of 7 or 8 for a modifier", _is_of_another_kind),
    CheckFigure(
        "sequence",
        "sequence 00100 where a code starts, and steps of 100 behind it",
        _leaves_sequence,
    ),
    CheckFigure("order", "modifiers, then codes, each once and in the order of the alphabet", _is_out_of_order),
    CheckFigure("actions", f"an action of {' '.join(ACTION_CODES)}, or a blank", _has_no_action),
    CheckFigure("days", f"days as YYYYMMDD, or blanks, in the fields {', '.join(DAY_FIELDS)}", _has_no_day),
)
WHOLE_ANWEB_FILES = (
    CheckFigure("first modifier", f"a first record of the modifier {FIRST_MODIFIER}", _starts_late),
    CheckFigure("last code", f"a last record of a code of section {LAST_SECTION}", _ends_early),
    CheckFigure("sections", f"codes of each of the sections {' '.join(SECTIONS)} before this one", _lacks_a_section),
    CheckFigure(
        "texts",
        "a long description, and where a code starts a short one and the day it was added",
        _lacks_text,
    ),
)
