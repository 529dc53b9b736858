"""The SAS recode to 113 causes: lists over many lines, and statements that are not what they should be."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.causes_113 import WHOLE_PROGRAM, read_causes_113
from pipeline.ingest.check_figures import require_figures

PROGRAM = """/*Comment; with a 'quote and
if cause in ('999') then uc09_113=1;*/

UC09_113=0;
if cause in ('038' '0380'
\t     '885')
then uc09_113=9;
/*ICD-10*/if UC10 in ('A40' 'A400', 'W010')
then UC10_113=9;
RUN;

proc format;
       value lista
8.5=\t'A heading'\t
9=\t'\tSepticemia; all\t'\t\t
10=\t'Syphilis';

RUN;
"""


def read(program):
    return read_causes_113("list.sas", program.encode("utf-8"))


def test_every_printed_code_becomes_a_row_with_the_line_it_stands_on():
    assert [tuple(row.values()) for row in read(PROGRAM).to_pylist()] == [
        ("9", "038", "9", "Septicemia; all", 5),
        ("9", "0380", "9", "Septicemia; all", 5),
        ("9", "885", "9", "Septicemia; all", 6),
        ("10", "A40", "9", "Septicemia; all", 8),
        ("10", "A400", "9", "Septicemia; all", 8),
        ("10", "W010", "9", "Septicemia; all", 8),
    ]


def test_line_endings_of_another_system_change_nothing():
    assert read(PROGRAM.replace("\n", "\r\n")) == read(PROGRAM)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("'885')\nthen", "'885'\nthen", "line 5\n  expected: `if ... in (...) then ...;`"),
        ("'885'", "'885", "line 5\n  expected: `if"),
        ("'885'", "885", "line 5\n  expected: a list of codes"),
        ("'885'", "'E88.5'", "line 5\n  expected: a list of codes"),
        ("then UC10_113=9", "then UC09_113=9", "line 8\n  expected: `cause` with `uc09_113`"),
        ("9=\t'\tSept", "8.7=\t'\tSept", "expected: a title for every cause in `proc format`\n  found:    none for 9"),
        ("UC09_113=0;", "drop age;", "line 4\n  expected: `if ... in (...) then ...;`"),
        ("'Syphilis';\n\nRUN;", "'Syph", "a statement that ends with a semicolon"),
        ("'Syphilis';\n\nRUN;", "'Syphilis';", "line 13\n  expected: `run;` as the last statement"),
        ("uc09_113=1;*/", "uc09_113=1;*", "line 1\n  expected: a comment that is closed before the next"),
        ("'0380'", "'038'", "line 5\n  expected: a code of a revision in one cause"),
        (
            "RUN;\n\nproc",
            "if uc10 in ('A40') then UC10_113=10;\nproc",
            "line 10\n  expected: a code of a revision in one",
        ),
        ("'A40'", "'AO0'", "line 8\n  expected: codes of three or four digits of ICD-9, a letter and two or three of"),
        ("'0380'", "'A380'", "line 5\n  expected: codes of three or four digits of ICD-9"),
        ("'A40' 'A400'", "'A400' 'A40'", "line 8\n  expected: ICD-9 before ICD-10, causes by their numbers"),
        ("RUN;\n\nproc", "if uc10 in ('A50') then UC10_113=9;\nproc", "line 10\n  expected: ICD-9 before ICD-10"),
        ("RUN;\n\nproc", "if cause in ('091') then uc09_113=10;\nproc", "line 10\n  expected: ICD-9 before ICD-10"),
        ("10=\t'Syph", "9=\t'Syph", "line 13\n  expected: titles by the number of their cause, one behind 9"),
        ("10=\t'Syphilis'", "10=\t'\t'", "line 13\n  expected: titles by the number of their cause, one behind 9"),
        ("10=\t'Syph", "1.0.0=\t'Syph", "line 13\n  expected: `if ... in (...) then ...;`"),
        ("'W010'", "'W01é'", "line 8\n  expected: plain ASCII"),
    ],
)
def test_a_broken_program_is_refused_where_it_breaks(old, new, complaint):
    assert old in PROGRAM
    with pytest.raises(RawFileError) as error:
        read(PROGRAM.replace(old, new))
    assert complaint in str(error.value)


@pytest.mark.parametrize("program", ["", "RUN;\n"])
def test_a_program_without_a_classification_is_refused(program):
    with pytest.raises(RawFileError, match="expected: statements"):
        read(program)


def test_a_whole_program_reaches_every_cause():
    titles = "\n".join(f"{cause}='x'" for cause in range(1, 114))
    lists = "\n".join(f"if uc10 in ('A{cause:03}') then UC10_113={cause};" for cause in range(1, 114))
    whole = f"{lists}\nproc format;\nvalue lista\n{titles};\nrun;\n"
    require_figures("list.sas", read(whole), WHOLE_PROGRAM)
    with pytest.raises(RawFileError, match="line 112\n  expected: ICD-10 codes for each of the 113 causes"):
        require_figures("list.sas", read(whole.replace("if uc10 in ('A113') then UC10_113=113;\n", "")), WHOLE_PROGRAM)
