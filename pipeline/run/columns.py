"""Columns of tables as arrays."""

import pyarrow as pa


def as_array(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array: the very chunk where it has one only, which `combine_chunks` would copy.

    >>> as_array(pa.chunked_array([["A00"], ["A01"]])).to_pylist()
    ['A00', 'A01']
    """
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
