"""The days on which editions take effect, and the horizon that follows from them."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.catalogue.cadence import known_through, next_edition, next_release, require_cadence

TWICE, QUARTERLY = ("04-01", "10-01"), ("01-01", "04-01", "07-01", "10-01")
DAYS = st.dates(date(1979, 1, 1), date(2100, 12, 31))
DAYS_OF_YEAR = DAYS.map(lambda day: day.strftime("%m-%d")).filter(lambda text: text != "02-29")
CADENCES = st.sets(DAYS_OF_YEAR, min_size=1, max_size=6).map(lambda days: tuple(sorted(days)))
SETTINGS = settings(derandomize=True, deadline=None, max_examples=200)


@pytest.mark.parametrize(
    ("cadence", "day", "following"),
    [
        (TWICE, date(2025, 10, 1), date(2026, 4, 1)),
        (TWICE, date(2025, 9, 30), date(2025, 10, 1)),
        (TWICE, date(2021, 1, 1), date(2021, 4, 1)),
        (QUARTERLY, date(2025, 12, 31), date(2026, 1, 1)),
        (("01-01",), date(2024, 2, 29), date(2025, 1, 1)),
        ((), date(2015, 10, 1), None),
    ],
)
def test_next_edition_is_the_first_day_of_the_cadence_after_a_day(
    cadence: tuple[str, ...], day: date, following: date | None
) -> None:
    assert next_edition(cadence, day) == following
    assert next_release(cadence, [], day) == following
    assert known_through(cadence, [], day) == (following - timedelta(days=1) if following else day)


def test_an_edition_out_of_turn_that_the_catalogue_knows_ends_what_the_one_before_speaks_of() -> None:
    """ICD-10-CM of 1 January 2021: who has that of October 2020 only knows nothing of January."""
    known = [date(2020, 10, 1), date(2021, 1, 1), date(2021, 10, 1)]
    assert known_through(TWICE, known, date(2020, 10, 1)) == date(2020, 12, 31)
    assert known_through(TWICE, known, date(2021, 1, 1)) == date(2021, 3, 31)


def test_a_release_of_a_closed_series_speaks_up_to_the_next_and_the_last_up_to_the_end() -> None:
    known, closed = [date(2010, 10, 1), date(2011, 10, 1)], date(2012, 9, 30)
    assert known_through((), known, date(2010, 10, 1), closed) == date(2011, 9, 30)
    assert known_through((), known, date(2011, 10, 1), closed) == closed
    assert next_release((), known, date(2011, 10, 1)) is None
    assert known_through((), known, date(2011, 10, 1)) == date(2011, 10, 1)


@SETTINGS
@given(CADENCES, DAYS)
def test_next_edition_is_later_by_a_year_at_most_and_no_edition_lies_between(
    cadence: tuple[str, ...], day: date
) -> None:
    require_cadence(cadence, None)
    following = next_edition(cadence, day)
    assert following is not None
    assert following.strftime("%m-%d") in cadence
    assert timedelta(0) < following - day <= timedelta(days=366)
    between = (day + timedelta(days=number) for number in range(1, (following - day).days))
    assert not any(each.strftime("%m-%d") in cadence for each in between)


@SETTINGS
@given(CADENCES, DAYS)
def test_what_is_known_never_ends_before_the_release_and_never_shrinks(cadence: tuple[str, ...], day: date) -> None:
    horizon, later = known_through(cadence, [], day), known_through(cadence, [], day + timedelta(days=1))
    assert day <= horizon <= later


@pytest.mark.parametrize(
    ("cadence", "closed"),
    [
        ("10-01", None),
        (["10-1"], None),
        (["1001"], None),
        (["13-01"], None),
        (["02-29"], None),
        ([date(2025, 10, 1)], None),
        (["10-01", "04-01"], None),
        (["10-01", "10-01"], None),
        (["10-01"], date(2015, 9, 30)),
        ([], "2015-09-30"),
    ],
)
def test_what_is_no_cadence_is_refused(cadence: list[str], closed: date | None) -> None:
    with pytest.raises(ValueError, match=r"cadence|closed"):
        require_cadence(cadence, closed)


def test_closed_series_has_no_days_and_may_have_a_last_one() -> None:
    require_cadence([], None)
    require_cadence([], date(2015, 9, 30))
