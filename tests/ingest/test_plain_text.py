"""What every text file keeps: ended lines, no control characters, one encoding."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.plain_text import BLOCK
from pipeline.ingest.text import decode, require_ascii, require_utf8

GOOD = b"one\r\ntwo\tthree\nfour\r\n"
CONTROLS = [*range(9), 11, 12, *range(14, 32), 127]
KNOWN = ("ascii", "utf-8-sig", "cp1252")


def said(raw: bytes) -> str:
    with pytest.raises(RawFileError) as problem:
        require_ascii("x.txt", raw)
    return f"{problem.value.where}: {problem.value.expected}, {problem.value.found}"


def test_lines_ended_by_lf_or_crlf_are_plain_text_and_so_are_tabs_and_nothing() -> None:
    require_ascii("x.txt", GOOD)
    require_ascii("x.txt", b"")
    assert require_utf8("x.txt", b"\xef\xbb\xbf" + GOOD) == GOOD


@pytest.mark.parametrize("control", CONTROLS)
def test_each_control_character_is_refused_with_its_line(control: int) -> None:
    raw = GOOD.replace(b"th", bytes([control]))
    assert said(raw) == f"x.txt, line 2: text without control characters, byte {control:02X}"


@pytest.mark.parametrize("at", [0, 1, BLOCK - 2, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 8])
def test_a_fault_is_found_wherever_it_stands_in_a_large_file(at: int) -> None:
    whole = b"a" * (2 * BLOCK + 9) + b"\n"
    assert "control characters, byte 00" in said(whole[:at] + b"\0" + whole[at + 1 :])
    assert "carriage return, byte 0D" in said(whole[:at] + b"\ra" + whole[at + 1 :])
    require_ascii("x.txt", whole[:at] + b"\r\n" + whole[at:])


def test_a_carriage_return_alone_is_refused() -> None:
    assert said(GOOD.replace(b"e\r\n", b"e\r", 1)) == "x.txt, line 1: a line feed behind each carriage return, byte 0D"
    assert said(GOOD.removesuffix(b"\n")) == "x.txt, line 3: a line feed behind each carriage return, byte 0D"


def test_a_last_line_that_no_newline_ends_is_refused_but_where_none_is_asked() -> None:
    assert said(GOOD[:-4]) == "x.txt, line 3: a newline at the end of the last line, 'fo'"
    require_ascii("x.txt", GOOD[:-4], final_newline=False)


def test_tabs_can_be_refused() -> None:
    with pytest.raises(RawFileError, match=r"line 2\n.*control characters\n.*byte 09"):
        require_utf8("x.txt", GOOD, tabs=False)


@pytest.mark.parametrize("wrong", ["\x85", "\x9f", "\u2028", "\u2029", "\ufeff", "\ufffd"])
def test_what_is_no_character_of_a_text_is_refused_in_utf8(wrong: str) -> None:
    with pytest.raises(RawFileError, match=r"line 2\n.*characters of a text"):
        require_utf8("x.txt", f"caf\xe9\nb{wrong}c\n".encode())


def test_characters_that_start_with_the_same_bytes_are_text() -> None:
    text = "\xa0\xb5 \u2019\u2011 \ufb01\n"
    assert require_utf8("x.txt", text.encode()).decode() == text


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_utf8_is_no_mojibake(mark: str) -> None:
    assert decode("x.txt", f"{mark}Meni\xe8re\n".encode(), KNOWN) == "Meni\xe8re\n"


def test_a_file_in_two_encodings_is_refused_with_the_line_in_utf8() -> None:
    raw = "Meni\xe8re\n".encode("cp1252") + "Str\xe4ussler\n".encode()
    with pytest.raises(RawFileError, match=r"x\.txt, line 2\n.*in one encoding"):
        decode("x.txt", raw, KNOWN)


def test_bytes_of_cp1252_that_stand_side_by_side_are_no_utf8() -> None:
    assert decode("x.txt", b"\x93Meni\xe8re\x94 \xa0\xa0\n", KNOWN) == "\u201cMeni\xe8re\u201d \xa0\xa0\n"
