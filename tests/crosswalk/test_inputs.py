"""What crosswalks are made of: the day on which a map is taken to speak of a system."""

from datetime import date
from types import SimpleNamespace

import pyarrow as pa
import pytest

from pipeline.crosswalk.inputs import CrosswalkInputs
from tests.crosswalk.frames import BILLABLE_EPISODES, PREDECESSORS


def nearest_day(day, *episodes):
    rows = [{"system": "ICD9CM", "code": "0010", "valid_from": first, "valid_to": last} for first, last in episodes]
    inputs = SimpleNamespace(billable_episodes=pa.Table.from_pylist(rows, BILLABLE_EPISODES))
    return CrosswalkInputs.nearest_day(inputs, "ICD9CM", day)


@pytest.mark.parametrize(
    ("day", "last", "nearest"),
    [
        (date(2010, 1, 1), date(2015, 9, 30), date(2010, 1, 1)),
        (date(2017, 10, 1), date(2015, 9, 30), date(2015, 9, 30)),
        (date(2017, 10, 1), None, date(2017, 10, 1)),
        (date(2001, 10, 1), None, date(2005, 10, 1)),
    ],
)
def test_a_map_speaks_of_the_nearest_day_on_which_codes_could_be_reported(day, last, nearest):
    assert nearest_day(day, (date(2005, 10, 1), last)) == nearest


def test_of_a_system_without_codes_the_day_stays():
    assert nearest_day(date(2010, 1, 1)) == date(2010, 1, 1)


@pytest.mark.parametrize(
    ("day", "nearest"),
    [
        (date(2017, 10, 1), date(2015, 9, 30)),
        (date(2001, 10, 1), date(2001, 10, 1)),
        (date(1970, 1, 1), date(1979, 1, 1)),
    ],
)
def test_whether_a_map_could_have_a_code_is_told_by_its_day_while_the_system_was_in_use(day, nearest):
    """Which listings are here does not move it: a code of the oldest one may be newer than the map."""
    assert CrosswalkInputs.day_in_use(SimpleNamespace(), "ICD9CM", day) == nearest


def test_codes_that_no_step_leads_to_are_told_where_they_began_after_the_oldest_listing():
    """What began by the oldest listing of ICD-9-CM is not said to have come from nowhere."""
    first = date(1998, 10, 1), date(2005, 10, 1)
    rows = [
        {"system": system, "code": code, "valid_from": day, "valid_to": None}
        for system in ("ICD9CM", "ICD10CM")
        for code, day in zip(("A", "B"), first, strict=True)
    ]
    named = [{"system": system, "code": "A", "change": "New"} for system in ("ICD9CM", "ICD10CM")]
    releases = pa.table({"system": ["ICD9CM", "ICD10CM"], "effective_from": [first[1], first[0]]})
    inputs = CrosswalkInputs(
        [], [], pa.table({}), pa.Table.from_pylist(named, PREDECESSORS),
        pa.Table.from_pylist(rows, BILLABLE_EPISODES), pa.table({}), releases, {}, (),
    )  # fmt: skip
    assert [(row["system"], row["later"]) for row in inputs.ends.to_pylist()] == [("ICD10CM", "B")]
