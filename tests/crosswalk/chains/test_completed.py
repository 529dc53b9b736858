"""Published maps carried forward, and completed backwards."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.crosswalk.chains.completed import (
    MAPPED,
    MOST_ALTERNATIVES,
    as_mapped,
    carry_forward,
    combine_choice_lists,
    complete_sources,
)
from pipeline.crosswalk.chains.steps import BROAD, CLOSE, LOOSE, NARROW, PART
from tests.crosswalk.frames import DAYS, SYSTEM, History, histories

KEY = ("source_code", "target_code", "scenario", "choice_list")
SPLIT = History({"A00": (0, 1), "B00": (2, None), "C00": (2, None), "X00": (0, None)}, {"B00": ["A00"], "C00": ["A00"]})


def mapped(*rows, bits=CLOSE):
    """Rows of a published map: source, target, scenario, choice list."""
    return pa.Table.from_pylist(
        [
            dict(zip(MAPPED.names, (*row, row[1] is None, PART | CLOSE if row[2] else bits, 1, None), strict=True))
            for row in rows
        ],
        MAPPED,
    )


def keys(table):
    return {tuple(row[name] for name in KEY) for row in table.to_pylist()}


def carry(history, published, one, other):
    return carry_forward("map", published, history.forward, history.billable_episodes, (DAYS[one], DAYS[other]))


def back(history, published, day):
    ways = (history.backward, history.forward)
    return complete_sources("map", as_mapped("map", published), ways, history.billable_episodes, system=SYSTEM, day=day)


def maps_to(codes):
    """Maps of two sources to some codes, alone or in a scenario of two lists."""
    alone = st.tuples(st.sampled_from(["1", "2"]), st.sampled_from(codes), st.just(0), st.just(0))
    together = st.tuples(st.just("3"), st.sampled_from(codes), st.just(1), st.sampled_from([1, 2]))
    return st.lists(alone | together, min_size=1, max_size=6, unique=True)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(histories(), st.data())
def test_carrying_a_map_over_a_release_that_changes_nothing_changes_nothing(history, data):
    for place, _ in enumerate(DAYS):
        codes = sorted(code for code in history.listed if history.is_valid(code, place))
        if codes:
            published = mapped(*data.draw(maps_to(codes)))
            carried = carry(history, published, place, place)
            assert keys(carried) == keys(published)
            assert set(carried["hops"].to_pylist()) == {1}


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(histories(), st.data())
def test_carrying_a_map_in_two_stages_is_the_same_as_in_one(history, data):
    """Of targets that are valid in the end: one that ended without a successor is kept, if it was there to be kept."""

    def valid(table):
        return {key for key in keys(table) if history.is_valid(key[1], 4)}

    codes = sorted(code for code in history.listed if history.is_valid(code, 0))
    published = mapped(*data.draw(maps_to(codes)))
    direct = valid(carry(history, published, 0, 4))
    for stop in (1, 2, 3):
        assert valid(carry(history, carry(history, published, 0, stop), stop, 4)) == direct


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(histories(), st.data())
def test_a_carried_target_stays_in_the_scenario_and_choice_list_it_comes_from(history, data):
    codes = sorted(code for code in history.listed if history.is_valid(code, 0))
    published = mapped(*data.draw(maps_to(codes)))
    for source, target, scenario, choice_list in keys(carry(history, published, 0, 4)):
        origins = [row for row in keys(published) if (row[0], row[2], row[3]) == (source, scenario, choice_list)]
        assert any(target in history.expected(origin, 0, 4) | {origin} for _, origin, *_ in origins)


def test_a_target_that_ended_is_replaced_in_its_own_choice_list():
    published = mapped(("1", "A00", 1, 1), ("1", "X00", 1, 2), ("2", "A00", 0, 0))
    assert keys(carry(SPLIT, published, 0, 4)) == {
        ("1", "B00", 1, 1), ("1", "C00", 1, 1), ("1", "X00", 1, 2), ("2", "B00", 0, 0), ("2", "C00", 0, 0),
    }  # fmt: skip


def test_a_target_that_ended_without_a_successor_is_kept():
    history = History({"A00": (0, 1), "X00": (0, None), "Y00": (3, None)}, {"Y00": ["X00"]})
    assert keys(carry(history, mapped(("1", "A00", 0, 0)), 0, 4)) == {("1", "A00", 0, 0)}


def test_a_code_without_an_entry_takes_that_of_what_it_was():
    completed = back(SPLIT, mapped(("A00", "1", 0, 0), ("X00", "2", 0, 0)), DAYS[0])
    rows = {row["source_code"]: row for row in completed.to_pylist()}
    assert {code: row["target_code"] for code, row in rows.items()} == {"A00": "1", "B00": "1", "C00": "1", "X00": "2"}
    assert rows["B00"]["path"] == "B00 conversion@2017-10-01 A00 map 1"


def test_a_code_that_ended_before_the_map_takes_the_entries_of_what_it_became():
    completed = back(SPLIT, mapped(("B00", "1", 0, 0), ("C00", None, 0, 0), ("X00", "2", 0, 0)), DAYS[2])
    assert ("A00", "1", 0, 0) in keys(completed)
    assert ("A00", None, 0, 0) not in keys(completed)


def test_a_chain_that_ends_at_a_code_without_equivalent_says_no_map_and_shows_the_path():
    (row,) = (
        row
        for row in back(SPLIT, mapped(("A00", None, 0, 0), ("X00", "2", 0, 0)), DAYS[0]).to_pylist()
        if row["source_code"] == "B00"
    )
    assert row["no_map"]
    assert row["path"] == "B00 conversion@2017-10-01 A00 map"


JOINED = History({"A00": (0, None), "B00": (0, None), "C00": (2, None)}, {"C00": ["A00", "B00"]}, frozenset({"C00"}))


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ([("A00", "1", 0, 0), ("B00", "2", 0, 0)], {("C00", "1", 1, 1), ("C00", "2", 1, 2)}),
        ([("A00", "1", 0, 0), ("B00", "1", 0, 0)], {("C00", "1", 0, 0)}),
        ([("A00", "1", 0, 0), ("B00", None, 0, 0)], {("C00", "1", 0, 0)}),
        ([("A00", None, 0, 0), ("B00", None, 0, 0)], {("C00", None, 0, 0)}),
        (
            [("A00", "1", 0, 0), ("B00", "2", 1, 1), ("B00", "3", 1, 2)],
            {("C00", "1", 1, 1), ("C00", "2", 1, 2), ("C00", "3", 1, 3)},
        ),
        (
            [("A00", "1", 0, 0), ("B00", "2", 0, 0), ("B00", "3", 1, 1), ("B00", "4", 1, 2)],
            {("C00", "1", 1, 1), ("C00", "2", 1, 2), ("C00", "1", 2, 1), ("C00", "3", 2, 2), ("C00", "4", 2, 3)},
        ),
    ],
    ids=["one of each", "the same code", "a part without", "both without", "a set in a part", "alternatives in a part"],
)
def test_what_stood_together_is_mapped_together(published, expected):
    found = {key for key in keys(back(JOINED, mapped(*published), DAYS[0])) if key[0] == "C00"}
    assert found == expected


def test_too_many_alternatives_are_bounded_without_losing_one():
    def variant(number):
        return [[(str(number), 0, 1, "")]]

    parts = [[variant(100 * part + number) for number in range(40)] for part in range(3)]
    assert MOST_ALTERNATIVES < 40**3
    chosen = list(combine_choice_lists(parts))
    assert len(chosen) == 40
    assert {option[0] for lists in chosen for options in lists for option in options} == {
        str(100 * part + number) for part in range(3) for number in range(40)
    }


def test_the_day_of_a_map_need_not_be_that_of_a_release():
    assert ("B00", "1", 0, 0) in keys(back(SPLIT, mapped(("A00", "1", 0, 0)), date(2016, 12, 24)))


def test_a_new_code_without_a_predecessor_is_not_bridged_and_not_without_equivalent():
    """That nothing stood for it in its own system says nothing of another one."""
    history = History({"A00": (0, None), "B00": (2, None), "C00": (2, None)}, {"C00": ["A00"]})
    rows = history.predecessors.to_pylist()
    none = {**rows[0], "code": "B00", "previous": None, "form": "none", "printed": "None"}
    history.predecessors = pa.Table.from_pylist([*rows, none], history.predecessors.schema)
    (row,) = (
        each for each in back(history, mapped(("A00", "1", 0, 0)), DAYS[0]).to_pylist() if each["source_code"] == "B00"
    )
    assert row["target_code"] is None
    assert not row["no_map"]
    assert row["path"] == "B00 new@2017-10-01"


def test_what_no_way_leads_from_is_a_row_without_a_target():
    history = History({"A00": (0, None), "B00": (0, 0)})
    (row,) = (
        each for each in back(history, mapped(("A00", "1", 0, 0)), DAYS[1]).to_pylist() if each["source_code"] == "B00"
    )
    assert (row["target_code"], row["no_map"], row["hops"], row["path"]) == (None, False, 0, None)


CARVED = History({"A00": (0, None), "B00": (2, None)}, {"B00": ["A00"]})


@pytest.mark.parametrize(("published", "expected"), [(BROAD, LOOSE), (NARROW, 0), (NARROW | BROAD, LOOSE), (0, 0)])
def test_a_code_carved_out_of_a_broader_target_is_only_loosely_what_the_source_is(published, expected):
    rows = carry(CARVED, mapped(("1", "A00", 0, 0), bits=CLOSE | published), 0, 4).to_pylist()
    bits = {row["target_code"]: row["bits"] for row in rows}
    assert bits["A00"] == CLOSE | published
    assert bits["B00"] & LOOSE == expected


def test_of_two_ways_to_a_target_the_one_that_implies_more_is_told():
    history = History(
        {"A00": (0, 1), "C00": (0, None), "B00": (2, None), "D00": (2, None)}, {"B00": ["A00", "C00"], "D00": ["C00"]}
    )
    broad, narrow = (mapped(("1", code, 0, 0), bits=bits) for code, bits in (("A00", CLOSE | NARROW), ("C00", BROAD)))
    rows = carry(history, pa.concat_tables([broad, narrow]), 0, 4).to_pylist()
    (row,) = (each for each in rows if each["target_code"] == "B00")
    assert "A00" in row["path"]
    assert not row["bits"] & LOOSE


WHOLE = History({"A00": (0, None), "A01": (0, None), "W00": (2, None)}, {"W00": ["A00", "A01"]})


def test_steps_of_whole_categories_lead_to_parts_and_to_no_set():
    rows = WHOLE.predecessors.to_pylist()
    WHOLE.predecessors = pa.Table.from_pylist([{**row, "form": "category"} for row in rows], WHOLE.predecessors.schema)
    completed = back(WHOLE, mapped(("A00", "1", 1, 1), ("A00", "2", 1, 2), ("A01", "1", 0, 0)), DAYS[0]).to_pylist()
    own = [row for row in completed if row["source_code"] == "W00"]
    assert {(row["target_code"], row["scenario"], row["choice_list"]) for row in own} == {("1", 0, 0), ("2", 0, 0)}
    assert all(row["bits"] & LOOSE and row["bits"] & PART for row in own)
