"""When every code could be reported, by invented episodes: cut at what is known, joined over wording."""

from datetime import date, timedelta
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings

from pipeline.gate.tables import check_table
from pipeline.history import derive_history, derive_timelines
from pipeline.history.horizon import Horizon
from pipeline.history.validity import derive_billable_episodes, derive_validity
from schemas import TABLES
from schemas.arrow import columns_of
from tests.history.frames import NO_CONVERSIONS, RELEASES, listings_of

KNOWN = Horizon("2025-10-01", date(2015, 10, 1), date(2026, 3, 31), date(2026, 4, 1))
HORIZONS = {"ICD10CM": KNOWN, "HCPCS": KNOWN}
Run = tuple[str, date, date, bool]


def runs_of(
    *episodes: tuple[str, date, date | None, bool], system: str = "ICD10CM", sure: date | None = None
) -> list[Run]:
    """The runs that episodes (code, first day, last day, billable) make, which ended on `sure` at the earliest."""
    names = ["code", "valid_from", "valid_to", "billable", "valid_to_earliest"]
    rows = [
        {"system": system, "release": str(each[1]), **dict(zip(names, (*each, sure), strict=True))} for each in episodes
    ]
    types = [pa.string(), pa.string(), pa.string(), pa.date32(), pa.date32(), pa.bool_(), pa.date32()]
    schema = pa.schema(list(zip(["system", "release", *names], types, strict=True)))
    found = derive_validity(pa.Table.from_pylist(rows, schema), HORIZONS)
    assert found.column_names == list(columns_of(TABLES["validity"]))
    return [(row["code"], row["valid_from"], row["valid_through"], row["billable"]) for row in found.to_pylist()]


def test_what_is_open_ends_at_the_horizon() -> None:
    assert runs_of(("A000", date(2015, 10, 1), None, True)) == [("A000", date(2015, 10, 1), date(2026, 3, 31), True)]


def test_what_has_ended_stays_ended_and_an_end_that_is_announced_is_not_yet_one() -> None:
    ended = ("A000", date(2015, 10, 1), date(2020, 9, 30), True)
    announced = ("A001", date(2015, 10, 1), date(2026, 9, 30), True)
    assert runs_of(ended, announced) == [ended, ("A001", date(2015, 10, 1), date(2026, 3, 31), True)]


def test_what_ended_on_some_day_between_two_lists_runs_as_long_as_it_did_for_sure() -> None:
    ended = ("A000", date(2015, 10, 1), date(2020, 9, 30), True)
    assert runs_of(ended, sure=date(2017, 9, 30)) == [("A000", date(2015, 10, 1), date(2017, 9, 30), True)]


def test_a_code_that_is_announced_for_a_day_beyond_the_horizon_has_no_row() -> None:
    assert runs_of(("A000", date(2026, 4, 1), None, True)) == []
    assert len(runs_of(("A000", date(2026, 3, 31), None, True))) == 1


def test_episodes_that_differ_in_wording_are_one_run_and_a_hole_or_another_flag_parts_them() -> None:
    before, after = (date(2015, 10, 1), date(2016, 9, 30)), (date(2016, 10, 1), date(2017, 9, 30))
    assert runs_of(("A00", *before, True), ("A00", *after, True)) == [("A00", before[0], after[1], True)]
    assert len(runs_of(("A00", *before, True), ("A00", *after, False))) == 2
    assert len(runs_of(("A00", *before, True), ("A00", date(2016, 10, 2), after[1], True))) == 2
    assert len(runs_of(("A00", *before, True), ("A01", *after, True))) == 2


def test_nothing_begins_before_the_system_was_in_use() -> None:
    early = ("A00", date(2011, 10, 1), date(2012, 9, 30), True)
    assert runs_of(early, ("A00", date(2012, 10, 1), None, True)) == [
        ("A00", date(2015, 10, 1), date(2026, 3, 31), True)
    ]


def test_codes_of_a_system_without_a_horizon_have_no_row() -> None:
    assert runs_of(("A00", date(2019, 1, 1), None, True), system="ICD10") == []


@settings(derandomize=True, deadline=None, max_examples=60)
@given(RELEASES)
def test_on_every_day_that_is_known_the_runs_say_what_the_episodes_say(releases) -> None:
    episodes = derive_history(derive_timelines(listings_of(releases)), NO_CONVERSIONS)
    runs = derive_validity(episodes, HORIZONS).to_pylist()
    for day in (date(2015, 10, 1) + timedelta(days=30 * number) for number in range(40)):
        said = {
            (row["code"], row["billable"])
            for row in episodes.to_pylist()
            if row["valid_from"] <= day <= (row["valid_to"] or date.max)
        }
        own = [(row["code"], row["billable"]) for row in runs if row["valid_from"] <= day <= row["valid_through"]]
        assert sorted(own) == sorted(said)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(RELEASES)
def test_billable_episodes_are_the_days_on_end_on_which_a_code_could_be_reported(releases) -> None:
    episodes = derive_history(derive_timelines(listings_of(releases)), NO_CONVERSIONS)
    found = derive_billable_episodes(episodes)
    assert found.column_names == ["system", "code", "valid_from", "valid_to"]
    rows = [(row["code"], row["valid_from"], row["valid_to"] or date.max) for row in found.to_pylist()]
    assert rows == sorted(rows)
    for (code, _, end), (other, start, _) in pairwise(rows):
        assert code != other or start > end + timedelta(days=1), "what goes on the day after is one"
    own = [row for row in episodes.to_pylist() if row["billable"]]
    for code, start, end in rows:
        inside = [row for row in own if row["code"] == code and start <= row["valid_from"] <= end]
        length = sum(((row["valid_to"] or date.max) - row["valid_from"]).days + 1 for row in inside)
        assert length == (end - start).days + 1
        own = [row for row in own if row not in inside]
    assert own == []


@pytest.mark.parametrize(
    ("second", "is_refused"),
    [
        ({"valid_from": date(2016, 10, 1)}, True),
        ({"valid_from": date(2016, 10, 1), "billable": False}, False),
        ({"valid_from": date(2016, 10, 2)}, False),
        ({"valid_from": date(2016, 9, 30), "billable": False}, True),
        ({"valid_from": date(2018, 9, 30)}, True),
    ],
)
def test_runs_that_overlap_or_could_be_one_are_refused(second, is_refused) -> None:
    run = {"system": "ICD10CM", "code": "A00", "billable": True, "release": "x"}
    one = run | {"valid_from": date(2015, 10, 1), "valid_through": date(2016, 9, 30)}
    other = run | {"valid_through": date(2017, 9, 30)} | second
    _, findings = check_table("validity", pa.Table.from_pylist([one, other]), [])
    assert bool(findings) == is_refused
