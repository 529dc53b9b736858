"""What the conversion table of ICD-9-CM says of codes, ranges and what was there before."""

from datetime import date

import pyarrow as pa
import pytest

from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.conversions import CONVERSION_COLUMNS
from pipeline.normalise.icd9_conversions import PRINTED, expand_ranges, icd9cm_conversions, printed_codes
from tests.history.frames import headings_of, listing

Printed = tuple[str, str, str]
LISTED_IN, OTHER, LAST = date(1998, 10, 1), ("OTHER", "51885"), {"V8301", "0001"}


def conversions_of(*rows: Printed, table: str = "dx") -> pa.Table:
    cells = [
        {
            "table": table, "current": current, "year": year, "previous": previous, "line": line,
            "mark": current[-1] if current[-1] in "#*" else "",
            "deleted": "yes" if "eleted" in previous else "",
        }
        for line, (current, year, previous) in enumerate(rows, 12)
    ]  # fmt: skip
    return icd9cm_conversions(TextFrame("table", "folder/CnvTb02.RTF", pa.Table.from_pylist(cells)), "2001-10-01")


def changes(*rows: Printed, table: str = "dx") -> list[tuple[str, int, str]]:
    found = conversions_of(*rows, table=table).to_pylist()
    return [(row["code"], row["effective_from"].year, row["change"]) for row in found]


def test_row_takes_effect_on_the_first_of_october() -> None:
    table = conversions_of(("005.81", "1995", "005.8"))
    assert table.schema.equals(CONVERSION_COLUMNS)
    assert table.to_pylist() == [
        {
            "system": "ICD9CM", "code": "00581", "effective_from": date(1995, 10, 1), "previous": "005.8",
            "change": "New", "release": "2001-10-01", "file": "CnvTb02.RTF", "line": 12,
        }
    ]  # fmt: skip


def test_procedures_are_a_system_of_their_own() -> None:
    assert conversions_of(("05.25", "1995", "39.7"), table="px")["system"].to_pylist() == ["ICD9Proc"]


@pytest.mark.parametrize(
    ("current", "table", "codes"),
    [
        ("V45.52,V45.59", "dx", ["V4552", "V4559"]),
        ("336.00-536-42, 536.49", "dx", ["33600-53642", "53649"]),
        ("659.60, 659.61, 659.63", "dx", ["65960", "65961", "65963"]),
        ("E885.1-E885.4, E885.9", "dx", ["E8851-E8854", "E8859"]),
        ("37.71- 37.72 (Leads Only)", "px", ["3771-3772"]),
        ("99.71-99.79*", "px", ["9971-9979"]),
        ("677", "dx", ["677"]),
    ],
)
def test_codes_and_ranges_of_a_list_are_rows(current: str, table: str, codes: list[str]) -> None:
    assert conversions_of((current, "1994", "None"), table=table)["code"].to_pylist() == codes


@pytest.mark.parametrize(
    ("row", "table", "change"),
    [
        (("041.04#", "1997", "041.04"), "dx", "Revised"),
        (("78.90*", "1987", "78.40"), "px", "Revised"),
        (("99.71-99.79*", "1988", "99.07"), "px", "New"),
        (("51.11", "1989", "51.11, 51.97"), "px", "Revised"),
        (("46.13", "1992", "46.12 (Code Deleted)"), "px", "Deleted"),
        (("45.16", "1988", "45.14 (45.16 before 1987)"), "px", "New"),
        (("V08", "1994", "None"), "dx", "New"),
        (("V08", "1994", "044.9, 795.8 (code deleted)"), "dx", "New, Deleted"),
        (("98.51-98.52", "1989", "59.96 (Code Deleted)"), "px", "New, Deleted"),
    ],
)
def test_what_a_row_says_of_its_code(row: Printed, table: str, change: str) -> None:
    assert changes(row, table=table)[0][2] == change


def test_code_that_an_earlier_row_has_is_not_new_again() -> None:
    rows = (("42.33", "1990", "42.91"), ("42.33", "1989", "42.32, 42.39"))
    assert changes(*rows, table="px") == [("4233", 1990, "Revised"), ("4233", 1989, "New")]


@pytest.mark.parametrize("current", ["5.81", "005.81 and 005.89", "A05", "V1", "005.811", "", "005.81-"])
def test_cell_that_is_no_code_is_refused(current: str) -> None:
    with pytest.raises(RawFileError, match=r"CnvTb02\.RTF, line 12"):
        conversions_of((current or "-", "1995", "005.8"))


# Ranges


def expanded(
    *rows: Printed, listed: list[str], table: str = "dx", day: date = LISTED_IN, newest: str = "2001"
) -> list[tuple[str, int, str]]:
    """The rows of a table that ends with a code of `newest`, expanded by a tabular list of some day."""
    system = {"dx": "ICD9CM", "px": "ICD9Proc"}[table]
    last = {"dx": ("V83.01", newest, "None"), "px": ("00.01", newest, "None")}[table]
    codes = [{"system": each, "code": code, "day": day} for each, code in [*((system, one) for one in listed), OTHER]]
    found = expand_ranges(conversions_of(*rows, last, table=table), pa.Table.from_pylist(codes, PRINTED)).to_pylist()
    return [(row["code"], row["effective_from"].year, row["change"]) for row in found if row["code"] not in LAST]


def test_range_is_its_bounds_and_the_listed_codes_between() -> None:
    found = expanded(("008.43-008.47", "1992", "008.49"), listed=["00842", "00844", "0084", "00848"])
    assert found == [("00843", 1992, "New"), ("00844", 1992, "New"), ("00847", 1992, "New")]


def test_code_that_is_new_later_was_not_in_the_range() -> None:
    rows = (("518.82-518.89", "1987", "518.8"), ("518.83", "1998", "518.81"))
    assert expanded(*rows, listed=["51882", "51883", "51889"]) == [
        ("51883", 1998, "New"), ("51882", 1987, "New"), ("51889", 1987, "New"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "newest", "codes"),
    [
        (date(1998, 10, 1), "2001", ["99651", "99657", "99659"]),
        (date(2004, 10, 1), "2001", ["99651", "99659"]),
        (date(1998, 10, 1), "1994", ["99651", "99659"]),
        (date(1986, 10, 1), "2001", ["99651", "99659"]),
    ],
)
def test_only_a_list_between_the_range_and_the_end_of_the_table_tells_what_lay_between(
    day: date, newest: str, codes: list[str]
) -> None:
    """996.57 is of 2003: a list of 2004 prints it, and it was not in the range of 1987."""
    found = expanded(("996.51-996.59", "1987", "996.5"), listed=["99657"], day=day, newest=newest)
    assert [code for code, *_ in found] == codes


def test_printed_codes_are_those_of_tabular_lists_with_the_day_of_each() -> None:
    tabular, titles = headings_of(LISTED_IN, ["046"]), listing(LISTED_IN, {"0460": ("a", "a", True)}, "ICD9CM")
    assert printed_codes([tabular, titles]).to_pylist() == [{"system": "ICD9CM", "code": "046", "day": LISTED_IN}]


def test_a_table_without_ranges_stays_as_it_is() -> None:
    table = conversions_of(("005.81", "1995", "005.8"))
    assert expand_ranges(table, PRINTED.empty_table()) is table


def test_range_between_lengths_leaves_headings_out() -> None:
    listed = ["V090", "V091", "V095", "V0950", "V0951", "V099", "V0990", "V0991"]
    assert [code for code, *_ in expanded(("V09.0-V09.91", "1993", "None"), listed=listed)] == [
        "V090", "V091", "V0950", "V0951", "V0990", "V0991",
    ]  # fmt: skip


def test_code_of_its_own_range_of_previous_codes_is_not_new() -> None:
    found = expanded(("81.04-81.05", "1989", "81.03, 81.04"), listed=[], table="px")
    assert found == [("8104", 1989, "Revised"), ("8105", 1989, "New")]


def test_rows_of_other_systems_stay_as_they_are() -> None:
    other = pa.Table.from_pylist(
        [{"system": "ICD10CM", "code": "A-B"}, {"system": "ICD9CM", "code": None}], CONVERSION_COLUMNS
    )
    found = expand_ranges(other, PRINTED.empty_table())
    assert sorted(found["code"].to_pylist(), key=str) == ["A-B", None]
