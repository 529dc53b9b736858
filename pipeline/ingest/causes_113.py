"""NCHS recode of ICD-9 and ICD-10 underlying causes of death to the list of 113 selected causes.

The publisher's form is a SAS program (1999 comparability study): one `if ... in (...) then ...;` for each cause and
revision, and a `proc format` with the titles. Codes are undotted; ICD-9 external causes stand without their E.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NoReturn

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.text import require_ascii

REVISIONS = {("cause", "uc09_113"): "9", ("uc10", "uc10_113"): "10"}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STATEMENT = re.compile(r"\s*((?:[^;'\s]|'[^']*')(?:[^;']|'[^']*')*);")
CLASSIFY = re.compile(r"if\s+(\w+)\s+in\s*\(([^()]*)\)\s*then\s+(\w+)\s*=\s*(\d+)\s*", re.IGNORECASE)
TITLES = re.compile(r"value\s+\w+((?:\s*\d+(?:\.\d+)?\s*=\s*'[^']*')+)\s*", re.IGNORECASE)
TITLE = re.compile(r"(\d+(?:\.\d+)?)\s*=\s*'([^']*)'")
OTHER = re.compile(r"uc\d\d_113\s*=\s*0\s*|run\s*|proc\s+format\s*", re.IGNORECASE)
QUOTED_CODES = re.compile(r"\s*'[0-9A-Z]{3,4}'(?:[\s,]*'[0-9A-Z]{3,4}')*\s*")
QUOTED_CODE = re.compile(r"'(\w+)'")
NEXT = "check that this is Classify_to_113_list.sas as posted; a new layout needs a reader of its own"
Classified = tuple[str, str, str, int]
CAUSES = 113


def _is_of_two_causes(table: pa.Table) -> npt.NDArray[np.bool_]:
    code = pc.binary_join_element_wise(table["revision"], table["code"], " ").combine_chunks()
    return np.asarray(pc.not_equal(pc.index_in(code, code), pa.array(np.arange(len(code)), pa.int32())))


def _is_no_code(table: pa.Table) -> npt.NDArray[np.bool_]:
    is_icd9 = pc.match_substring_regex(table["code"], r"^\d{3,4}$")
    is_icd10 = pc.match_substring_regex(table["code"], r"^[A-Z]\d{2,3}$")
    return np.asarray(pc.invert(pc.if_else(pc.equal(table["revision"], "9"), is_icd9, is_icd10)))


def _falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a row stands before the one above it: by cause, and in a cause by code. ICD-9 stands before ICD-10."""
    revision, cause = (np.asarray(table[name].cast(pa.int64())) for name in ("revision", "cause"))
    key = revision * 1000 + cause
    code_falls = np.asarray(pc.less(table["code"][1:], table["code"][:-1]))
    return np.append(False, (key[1:] < key[:-1]) | ((key[1:] == key[:-1]) & code_falls))


def _lacks_a_cause(table: pa.Table) -> npt.NDArray[np.bool_]:
    """The last row of a program that gives no ICD-10 code to one of the 113 causes."""
    found = table.filter(pc.equal(table["revision"], "10"))["cause"].unique().to_pylist()
    lacks = np.zeros(len(table), bool)
    lacks[-1:] = {str(cause) for cause in range(1, CAUSES + 1)} != set(found)
    return lacks


PROGRAM_FIGURES = (
    CheckFigure("codes", "codes of three or four digits of ICD-9, a letter and two or three of ICD-10", _is_no_code),
    CheckFigure("once", "a code of a revision in one cause", _is_of_two_causes),
    CheckFigure("order", "ICD-9 before ICD-10, causes by their numbers and their codes in order", _falls),
)
WHOLE_PROGRAM = (CheckFigure("all causes", "ICD-10 codes for each of the 113 causes", _lacks_a_cause),)


def read_causes_113(where: str, raw: bytes) -> pa.Table:
    """One row per printed code: revision (`9` or `10`), code, cause, cause_title, line (the one it stands on).

    Titles of the group headings (`3.5`) belong to no code and are left out. Raises RawFileError for a statement of
    another form, a list that holds anything but codes, a cause without a title or with two, a program that does not end
    with `run`, and a code that breaks a figure of PROGRAM_FIGURES.
    """
    require_ascii(where, raw, final_newline=False)  # as posted, it ends with `run;`
    text = raw.decode("ascii")
    program = COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), text)
    _refuse_swallowed(where, text)
    rows: list[Classified] = []
    titles: dict[str, str] = {}
    # 230 statements, 33,000 codes: less than a tenth of a second.
    for start, statement in _statements(where, program):
        if found := CLASSIFY.fullmatch(statement):
            rows += _classified(where, program, start, found)
        elif found := TITLES.fullmatch(statement):
            titles |= _titles(where, program, start, found[1])
        elif not OTHER.fullmatch(statement):
            _refuse(where, program, start, "`if ... in (...) then ...;`, a start value or a format", statement)
    if not rows:
        raise RawFileError(where, "statements `if cause in (...) then uc09_113=...;`", "none", NEXT)
    if statement.strip().lower() != "run":
        _refuse(where, program, start, "`run;` as the last statement", statement)
    table = _as_table(where, program, rows, titles)
    require_figures(where, table, PROGRAM_FIGURES)
    return table


def _refuse_swallowed(where: str, text: str) -> None:
    """Raises RawFileError for a comment within a comment: the end of the first is lost, and statements are its text."""
    for comment in COMMENT.finditer(text):
        if "/*" in comment[0][2:]:
            _refuse(where, text, comment.start(), "a comment that is closed before the next", comment[0])


def _titles(where: str, program: str, start: int, printed: str) -> dict[str, str]:
    """The titles by cause. Raises RawFileError where their numbers do not rise: one of them is another's."""
    titles = [(cause, title.strip()) for cause, title in TITLE.findall(printed)]
    for (before, _), (after, title) in pairwise(titles):
        if float(after) <= float(before) or not title:
            _refuse(where, program, start, f"titles by the number of their cause, one behind {before}", after)
    return dict(titles)


def _statements(where: str, program: str) -> Iterator[tuple[int, str]]:
    """Each statement without its semicolon, and where in the program it starts."""
    at = 0
    while found := STATEMENT.match(program, at):
        yield found.start(1), found[1]
        at = found.end()
    if program[at:].strip():
        start = at + len(program[at:]) - len(program[at:].lstrip())
        _refuse(where, program, start, "a statement that ends with a semicolon, its quotes closed", program[start:])


def _classified(where: str, program: str, start: int, found: re.Match[str]) -> Iterator[Classified]:
    """Revision, code, cause and position of every code in one statement."""
    revision = REVISIONS.get((found[1].lower(), found[3].lower()))
    if revision is None:
        _refuse(where, program, start, "`cause` with `uc09_113`, or `uc10` with `uc10_113`", f"{found[1]}, {found[3]}")
    if not QUOTED_CODES.fullmatch(found[2]):
        _refuse(where, program, start, "a list of codes of 3 or 4 characters in quotes", found[2])
    at = start + found.start(2)
    return ((revision, code[1], found[4], at + code.start()) for code in QUOTED_CODE.finditer(found[2]))


def _as_table(where: str, program: str, rows: list[Classified], titles: dict[str, str]) -> pa.Table:
    revisions, codes, causes, starts = zip(*rows, strict=True)
    untitled = sorted(set(causes) - set(titles), key=int)
    if untitled:
        raise RawFileError(where, "a title for every cause in `proc format`", f"none for {', '.join(untitled)}", NEXT)
    breaks = np.flatnonzero(np.frombuffer(program.encode("ascii"), np.uint8) == ord("\n"))
    return pa.table(
        {
            "revision": pa.array(revisions, pa.string()),
            "code": pa.array(codes, pa.string()),
            "cause": pa.array(causes, pa.string()),
            "cause_title": pa.array([titles[cause] for cause in causes], pa.string()),
            "line": np.searchsorted(breaks, np.array(starts)) + 1,
        }
    )


def _refuse(where: str, program: str, start: int, expected: str, found: str) -> NoReturn:
    line = program.count("\n", 0, start) + 1
    raise RawFileError(f"{where}, line {line}", expected, repr(found[:100]), NEXT)
