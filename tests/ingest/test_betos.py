"""BETOS and RBCS: records as printed, and the ways in which a file can be broken."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.betos import read_betos, read_rbcs

FULL = b"0001F Z2         \n0003T I4B20061231\n99213 M1B        \nD0120 Y1         \nJ1440 O1E        \n"
TRIMMED = b"J1440 O1E20131231\n0001F Z2\n99213 M1B\n"
HEADER = (
    b"HCPCS_Cd,RBCS_Id,RBCS_Cat,RBCS_Cat_Desc,RBCS_Cat_Subcat,RBCS_Subcat_Desc,RBCS_FamNumb,RBCS_Family_Desc,"
    b"RBCS_Major_Ind,HCPCS_Cd_Add_Dt,HCPCS_Cd_End_Dt,RBCS_Latest_Assignment,RBCS_Analysis_Start_Dt,RBCS_Analysis_End_Dt\n"
)
ROW = b'99213,EO001N,E,E&M,EO,"Office, outpatient",1,No Family,N,01/01/1992,12/31/9999,1,01/01/2014,12/31/9999\n'


def rows(raw: bytes) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in read_betos("betpuf09.txt", raw).to_pylist()]


def test_every_record_has_its_category_and_its_last_day_as_printed() -> None:
    assert rows(FULL)[:3] == [("0001F", "Z2", "", 1), ("0003T", "I4B", "20061231", 2), ("99213", "M1B", "", 3)]


def test_records_without_trailing_blanks_and_in_another_order_are_read() -> None:
    assert rows(TRIMMED) == [("J1440", "O1E", "20131231", 1), ("0001F", "Z2", "", 2), ("99213", "M1B", "", 3)]


def test_a_record_without_a_category_is_kept() -> None:
    assert rows(b"25073            \n") == [("25073", "", "", 1)]


def test_codes_of_the_ada_are_read() -> None:
    assert [code for code, *_ in rows(FULL)] == ["0001F", "0003T", "99213", "D0120", "J1440"]


@pytest.mark.parametrize(
    "broken",
    [
        b"99213 M1B 2013123\n",
        b"9921  M1B        \n",
        b"99213 M1B2013\n",
        b"99213,M1B,20131231\n",
        b"25 M1B        \n",
        b'"99213","EO001N"\n',
    ],
)
def test_a_line_of_another_form_is_refused_with_its_number(broken: bytes) -> None:
    with pytest.raises(RawFileError, match="line 2"):
        read_betos("betpuf09.txt", b"0001F Z2         \n" + broken)


def test_a_code_with_two_records_is_refused() -> None:
    with pytest.raises(RawFileError, match=r"line 3\n.*one record for each code"):
        read_betos("betpuf09.txt", b"0001F Z2         \n99213 M1B        \n0001F Z2         \n")


@pytest.mark.parametrize(
    ("lines", "law"),
    [
        (b"0001F Z2         \n99213 M1B        \n0003T I4B        \nD0120 Y1         \n", "codes in ascending order"),
        (b"J1440 O1E\n0001F Z2\n0012F Z2\n99213 M1B\n00120 P0\n", "codes in ascending order"),
        (b"0001F Z2         \n0002F Z2         \n0003T I4B20060231\n", "a day of the calendar"),
    ],
)
def test_a_record_out_of_order_or_with_a_day_of_no_calendar_is_refused(lines: bytes, law: str) -> None:
    with pytest.raises(RawFileError, match=law):
        read_betos("betpuf09.txt", lines)


def test_rbcs_has_the_category_its_titles_and_all_days_as_printed() -> None:
    (row,) = read_rbcs("rbcs.csv", HEADER + ROW).to_pylist()
    assert row == {
        "code": "99213",
        "category": "EO001N",
        "category_title": "E&M",
        "subcategory_title": "Office, outpatient",
        "family_title": "No Family",
        "major": "N",
        "added": "01/01/1992",
        "terminated": "12/31/9999",
        "assigned_from": "01/01/2014",
        "assigned_to": "12/31/9999",
        "line": 2,
    }


def test_rbcs_of_earlier_years_has_other_names_of_the_same_columns() -> None:
    older = HEADER.replace(b"RBCS_Id", b"RBCS_ID").replace(b"RBCS_Analysis_Start_Dt", b"RBCS_Assignment_Eff_Dt")
    older = older.replace(b"RBCS_Analysis_End_Dt", b"RBCS_Assignment_End_Dt")
    assert read_rbcs("rbcs.csv", older + ROW).equals(read_rbcs("rbcs.csv", HEADER + ROW))


def test_rbcs_without_a_column_is_refused_by_the_name_of_that() -> None:
    with pytest.raises(RawFileError, match="a header with HCPCS_Cd_End_Dt"):
        read_rbcs("rbcs.csv", HEADER.replace(b"HCPCS_Cd_End_Dt", b"Ended") + ROW)


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (b"01/01/1992", b"1992-01-01"),
        (b"01/01/1992", b"02/30/1992"),
        (b"99213", b"992"),
        (b"EO001N", b"EO1"),
        (b"", b""),
    ],
)
def test_rbcs_with_another_form_of_days_codes_or_ids_or_with_a_row_twice_is_refused(found: bytes, wrong: bytes) -> None:
    with pytest.raises(RawFileError, match="line 3"):
        read_rbcs("rbcs.csv", HEADER + ROW + ROW.replace(found, wrong))


def test_rbcs_with_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(RawFileError, match="as many cells in each row"):
        read_rbcs("rbcs.csv", HEADER + ROW + b"99213,EO001N\n")
