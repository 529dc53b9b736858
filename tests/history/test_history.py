"""Laws of history on invented releases, and the rules that give an episode its days."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.catalogue.sources import Release, Source
from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.chains.predecessors import derive_predecessors, derive_spells
from pipeline.history import derive_history, derive_timelines
from pipeline.history.changes import derive_code_changes
from pipeline.history.codes import derive_codes
from pipeline.normalise.conversions import COLUMNS as CONVERSION_COLUMNS
from pipeline.normalise.listing import Listing, as_rows
from pipeline.normalise.sections import built_in_sections

FIRST = date(2015, 10, 1)
NO_CONVERSIONS = CONVERSION_COLUMNS.empty_table()
ROW = st.tuples(st.sampled_from(["short a", "short b"]), st.sampled_from(["long a", "long b"]), st.booleans())
RELEASE = st.dictionaries(st.sampled_from(["A00", "A000", "A001", "B20", "C4A", "U071"]), ROW, min_size=1)
RELEASES = st.lists(RELEASE, min_size=1, max_size=5)


def listing(day: date, rows: dict[str, tuple[str, str, bool]], system: str = "ICD10CM", **more: object) -> Listing:
    source = Source("invented", "", "", "", False, "order_file", (system,), (), {}, ())
    delivery = RawRelease(source, Release(day.isoformat(), "invented", day), (Path("invented"),), {})
    codes = pa.array(list(rows), pa.string())
    table = as_rows(
        codes,
        pa.array(range(len(rows)), pa.int64()),
        kind="diagnosis",
        short_description=pa.array([row[0] for row in rows.values()], pa.string()),
        description=pa.array([row[1] for row in rows.values()], pa.string()),
        billable=pa.array([row[2] for row in rows.values()], pa.bool_()),
        **more,
    )
    return Listing(system, delivery, "invented", len(rows), table)


def listings_of(releases: list[dict[str, tuple[str, str, bool]]]) -> list[Listing]:
    return [listing(FIRST + timedelta(days=180 * number), rows) for number, rows in enumerate(releases)]


def history_of(listings: list[Listing], conversions: pa.Table = NO_CONVERSIONS) -> list[dict]:
    return derive_history(derive_timelines(listings), conversions).to_pylist()


def state_on(history: list[dict], day: date) -> dict[str, tuple[str, str, bool]]:
    return {
        each["code"]: (each["short_description"], each["description"], each["billable"])
        for each in history
        if each["valid_from"] <= day and (each["valid_to"] is None or day <= each["valid_to"])
    }


@given(RELEASES)
def test_reading_history_back_on_every_effective_day_gives_the_releases(releases):
    listings = listings_of(releases)
    history = history_of(listings)
    for each, rows in zip(listings, releases, strict=True):
        assert state_on(history, each.day) == rows
        assert state_on(history, each.day + timedelta(days=179)) == rows


@given(RELEASES, st.randoms())
def test_the_order_of_input_files_does_not_matter(releases, random):
    listings = listings_of(releases)
    shuffled = random.sample(listings, len(listings))
    assert history_of(shuffled) == history_of(listings)


@given(RELEASES)
def test_a_release_repeated_changes_nothing_but_the_last_release(releases):
    listings = listings_of(releases)
    again = listing(listings[-1].day + timedelta(days=90), releases[-1])

    def days(history):
        return [{key: value for key, value in each.items() if key != "last_release"} for each in history]

    assert days(history_of([*listings, again])) == days(history_of(listings))


@given(RELEASES)
def test_episodes_of_one_code_neither_overlap_nor_leave_a_hole_that_the_releases_do_not_show(releases):
    listings = listings_of(releases)
    history = history_of(listings)
    for before, after in itertools.pairwise(history):
        if before["code"] == after["code"]:
            assert before["valid_to"] < after["valid_from"]
            if before["valid_to"] + timedelta(days=1) < after["valid_from"]:
                between = [rows for each, rows in zip(listings, releases, strict=True) if before["valid_to"] < each.day]
                assert before["code"] not in between[0]


@given(RELEASES)
def test_changes_lead_from_each_release_to_the_next(releases):
    listings = listings_of(releases)
    timelines = derive_timelines(listings)
    episodes = derive_history(timelines, NO_CONVERSIONS)
    none = derive_predecessors(NO_CONVERSIONS, derive_spells(episodes))
    changes = derive_code_changes(episodes, timelines, none).to_pylist()
    assert listings[0].release not in {row["release"] for row in changes}
    for (before, after), each in zip(itertools.pairwise(releases), listings[1:], strict=True):
        own = {(row["change"], row["code"]) for row in changes if row["release"] == each.release}
        both = before.keys() & after.keys()
        assert {code for change, code in own if change == "added"} == after.keys() - before.keys()
        assert {code for change, code in own if change == "removed"} == before.keys() - after.keys()
        assert {code for change, code in own if change == "became_header"} == {
            code for code in both if before[code][2] and not after[code][2]
        }
        assert {code for change, code in own if change == "description_revised"} == {
            code for code in both if before[code][:2] != after[code][:2]
        }


def test_codes_of_a_system_that_began_earlier_are_left_censored_in_the_oldest_release():
    rows = {"25000": ("short", "long", True)}
    history = history_of([listing(date(2005, 10, 1), rows, "ICD9CM"), listing(date(2014, 10, 1), rows, "ICD9CM")])
    assert [(each["valid_from_basis"], each["valid_to"]) for each in history] == [("left_censored", date(2015, 9, 30))]


def test_capitals_alone_start_no_episode_of_icd9_but_one_of_icd10cm():
    before, after = {"V700": ("ROUTINE EXAM", None, True)}, {"V700": ("Routine exam", "Long", True)}
    nine = [listing(date(2008, 10, 1), before, "ICD9CM"), listing(date(2009, 10, 1), after, "ICD9CM")]
    ten = [listing(FIRST, before), listing(date(2016, 10, 1), after)]
    assert [each["short_description"] for each in history_of(nine)] == ["Routine exam"]
    assert [each["short_description"] for each in history_of(ten)] == ["ROUTINE EXAM", "Routine exam"]


def conversion(code: str, day: date) -> pa.Table:
    """A conversion table of one new code."""
    row = {"system": "ICD10CM", "code": code, "effective_from": day, "previous": "None", "change": "New"}
    return pa.Table.from_pylist([{**row, "release": "2025-10-01", "file": "table.xlsx", "line": 3}], CONVERSION_COLUMNS)


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


def record_listing(day: date, rows: list[tuple[str, str, date, date | None]]) -> Listing:
    table = as_rows(
        pa.array([row[0] for row in rows], pa.string()),
        pa.array(range(len(rows)), pa.int64()),
        kind="drug",
        short_description=pa.array([row[1] for row in rows], pa.string()),
        description=pa.array([row[1] for row in rows], pa.string()),
        billable=True,
        valid_from=pa.array([row[2] for row in rows], pa.date32()),
        valid_to=pa.array([row[3] for row in rows], pa.date32()),
    )
    return replace(listing(day, {}, "HCPCS"), rows=table, complete=False)


def test_a_reused_code_has_two_episodes_and_a_code_that_leaves_the_file_does_not_vanish():
    old = record_listing(
        date(2017, 1, 1),
        [("J1440", "filgrastim", date(1994, 1, 1), date(2013, 12, 31)), ("DA", "modifier", date(2011, 1, 1), None)],
    )
    new = record_listing(date(2025, 1, 1), [("J1440", "microbiota", date(2023, 7, 1), None)])
    history = history_of([old, new])
    assert [(each["code"], each["valid_from"], each["valid_to"]) for each in history] == [
        ("DA", date(2011, 1, 1), None),
        ("J1440", date(1994, 1, 1), date(2013, 12, 31)),
        ("J1440", date(2023, 7, 1), None),
    ]


def test_a_wording_that_changed_after_a_code_ended_starts_no_episode():
    ended = date(2014, 12, 31)
    old = record_listing(date(2017, 1, 1), [("G8891", "before", date(2012, 1, 1), ended)])
    new = record_listing(date(2019, 1, 1), [("G8891", "after", date(2012, 1, 1), ended)])
    assert [(each["short_description"], each["valid_to"]) for each in history_of([old, new])] == [("before", ended)]


def test_what_a_newer_record_says_of_an_ended_code_holds_for_its_days() -> None:
    """The list of 2011 shows A09 as a heading, that of 2023 as the code that it was until 2008."""
    first, ended = date(1999, 1, 1), date(2008, 12, 31)
    old = record_listing(date(2011, 1, 1), [("A09", "same", first, None)])
    old = replace(old, rows=old.rows.set_column(4, "billable", pa.array([False])))
    new = record_listing(date(2023, 1, 1), [("A09", "same", first, ended)])
    assert [(each["billable"], each["valid_to"]) for each in history_of([old, new])] == [(True, ended)]


def headings_of(day: date, codes: list[str]) -> Listing:
    rows = {code: (None, f"heading {code}", False) for code in codes}
    made = listing(day, rows, "ICD9CM")
    source = replace(made.delivery.source, source="tabular")
    return replace(made, supplement=True, delivery=replace(made.delivery, source=source))


def nine_with_headings() -> list[Listing]:
    """0461 is split in 2006; the tabular list of 2011 knows it as a heading, and 046 and 250 above codes."""
    before = {"0461": ("a", "a", True), "25000": ("b", "b", True)}
    after = {"04611": ("c", "c", True), "25000": ("b", "b", True)}
    titles = [listing(day, rows, "ICD9CM") for day, rows in ((date(2005, 10, 1), before), (date(2006, 10, 1), after))]
    return [*titles, headings_of(date(2011, 10, 1), ["046", "0461", "250"])]


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


def test_a_split_code_became_a_heading_and_the_other_wording_of_the_tabular_list_is_no_revision() -> None:
    timelines = derive_timelines(nine_with_headings())
    episodes = derive_history(timelines, NO_CONVERSIONS)
    changes = derive_code_changes(
        episodes, timelines, derive_predecessors(NO_CONVERSIONS, derive_spells(episodes))
    ).to_pylist()
    assert {(row["code"], row["change"]) for row in changes} == {("04611", "added"), ("0461", "became_header")}


def test_a_new_wording_does_not_begin_the_validity_of_a_code_anew_but_a_hole_does():
    a, b = ("short a", "long a", True), ("short b", "long b", True)
    releases = [{"A00": a, "B20": a}, {"A00": b}, {"A00": b, "B20": a}]
    episodes = derive_history(derive_timelines(listings_of(releases)), NO_CONVERSIONS)
    codes = {row["code"]: row for row in derive_codes(episodes, built_in_sections()).to_pylist()}
    assert codes["A00"]["valid_from"] == FIRST
    assert codes["B20"]["valid_from"] == FIRST + timedelta(days=360)
    assert codes["B20"]["first_release"] == FIRST.isoformat()
