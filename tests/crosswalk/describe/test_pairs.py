"""The pairs of a crosswalk as numbers: how many targets a source has, how many sources a target, and the way back."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.crosswalk.describe.pairs import NONE, number_all, number_pairs
from pipeline.crosswalk.registry import Crosswalk

NAMES = ("source_code", "target_code")
PAIRS = st.lists(st.tuples(st.sampled_from("1234"), st.none() | st.sampled_from("ABC")), max_size=10)


def rows_of(pairs, hops=None):
    columns = {name: pa.array([pair[place] for pair in pairs], pa.string()) for place, name in enumerate(NAMES)}
    return pa.table(columns if hops is None else {**columns, "hops": pa.array(hops, pa.int32())})


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_fans_count_different_codes_however_often_a_pair_stands(pairs):
    found = number_pairs(rows_of(pairs))
    targets = [len({target for one, target in pairs if one == source and target}) for source, _ in pairs]
    sources = [len({source for source, one in pairs if one == target}) if target else 0 for _, target in pairs]
    assert found.fan_out.tolist() == targets
    assert found.fan_in.tolist() == sources


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_numbers_compare_as_codes_do_and_lead_back_to_them(pairs):
    found = number_pairs(rows_of(pairs))
    assert found.sources.to_pylist() == sorted({source for source, _ in pairs})
    assert [found.sources[int(number)].as_py() for number in found.source] == [source for source, _ in pairs]
    assert [None if number == NONE else found.targets[int(number)].as_py() for number in found.target] == [
        target for _, target in pairs
    ]


@settings(max_examples=60, deadline=None)
@given(PAIRS, st.lists(st.tuples(st.sampled_from("ABCD"), st.none() | st.sampled_from("1235")), max_size=10))
def test_a_pair_returns_where_the_opposite_has_it_the_other_way_round(pairs, opposite):
    returns = number_pairs(rows_of(pairs)).is_in_reverse(number_pairs(rows_of(opposite)))
    assert returns.tolist() == [target is not None and (target, source) in opposite for source, target in pairs]


def test_codes_of_one_system_have_the_same_numbers_in_all_its_crosswalks():
    there, back = (
        Crosswalk("there", "ICD9CM", "ICD10CM", "equivalence", ""),
        Crosswalk("back", "ICD10CM", "ICD9CM", "equivalence", ""),
    )
    rows = {
        "there": rows_of([("2", "A"), ("1", None)], hops=[1, 1]),
        "back": rows_of([("B", "1"), ("A", "2")], hops=[1, 1]),
    }
    pairs = number_all(rows, [there, back])
    assert pairs["there"].sources is pairs["back"].targets
    assert pairs["there"].targets.to_pylist() == ["A", "B"]
    assert (pairs["there"].source.tolist(), pairs["there"].target.tolist()) == ([1, 0], [0, NONE])
    assert (pairs["back"].source.tolist(), pairs["back"].target.tolist()) == ([1, 0], [0, 1])
    assert pairs["there"].is_in_reverse(pairs["back"]).tolist() == [True, False]
    assert pairs["there"].count() == {"mappings": 2, "sources": 2, "targets": 1}


def test_a_row_of_a_code_that_stays_as_it_is_counts_as_no_pair():
    found = number_pairs(rows_of([("1", "1"), ("1", "2"), ("2", "2")], hops=[0, 1, 0]))
    assert found.fan_out.tolist() == [1, 1, 1]
    assert found.fan_in.tolist() == [1, 1, 1]
    assert len(found.keys) == 1


@pytest.mark.parametrize("pairs", [[], [("1", None)]])
def test_a_crosswalk_without_a_target_has_no_pairs(pairs):
    found = number_pairs(rows_of(pairs))
    assert found.keys.tolist() == []
    assert found.is_in_reverse(found).tolist() == [False] * len(pairs)
