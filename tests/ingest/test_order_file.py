"""The order file of ICD-10-CM and ICD-10-PCS. What it refuses is in tests/broken."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.order_file import read_order_file
from tests.samples import order_line, text_of

LONG = "Toxic effect of contact with other venomous animals, intentional self-harm, initial encounter"


def test_fields_of_diagnosis_lines() -> None:
    raw = text_of([order_line(1, "A00", 0, "Cholera"), order_line(7, "T63833A", 1, "Toxic eff of cntct", LONG)])
    assert read_order_file("x.txt", raw).to_pylist() == [
        {
            "order_number": "00001", "code": "A00", "flag": "0", "short_title": "Cholera",
            "long_title": "Cholera", "line": 1,
        },
        {
            "order_number": "00007", "code": "T63833A", "flag": "1", "short_title": "Toxic eff of cntct",
            "long_title": LONG, "line": 2,
        },
    ]  # fmt: skip


def test_fields_of_procedure_lines() -> None:
    lines = [order_line(1, "001", 0, "Bypass"), order_line(2, "0016070", 1, "Bypass Cereb Vent to Nasophar")]
    table = read_order_file("x.txt", text_of(lines))
    assert table["code"].to_pylist() == ["001", "0016070"]
    assert table["flag"].to_pylist() == ["0", "1"]


def test_titles_lose_blanks_at_their_ends_and_keep_those_inside() -> None:
    line = order_line(1, "T464X", 0, " Poisoning by  ACE inhibitors", " Poisoning by  inhibitors ")
    (row,) = read_order_file("x.txt", text_of([line])).to_pylist()
    assert row["short_title"] == "Poisoning by  ACE inhibitors"
    assert row["long_title"] == "Poisoning by  inhibitors"


def test_rows_keep_the_order_of_the_file_which_is_not_that_of_the_alphabet() -> None:
    lines = [order_line(1, "C43", 0, "x"), order_line(2, "C4A", 0, "x"), order_line(3, "C44", 0, "x")]
    assert read_order_file("x.txt", text_of(lines))["code"].to_pylist() == ["C43", "C4A", "C44"]


def test_codes_that_look_like_numbers_stay_text() -> None:
    codes = ["0010", "1E1", "NA", "NULL"]
    lines = [order_line(number, code, 1, "x") for number, code in enumerate(codes)]
    assert read_order_file("x.txt", text_of(lines))["code"].to_pylist() == codes


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_of_both_kinds(end: str) -> None:
    raw = text_of([order_line(1, "A00", 0, "Cholera"), order_line(2, "A000", 1, "Cholera")], end)
    assert read_order_file("x.txt", raw)["long_title"].to_pylist() == ["Cholera", "Cholera"]


def test_addenda_file_is_refused() -> None:
    raw = f"{'Add:':<13}1 {'A0100':<7} {'Typhoid fever, unspecified':<60} Typhoid fever, unspecified".encode()
    with pytest.raises(RawFileError, match="line 1"):
        read_order_file("x.txt", raw)


FRENCH = "Acne excori\xe9e des jeunes filles"
FULL = ("\xe9" * 60, "\xe9" * 30, "x" * 57 + "\xe9y", "x" * 58 + "\xe9")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("title", [FRENCH, *FULL])
@pytest.mark.parametrize("counted", ["characters", "bytes"])
def test_columns_of_a_line_in_utf8_are_characters_or_bytes(title: str, counted: str, mark: str) -> None:
    if counted == "bytes" and len(title.encode()) > 60:
        return
    width = 60 if counted == "characters" else 60 - len(title.encode()) + len(title)
    lines = [order_line(1, "L704", 1, "Infantile acne"), f"00002 L705    1 {title:<{width}} {title}, long"]
    table = read_order_file("x.txt", (mark + "".join(f"{line}\r\n" for line in lines)).encode())
    assert table.to_pylist()[1] == {
        "order_number": "00002", "code": "L705", "flag": "1", "short_title": title,
        "long_title": f"{title}, long", "line": 2,
    }  # fmt: skip


def test_line_in_utf8_whose_columns_fit_neither_way_is_refused() -> None:
    line = order_line(1, "L705", 1, FRENCH)
    with pytest.raises(RawFileError, match="blank in column 77"):
        read_order_file("x.txt", f"{line[:50]}{line[53:]}\n".encode())
