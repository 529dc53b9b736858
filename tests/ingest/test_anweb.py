"""The HCPCS alpha-numeric file."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.anweb import read_anweb
from pipeline.ingest.anweb_figures import DAY_FIELDS, SECTIONS
from tests.ingest.whole_files import read_whole, refusal_of
from tests.samples import anweb_record, text_of

MODIFIER = anweb_record("A1", 100, 7, "Dressing for one wound", short="Dressing for one wound")
CODE = anweb_record(
    "A0021", 100, 3, "Ambulance service, outside state per mile,", short="Outside state", betos="O1A",
    days="1985010120200101" + " " * 8 + "N",
)  # fmt: skip
CONTINUED = anweb_record("A0021", 200, 4, "transport (medicaid only)")


def test_fields_of_a_record() -> None:
    (row,) = read_anweb("x.txt", text_of([CODE])).to_pylist()
    found = {name: row[name] for name in ("code", "sequence", "record_id", "short_description", "betos", "line")}
    assert found == {
        "code": "A0021", "sequence": "00100", "record_id": "3", "short_description": "Outside state",
        "betos": "O1A", "line": 1,
    }  # fmt: skip
    days = [row[name] for name in ("added", "action_effective", "terminated", "action")]
    assert days == ["19850101", "20200101", "", "N"]


def test_days_and_action_stand_in_their_columns() -> None:
    record = anweb_record("J1440", 100, 3, "Injection", days="20240701" + "20250101" + "20251231" + "D")
    (row,) = read_anweb("x.txt", text_of([record])).to_pylist()
    days = [row[name] for name in ("added", "action_effective", "terminated", "action")]
    assert days == ["20240701", "20250101", "20251231", "D"]


def test_every_field_takes_in_its_columns_and_no_others() -> None:
    """Widths in the order of the record layout of October 2024; column 260 is filler."""
    widths = {
        "long_description": 80, "short_description": 28, "pricing_indicators": 8, "multiple_pricing": 1,
        "cim_references": 18, "mcm_references": 24, "statute": 10, "lab_certification": 24, "cross_references": 25,
        "coverage": 1, "asc_group": 2, "asc_date": 8, "mog_group": 3, "mog_policy": 1, "mog_date": 8,
        "processing_note": 4, "betos": 3, "filler": 1, "type_of_service": 5, "anaesthesia_units": 3, "added": 8,
        "action_effective": 8, "terminated": 8, "action": 1,
    }  # fmt: skip
    filled = {name: chr(ord("a") + number) * width for number, (name, width) in enumerate(widths.items())}
    filled |= {name: f"200{number}0228" for number, name in enumerate(DAY_FIELDS)} | {"action": "F"}
    (row,) = read_anweb("x.txt", f"A0021001003{''.join(filled.values())}".ljust(320).encode() + b"\r\n").to_pylist()
    del filled["filler"]
    assert {name: row[name] for name in filled} == filled


def test_continuations_are_rows_of_their_own() -> None:
    table = read_anweb("x.txt", text_of([MODIFIER, CODE, CONTINUED]))
    assert table["code"].to_pylist() == ["A1", "A0021", "A0021"]
    assert table["record_id"].to_pylist() == ["7", "3", "4"]
    assert table["long_description"].to_pylist()[2] == "transport (medicaid only)"


def test_short_continuation_record_of_2017_has_empty_columns_behind() -> None:
    table = read_anweb("x.txt", text_of([CODE, CONTINUED[:91]]))
    assert table["long_description"].to_pylist()[1] == "transport (medicaid only)"
    assert table["added"].to_pylist()[1] == ""


def test_disclaimers_of_2019_are_no_records_and_lines_still_count() -> None:
    disclaimers = "\tCPT codes are copyright of the AMA\xa0\r\n\r\n\tCDT codes of the ADA\xa0\r\n\r\n".encode("cp1252")
    table = read_anweb("x.txt", disclaimers + text_of([MODIFIER, CODE]))
    assert table["line"].to_pylist() == [5, 6]
    assert table["code"].to_pylist() == ["A1", "A0021"]


def test_no_break_spaces_are_blanks() -> None:
    raw = text_of([CODE]).replace(b"Ambulance service", b"Ambulance\xa0service")
    assert read_anweb("x.txt", raw)["long_description"].to_pylist()[0].startswith("Ambulance service, outside")


def test_columns_of_a_record_in_utf8_are_characters() -> None:
    raw = text_of([CODE]).decode().replace("Ambulance service", "Ambul\xe0nce service").encode()
    (row,) = read_anweb("x.txt", raw).to_pylist()
    (plain,) = read_anweb("x.txt", text_of([CODE])).to_pylist()
    assert row["long_description"].startswith("Ambul\xe0nce service, outside")
    assert {**row, "long_description": ""} == {**plain, "long_description": ""}


def test_modifiers_of_digits_are_records() -> None:
    table = read_anweb("x.txt", text_of([anweb_record("1P", 100, 7, "x"), anweb_record("X5", 100, 7, "y")]))
    assert table["code"].to_pylist() == ["1P", "X5"]


@pytest.mark.parametrize("lines", [[CONTINUED], [MODIFIER, CONTINUED], [CODE, anweb_record("A0080", 200, 4, "x")]])
def test_continuation_of_nothing_is_refused(lines: list[str]) -> None:
    with pytest.raises(RawFileError, match=f"line {len(lines)}"):
        read_anweb("x.txt", text_of(lines))


def test_file_without_records_is_refused() -> None:
    with pytest.raises(RawFileError, match="no such line"):
        read_anweb("x.txt", b"HCPC,SEQNUM,RECID\r\n")


# Check figures

DAYS = "1985010120200101"
CODES = [f"{section}0001" for section in SECTIONS]
WHOLE = [
    anweb_record("A1", 100, 7, "Dressing for one wound", short="Dressing", days=DAYS),
    *(
        anweb_record(code, 100 * number, 3 if number == 1 else 4, "text", short="short", days=DAYS)
        for code in CODES
        for number in (1, 2)
    ),
]


def changed(line: int, column: int, text: str) -> str:
    """What is said of a whole file of which one line has another text from a column on."""
    record = WHOLE[line - 1]
    record = record[: column - 1] + text + record[column - 1 + len(text) :]
    return refused([*WHOLE[: line - 1], record, *WHOLE[line:]])


def refused(lines: list[str]) -> str:
    return refusal_of("anweb", "records", text_of(lines))


def test_two_records_in_one_line_are_refused() -> None:
    assert refused([WHOLE[0], WHOLE[1] + WHOLE[2], *WHOLE[3:]]).startswith("x.txt, line 2: a record of 320 columns")


@pytest.mark.parametrize(("letter", "is_known"), [("N", True), (" ", True), ("9", False), ("X", False)])
def test_an_action_is_one_of_the_record_layout(letter: str, is_known: bool) -> None:
    record = f"{WHOLE[1][:292]}{letter}{WHOLE[1][293:]}"
    if is_known:
        assert len(read_whole("anweb", "records", text_of([WHOLE[0], record, *WHOLE[2:]]))) == len(WHOLE)
    else:
        assert changed(2, 293, letter).startswith("x.txt, line 2: an action of A B C D F N P R S T")


def test_a_whole_file_keeps_every_figure() -> None:
    assert len(read_whole("anweb", "records", text_of(WHOLE))) == len(WHOLE)


@pytest.mark.parametrize(
    ("line", "column", "text", "expected"),
    [
        (2, 6, "00200", "sequence 00100 where a code starts"),
        (3, 6, "00300", "sequence 00100 where a code starts"),
        (3, 6, "00150", "sequence 00100 where a code starts"),
        (2, 11, "7", "a record id of 3 or 4 for a code"),
        (1, 11, "3", "a record id of 3 or 4 for a code"),
        (3, 11, "3", "sequence 00100"),
        (2, 269, "20021301", "days as YYYYMMDD"),
        (2, 277, "00000000", "days as YYYYMMDD"),
        (2, 285, "20230229", "days as YYYYMMDD"),
        (2, 233, "2023 101", "days as YYYYMMDD"),
        (2, 245, "02230101", "days as YYYYMMDD"),
        (2, 269, " " * 8, "a long description, and where a code starts"),
        (3, 12, " " * 80, "a long description, and where a code starts"),
        (2, 92, " " * 28, "a long description, and where a code starts"),
        (2, 30, "\t", "a record without tabs"),
    ],
)
def test_a_record_that_breaks_a_figure_is_refused_with_its_line(
    line: int, column: int, text: str, expected: str
) -> None:
    assert changed(line, column, text).startswith(f"x.txt, line {line}: {expected}")


def test_a_file_cut_between_its_codes_lacks_its_first_modifier_its_last_section_or_one_between() -> None:
    assert refused(WHOLE[1:]) == "x.txt, line 1: a first record of the modifier A1"
    assert refused(WHOLE[:-2]).startswith(f"x.txt, line {len(WHOLE) - 2}: a last record of a code of section V")
    for missing in range(1, len(CODES) - 1):
        left = [*WHOLE[: 1 + 2 * missing], *WHOLE[3 + 2 * missing :]]
        assert refused(left).startswith(f"x.txt, line {2 + 2 * missing}: codes of each of the sections")


def test_a_file_cut_within_a_code_is_refused_too() -> None:
    for line in range(2, len(WHOLE), 2):
        assert "a continuation behind the record it continues" in refused([*WHOLE[: line - 1], *WHOLE[line:]])


def test_codes_that_changed_places_or_stand_twice_are_refused() -> None:
    assert refused([*WHOLE[:1], *WHOLE[3:5], *WHOLE[1:3], *WHOLE[5:]]).startswith(
        "x.txt, line 4: modifiers, then codes"
    )
    assert refused([*WHOLE[:3], *WHOLE[1:]]).startswith("x.txt, line 4: modifiers, then codes")
    assert refused([*WHOLE[1:3], WHOLE[0], *WHOLE[3:]]).startswith("x.txt, line 3: modifiers, then codes")


@pytest.mark.parametrize("line", ["A note", " " + WHOLE[1], WHOLE[1][:9], "HCPC,SEQNUM,RECID", "x\ty"])
def test_what_stands_before_the_first_record_is_a_disclaimer_and_nothing_else(line: str) -> None:
    assert refused([line, *WHOLE]).startswith("x.txt, line 1: a line of the disclaimer before the first record")
