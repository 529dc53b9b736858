"""The conversion table of ICD-9-CM, shape by shape."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.icd9_conversion import read_icd9cm_conversion

HEAD = ["Current Code(s)\tEffective\tPrevious Code(s)", "Assignment\tOctober 1\tAssignment", ""]
DIAGNOSES, PROCEDURES = ["Diagnosis Codes", "", *HEAD], ["Procedure Codes", "", *HEAD]


def rtf(*lines: str) -> bytes:
    body = "\\par ".join(line.replace("\t", "\\tab ") for line in lines)
    return f"{{\\rtf1\\ansi {body}}}".encode("ascii")


def rows(*lines: str) -> list[dict[str, object]]:
    return read_icd9cm_conversion("x.rtf", rtf(*lines)).to_pylist()


def test_row_of_each_table() -> None:
    assert rows(*DIAGNOSES, "005.81\t1995\t005.8", "", *PROCEDURES, "05.25\t1995\t39.7") == [
        {
            "table": "dx", "current": "005.81", "mark": "", "year": "1995", "previous": "005.8", "deleted": "",
            "line": 6,
        },
        {"table": "px", "current": "05.25", "mark": "", "year": "1995", "previous": "39.7", "deleted": "", "line": 13},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("038.10-038.11\t1997\t038.1\t", ("038.10-038.11", "", "1997", "038.1", "")),
        ("V03.81-V03.82,V03.89\t1994\tV03.8", ("V03.81-V03.82,V03.89", "", "1994", "V03.8", "")),
        ("E888.0\t2001\tE920", ("E888.0", "", "2001", "E920", "")),
        ("041.04#\t1997\t041.04", ("041.04#", "#", "1997", "041.04", "")),
        ("78.90*\t1987\t78.40", ("78.90*", "*", "1987", "78.40", "")),
        ("37.70 (Leads Only)\t1987 (Leads/Device)\t37.70", ("37.70 (Leads Only)", "", "1987", "37.70", "")),
        ("38.44 (Aorta)1986\t38.44 (Entire Aorta)", ("38.44 (Aorta)", "", "1986", "38.44 (Entire Aorta)", "")),
        ("795.71\t1994\t795.8 (code deleted)", ("795.71", "", "1994", "795.8 (code deleted)", "yes")),
        ("V15.82\t1994\t305.13 (delete code)", ("V15.82", "", "1994", "305.13 (delete code)", "yes")),
        ("677\t1994\tNone.", ("677", "", "1994", "None.", "")),
    ],
)  # fmt: skip
def test_shapes_of_a_row(line: str, fields: tuple[str, ...]) -> None:
    (row,) = rows(*DIAGNOSES, line)
    assert tuple(row[name] for name in ("current", "mark", "year", "previous", "deleted")) == fields


def test_continued_lines_belong_to_the_row_before() -> None:
    first, second = rows(
        *DIAGNOSES, "042\t1994\t042.0-042.2, 042.9,* ", "\t\t044.0, 044.9* ", "\t\t(*codes deleted)", "045\t1990\tNone"
    )
    assert first["previous"] == "042.0-042.2, 042.9,* 044.0, 044.9* (*codes deleted)"
    assert (first["deleted"], second["previous"]) == ("yes", "None")


def test_two_rows_printed_as_one_line_are_two() -> None:
    line = "45.43\t1989\t45.49 (Hartmann Resection 45 75 Added) \t1988\t48.66 (Code Deleted)"
    assert [(row["current"], row["year"], row["previous"]) for row in rows(*PROCEDURES, line)] == [
        ("45.43", "1989", "45.49"), ("45.75 (Hartmann Resection Added)", "1988", "48.66 (Code Deleted)"),
    ]  # fmt: skip


def test_headings_of_pages_and_notes_are_no_rows() -> None:
    notes = ["# Code title restated", "*Codes 78.90-78.99 were retitled", "\t", "Procedure Codes, continued", *HEAD]
    assert [row["current"] for row in rows(*PROCEDURES, "05.25\t1995\t39.7", *notes, "05.26\t1995\t39.7")] == [
        "05.25", "05.26",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        ([*DIAGNOSES, "005.81\t1995\t005.8", "005.82 1995 005.8"], 7),
        ([*DIAGNOSES, "005.81\t95\t005.8"], 6),
        ([*DIAGNOSES, "005.81\t1995"], 6),
        ([*DIAGNOSES, "005.81\t1995\t005.8\t005.9"], 6),
        ([*DIAGNOSES, "\t\t005.8"], 6),
        ([*DIAGNOSES, "A note that nobody has read"], 6),
        (["005.81\t1995\t005.8"], 1),
        (["Diagnosis Codes", HEAD[0], "Assignment\tJanuary 1\tAssignment"], 3),
        (["Diagnosis Codes", HEAD[0], "005.81\t1995\t005.8"], 3),
    ],
)
def test_line_of_no_known_shape_is_refused(lines: list[str], number: int) -> None:
    with pytest.raises(RawFileError) as problem:
        rows(*lines)
    assert problem.value.where == f"x.rtf, line {number}"


@pytest.mark.parametrize("raw", [b"005.81\t1995\t005.8", rtf(*DIAGNOSES)])
def test_what_is_no_such_table_is_refused(raw: bytes) -> None:
    with pytest.raises(RawFileError, match=r"x\.rtf"):
        read_icd9cm_conversion("x.rtf", raw)


@pytest.mark.parametrize(
    ("line", "expected"),
    [("005.81\t1995\t005.8", "a row once"), ("005.89\t1985\t005.8", "a year from 1986 to 2014")],
)
def test_a_row_printed_again_or_of_another_year_is_refused_with_its_line(line: str, expected: str) -> None:
    with pytest.raises(RawFileError) as problem:
        rows(*DIAGNOSES, "005.81\t1995\t005.8", line)
    assert (problem.value.where, problem.value.expected) == ("x.rtf, line 7", expected)
