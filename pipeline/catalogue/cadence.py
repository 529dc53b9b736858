"""When a series of files has its next edition, and up to which day the newest one speaks: from its days of the year.

A cadence is the days of the year on which editions take effect, as `04-01`, in the order of the year; a closed series
has none. An edition that brings nothing new is posted or not, so a system is known up to the day before the next day on
which an edition can take effect, and not beyond.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

NO_LEAP_YEAR = 2001


def require_cadence(cadence: Sequence[str], closed: date | None) -> None:
    """Raises ValueError for what is no cadence: days of every year as MM-DD that rise, none for a closed series.

    >>> require_cadence(("04-01", "10-01"), None)
    """
    if isinstance(cadence, str):
        raise ValueError(f'cadence is no list of days such as ["04-01", "10-01"]: {cadence!r}')
    for each in cadence:
        if not isinstance(each, str) or len(each) != len("MM-DD") or not _is_day(each):
            raise ValueError(f"cadence names no day of every year as MM-DD: {each!r}")
    if list(cadence) != sorted(set(cadence)):
        raise ValueError(f"cadence does not rise through the year: {list(cadence)}")
    if closed is not None and (cadence or type(closed) is not date):
        raise ValueError(f"closed is the last day of a series without cadence: {closed!r}")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(f"{NO_LEAP_YEAR}-{text}").strftime("%m-%d") == text
    except ValueError:
        return False


def next_edition(cadence: Sequence[str], day: date) -> date | None:
    """The first day after `day` on which an edition takes effect; None for a closed series.

    >>> next_edition(("04-01", "10-01"), date(2025, 10, 1))
    datetime.date(2026, 4, 1)
    """
    days = (date.fromisoformat(f"{year:04}-{each}") for year in (day.year, day.year + 1) for each in cadence)
    return next((each for each in days if each > day), None)


def next_release(cadence: Sequence[str], releases: Iterable[date], day: date) -> date | None:
    """The first day after `day` on which another release is in effect: the next of the cadence, or one of `releases`,
    those that the catalogue knows, where it comes earlier. None after the last of a closed series.

    >>> next_release(("04-01", "10-01"), [date(2021, 1, 1)], date(2020, 10, 1))
    datetime.date(2021, 1, 1)
    """
    scheduled = next_edition(cadence, day)
    return min([each for each in releases if each > day] + ([scheduled] if scheduled else []), default=None)


def known_through(cadence: Sequence[str], releases: Iterable[date], day: date, closed: date | None = None) -> date:
    """The last day of which the release that took effect on `day` speaks: the day before the next one.

    The last release of a closed series speaks through the day for which the series was issued, and where the catalogue
    does not tell that, of its own first day alone.

    >>> known_through(("04-01", "10-01"), [], date(2025, 10, 1))
    datetime.date(2026, 3, 31)
    """
    following = next_release(cadence, releases, day)
    return following - timedelta(days=1) if following else max(day, closed or day)
