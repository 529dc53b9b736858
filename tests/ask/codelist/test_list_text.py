"""Lists as people write them: texts and tables, with prefixes, ranges, exclusions and comments."""

import pytest

from pipeline.ask.codelist.code_list import CodeList
from pipeline.ask.codelist.list_text import list_of_codes, read_list, write_list
from pipeline.errors import UsageError

WRITTEN = {
    "E11.9": ("code", "E11.9", ""),
    "e11.9": ("code", "E11.9", ""),
    "E11%": ("prefix", "E11", ""),
    "E11*": ("prefix", "E11", ""),
    "E11.*": ("prefix", "E11", ""),
    "E11.x": ("prefix", "E11", ""),
    "E11.-": ("prefix", "E11", ""),
    "e11.x": ("prefix", "E11", ""),
    "250.xx": ("prefix", "250", ""),
    "250.X": ("prefix", "250", ""),
    "250xx": ("prefix", "250", ""),
    "250.0x": ("prefix", "250.0", ""),
    "250.x0": ("prefix", "250._0", ""),
    "250.00-250.93": ("range", "250.00", "250.93"),
    "250.0x-250.9x": ("range", "250.0", "250.9"),
    "K50 to K52": ("range", "K50", "K52"),
    "K50 through K52": ("range", "K50", "K52"),
    "V10 \u2013 V19": ("range", "V10", "V19"),
    "E850\u2014E858": ("range", "E850", "E858"),
    "E850-858": ("range", "E850", "E858"),
    "I20-25": ("range", "I20", "I25"),
    "M1A-M1A.9": ("range", "M1A", "M1A.9"),
    # An X may be a character of a code, and a hyphen no range.
    "T40.1X": ("code", "T40.1X", ""),
    "M1A.9XX1": ("code", "M1A.9XX1", ""),
    "w19.xxxa": ("code", "W19.XXXA", ""),
    "0DBJ4ZX": ("code", "0DBJ4ZX", ""),
    "0dbj4zx": ("code", "0DBJ4ZX", ""),
    "99213-25": ("code", "99213-25", ""),
    "00069-1305-10": ("code", "00069-1305-10", ""),
}


def contents(codelist: CodeList) -> list[tuple[str, str, str, str]]:
    """Of each entry concept, system, role and text."""
    return [(each.concept, each.system, each.role, each.text) for each in codelist.entries]


@pytest.mark.parametrize(("text", "read"), WRITTEN.items(), ids=WRITTEN)
def test_what_is_written_is_a_code_a_prefix_or_a_range(text: str, read: tuple[str, str, str]) -> None:
    (entry,) = read_list(text).entries
    assert (entry.kind, entry.first, entry.last) == read


def test_comments_joining_words_and_descriptions_are_no_codes() -> None:
    text = "# Type 2\nE11.9 Type 2 diabetes mellitus # common\n401.1, 401.9 and 402; 403\n\nCOPD: 491.x\n"
    found = read_list(text)
    assert [each.text for each in found.entries] == ["E11.9", "401.1", "401.9", "402", "403", "491.x"]
    assert [each.line for each in found.entries] == [2, 3, 3, 3, 3, 5]
    assert found.words == ((2, "Type 2 diabetes mellitus"), (5, "COPD:"))


def test_a_mark_or_a_role_excludes() -> None:
    assert contents(read_list("E11%\n!E11.9\n! E11.8\n")) == [
        ("", "", "include", "E11%"), ("", "", "exclude", "E11.9"), ("", "", "exclude", "E11.8"),
    ]  # fmt: skip
    table = "pattern,role\nE11%,include\nE11.9,Exclude\nE11.8,\n"
    assert [each.role for each in read_list(table).entries] == ["include", "exclude", "include"]


@pytest.mark.parametrize("code", ["code", "pattern", "pattern_or_code", "Codes", "ICD code", "entry"])
@pytest.mark.parametrize("concept", ["concept", "Name", "group", "condition"])
@pytest.mark.parametrize("system", ["system", "vocabulary", "Code System"])
def test_columns_are_found_by_their_names(code: str, concept: str, system: str) -> None:
    table = f'{system};{concept};note;{code}\nICD9CM;Diabetes;"with; all";"250.xx, 357.2"\nICD10CM;CHF;;I50%\n'
    assert contents(read_list(table)) == [
        ("Diabetes", "ICD9CM", "include", "250.xx"),
        ("Diabetes", "ICD9CM", "include", "357.2"),
        ("CHF", "ICD10CM", "include", "I50%"),
    ]


def test_a_role_that_says_neither_is_wrong_usage_with_its_line() -> None:
    with pytest.raises(UsageError, match=r"mine\.csv, line 3: perhaps is no role"):
        read_list("code,role\nE11.9,include\nE11.8,perhaps\n", "mine.csv")


def test_numbered_columns_of_codes_are_a_header_and_no_codes() -> None:
    assert [each.text for each in read_list("dx1,dx2\n250.00,401.9\n").entries] == ["250.00", "401.9"]


def test_arguments_are_a_list() -> None:
    found = list_of_codes(["E10 to E14", "!E11.9"])
    assert contents(found) == [("", "", "include", "E10-E14"), ("", "", "exclude", "E11.9")]


@pytest.mark.parametrize(
    "text",
    ["E11.9\n!E11%\n", "concept,system,code,role\nA,ICD9CM,250.xx,include\nB,,K50 to K52,exclude\n", "V10\u2013V19 DM"],
)
def test_a_list_that_is_written_is_read_as_the_same_list(text: str) -> None:
    once = read_list(text)
    assert once.entries
    assert read_list(write_list(once)) == once


def test_a_cell_of_several_lines_has_several_codes() -> None:
    found = read_list('name,code\nDM,"250.00\n250.02"\nHTN,401.9\n')
    assert contents(found) == [
        ("DM", "", "include", "250.00"), ("DM", "", "include", "250.02"), ("HTN", "", "include", "401.9"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['code,name\n"E11.9,Diabetes\nI10,HTN\n', f"code,name\nE11.9,{'x' * 200_000}\n"])
def test_what_is_no_table_is_wrong_usage_with_its_line(text: str) -> None:
    with pytest.raises(UsageError, match=r"mine\.csv, line \d: this is no row of a table"):
        read_list(text, "mine.csv")
