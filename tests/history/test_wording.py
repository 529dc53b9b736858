"""Wording of records is not dated back, and a record that a list drops does not go on for ever."""

from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from pipeline.history import derive_timelines
from pipeline.history.releases import derive_releases
from pipeline.normalise.listing import Listing
from tests.history.frames import history_of, record_listing

ADDED, OLD, NEW = date(2000, 1, 1), date(2017, 1, 1), date(2019, 1, 1)


def file_of(
    day: date, text: str, *, changed: date | None = None, titles: str | None = None, ended: date | None = None,
    code: str = "J1745", added: date = ADDED,
) -> Listing:  # fmt: skip
    """A list of one record, the day of its last action, and which titles that changed; and a record beside it."""
    made = record_listing(day, [(code, text, added, ended), ("Z9999", "beside", ADDED, None)])
    columns = {
        "changed_on": pa.array([changed, None], pa.date32()),
        "changed_titles": pa.array([titles, None], pa.string()),
    }
    rows = made.rows
    for name, values in columns.items():
        rows = rows.set_column(rows.column_names.index(name), name, values)
    return replace(made, rows=rows, absence_ends=True)


def own_of(*files: Listing) -> list[dict[str, Any]]:
    return [row for row in history_of(list(files)) if row["code"] != "Z9999"]


def spans(*files: Listing) -> list[tuple[date, date | None, str | None]]:
    return [(row["valid_from"], row["valid_to"], row["description"]) for row in own_of(*files)]


def test_words_that_a_record_dates_are_unknown_before() -> None:
    assert spans(file_of(OLD, "new words", changed=OLD, titles="both")) == [
        (ADDED, date(2016, 12, 31), None),
        (OLD, None, "new words"),
    ]


def test_an_action_on_the_short_title_says_nothing_of_the_long_one() -> None:
    before, after = own_of(file_of(OLD, "words", changed=OLD, titles="short"))
    assert (before["short_description"], before["description"]) == (None, "words")
    assert after["short_description"] == "words"


@pytest.mark.parametrize(
    ("changed", "titles", "ended"),
    [
        (OLD, None, None),  # an action on something else
        (ADDED, "both", None),  # with which the record was added
        (date(2017, 4, 1), "both", None),  # which is still to come
        (OLD, "both", date(2016, 6, 30)),  # after its end
    ],
)
def test_other_actions_say_nothing_of_the_days_before(changed: date, titles: str | None, ended: date | None) -> None:
    assert spans(file_of(OLD, "words", changed=changed, titles=titles, ended=ended)) == [(ADDED, ended, "words")]


@pytest.mark.parametrize(
    ("changed", "titles", "expected"),
    [
        (date(2018, 1, 1), "both", (date(2018, 1, 1), "record", None)),
        (date(2018, 1, 1), None, (date(2018, 1, 1), "record", date(2017, 1, 2))),  # with it or after it
        (date(2016, 1, 1), "both", (NEW, "release", date(2017, 1, 2))),
        (None, None, (NEW, "release", date(2017, 1, 2))),
    ],
)
def test_a_change_between_two_files_is_dated_by_the_record_or_else_by_the_later_file_with_its_bounds(
    changed: date | None, titles: str | None, expected: tuple[date, str, date | None]
) -> None:
    before, after = own_of(file_of(OLD, "old"), file_of(NEW, "new", changed=changed, titles=titles))
    assert (after["valid_from"], after["valid_from_basis"], after["valid_from_earliest"]) == expected
    assert (before["description"], before["valid_to_basis"], before["valid_from_earliest"]) == (
        "old",
        "next_episode",
        None,
    )


def test_a_record_without_a_last_day_ends_by_the_first_list_that_drops_it() -> None:
    (row,) = own_of(
        file_of(OLD, "gone"), file_of(NEW, "other", code="Z9999"), file_of(date(2020, 1, 1), "other", code="Z9999")
    )
    assert (row["valid_to"], row["valid_to_basis"], row["last_release"]) == (
        date(2018, 12, 31),
        "release",
        "2017-01-01",
    )


def test_a_record_that_a_later_list_has_again_goes_on() -> None:
    again = file_of(date(2020, 1, 1), "same")
    assert spans(file_of(OLD, "same"), file_of(NEW, "other", code="Z9999"), again) == [(ADDED, None, "same")]


def test_a_record_with_a_last_day_ends_on_it_though_lists_drop_it() -> None:
    (row,) = own_of(file_of(OLD, "gone", ended=date(2017, 6, 30)), file_of(NEW, "other", code="Z9999"))
    assert (row["valid_to"], row["valid_to_basis"]) == (date(2017, 6, 30), "record")


def test_a_record_that_is_corrected_to_an_earlier_first_day_is_one_episode_with_the_correction() -> None:
    """C9058: added 2020-04-01 and open in April 2020; added 2019-11-15 and ended 2020-06-30 in July."""
    ended = date(2018, 12, 31)
    (row,) = own_of(file_of(OLD, "same"), file_of(NEW, "same", added=date(1999, 1, 1), ended=ended))
    assert (row["valid_from"], row["valid_from_basis"]) == (date(1999, 1, 1), "record")
    assert (row["valid_to"], row["valid_to_basis"]) == (ended, "record")
    assert (row["release"], row["last_release"]) == ("2017-01-01", "2019-01-01")


def test_the_correction_says_when_a_record_ended_that_a_later_list_lacks() -> None:
    """Without the list of July 2020, that of October lacks the record of April: C9058 ended in June all the same."""
    ended = date(2018, 6, 30)
    (row,) = own_of(file_of(OLD, "same"), file_of(NEW, "same", added=date(1999, 1, 1), ended=ended))
    assert (row["valid_from"], row["valid_to"], row["valid_to_basis"]) == (date(1999, 1, 1), ended, "record")


def test_two_records_that_a_list_has_beside_each_other_are_no_correction() -> None:
    ended = date(2018, 12, 31)
    both = [("J1745", "same", each, ended) for each in (date(1999, 1, 1), ADDED)]
    assert [each["valid_from"] for each in own_of(record_listing(NEW, both))] == [date(1999, 1, 1), ADDED]


def test_a_corrected_record_with_other_words_keeps_its_days() -> None:
    found = spans(file_of(OLD, "old"), file_of(NEW, "new", added=date(1999, 1, 1), ended=date(2018, 12, 31)))
    assert found == [(date(1999, 1, 1), date(1999, 12, 31), "new"), (ADDED, date(2018, 12, 31), "old")]


def test_a_dropped_record_is_counted_as_removed() -> None:
    files = [file_of(OLD, "gone"), file_of(NEW, "other", code="Z9999")]
    assert derive_releases(derive_timelines(files)).to_pylist()[1]["removed"] == 1
