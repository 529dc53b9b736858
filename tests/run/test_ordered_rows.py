"""Rows in the order of a key: as sorting them gives them, and the table itself where it is in order."""

from collections import Counter

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.run.ordered_rows import put_in_order

KEY = ["system", "code", "line"]
TEXT = st.one_of(st.none(), st.sampled_from(["", "A", "A0", "B", "é"]))
ROWS = st.lists(st.tuples(TEXT, TEXT, st.one_of(st.none(), st.integers(-2, 2))), max_size=12)


def table_of(rows: list[tuple[str | None, str | None, int | None]], chunk: int = 3) -> pa.Table:
    """Rows with a number that is in no key, in several chunks."""
    names = [*KEY, "number"]
    schema = pa.schema([("system", pa.string()), ("code", pa.string()), ("line", pa.int32()), ("number", pa.int32())])
    dicts = [dict(zip(names, (*row, number), strict=True)) for number, row in enumerate(rows)]
    parts = [pa.Table.from_pylist(dicts[at : at + chunk], schema) for at in range(0, len(dicts), chunk)]
    return pa.concat_tables([schema.empty_table(), *parts])


@settings(derandomize=True, deadline=None, max_examples=300)
@given(ROWS)
def test_rows_come_in_the_order_that_sorting_gives_and_repeated_keys_are_told(rows) -> None:
    table = table_of(rows)
    ordered, is_unique = put_in_order(table, KEY)
    assert ordered.equals(table.sort_by([(name, "ascending") for name in KEY]))
    assert is_unique == (max(Counter(rows).values(), default=1) == 1)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(ROWS)
def test_what_is_in_order_stays_the_table_that_it_is(rows) -> None:
    ordered, _ = put_in_order(table_of(rows), KEY)
    assert put_in_order(ordered, KEY)[0] is ordered
