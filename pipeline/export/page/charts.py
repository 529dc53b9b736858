"""The charts of history, one of each system on one axis of time: where each line, bar and word of a chart stands.

`templates/timeline.html` draws them. Days lie where they are on the axis; what is not known between two listings is
marked as a gap, not drawn as a line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from pipeline.ask.build import Row
from pipeline.ask.compare.profiles import Profile

CHART_WIDTH, LEFT, RIGHT = 360, 18, 14
COUNTS_FROM, COUNTS_TO = 34, 120  # y of the highest count, and of none
CHANGES_AT, CHANGES_HIGH = 178, 34  # y of the line that bars stand on and hang from, and how long they get
# Every system has an edition each year: where two listings are further apart, editions between them are not here.
LONGEST_EDITION: Final = timedelta(days=400)
YEARS_BETWEEN_TICKS: Final = 5


@dataclass(frozen=True)
class Bar:
    """The changes of one release: where its bars stand, how high, and in words; `is_sum` of several editions."""

    x: float
    added: float
    removed: float
    is_sum: bool
    words: str


@dataclass(frozen=True)
class TimeChart:
    """The chart of one system: lines as points, gaps, bars, the label of the last count."""

    system: str
    lines: list[str]
    gaps: list[tuple[float, float]]
    dots: list[tuple[float, float, str]]
    first: tuple[float, float, str]
    last: tuple[float, float, str]
    bars: list[Bar]
    most_changed: int
    end: float | None


@dataclass(frozen=True)
class TimeAxis:
    """An axis from the first day of a year on: which place a day has, and where years are written."""

    first: date
    last: date

    def place(self, day: date) -> float:
        """Where a day lies between the edges of a chart.

        >>> TimeAxis(date(2005, 1, 1), date(2025, 1, 1)).place(date(2005, 1, 1))
        18.0
        """
        share = (day - self.first).days / (self.last - self.first).days
        return round(LEFT + share * (CHART_WIDTH - LEFT - RIGHT), 1)

    @property
    def ticks(self) -> list[tuple[float, int]]:
        """The years that are written, each with its place."""
        years = range(self.first.year, self.last.year + 1)
        return [(self.place(date(year, 1, 1)), year) for year in years if year % YEARS_BETWEEN_TICKS == 0]


def draw_charts(releases: dict[str, list[Row]], profiles: Mapping[str, Profile]) -> tuple[TimeAxis, list[TimeChart]]:
    """The axis of all charts, and a chart for each system with at least two listings."""
    shown = {system: rows for system, rows in releases.items() if len(rows) > 1}
    days = [row["effective_from"] for rows in (shown or releases).values() for row in rows]
    axis = TimeAxis(date(min(days).year, 1, 1), date(max(days).year + 1, 1, 1))
    return axis, [_draw_chart(system, rows, axis, profiles[system]) for system, rows in shown.items()]


def _draw_chart(system: str, rows: list[Row], axis: TimeAxis, profile: Profile) -> TimeChart:
    most = max(row["billable"] for row in rows) or 1
    points = [(axis.place(row["effective_from"]), _height(row["billable"], most)) for row in rows]
    dots = [
        (x, y, f"{row['effective_from']}: {row['billable']:,} codes") for (x, y), row in zip(points, rows, strict=True)
    ]
    bars = _draw_bars(rows, axis)
    return TimeChart(
        system=system,
        lines=[_steps(own) for own in _unbroken(rows, points)],
        gaps=[*_gaps(rows, axis), *_beyond(profile, axis)],
        dots=dots,
        first=(*points[0], f"{rows[0]['billable']:,}"),
        last=(*points[-1], f"{rows[-1]['billable']:,}"),
        bars=bars,
        most_changed=_most_changed(rows),
        end=axis.place(profile.in_use_to) if profile.in_use_to else None,
    )


def _gaps(rows: list[Row], axis: TimeAxis) -> list[tuple[float, float]]:
    """From where to where editions between two listings are not here."""
    pairs = filter(_is_gap, pairwise(rows))
    return [(axis.place(one["effective_from"]), axis.place(other["effective_from"])) for one, other in pairs]


def _beyond(profile: Profile, axis: TimeAxis) -> list[tuple[float, float]]:
    """From where a system that goes on is not known any more, where that is more than an edition ago."""
    known = profile.known_through
    is_old = known and not profile.in_use_to and axis.last - known > LONGEST_EDITION
    return [(axis.place(known), axis.place(axis.last))] if known and is_old else []


def _height(count: int, most: int) -> float:
    return round(COUNTS_TO - (COUNTS_TO - COUNTS_FROM) * count / most, 1)


def _is_gap(pair: tuple[Row, Row]) -> bool:
    """Whether editions between two listings are not here, or the later is another publisher's."""
    one, other = pair
    return bool(other["effective_from"] - one["effective_from"] > LONGEST_EDITION or one["source"] != other["source"])


def _unbroken(rows: list[Row], points: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """The points in runs without a gap."""
    runs = [[points[0]]]
    for pair, point in zip(pairwise(rows), points[1:], strict=True):
        if _is_gap(pair):
            runs.append([])
        runs[-1].append(point)
    return runs


def _steps(points: Sequence[tuple[float, float]]) -> str:
    """A path of steps: a listing holds until the next."""
    (x, y), *rest = points
    return f"M{x} {y}" + "".join(f"H{x}V{y}" for x, y in rest)


def _changes(row: Row) -> tuple[int, int]:
    return row["added"] or 0, row["removed"] or 0


def _most_changed(rows: list[Row]) -> int:
    return max(max(_changes(row)) for row in rows)


def _draw_bars(rows: list[Row], axis: TimeAxis) -> list[Bar]:
    most = _most_changed(rows) or 1
    return [
        Bar(
            axis.place(row["effective_from"]),
            round(CHANGES_HIGH * (row["added"] or 0) / most, 1),
            round(CHANGES_HIGH * (row["removed"] or 0) / most, 1),
            _is_gap((before, row)),
            f"{row['effective_from']}: {row['added'] or 0:,} added, {row['removed'] or 0:,} removed"
            + (f", the changes since {before['effective_from']} together" if _is_gap((before, row)) else ""),
        )
        for before, row in pairwise(rows)
        if row["added"] is not None
    ]
