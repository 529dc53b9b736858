"""What one table names must stand in the other."""

import pyarrow as pa
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


@pytest.mark.parametrize("column", ["source_code", "target_code"])
def test_a_code_of_a_mapping_that_no_listing_has_is_found(tables, column):
    mappings = tables["mappings"]
    place = mappings.column_names.index(column)
    codes = ["NOWHERE", *mappings[column].to_pylist()[1:]]
    tables["mappings"] = mappings.set_column(place, mappings.schema.field(column), pa.array(codes, pa.string()))
    (line,) = find_dangling(tables)
    assert f"{column.removesuffix('_code')} NOWHERE" in line


def test_a_declared_code_is_not_found_any_more_when_its_exception_is_gone(tables):
    tables["crosswalk_exceptions"] = tables["crosswalk_exceptions"].slice(0, 0)
    assert any("is in no listing" in line for line in find_dangling(tables))
