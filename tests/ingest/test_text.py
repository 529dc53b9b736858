"""Lines and columns."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import RawFileError
from pipeline.ingest.text import decode, require_ascii, require_utf8, split_lines


def columns(raw: bytes, first: int, last: int = 99) -> list[str]:
    return split_lines("x.txt", raw).column(first, last).to_pylist()


def test_line_ends_may_be_mixed_and_the_last_may_be_missing() -> None:
    assert columns(b"a1\r\nb2\nc3", 1) == ["a1", "b2", "c3"]


def test_columns_count_from_one_and_take_in_both_ends() -> None:
    assert columns(b"12345\n", 2, 4) == ["234"]


def test_columns_are_characters_not_bytes() -> None:
    assert columns("é1 x\n11 y\n".encode(), 2, 2) == ["1", "1"]


def test_columns_behind_the_end_of_a_line_are_empty() -> None:
    assert columns(b"12\n1234\n", 3, 4) == ["", "34"]


def test_numbers_of_lines_count_the_blank_ones_that_are_passed_over() -> None:
    lines = split_lines("x.txt", b"\r\na\r\n\n\nb\n")
    assert lines.numbers.tolist() == [2, 5]
    assert lines.column(1).to_pylist() == ["a", "b"]


def test_line_of_one_character_is_no_blank_line() -> None:
    assert columns(b"ab\nc\n\nd", 1) == ["ab", "c", "d"]


@pytest.mark.parametrize("raw", [b"", b"\n", b"\r\n\r\n", b"  \n\t\n"])
def test_nothing_but_blanks_is_refused(raw: bytes) -> None:
    with pytest.raises(RawFileError, match="an empty file"):
        split_lines("x.txt", raw)


def test_refusal_names_the_first_wrong_line_and_counts_the_others() -> None:
    lines = split_lines("x.txt", b"good\n\nbad1\nbad2\n")
    with pytest.raises(RawFileError) as problem:
        lines.refuse(lines.character(1) == ord("b"), "lines that start with g", "fetch the file again")
    assert problem.value.where == "x.txt, line 3"
    assert problem.value.found == "'bad1' (and 1 more lines)"


def test_byte_that_is_not_ascii_is_refused_with_its_line() -> None:
    require_ascii("x.txt", b"all is well\n")
    with pytest.raises(RawFileError, match=r"x\.txt, line 2") as problem:
        require_ascii("x.txt", b"one\ntw\xf6\n")
    assert problem.value.found == "byte F6"


def test_text_may_be_utf8_with_a_mark_and_nothing_else() -> None:
    assert require_utf8("x.txt", b"one\n") == b"one\n"
    assert require_utf8("x.txt", "\ufeffexcori\xe9e\n".encode()) == "excori\xe9e\n".encode()
    with pytest.raises(RawFileError, match=r"x\.txt, line 2") as problem:
        require_utf8("x.txt", "one\nexcori\xe9e\n".encode("cp1252"))
    assert problem.value.found == "byte E9"


def test_characters_and_lengths_of_lines_that_are_not_ascii() -> None:
    lines = split_lines("x.txt", "\xe9\xe91x\nab2y\n\n\u20acb\xe9z\n".encode())
    assert bytes(lines.character(3).tolist()[:2]) == b"12"
    assert lines.character(3)[2] > 127
    assert bytes(lines.character(4)) == b"xyz"
    assert lines.lengths().tolist() == [5, 5, 5]


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.lists(st.text("ab\xe9\u20ac\U00010348", min_size=3, max_size=5), min_size=1))
def test_characters_of_any_text_are_those_of_python(texts: list[str]) -> None:
    lines = split_lines("x.txt", "".join(text + "\n" for text in texts).encode())
    for column in (1, 2, 3):
        found = lines.character(column).tolist()
        assert found == [text[column - 1].encode()[0] for text in texts]


def test_first_encoding_that_fits_is_taken() -> None:
    assert decode("x.txt", b"Meni\xe8re\n", ("ascii", "cp1252")) == "Menière\n"
    with pytest.raises(RawFileError, match="ascii or utf-8"):
        decode("x.txt", b"Meni\xe8re", ("ascii", "utf-8"))


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.text("ab9 .", max_size=6), st.sampled_from(["\n", "\r\n"])), min_size=1))
def test_lines_are_those_of_python_without_the_blank_ones(parts: list[tuple[str, str]]) -> None:
    text = "".join(line + end for line, end in parts)
    wanted = [(number, line) for number, (line, _) in enumerate(parts, 1) if line]
    if not text.strip():
        return
    lines = split_lines("x.txt", text.encode())
    found = zip(lines.numbers.tolist(), lines.column(1).to_pylist(), strict=True)
    assert list(found) == [(number, line.strip(" ")) for number, line in wanted]
