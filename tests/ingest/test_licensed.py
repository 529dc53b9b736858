"""Files of the AMA and the WHO, with invented titles."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.licensed import (
    read_cpt_columns,
    read_cpt_modifiers,
    read_cpt_tab,
    read_who_blocks,
    read_who_chapters,
    read_who_codes,
)

NOTICE = b"A NOTICE OF THE OWNER'S\r\n12345 looks like a code and is none\r\n\r\nmore of it\r\n\r\n"


def test_long_descriptors_stand_behind_a_tab_and_behind_the_notice() -> None:
    raw = NOTICE + b"00100\tInvented text, one\r\n0001F\tInvented text two\r\n"
    assert read_cpt_tab("LONGULT.txt", raw).to_pylist() == [
        {"code": "00100", "title": "Invented text, one", "line": 6},
        {"code": "0001F", "title": "Invented text two", "line": 7},
    ]


def test_medium_and_short_descriptors_stand_in_fixed_columns() -> None:
    table = read_cpt_columns("SHORTU.txt", NOTICE + b"99213 INVENTED   TEXT   \r\n0202U MORE\r\n")
    assert table["code"].to_pylist() == ["99213", "0202U"]
    assert table["title"].to_pylist() == ["INVENTED   TEXT", "MORE"]


def test_modifiers_have_two_characters_and_a_tab_or_a_blank() -> None:
    table = read_cpt_modifiers("MODUL.txt", NOTICE + b"25\tInvented\r\n1P Invented too\r\n")
    assert table["code"].to_pylist() == ["25", "1P"]
    assert table["title"].to_pylist() == ["Invented", "Invented too"]


def test_file_without_a_notice_is_read_from_its_first_line() -> None:
    assert read_cpt_tab("LONGULT.txt", b"00100\tone\n00102\ttwo\n\n")["line"].to_pylist() == [1, 2]


def test_bom_and_cp1252_are_read() -> None:
    assert read_cpt_tab("x", b"\xef\xbb\xbf00100\tone\n")["code"].to_pylist() == ["00100"]
    assert read_cpt_tab("x", b"00100\tcaf\xe9\n")["title"].to_pylist() == ["café"]


@pytest.mark.parametrize(
    "line", [b"0010\tshort\n", b"00100 no tab\n", b"A0100\tno CPT code\n", b"0001X\tno category\n"]
)
def test_line_that_is_no_long_descriptor_is_refused(line: bytes) -> None:
    with pytest.raises(RawFileError, match="line 2"):
        read_cpt_tab("LONGULT.txt", b"00100\tgood\n" + line)


WHO_LINES = (
    "3;N;X;01;A00;A00.-;A00;A00;Invented category;Invented category;;;1-001;4-002;3-003;2-001;001",
    "4;T;X;01;A00;A00.0;A00.0;A000;Invented leaf;Invented category;Invented leaf;;1-001;4-002;3-003;2-001;001",
)


def test_fields_of_the_who_codes() -> None:
    rows = read_who_codes("icd102019syst_codes.txt", "\r\n".join(WHO_LINES).encode()).to_pylist()
    assert [(row["level"], row["place"], row["code"], row["title"], row["line"]) for row in rows] == [
        ("3", "N", "A00", "Invented category", 1),
        ("4", "T", "A000", "Invented leaf", 2),
    ]
    assert rows[1]["code_dotted"] == "A00.0"
    assert (rows[1]["mortality_1"], rows[1]["morbidity"]) == ("1-001", "001")


def test_who_chapters_and_blocks() -> None:
    (chapter,) = read_who_chapters("x", "\ufeff01;Invented é\n".encode()).to_pylist()
    assert chapter == {"chapter": "01", "title": "Invented é", "line": 1}
    (block,) = read_who_blocks("x", b"A00;A09;01;Invented block\n").to_pylist()
    assert block == {"first": "A00", "last": "A09", "chapter": "01", "title": "Invented block", "line": 1}


def test_line_with_a_semicolon_too_many_is_refused() -> None:
    with pytest.raises(RawFileError, match="line 2\n  expected: 17 fields"):
        read_who_codes("x", "\n".join([WHO_LINES[0], WHO_LINES[1] + ";"]).encode())


def test_who_file_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(RawFileError, match="utf-8"):
        read_who_chapters("x", b"01;caf\xe9\n")


@pytest.mark.parametrize(
    ("read", "raw", "expected"),
    [
        (read_cpt_tab, b"00100\tOne\r\n00100\tOne\r\n", "line 2\n  expected: a code once"),
        (read_cpt_tab, b"00100\tOne\r\n0001F\t\r\n", "line 2\n  expected: a title in every line"),
        (read_cpt_columns, b"99213 ONE\r\n99213 TWO\r\n", "line 2\n  expected: a code once"),
        (read_who_chapters, b"01;One\n2;Two\n", "line 2\n  expected: a chapter of two digits, a category such as A00"),
        (
            read_who_blocks,
            b"A00;A09;01;One\nA15;A1;01;Two\n",
            "line 2\n  expected: a chapter of two digits, a category",
        ),
        (read_who_codes, WHO_LINES[1].replace("A000", "AO00").encode(), "line 1\n  expected: a chapter of two digits"),
        (read_who_codes, WHO_LINES[1].replace("4;T", "6;T").encode(), "line 1\n  expected: a chapter of two digits"),
        (read_who_chapters, b"01;One\n01;One\n", "line 2\n  expected: a line once"),
        (read_who_chapters, b"01;One\n02;\n", "line 2\n  expected: a title in every line"),
    ],
)
def test_a_line_that_is_there_twice_or_has_no_title_is_refused(read, raw, expected) -> None:
    with pytest.raises(RawFileError) as problem:
        read("x.txt", raw)
    assert expected in str(problem.value)
