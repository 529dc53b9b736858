"""The charts of history say when, how many, and where nothing is known."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.ask.build import Row, open_build
from pipeline.ask.compare.profiles import Profile, read_profiles
from pipeline.export.page.charts import CHANGES_HIGH, COUNTS_TO, TimeAxis, TimeChart, draw_charts


@pytest.fixture(scope="module")
def profiles(excerpt_build: Path) -> dict[str, Profile]:
    with open_build(excerpt_build) as build:
        return read_profiles(build)


def listing(day: str, billable: int, added: int | None = None, removed: int | None = None, source: str = "a") -> Row:
    effective = date.fromisoformat(day)
    return {"effective_from": effective, "billable": billable, "added": added, "removed": removed, "source": source}


def draw(profiles: dict[str, Profile], system: str, *rows: Row) -> tuple[TimeAxis, TimeChart]:
    axis, (chart,) = draw_charts({system: [*rows]}, profiles)
    return axis, chart


def test_a_day_stands_where_it_is_between_its_years() -> None:
    axis = TimeAxis(date(2020, 1, 1), date(2026, 1, 1))
    (_, year) = axis.ticks[1]
    assert [each for _, each in axis.ticks] == [2020, 2025]
    assert year == 2025
    assert axis.place(date(2025, 1, 1)) == axis.ticks[1][0]
    between = axis.place(date(2024, 7, 1)) - axis.place(date(2024, 1, 1))
    assert between == pytest.approx((axis.place(date(2025, 1, 1)) - axis.place(date(2024, 1, 1))) / 2, rel=0.02)


def test_a_listing_holds_until_the_next(profiles: dict[str, Profile]) -> None:
    axis, chart = draw(profiles, "ICD10CM", listing("2024-10-01", 50), listing("2025-10-01", 100, 60, 10))
    (line,) = chart.lines
    x = axis.place(date(2025, 10, 1))
    assert line.endswith(f"H{x}V34.0")
    assert chart.dots[0][1] == (34 + COUNTS_TO) / 2
    assert chart.dots[1][2] == "2025-10-01: 100 codes"
    assert (chart.first[2], chart.last[2]) == ("50", "100")


def test_a_line_stops_where_editions_are_missing_or_the_publisher_is_another(profiles: dict[str, Profile]) -> None:
    rows = (
        listing("2013-01-01", 10),
        listing("2014-01-01", 11, 2, 1),
        listing("2017-01-01", 12, source="b"),
        listing("2019-01-01", 14, 4, 2, source="b"),
    )
    axis, chart = draw(profiles, "HCPCS", *rows)
    assert [line.count("H") for line in chart.lines] == [1, 0, 0]
    days = [(date(2014, 1, 1), date(2017, 1, 1)), (date(2017, 1, 1), date(2019, 1, 1))]
    assert chart.gaps[:2] == [(axis.place(one), axis.place(other)) for one, other in days]


def test_changes_of_several_editions_together_are_told_from_those_of_one(profiles: dict[str, Profile]) -> None:
    rows = listing("2013-01-01", 10), listing("2014-01-01", 11, 2, 1), listing("2019-01-01", 14, 4, 2)
    _, chart = draw(profiles, "HCPCS", *rows)
    assert [(bar.added, bar.removed, bar.is_sum) for bar in chart.bars] == [
        (CHANGES_HIGH / 2, 8.5, False),
        (CHANGES_HIGH, CHANGES_HIGH / 2, True),
    ]
    assert chart.bars[1].words == "2019-01-01: 4 added, 2 removed, the changes since 2014-01-01 together"


def test_a_first_listing_has_no_changes(profiles: dict[str, Profile]) -> None:
    _, chart = draw(profiles, "HCPCS", listing("2013-01-01", 10), listing("2014-01-01", 11, source="b"))
    assert chart.bars == []


def test_a_closed_system_has_its_last_day_and_is_not_unknown_after_it(profiles: dict[str, Profile]) -> None:
    rows = [listing("2013-10-01", 10), listing("2014-10-01", 10, 0, 0)]
    axis, charts = draw_charts(
        {"ICD9CM": rows, "ICD10CM": [listing("2024-10-01", 1), listing("2025-10-01", 1)]}, profiles
    )
    assert charts[0].end == axis.place(date(2015, 9, 30))
    assert charts[0].gaps == []


def test_what_comes_after_the_known_days_of_a_system_that_goes_on_is_a_gap(profiles: dict[str, Profile]) -> None:
    rows = {"HCPCS": [listing("2013-01-01", 1), listing("2014-01-01", 1, 0, 0)]}
    rows["ICD10CM"] = [listing("2029-10-01", 1), listing("2030-10-01", 1)]
    axis, charts = draw_charts(rows, profiles)
    known = profiles["HCPCS"].known_through
    assert known is not None
    assert charts[0].gaps == [(axis.place(known), axis.place(date(2031, 1, 1)))]


def test_of_systems_with_one_listing_each_nothing_is_drawn(profiles: dict[str, Profile]) -> None:
    _, charts = draw_charts({"ICD10CM": [listing("2025-10-01", 50)]}, profiles)
    assert charts == []
