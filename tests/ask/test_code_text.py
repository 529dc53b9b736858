"""Codes out of text: every way in which people and our own csv write them."""

import pytest

from pipeline.ask.code_text import decode_text, read_code_text, split_codes
from pipeline.errors import UsageError


@pytest.mark.parametrize("text", ["E11,9", "e11,9", "E850,1", "401,9 I10"])
def test_a_comma_alone_in_a_code_is_a_decimal_comma_but_not_between_columns(text: str) -> None:
    assert split_codes(text)[0] == text.split(maxsplit=1)[0].replace(",", ".")
    assert read_code_text(text).codes[0] == text.partition(",")[0]
    assert read_code_text(f"code;n\n{text};3").codes[0] == text.split(maxsplit=1)[0].replace(",", ".")


@pytest.mark.parametrize("text", ["E11,I10", "250.00,401.9", "LT,25", "99213,25", "401,250,00", "E11, 9"])
def test_a_comma_between_codes_parts_them(text: str) -> None:
    assert split_codes(text) == [each.strip() for each in text.split(",")]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("250.00 401.9", ["250.00", "401.9"]),
        (" E11.9 ", ["E11.9"]),
        ("E11 .9", ["E11.9"]),
        ('"250.00","401.9"', ["250.00", "401.9"]),
        ("'250.00'; (401.9) | 486", ["250.00", "401.9", "486"]),
        ("E11., E11.9.", ["E11", "E11.9"]),
        ("250.00\t401.9\r\n486", ["250.00", "401.9", "486"]),
        ("E11\u200b.9\u00a0I10", ["E11.9", "I10"]),
        ("\ufeffE11.9", ["E11.9"]),
        ('="0010"', ["0010"]),
        ("\u201cE11.9\u201d", ["E11.9"]),
        ("# all of them\nE11.9 # diabetes, type 2\nI10", ["E11.9", "I10"]),
        (" , ; - ", []),
        ("", []),
    ],
)
def test_codes_stand_apart_by_whatever_people_put_between_them(text: str, codes: list[str]) -> None:
    assert split_codes(text) == codes
    assert read_code_text(text).codes == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("code\nE11.9\nI10\n", ["E11.9", "I10"]),
        ("Diagnosis\nE11.9\n", ["E11.9"]),
        ("system,code,code_dotted\nICD10CM,E119,E11.9\n", ["E119"]),
        ('"asked","status","code"\n"E11.9","found","E119"\n"ZZZ","unknown",""\n', ["E11.9", "ZZZ"]),
        ("patient;dx_code\n17;250.00\n18;401.9\n", ["250.00", "401.9"]),
        ("dx1,dx2\n250.00,401.9\n486,\n", ["250.00", "401.9", "486"]),
        ("id;ICD9_DGNS_CD_1;ICD9_DGNS_CD_2\n17;25000;4019\n", ["25000", "4019"]),
        ("dx\tmeaning\nI10\tHypertension, so called\n", ["I10"]),
        ("# exported today\n\ncode|day\nI10|2020-01-01\n", ["I10"]),
        ('code,meaning\nI10,"a text\nof two lines"\nE11.9,\n', ["I10", "E11.9"]),
    ],
)
def test_a_header_line_says_which_column_has_the_codes(text: str, codes: list[str]) -> None:
    found = read_code_text(text)
    assert found.codes == codes
    assert found.header is not None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("code,system\n3751,ICD9CM\n0010,ICD9Proc\n", [("3751", "ICD9CM"), ("0010", "ICD9Proc")]),
        (
            "system;dx\nICD-9 diagnosis;0010 0011\n;486\n",
            [("0010", "ICD-9 diagnosis"), ("0011", "ICD-9 diagnosis"), ("486", "")],
        ),
        (
            "code,Code System\n0010\n0010, ICD9CM \n0010,ICD9CM\n",
            [("0010", ""), ("0010", "ICD9CM"), ("0010", "ICD9CM")],
        ),
        (
            '"asked","status","system"\n"8020","ambiguous","ICD9CM"\n"8020","ambiguous","ICD9Proc"\n"8020","ambiguous","ICD9CM"\n',
            [("8020", "ICD9CM"), ("8020", "ICD9Proc")],
        ),
        (
            '"source_system","source_code","target_system","target_code"\n"ICD9CM","0010","ICD10CM","A000"\n',
            [("0010", "ICD9CM")],
        ),
    ],
    ids=["list", "first column", "rows without", "our own csv", "a crosswalk"],
)
def test_a_column_of_systems_says_of_which_system_each_code_is(text: str, asked: list[tuple[str, str]]) -> None:
    found = read_code_text(text)
    assert [(code, system) for code, system, _ in found.rows] == asked


def test_a_column_of_days_says_of_which_day_each_code_is_and_the_first_line_of_each_is_known() -> None:
    found = read_code_text('# a list\n\ncode,system,Service Date\n\n0010,B,x\n"0011",A,"y"\n0012 0013,B, x \n')
    assert found.rows == [("0010", "B", "x"), ("0011", "A", "y"), ("0012", "B", "x"), ("0013", "B", "x")]
    assert (found.systems, found.days) == ({"B": 5, "A": 6}, {"x": 5, "y": 6})
    assert read_code_text("code,day\nI10,2020-01-01\nI10\n").rows == [("I10", "", "2020-01-01"), ("I10", "", "")]
    assert read_code_text("code,meaning\nI10,so called\n").days == {}


@pytest.mark.parametrize("text", ["LT\nRT\n", "E11.9\nI10\n", "ZZZ\n", "0010,541\n5400\n"])
def test_a_first_line_of_codes_is_no_header(text: str) -> None:
    found = read_code_text(text)
    assert found.header is None
    assert found.codes == text.replace(",", "\n").split()


def test_bytes_that_are_no_text_are_wrong_usage_with_their_line() -> None:
    assert decode_text("codes.txt", b"\xef\xbb\xbfI10") == "I10"
    with pytest.raises(UsageError, match=r"codes.txt, line 2: this is no UTF-8 text"):
        decode_text("codes.txt", b"I10\n\xff\n")


def test_a_cell_of_several_lines_has_several_codes() -> None:
    assert read_code_text('code,meaning\n"250.00\n401.9",two\n486,one\n').codes == ["250.00", "401.9", "486"]


def test_a_cell_that_is_too_long_is_wrong_usage_with_its_line() -> None:
    with pytest.raises(UsageError, match="line 3: this is no row of a table"):
        read_code_text(f"code,meaning\n486,one\n401.9,{'x' * 200_000}\n")
