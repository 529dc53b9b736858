"""Among which rows each row of a grouping is counted: those of its version, and those that we carried."""

import pyarrow as pa

from pipeline.crosswalk.describe.counted_versions import count_versions, of_today
from pipeline.crosswalk.describe.mappings import carried_rows, published_rows
from pipeline.crosswalk.describe.pairs import number_pairs
from pipeline.crosswalk.published.versions import join_versions
from tests.crosswalk.published.test_versions import ENTRY, version

CARRIED = {"hops": 2, "path": "N 2021 A G"}


def counted(joined, rows):
    """The fan-out and the fan-in of each row, by its code, its category and the last version in which it stood."""
    names = ("source_code", "target_code", "release_to")
    keys = zip(*(rows[name].to_pylist() for name in names), strict=True)
    fans = (each.tolist() for each in count_versions(joined, rows, number_pairs(rows)))
    return dict(zip(keys, zip(*fans, strict=True), strict=True))


def test_a_row_is_counted_in_the_newest_version_or_in_the_last_that_had_it():
    joined = join_versions([version(2019, [("A", "1"), ("A", "2"), ("B", "2")]), version(2020, [("A", "2")])])
    assert counted(joined, published_rows(joined)) == {
        ("A", "2", "2020"): (1, 1), ("A", "1", "2019"): (2, 1), ("B", "2", "2019"): (1, 2),
    }  # fmt: skip


def test_a_carried_row_is_counted_among_all_and_no_other_with_it():
    joined = join_versions([version(2020, [("A", "1")])])
    carried = pa.Table.from_pylist([{"source_code": "N", "target_code": "1", **CARRIED}])
    rows = pa.concat_tables([published_rows(joined), carried_rows(carried)])
    assert counted(joined, rows) == {("A", "1", "2020"): (1, 1), ("N", "1", None): (1, 2)}
    assert of_today(ENTRY, rows)["source_code"].to_pylist() == ["A"]
