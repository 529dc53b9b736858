"""Columns of tables as arrays."""

from typing import Final

import numpy as np
import pyarrow as pa

SHARED_TEXT: Final = pa.dictionary(pa.int16(), pa.string())  # a text that many rows share


def as_array(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array: the very chunk where it has one only, which `combine_chunks` would copy.

    >>> as_array(pa.chunked_array([["A00"], ["A01"]])).to_pylist()
    ['A00', 'A01']
    """
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def repeat_text(text: str, length: int) -> pa.Array:
    """The same text in every row.

    >>> repeat_text("published", 2).to_pylist()
    ['published', 'published']
    """
    return pa.DictionaryArray.from_arrays(np.zeros(length, SHARED_TEXT.index_type.to_pandas_dtype()), pa.array([text]))
