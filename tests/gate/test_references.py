"""What one table names must stand in the other."""

import pyarrow.parquet as pq
import pytest

from pipeline.gate.references import find_dangling
from schemas import TABLES


@pytest.fixture
def tables(excerpt_build):
    return {name: pq.read_table(excerpt_build / "parquet" / f"{name}.parquet") for name in TABLES}


def test_a_published_build_has_no_broken_reference(tables):
    assert find_dangling(tables) == []


def test_a_value_that_the_other_table_lacks_is_found(tables):
    tables["crosswalks"] = tables["crosswalks"].slice(1)
    assert any("table mappings, column crosswalk: not in crosswalks" in line for line in find_dangling(tables))


def test_a_table_that_is_missing_is_not_asked(tables):
    del tables["crosswalks"]
    assert find_dangling(tables) == []
