"""Order addenda: columns, in ASCII and in UTF-8."""

import json

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.addenda import read_order_addenda
from tests.ingest.whole_files import refusal_of
from tests.samples import text_of

TITLE = "Acne excori\xe9e des jeunes filles"


def line(title: str, width: int = 60) -> str:
    return f"{'Add:':<13}1 {'L705':<7} {title:<{width}} {title}\r\n"


@pytest.mark.parametrize("width", [60, 59], ids=["characters", "bytes"])
def test_columns_of_a_line_in_utf8_are_characters_or_bytes(width: int) -> None:
    (row,) = read_order_addenda("x.txt", line(TITLE, width).encode()).to_pylist()
    assert row == {
        "action": "Add", "code": "L705", "flag": "1", "short_title": TITLE, "long_title": TITLE, "line": 1,
    }  # fmt: skip


def test_another_encoding_is_refused() -> None:
    with pytest.raises(RawFileError, match="byte E9"):
        read_order_addenda("x.txt", line(TITLE).encode("cp1252"))


# What is refused


def change(action: str, code: str, flag: str = "1", title: str = "Cholera") -> str:
    """A line with the flag of ICD-10-CM, or without one."""
    return f"{action + ':':<13}{flag and flag + ' '}{code:<7} {title:<60} {title}"


GOOD = [
    change("Add", "A000"),
    change("Revise from", "A001"),
    change("Revise to", "A001"),
    "",
    "Headers",
    "  2 headers in icd10cm_order_2025.txt",
    "      1 additions",
    "    of which",
    "      0 revisions to both long and short titles",
]


def refused(line: int, text: str) -> str:
    return refusal_of("order_file", "addenda", text_of([*GOOD[:line], text, *GOOD[line + 1 :]]))


def test_changes_and_statistics_are_read_and_nothing_else_is_there() -> None:
    table = read_order_addenda("x.txt", text_of(GOOD))
    assert table["action"].to_pylist() == ["Add", "Revise from", "Revise to"]
    assert json.loads(table.schema.metadata[b"counts"]) == {"headers": {"before": 2, "additions": 1,
        "revisions to both long and short titles": 0}}  # fmt: skip


@pytest.mark.parametrize(
    "text", ["Added:       1 A000", "add:", "a note", "  2 headers", "12 codes of x", "Codes:", "7"]
)
@pytest.mark.parametrize("line", [0, 3, 6])
def test_a_line_that_is_neither_an_action_nor_a_statistic_is_refused(line: int, text: str) -> None:
    assert refused(line, text).startswith(f"x.txt, line {line + 1}: an action (Add, Delete, Revise from, Revise to)")


def test_a_line_that_lost_its_flag_is_refused_where_the_others_have_one() -> None:
    assert refused(0, change("Add", "A000", flag="")) == (
        "x.txt, line 1: a flag of 0 or 1 in column 14, as in the other lines"
    )


def test_a_column_that_was_put_in_is_refused() -> None:
    full = change("Add", "A000", title="x" * 60)
    assert refused(0, full[:40] + "x" + full[40:]).endswith("a blank in column 84")
    assert refused(0, change("Add", "A000XXXX")).endswith("a blank in column 23")


def test_a_line_that_was_cut_is_refused() -> None:
    assert refused(0, change("Add", "A000")[:80]) == "x.txt, line 1: an action, a code and its titles"


def test_a_change_that_stands_twice_is_refused() -> None:
    assert refused(3, change("Add", "A000")) == "x.txt, line 4: an action on a code once"


def test_a_blank_title_is_refused() -> None:
    text = f"{change('Add', 'A000')[:23]}{'':61}Long"
    assert refused(0, text) == "x.txt, line 1: a code, a short title and a long one"


@pytest.mark.parametrize(
    ("line", "text", "told_of"),
    [
        (0, change("Revise from", "A000"), 1),
        (1, change("Delete", "A001"), 3),
        (2, change("Add", "A001"), 2),
        (2, change("Revise to", "A002"), 2),
    ],
)
def test_half_a_revision_is_refused(line: int, text: str, told_of: int) -> None:
    assert refused(line, text).startswith(f"x.txt, line {told_of}: `Revise from` right above")
