"""Check figures of order files: what no cut, moved or damaged order file keeps."""

import pytest

from tests.ingest.whole_files import read_whole, refusal_of
from tests.samples import ORDER_LINES, order_line, text_of

PROCEDURES = (
    order_line(1, "001", 0, "Bypass"),
    order_line(2, "0016070", 1, "Bypass Cereb Vent to Nasophar"),
    order_line(3, "XY0", 0, "Extracorporeal"),
    order_line(4, "XY0VX83", 1, "Extracorporeal Introduction"),
)
GAP = "order numbers from 00001 on without a gap"
END = "a last line of the last section"
HEADERS = "a header (flag 0) above the first of its codes"


def numbered(lines: list[str] | tuple[str, ...]) -> bytes:
    return text_of([f"{number:05}{line[5:]}" for number, line in enumerate(lines, 1)])


def refused(raw: bytes) -> str:
    return refusal_of("order_file", "order", raw)


@pytest.mark.parametrize("lines", [ORDER_LINES, PROCEDURES])
def test_a_whole_file_keeps_every_figure(lines: tuple[str, ...]) -> None:
    assert len(read_whole("order_file", "order", text_of(lines))) == len(lines)


@pytest.mark.parametrize("lines", [ORDER_LINES, PROCEDURES])
def test_no_part_of_a_file_can_be_cut_out_at_the_ends_of_lines(lines: tuple[str, ...]) -> None:
    cuts = [(start, end) for start in range(len(lines)) for end in range(start + 1, len(lines) + 1)]
    for start, end in cuts[:-1]:
        if left := [*lines[:start], *lines[end:]]:
            assert refused(text_of(left)).startswith("x.txt, line ")


def test_a_file_cut_at_its_head_or_in_its_middle_has_a_gap_in_its_numbers() -> None:
    assert refused(text_of(ORDER_LINES[3:])) == f"x.txt, line 1: {GAP}"
    assert refused(text_of([*ORDER_LINES[:1], *ORDER_LINES[2:]])) == f"x.txt, line 2: {GAP}"


@pytest.mark.parametrize("left", [*(ORDER_LINES[:count] for count in (2, 3, 5)), PROCEDURES[:2]])
def test_a_file_cut_at_its_tail_ends_before_the_last_section(left: tuple[str, ...]) -> None:
    assert refused(text_of(left)).startswith(f"x.txt, line {len(left)}: {END}")


@pytest.mark.parametrize("order", [(0, 1, 3, 2, 4, 5), (0, 3, 1, 2, 4, 5), (0, 1, 2, 4, 3, 5)])
def test_lines_that_changed_places_leave_a_header_without_its_codes(order: tuple[int, ...]) -> None:
    assert HEADERS in refused(numbered([ORDER_LINES[place] for place in order]))


@pytest.mark.parametrize("line", [0, 1])
def test_a_flag_that_was_turned_over_is_seen_by_what_stands_below(line: int) -> None:
    lines = list(ORDER_LINES)
    lines[line] = f"{lines[line][:14]}{1 - int(lines[line][14])}{lines[line][15:]}"
    assert refused(text_of(lines)).startswith(f"x.txt, line {line + 1}: {HEADERS}")


@pytest.mark.parametrize("columns", [(17, 76), (78, 200)])
def test_a_title_that_is_blank_is_refused(columns: tuple[int, int]) -> None:
    first, last = columns
    lines = list(ORDER_LINES)
    lines[1] = f"{lines[1][: first - 1]}{'':{min(last, len(lines[1])) - first + 1}}{lines[1][last:]}"
    assert refused(text_of(lines)) == "x.txt, line 2: a short title and a long one"


def test_a_line_that_ends_in_front_of_its_long_title_is_refused_whatever_ends_it() -> None:
    for end in ("\n", "\r\n"):
        raw = text_of([ORDER_LINES[0], ORDER_LINES[1][:77], *ORDER_LINES[2:]], end)
        assert refused(raw).startswith("x.txt, line 2: at least 78 columns")


def test_a_line_without_a_code_is_refused() -> None:
    lines = [ORDER_LINES[0], f"{ORDER_LINES[1][:6]}{'':7}{ORDER_LINES[1][13:]}", *ORDER_LINES[2:]]
    assert refused(text_of(lines)) == "x.txt, line 2: a code from column 7 on"


def test_a_tab_in_an_order_file_is_a_control_character() -> None:
    raw = text_of(ORDER_LINES).replace(b"Merkel cell", b"Merkel\tcell", 1)
    assert refused(raw) == "x.txt, line 4: text without control characters"
