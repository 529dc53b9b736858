"""Days that no order file can tell: of codes in a conversion table, and of headings in a tabular list."""

from datetime import date

import pytest

from tests.history.frames import FIRST, conversion, headings_of, history_of, listing, nine_with_headings, record_listing

OCTOBER = date(2020, 10, 1)
COVID = ("c", "c", True)


def test_a_conversion_table_dates_a_code_and_its_heading_before_the_first_file_that_lists_them():
    october = {"U07": ("Emergency", "Emergency", False), "U071": ("COVID-19", "COVID-19", True)}
    releases = [listing(FIRST, {"A00": ("a", "a", True)}), listing(date(2020, 10, 1), october)]
    conversions = conversion("U071", date(2020, 4, 1))
    dated = {each["code"]: each for each in history_of(releases, conversions)}
    assert {dated[code]["valid_from"] for code in ("U07", "U071")} == {date(2020, 4, 1)}
    assert {dated[code]["valid_from_basis"] for code in ("U07", "U071")} == {"conversion_table"}
    assert dated["A00"]["valid_from"] == FIRST


def test_a_day_behind_the_first_listing_or_before_the_oldest_release_dates_nothing():
    releases = [listing(FIRST, {"A00": ("a", "a", True)}), listing(date(2020, 10, 1), {"U071": ("c", "c", True)})]
    for day in (date(2021, 4, 1), date(2014, 10, 1)):
        assert history_of(releases, conversion("U071", day))[-1]["valid_from"] == date(2020, 10, 1)


def test_a_heading_begins_with_the_first_code_below_it_or_the_day_after_it_was_a_code_itself() -> None:
    history = history_of(nine_with_headings())
    headings = {
        each["code"]: (each["valid_from"], each["valid_from_basis"]) for each in history if not each["billable"]
    }
    assert headings == {
        "046": (date(2005, 10, 1), "left_censored"),
        "0461": (date(2006, 10, 1), "release"),
        "250": (date(2005, 10, 1), "left_censored"),
    }


def test_a_heading_that_was_a_code_after_the_first_code_below_it_begins_when_it_was_one_no_longer():
    code = ("a", "a", True)
    rows = [{"0461": code}, {"0461": code, "04611": code}, {"04611": code}]
    listings = [listing(date(2005 + year, 10, 1), row, "ICD9CM") for year, row in enumerate(rows)]
    history = history_of([*listings, headings_of(date(2011, 10, 1), ["0461"])])
    (heading,) = (each for each in history if not each["billable"])
    assert (heading["valid_from"], heading["valid_from_basis"]) == (date(2007, 10, 1), "release")


def started(conversions, code="U071", also=()):
    """The first day of a code that is listed in October 2020, with headings."""
    rows = {code: COVID, **dict.fromkeys(also, ("h", "h", False))}
    releases = [listing(FIRST, {"A00": ("a", "a", True)}), listing(OCTOBER, rows)]
    return {each["code"]: each["valid_from"] for each in history_of(releases, conversions)}


def test_of_several_days_the_last_before_the_listing_counts():
    assert started(conversion("U071", date(2018, 4, 1), date(2020, 4, 1), date(2021, 4, 1)))["U071"] == date(2020, 4, 1)


@pytest.mark.parametrize("change", ["Revised", "Deleted"])
def test_only_a_new_code_is_dated(change):
    assert started(conversion("U071", date(2020, 4, 1), change=change))["U071"] == OCTOBER


def test_a_conversion_table_of_another_system_dates_nothing():
    assert started(conversion("U071", date(2020, 4, 1), system="ICD10PCS"))["U071"] == OCTOBER


def test_a_heading_that_was_listed_before_its_new_code_keeps_its_day():
    releases = [listing(FIRST, {"U07": ("h", "h", False)}), listing(OCTOBER, {"U07": ("h", "h", False), "U071": COVID})]
    history = history_of(releases, conversion("U071", date(2020, 4, 1)))
    assert {each["code"]: each["valid_from"] for each in history} == {"U07": FIRST, "U071": date(2020, 4, 1)}


def test_a_day_that_a_record_gives_is_never_moved():
    releases = [record_listing(FIRST, [("A0", "a", FIRST, None)])]
    releases.append(record_listing(OCTOBER, [("A0", "a", FIRST, None), ("B1", "b", OCTOBER, None)]))
    (_, row) = history_of(releases, conversion("B1", date(2020, 4, 1), system="HCPCS"))
    assert (row["valid_from"], row["valid_from_basis"]) == (OCTOBER, "record")
