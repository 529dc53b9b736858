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


def nine(conversions, *more):
    """The first days of a history of ICD-9-CM whose oldest release is v23, and how they are known."""
    titles = listing(date(2005, 10, 1), {"53640": ("g", "g", True), "25000": ("d", "d", True)}, "ICD9CM")
    history = history_of([titles, *more], conversions)
    return {each["code"]: (each["valid_from"], each["valid_from_basis"]) for each in history}


V23 = (date(2005, 10, 1), "left_censored")


@pytest.mark.parametrize("change", ["New", "New, Deleted"])
def test_a_code_of_unknown_start_begins_on_the_day_that_a_conversion_table_gives_for_it(change):
    days = nine(conversion("53640", date(1998, 10, 1), system="ICD9CM", change=change))
    assert days == {"53640": (date(1998, 10, 1), "conversion_table"), "25000": V23}


@pytest.mark.parametrize(
    ("day", "change"),
    [
        (date(1998, 10, 1), "Revised"),
        (date(1998, 10, 1), "Deleted"),
        (date(1978, 10, 1), "New"),
        (date(2006, 10, 1), "New"),
    ],
)
def test_what_is_not_new_or_of_days_before_its_system_was_in_use_leaves_the_start_unknown(day, change):
    assert nine(conversion("53640", day, system="ICD9CM", change=change))["53640"] == V23


def test_a_heading_above_a_code_that_is_dated_before_the_oldest_release_may_have_begun_earlier():
    tabular = headings_of(date(2011, 10, 1), ["250", "5364"])
    days = nine(conversion("53640", date(1998, 10, 1), system="ICD9CM"), tabular)
    assert days["5364"] == (date(1998, 10, 1), "left_censored")
    assert days["250"] == V23
