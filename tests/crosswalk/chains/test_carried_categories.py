"""Categories of codes that are newer than their grouping: those of what they were, where all agree."""

import pyarrow as pa
import pytest

from pipeline.crosswalk.chains.carried_categories import carry_categories
from pipeline.crosswalk.registry import Crosswalk
from tests.crosswalk.frames import DAYS, SYSTEM, History

ENTRY = Crosswalk("groups", SYSTEM, "CCSR", "grouping", "a grouping of the tests")
OLD = {"A": (0, 3), "B": (0, None), "C": (0, 3)}


def carried(previous, groups, *, listed=None, day=DAYS[3]):
    """Code, category, whether all agree, and the path, of the codes that a grouping of a day lacks."""
    history = History({**OLD, "N": (4, None), **(listed or {})}, previous)
    newer = pa.table({"source_code": pa.array(sorted({*history.listed} - {*groups} - {*OLD}))})
    pairs = [(code, category) for code, own in groups.items() for category in own]
    published = pa.table({"source_code": [code for code, _ in pairs], "target_code": [each for _, each in pairs]})
    found = carry_categories(ENTRY, newer, published, history.backward, day).to_pylist()
    return [(row["source_code"], row["target_code"], row["agree"], row["path"]) for row in found]


def test_a_new_code_has_every_category_of_the_one_code_that_it_was():
    assert carried({"N": ["A"]}, {"A": ["1", "2"]}) == [
        ("N", "1", True, f"N conversion@{DAYS[4]} A groups 1"),
        ("N", "2", True, f"N conversion@{DAYS[4]} A groups 2"),
    ]


def test_a_new_code_of_several_has_their_category_where_all_agree():
    found = carried({"N": ["A", "B"]}, {"A": ["1"], "B": ["1"]})
    assert [row[:3] for row in found] == [("N", "1", True)]


@pytest.mark.parametrize("groups", [{"A": ["1"], "B": ["2"]}, {"A": ["1"], "B": ["1", "2"]}])
def test_categories_that_do_not_agree_are_candidates(groups):
    found = carried({"N": ["A", "B"]}, groups)
    assert [row[:3] for row in found] == [("N", "1", False), ("N", "2", False)]


def test_a_code_of_which_a_predecessor_has_no_category_is_not_carried():
    found = carried({"N": ["A", "B"]}, {"A": ["1"]})
    assert [row[:3] for row in found] == [("N", "1", False)]


def test_a_code_that_nobody_says_what_it_was_has_none():
    assert carried({}, {"A": ["1"]}) == []


def test_the_way_leads_back_to_the_day_of_the_grouping():
    """M stood between: what it was on the day of the grouping decides, not M."""
    found = carried({"M": ["A"], "N": ["M"]}, {"A": ["1"]}, listed={"M": (3, 3), "A": (0, 2)}, day=DAYS[2])
    assert ("N", "1", True, f"N conversion@{DAYS[4]} M conversion@{DAYS[3]} A groups 1") in found
