"""An edition that only a later file tells of: its codes, its days, and the releases that show it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import RawRelease, Survey
from pipeline.history import derive_history, derive_timelines
from pipeline.history.changes import derive_code_changes
from pipeline.history.releases import derive_releases
from pipeline.ingest import IngestedRelease, TextFrame
from pipeline.layouts import LAYOUTS
from pipeline.normalise.conversions import CONVERSION_COLUMNS
from pipeline.normalise.editions import reconstruct_edition
from pipeline.normalised import listings_of
from tests.history.test_before_use import NO_PREDECESSORS
from tests.normalise.frames import delivery_of
from tests.samples import order_line, text_of

JANUARY = ("0DT", 0), ("0DTJ4ZZ", 1), ("0DTJ0ZZ", 1)
APRIL = ("0DT", 0), ("0DTJ4ZZ", 1), ("0DTJ7ZZ", 1), ("0DTJ8ZZ", 1)
ADDENDA = (("Add:", "0DTJ8ZZ", "new"), ("Delete:", "0DTJ0ZZ", "old title"))


def frame_of(part: str, lines: list[str]) -> TextFrame:
    return TextFrame(part, part, LAYOUTS["order_file"].readers[part](part, text_of(lines)))


def order(codes: tuple[tuple[str, int], ...]) -> TextFrame:
    return frame_of("order", [order_line(at, code, flag, "old title") for at, (code, flag) in enumerate(codes, 1)])


@pytest.fixture(scope="module")
def listings():
    """A file of January 2021, and one of April 2022 whose addenda are the difference from October 2021."""
    january = delivery_of("icd10pcs", date(2021, 1, 1))
    april = delivery_of("icd10pcs", date(2022, 4, 1))
    april = replace(april, release=replace(april.release, updates="2021-10-01"))
    addenda = frame_of("addenda", [f"{action:<13}{code:<7} {title:<60} {title}" for action, code, title in ADDENDA])
    return [
        *listings_of([IngestedRelease(january, [order(JANUARY)]), IngestedRelease(april, [order(APRIL)])]),
        *reconstruct_edition(april, {"order": order(APRIL), "addenda": addenda}),
    ]


@pytest.fixture(scope="module")
def history(listings) -> dict[str, dict]:
    episodes = derive_history(derive_timelines(listings), CONVERSION_COLUMNS.empty_table())
    return {row["code"]: row for row in episodes.to_pylist()}


def test_the_edition_lacks_what_was_added_and_holds_what_was_deleted(listings) -> None:
    edition = listings[-1]
    assert edition.day == date(2021, 10, 1)
    assert set(edition.rows["code"].to_pylist()) == {"0DT", "0DTJ4ZZ", "0DTJ7ZZ", "0DTJ0ZZ"}


def test_a_code_of_the_edition_starts_on_its_day_and_is_shown_by_the_later_file(history) -> None:
    row = history["0DTJ7ZZ"]
    assert (row["valid_from"], row["valid_from_basis"]) == (date(2021, 10, 1), "addenda")
    assert row["release"] == "2022-04-01"


def test_a_code_that_the_addenda_add_starts_with_the_file(history) -> None:
    assert (history["0DTJ8ZZ"]["valid_from"], history["0DTJ8ZZ"]["valid_from_basis"]) == (date(2022, 4, 1), "release")


def test_a_code_that_the_addenda_delete_was_valid_until_then_and_last_listed_before(history) -> None:
    row = history["0DTJ0ZZ"]
    assert (row["valid_to"], row["last_release"]) == (date(2022, 3, 31), "2021-01-01")


def test_the_edition_is_no_release_of_the_build(listings) -> None:
    releases = derive_releases(derive_timelines(listings)).to_pylist()
    assert [row["release"] for row in releases] == ["2021-01-01", "2022-04-01"]
    assert (releases[1]["added"], releases[1]["removed"]) == (2, 1)


def edition_before(source: str, day: date, updates: str | None = None) -> list[str]:
    """The editions that the file of a day of ICD-10-PCS or ICD-10-CM and its addenda tell of."""
    delivery = delivery_of(source, day)
    delivery = replace(delivery, release=replace(delivery.release, updates=updates))
    addenda = frame_of("addenda", [f"{action:<13}{code:<7} {title:<60} {title}" for action, code, title in ADDENDA])
    return [each.release for each in reconstruct_edition(delivery, {"order": order(APRIL), "addenda": addenda})]


def test_the_edition_is_the_one_before_it_in_the_catalogue_where_the_entry_names_no_other() -> None:
    """ICD-10-PCS FY2026 tells of April 2025."""
    assert edition_before("icd10pcs", date(2025, 10, 1)) == ["2025-04-01"]
    assert edition_before("icd10pcs", date(2021, 1, 1), updates="2019-10-01") == ["2019-10-01"]


def test_an_edition_from_before_use_is_not_put_together() -> None:
    assert edition_before("icd10pcs", date(2015, 10, 1)) == []


def test_a_file_without_addenda_tells_of_no_edition() -> None:
    assert reconstruct_edition(delivery_of("icd10pcs", date(2025, 10, 1)), {"order": order(APRIL)}) == []


def found_here(*days: str) -> Survey:
    """A survey in which the files of ICD-10-CM of some days are here."""
    source = read_catalogue()["icd10cm"]
    here = {each.release: RawRelease(source, each, (), {}) for each in source.releases if each.release in days}
    return Survey(Path(), tuple(here.values()), (), ())


@pytest.mark.parametrize(
    ("here", "telling"),
    [
        (["2022-04-01", "2022-10-01"], ["2022-04-01"]),  # of 2021-10-01
        (["2021-10-01", "2022-04-01", "2022-10-01"], ["2021-10-01"]),  # of 2021-01-01
        (["2020-10-01", "2021-01-01"], ["2020-10-01"]),  # both of 2019-10-01: the nearer one
        (["2019-10-01", "2021-01-01", "2022-04-01"], ["2019-10-01", "2022-04-01"]),
    ],
)
def test_a_file_tells_of_an_edition_that_is_not_here(here: list[str], telling: list[str]) -> None:
    assert [each.release.release for each in found_here(*here).tells_of_others()] == telling


def test_what_the_first_edition_lacks_was_removed_by_the_file_that_tells_of_it() -> None:
    """The oldest edition is one that is not here: what its addenda delete, they delete on the day of the file."""
    april = delivery_of("icd10pcs", date(2022, 4, 1))
    april = replace(april, release=replace(april.release, updates="2021-10-01"))
    addenda = frame_of("addenda", [f"{action:<13}{code:<7} {title:<60} {title}" for action, code, title in ADDENDA])
    parts = {"order": order(APRIL), "addenda": addenda}
    listings = [*listings_of([IngestedRelease(april, [parts["order"]])]), *reconstruct_edition(april, parts)]
    timelines = derive_timelines(listings)
    episodes = derive_history(timelines, CONVERSION_COLUMNS.empty_table())
    changes = derive_code_changes(episodes, timelines, NO_PREDECESSORS).to_pylist()
    assert [(row["code"], row["change"]) for row in changes] == [("0DTJ8ZZ", "added"), ("0DTJ0ZZ", "removed")]
