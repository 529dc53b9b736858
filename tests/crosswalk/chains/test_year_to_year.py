"""Year to year: chains say the same as going from release to release, one step at a time."""

from datetime import timedelta
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings

from tests.crosswalk.frames import DAYS, History, histories, targets_between

SPLIT = History(
    {"A00": (0, 1), "B00": (2, None), "C00": (2, 2), "D00": (3, None)},
    {"B00": ["A00"], "C00": ["A00"], "D00": ["C00", "B00"]},
)


def rows_of(table, source):
    return {row["target"]: row for row in table.to_pylist() if row["source"] == source}


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(histories())
def test_forwards_the_table_says_what_single_steps_say(history):
    chains = history.forward.to_pylist()
    for one, _ in enumerate(DAYS):
        for other in range(one, len(DAYS)):
            for code in history.listed:
                if history.is_valid(code, one):
                    assert targets_between(chains, history, code, one, other) == history.expected(code, one, other)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(histories())
def test_backwards_the_table_says_what_single_steps_say(history):
    chains = history.backward.to_pylist()
    for one, _ in enumerate(DAYS):
        for other in range(one + 1):
            for code in history.listed:
                if history.is_valid(code, one):
                    assert targets_between(chains, history, code, one, other) == history.expected_before(
                        code, one, other
                    )


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(histories())
def test_chaining_is_associative(history):
    """From the first release to the last it does not matter at which release between them one stops on the way."""
    chains = history.forward.to_pylist()
    for code in history.listed:
        if history.is_valid(code, 0):
            direct = targets_between(chains, history, code, 0, len(DAYS) - 1)
            for stop in range(1, len(DAYS) - 1):
                ways = {
                    target
                    for middle in targets_between(chains, history, code, 0, stop)
                    for target in targets_between(chains, history, middle, stop, len(DAYS) - 1)
                }
                assert ways == direct


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(histories())
def test_a_release_leads_to_itself_without_a_change(history):
    for chains in (history.forward.to_pylist(), history.backward.to_pylist()):
        for place, _ in enumerate(DAYS):
            for code in history.listed:
                if history.is_valid(code, place):
                    assert targets_between(chains, history, code, place, place) == {code}


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(histories())
def test_steps_of_a_path_come_in_the_order_of_their_days(history):
    for chains, is_right in ((history.forward, list.__lt__), (history.backward, list.__gt__)):
        for row in chains.to_pylist():
            days = [[word.split("@")[1]] for word in (row["path"] or "").split(" ") if "@" in word]
            assert len(days) == row["hops"]
            assert all(is_right(one, other) for one, other in pairwise(days))


def test_a_code_that_was_split_and_whose_parts_were_merged_again():
    forward = rows_of(SPLIT.forward, "A00")
    assert set(forward) == {"A00", "B00", "C00", "D00"}
    assert forward["D00"]["hops"] == 2
    assert forward["D00"]["valid_to"] == forward["B00"]["valid_to"] == SPLIT.billable_episodes["valid_to"][0].as_py()
    backward = rows_of(SPLIT.backward, "D00")
    assert backward["A00"]["path"].startswith("D00 conversion@2018-10-01 ")


def test_a_code_that_no_step_touches_has_no_row():
    history = History({"A00": (0, None), "B00": (0, None), "C00": (2, None)}, {"C00": ["B00"]})
    assert {row["source"] for row in history.forward.to_pylist()} == {"B00"}
    assert {row["source"] for row in history.backward.to_pylist()} == {"C00"}


def test_a_code_without_a_successor_leads_nowhere_and_says_so():
    history = History({"A00": (0, 1), "B00": (0, None), "C00": (2, None)}, {"C00": ["B00"]})
    nowhere = rows_of(history.forward, "A00")[None]
    assert nowhere["path"] == "A00 ended@2017-10-01"
    assert not nowhere["no_map"]


def test_what_stood_together_is_a_scenario_with_a_list_for_each_part():
    history = History(
        {"A00": (0, None), "B00": (0, None), "C00": (1, None)}, {"C00": ["A00", "B00"]}, frozenset({"C00"})
    )
    rows = rows_of(history.backward, "C00")
    assert {(row["target"], row["scenario"], row["choice_list"]) for row in rows.values() if row["hops"]} == {
        ("A00", 1, 1), ("B00", 1, 2),
    }  # fmt: skip


def test_a_code_that_was_subdivided_leads_to_its_subdivisions_where_the_table_says_nothing():
    listed = {"H36": (0, 1), "H360": (2, None), "H368": (2, None), "A00": (0, None), "B00": (3, None)}
    history = History(listed, {"B00": ["A00"]})
    forward = rows_of(history.forward, "H36")
    assert {target for target, row in forward.items() if row["hops"]} == {"H360", "H368"}
    assert forward["H360"]["path"] == "H36 hierarchy@2017-10-01 H360"


def test_a_code_leads_nowhere_only_until_it_takes_another_in():
    """B00 was new in 2017, from nothing; in 2018 it took the place of A00. Before 2018 it was nothing, then A00."""
    history = History({"A00": (0, 2), "B00": (2, None), "X00": (0, None)}, {"B00": ["A00"]})
    (row,) = history.predecessors.to_pylist()
    later = {**row, "effective_from": DAYS[3], "change": "Deleted"}
    history.predecessors = pa.Table.from_pylist([later], history.predecessors.schema)
    backward = rows_of(history.backward, "B00")
    assert backward["A00"]["valid_from"] == DAYS[3]
    assert (backward[None]["valid_from"], backward[None]["valid_to"]) == (DAYS[2], DAYS[3] - timedelta(days=1))
