"""Order files that are broken, and what the gate refuses of good ones."""

import pytest

from tests.broken.refusal import GOOD, ORDER, refuse, says
from tests.samples import ORDER_LINES, Project, before_the_last, order_line, text_of, write_zip


def order_says(project: Project, line: int, expected: str, found: str) -> None:
    says(
        refuse(project, 3), where=f"order.zip!{ORDER}, line {line}", expected=expected, found=found,
        next_step="check that this is an order file",
    )  # fmt: skip


def test_columns_shifted_by_one(project: Project) -> None:
    project.write_order(text_of([*ORDER_LINES[:2], " " + ORDER_LINES[2], *ORDER_LINES[3:]]))
    order_says(project, 3, "a blank in column 6", "' 00003 A009")


def test_column_inserted_in_every_line(project: Project) -> None:
    project.write_order(text_of([f"{line[:14]}x{line[14:]}" for line in ORDER_LINES]))
    order_says(project, 1, "a blank in column 16", "(and 5 more lines)")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (ORDER_LINES[3][:70], "at least 78 columns"),
        (ORDER_LINES[3][:14] + "2" + ORDER_LINES[3][15:], "0 or 1 in column 15"),
        ("0000A" + ORDER_LINES[3][5:], "five digits in columns 1 to 5"),
        ("00002" + ORDER_LINES[3][5:], "order numbers that rise"),
        (ORDER_LINES[3][:76] + "x" + ORDER_LINES[3][77:], "a blank in column 77"),
    ],
)
def test_line_that_is_not_of_the_layout(project: Project, line: str, expected: str) -> None:
    project.write_order(text_of([*ORDER_LINES[:3], line, *ORDER_LINES[4:]]))
    order_says(project, 4, expected, line[:20])


def test_line_numbers_count_blank_lines(project: Project) -> None:
    project.write_order(text_of([*ORDER_LINES[:2], "", "", "not a line"]))
    order_says(project, 5, "at least 78 columns", "'not a line'")


def test_codes_file_in_the_place_of_an_order_file(project: Project) -> None:
    project.write_order(text_of(["A000    Cholera due to Vibrio cholerae 01, biovar cholerae", "A009    Cholera"]))
    order_says(project, 1, "at least 78 columns", "A000")


def test_utf_16_order_file(project: Project) -> None:
    project.write_order(GOOD.decode("ascii").encode("utf-16"))
    says(
        refuse(project, 3), where=f"{ORDER}, line 1", expected="text in ASCII or UTF-8",
        found="byte FF (a UTF-16 file?)", next_step="if the publisher changed its encoding",
    )  # fmt: skip


def test_byte_that_is_not_ascii(project: Project) -> None:
    project.write_order(GOOD.replace(b"of lip", b"of l\xefp"))
    says(
        refuse(project, 3), where=f"{ORDER}, line 5", expected="text in ASCII or UTF-8", found="byte EF",
        next_step="fetch the file again",
    )  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"\r\n \r\n\n"])
def test_empty_order_file(project: Project, content: bytes) -> None:
    project.write_order(content)
    says(
        refuse(project, 3), where=f"order.zip!{ORDER}", expected="a listing", found="an empty file",
        next_step="fetch the file again",
    )  # fmt: skip


# What the gate refuses


def test_code_listed_twice(project: Project) -> None:
    project.write_order(before_the_last(order_line(6, "A009", 1, "Cholera again")))
    message = refuse(project, 4)
    assert "ICD10CM 2025-10-01: a code is listed twice: 2 rows" in message
    assert f"A009 in {project.order_zip}!{ORDER}, line 3" in message
    assert f"A009 in {project.order_zip}!{ORDER}, line 6" in message
    assert "nothing was published" in message


def test_codes_that_differ_in_case_only_are_the_same_code(project: Project) -> None:
    project.write_order(before_the_last(order_line(6, "a009", 1, "Cholera again")))
    assert "A009 in" in refuse(project, 4)


@pytest.mark.parametrize("code", ["A0.0", "AB00", "0A00", "A00-"])
def test_code_outside_the_pattern_of_its_system(project: Project, code: str) -> None:
    project.write_order(before_the_last(order_line(6, code, 1, "No such code")))
    message = refuse(project, 4)
    assert "table codes" in message
    assert "the code fits the pattern of its system: 1 rows" in message
    assert f"code='{code}', system='ICD10CM'" in message
    assert f"from {project.order_zip}!{ORDER}, line 6" in message


def test_only_the_first_rows_of_a_failed_check_are_shown(project: Project) -> None:
    wrong = [order_line(6 + number, f"A0.{number}", 1, "No such code") for number in range(9)]
    project.write_order(before_the_last(*wrong))
    message = refuse(project, 4)
    assert "1 checks failed" in message
    assert "9 rows" in message
    assert message.count("code='A0.") == 5


# Check figures: a whole file that was cut


@pytest.mark.parametrize(
    ("left", "line", "expected"),
    [
        (ORDER_LINES[3:], 1, "order numbers from 00001 on without a gap"),
        ([*ORDER_LINES[:2], *ORDER_LINES[3:]], 3, "order numbers from 00001 on without a gap"),
        (ORDER_LINES[:3], 3, "a last line of the last section"),
    ],
)
def test_order_file_cut_at_the_end_of_a_line(project: Project, left: list[str], line: int, expected: str) -> None:
    project.write_order(text_of(left))
    says(
        refuse(project, 3), where=f"{ORDER}, line {line}", expected=expected, found=left[line - 1][:5],
        next_step="fetch the file again: it was cut",
    )  # fmt: skip


def test_order_file_cut_within_its_last_line(project: Project) -> None:
    project.write_order(GOOD[:-3])
    says(
        refuse(project, 3), where=f"{ORDER}, line 6", expected="a newline at the end of the last line", found="U071",
        next_step="fetch the file again: it was cut short",
    )  # fmt: skip


def test_order_file_of_fewer_rows_than_its_addenda_print(project: Project) -> None:
    none = ["  0 additions", "  0 deletions", "  0 revisions"]
    headers = ["Headers", "  2 headers in a.txt", "  2 headers in b.txt", *none]
    addenda = [*headers, "Codes", "  4 codes in a.txt", "  5 codes in b.txt", *none]
    write_zip(project.order_zip, {ORDER: GOOD, "icd10cm_order_addenda_2026.txt": text_of(addenda)})
    message = refuse(project, 4)
    assert "printed numbers: 1 are not what was counted" in message
    assert "5 codes, after are printed in" in message
    assert "4 counted in the editions" in message
