"""An edition that only a later file tells of: its codes, its days, and the releases that show it."""

from dataclasses import replace
from datetime import date

import pytest

from pipeline.history import derive_history, derive_timelines
from pipeline.history.releases import derive_releases
from pipeline.ingest import IngestedRelease, TextFrame
from pipeline.layouts import LAYOUTS, listings_of
from pipeline.normalise.conversions import CONVERSION_COLUMNS
from pipeline.normalise.editions import reconstruct_edition
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
