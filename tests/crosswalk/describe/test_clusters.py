"""Clusters: complete alternatives of a mapping."""

from itertools import product

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.crosswalk.chains.completed import MOST_ALTERNATIVES
from pipeline.crosswalk.chains.steps import CLOSE, PART
from pipeline.crosswalk.describe.clusters import derive_clusters
from pipeline.crosswalk.describe.pairs import number_pairs

COLUMNS = ["source_code", "target_code", "scenario", "choice_list", "bits"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["S1", "S2"]), st.sampled_from(["A", "B", "C", "D"]), st.integers(0, 2), st.integers(1, 3)
    ),
    max_size=12,
    unique=True,
)


def rows_of(rows):
    table = [(source, target, number, place if number else 0, CLOSE) for source, target, number, place in rows]
    return pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in dict.fromkeys(table)]).cast(
        pa.schema([(name, pa.string() if "code" in name else pa.int32()) for name in COLUMNS])
    )


def clusters_of(rows):
    return derive_clusters(rows, number_pairs(rows))


def sets_of(table):
    found = {}
    for row in table.to_pylist():
        found.setdefault((row["source_code"], row["cluster"]), []).append(row["target_code"])
    return sorted((source, tuple(members)) for (source, _), members in found.items())


def expected(rows):
    lists = {}
    for source, target, number, place in rows:
        lists.setdefault((source, number), {}).setdefault(place if number else 0, set()).add(target)
    alone = {(source, (target,)) for (source, number), own in lists.items() if not number for target in own[0]}
    sets = {
        (source, number, tuple(sorted(set(members))))
        for (source, number), own in lists.items()
        if number
        for members in product(*own.values())
    }
    return sorted([*alone, *((source, members) for source, _, members in sets)])


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_clusters_are_the_codes_alone_and_every_choice_of_every_scenario(rows):
    if rows:
        assert sets_of(clusters_of(rows_of(rows))) == expected(rows)


@settings(max_examples=20, deadline=None)
@given(ROWS)
def test_clusters_of_a_source_are_numbered_and_members_sorted(rows):
    if rows:
        found = clusters_of(rows_of(rows)).to_pylist()
        for source in {row["source_code"] for row in found}:
            numbers = [row["cluster"] for row in found if row["source_code"] == source]
            assert numbers == sorted(numbers)
            assert set(numbers) == set(range(1, max(numbers) + 1))
        keys = [(row["source_code"], row["cluster"], row["target_code"]) for row in found]
        assert keys == sorted(set(keys))


def test_a_part_that_stands_in_no_scenario_is_in_no_cluster():
    rows = rows_of([("S1", "A", 0, 0), ("S1", "B", 0, 0)])
    part = rows.set_column(4, "bits", pa.array([CLOSE, CLOSE | PART], pa.int32()))
    assert sets_of(clusters_of(part)) == [("S1", ("A",))]


def test_a_product_that_is_too_large_is_bounded_and_counted_and_every_row_is_in_a_cluster():
    rows = [("S1", f"{place}{number:02}", 1, place) for place in (1, 2, 3) for number in range(20)]
    assert MOST_ALTERNATIVES < 20**3
    table = clusters_of(rows_of(rows))
    assert set(table["target_code"].to_pylist()) == {target for _, target, *_ in rows}
    assert set(table["alternatives"].to_pylist()) == {8_000}
    assert np.asarray(table["cluster"]).max() == 20
