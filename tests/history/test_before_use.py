"""Editions from before their system was in use: history of the text, and nothing that could be reported."""

from datetime import date

import pyarrow as pa
import pytest

from pipeline.history import code_history_table, derive_earlier_timelines, derive_history, derive_timelines
from pipeline.history.changes import derive_code_changes
from pipeline.history.codes import derive_codes
from pipeline.history.releases import derive_releases
from pipeline.normalise.sections import built_in_sections
from tests.history.frames import FIRST, NO_CONVERSIONS, Row, listing

BEFORE = date(2012, 10, 1)
EARLIER: dict[str, Row] = {"A000": ("old", "old", True), "B200": ("dropped", "dropped", True)}
IN_USE: dict[str, Row] = {"A00": ("head", "head", False), "A000": ("new", "new", True)}
LATER: dict[str, Row] = {**IN_USE, "B200": ("again", "again", True)}
NO_PREDECESSORS = pa.table({name: pa.array([], pa.string()) for name in ("system", "code", "previous", "change")})
NO_PREDECESSORS = NO_PREDECESSORS.append_column("effective_from", pa.array([], pa.date32()))


def tables_of(*releases: tuple[date, dict[str, Row]]) -> dict[str, list[dict]]:
    """The tables of history of some editions of ICD-10-CM."""
    listings = [listing(day, rows) for day, rows in releases]
    timelines, earlier = derive_timelines(listings), derive_earlier_timelines(listings)
    episodes = derive_history(timelines, NO_CONVERSIONS)
    tables = {
        "code_history": code_history_table(episodes, earlier).sort_by(
            [("code", "ascending"), ("valid_from", "ascending")]
        ),
        "codes": derive_codes(episodes, built_in_sections()),
        "code_changes": derive_code_changes(episodes, timelines, NO_PREDECESSORS),
        "releases": derive_releases([*timelines, *earlier]),
    }
    return {name: table.to_pylist() for name, table in tables.items()}


@pytest.fixture(scope="module")
def tables() -> dict[str, list[dict]]:
    return tables_of((BEFORE, EARLIER), (FIRST, IN_USE), (date(2016, 10, 1), LATER))


def test_an_earlier_text_stands_until_the_day_before_use_and_could_not_be_reported(tables) -> None:
    found = [
        (row["code"], row["valid_from"], row["valid_to"], row["description"], row["billable"], row["valid_from_basis"])
        for row in tables["code_history"]
        if row["valid_from"] < FIRST
    ]
    last = date(2015, 9, 30)
    assert found == [
        ("A000", BEFORE, last, "old", False, "left_censored"),
        ("B200", BEFORE, last, "dropped", False, "left_censored"),
    ]


def test_a_code_begins_with_the_use_of_its_system_and_not_before(tables) -> None:
    assert {row["code"]: row["valid_from"] for row in tables["codes"]} == {
        "A00": FIRST, "A000": FIRST, "B200": date(2016, 10, 1),
    }  # fmt: skip


def test_what_the_first_edition_in_use_holds_or_lacks_is_no_change(tables) -> None:
    assert [(row["code"], row["change"], row["effective_from"]) for row in tables["code_changes"]] == [
        ("B200", "added", date(2016, 10, 1))
    ]


def test_all_else_is_as_without_the_earlier_editions(tables) -> None:
    without = tables_of((FIRST, IN_USE), (date(2016, 10, 1), LATER))
    assert tables["codes"] == without["codes"]
    assert tables["code_changes"] == without["code_changes"]
    assert [row for row in tables["code_history"] if row["valid_from"] >= FIRST] == without["code_history"]
    assert [row for row in tables["releases"] if row["effective_from"] >= FIRST] == without["releases"]


def test_an_earlier_edition_fills_no_gap_where_the_first_in_use_is_not_here() -> None:
    days = [
        (row["code"], row["valid_from"], row["valid_to"], row["valid_from_basis"])
        for row in tables_of((BEFORE, EARLIER), (date(2016, 10, 1), IN_USE))["code_history"]
        if row["code"] == "A000"
    ]
    assert days == [
        ("A000", BEFORE, date(2015, 9, 30), "left_censored"),
        ("A000", date(2016, 10, 1), None, "left_censored"),
    ]


def test_releases_from_before_use_have_codes_but_nothing_that_could_be_reported() -> None:
    again = {"A000": ("other", "other", True)}
    releases = tables_of((BEFORE, EARLIER), (date(2013, 10, 1), again), (FIRST, IN_USE))["releases"]
    earlier = [row for row in releases if row["effective_from"] < FIRST]
    assert [(row["codes"], row["billable"], row["effective_to"]) for row in earlier] == [
        (2, 0, date(2013, 9, 30)),
        (1, 0, date(2015, 9, 30)),
    ]
    assert {row[name] for row in releases for name in ("added", "removed", "revised")} == {None}
