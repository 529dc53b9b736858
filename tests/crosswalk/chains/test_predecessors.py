"""The free text of the conversion table, shape by shape."""

from datetime import date

import pyarrow as pa
import pytest

from pipeline.crosswalk.chains.predecessors import derive_predecessors, read_previous
from pipeline.normalise.conversions import CONVERSION_COLUMNS
from tests.crosswalk.frames import BILLABLE_EPISODES


def names(text):
    return [(each.form, each.first, each.last) for each in read_previous(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A04.7", [("code", "A047", "A047")]),
        ("None", []),
        ("NoPCS", []),
        ("I63.011 AND I63.012", [("code", "I63011", "I63011"), ("code", "I63012", "I63012")]),
        ("E11.69 and R40.20", [("code", "E1169", "E1169"), ("code", "R4020", "R4020")]),
        ("K85.0, K85.1; K85.2 & K85.3", [("code", f"K85{n}", f"K85{n}") for n in range(4)]),
        ("H02.101-H02.106", [("range", "H02101", "H02106")]),
        ("H81.41-H81.43; H81.49", [("range", "H8141", "H8143"), ("code", "H8149", "H8149")]),
        ("Codes in Categories V20-V28", [("category", "V20", "V28")]),
        ("W32.- and W33.8", [("category", "W32", "W32"), ("code", "W338", "W338")]),
        ("V29.80X-", [("category", "V2980X", "V2980X")]),
        ("3E013GC", [("code", "3E013GC", "3E013GC")]),
        ("079.8", [("code", "0798", "0798")]),
        ("645", [("code", "645", "645")]),
        ("E917.9", [("code", "E9179", "E9179")]),
        ("E885", [("code", "E885", "E885")]),
        ("V45.89", [("code", "V4589", "V4589")]),
        ("39.7", [("code", "397", "397")]),
        ("None.", []),
        ("645.00-645.01, 645.03", [("range", "64500", "64501"), ("code", "64503", "64503")]),
        ("31.43- 31.44", [("range", "3143", "3144")]),
        ("044.9, 795.8 (delete code)", [("code", "0449", "0449"), ("code", "7958", "7958")]),
        ("36.01,* 36.02", [("code", "3601", "3601"), ("code", "3602", "3602")]),
        ("45.14 (45.15 before 1987)", [("code", "4514", "4514")]),
        ("52.91, 51.99, or 51.82", [("code", "5291", "5291"), ("code", "5199", "5199"), ("code", "5182", "5182")]),
    ],
)
def test_a_cell_is_read_as_the_codes_that_it_names(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("I63.011 AND I63.012", [1, 2]),
        ("M96.89 & Y84.8", [1, 2]),
        ("G11.8 and E23.0 and K00.0", [1, 2, 3]),
        ("H02.201, H02.202, H02.204 and H02.205", [1, 2, 3, 4]),
        ("H44.20-H44.23 and H33.2", [1, 2]),
        ("J68.0, J68.9, J69.1", [1, 1, 1]),
        ("I20.0-I20.1; I20.8", [1, 1]),
        ("W23.0XXA & W23.1XXA", [1, 1]),
        ("784.3 &438", [1, 2]),
        ("33.5 + 37.5", [1, 2]),
        ("37.86+37.89", [1, 2]),
        ("440.20 & 707.1 or 707.8 or 707.9", [1, 2, 2, 2]),
        ("997.9 & 430-434, 436", [1, 2, 2]),
        ("574.00 & 574.10 574.30 & 574.40", [1, 2, 3, 4]),
    ],
)
def test_and_joins_what_stood_together_and_commas_before_it_do_too(text, parts):
    assert [each.part for each in read_previous(text)] == parts


def previous_of(rows, listed):
    day = date(2021, 10, 1)
    billable = [
        {"system": "ICD10CM", "code": code, "valid_from": date(2015, 10, 1), "valid_to": None} for code in listed
    ]
    new = {"system": "ICD10CM", "effective_from": day, "change": "New", "file": "table.xlsx"}
    cells = [
        {**new, "code": code, "previous": text, "release": release, "line": line}
        for line, (code, text, release) in enumerate(rows, 3)
    ]
    found = derive_predecessors(
        pa.Table.from_pylist(cells, CONVERSION_COLUMNS),
        pa.Table.from_pylist(billable, BILLABLE_EPISODES),
    )
    return {(row["code"], row["previous"]) for row in found.to_pylist()}


def forms_of(text, listed, ends=None):
    """In which form a cell names its codes: those of some billable ones, all of which end on a day, or stay."""
    billable = [
        {"system": "ICD10CM", "code": code, "valid_from": date(2015, 10, 1), "valid_to": ends} for code in listed
    ]
    cell = {
        "system": "ICD10CM", "code": "X500XXA", "effective_from": date(2021, 10, 1), "previous": text, "change": "New",
        "release": "2021", "file": "table.xlsx", "line": 3,
    }  # fmt: skip
    found = derive_predecessors(
        pa.Table.from_pylist([cell], CONVERSION_COLUMNS), pa.Table.from_pylist(billable, BILLABLE_EPISODES)
    )
    return {row["form"] for row in found.to_pylist()}


@pytest.mark.parametrize(
    ("text", "listed", "form"),
    [
        ("I10-I15.9", ["I10", "I110", "I150", "I159", "I160"], "category"),
        ("I10-I15.9", ["I10", "I110", "I150", "I159", "I15A"], "category"),
        ("Y93.01-Y93.9", ["Y9301", "Y935", "Y939", "Y93A1"], "category"),
        ("H02.101-H02.106", ["H02101", "H02106", "H02109"], "range"),
        ("H81.41-H81.43", ["H8110", "H8141", "H8142", "H8143"], "range"),
        ("K35.20-K35.89", ["K3520", "K3589", "K359"], "range"),
    ],
)
def test_a_range_that_leaves_out_no_code_of_its_categories_is_of_whole_categories(text, listed, form):
    assert forms_of(text, listed) == {form}


def test_a_category_of_which_all_went_over_into_the_new_code_is_a_range():
    assert forms_of("K35.20-K35.89", ["K3520", "K3589"], date(2021, 9, 30)) == {"range"}


def test_a_range_holds_the_codes_of_the_same_encounter_only():
    listed = [f"S0689{place}{encounter}" for place in range(3) for encounter in "ADS"]
    rows = [("S06A0XA", "S06.890A-S06.892A", "2021"), ("S06A0XS", "S06.890D-S06.892S", "2021")]
    assert previous_of(rows, listed) == {
        (f"S06A0X{encounter}", f"S0689{place}{encounter}") for place in range(3) for encounter in "AS"
    }


def test_a_newer_table_is_right_where_it_corrects_an_older_one():
    rows = [("I82451", "I80.491", "2019-10-01"), ("I82451", "I82.491", "2025-10-01")]
    assert previous_of(rows, ["I80491", "I82491"]) == {("I82451", "I82491")}


def nine(previous, listed):
    """What a row of the conversion table of ICD-9-CM names, beside codes whose days are known from before it."""
    rows = [{"system": "ICD9CM", "code": code, "valid_from": date(1987, 10, 1), "valid_to": None} for code in listed]
    cell = {
        "system": "ICD9CM", "code": "71871", "effective_from": date(2001, 10, 1), "previous": previous, "change": "New",
        "release": "2001", "file": "CnvTb02.RTF", "line": 12,
    }  # fmt: skip
    found = derive_predecessors(
        pa.Table.from_pylist([cell], CONVERSION_COLUMNS), pa.Table.from_pylist(rows, BILLABLE_EPISODES)
    )
    return {(row["previous"], row["form"]) for row in found.to_pylist()}


@pytest.mark.parametrize(
    ("previous", "listed", "found"),
    [
        ("718.80-718.89", [], {("71880", "range"), ("71889", "range")}),
        ("718.80-718.89", ["71881"], {("71880", "range"), ("71881", "range"), ("71889", "range")}),
        ("718.80", [], {("71880", "code")}),
        ("None.", [], {(None, "none")}),
    ],
)
def test_of_a_range_of_icd9_codes_at_least_the_bounds_stood_before_since_no_listing_of_its_days_is_here(
    previous, listed, found
):
    assert nine(previous, listed) == found
