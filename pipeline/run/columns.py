"""Columns of tables as arrays."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NO_NUMBER: Final = -1
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


def encode_together(columns: Sequence[pa.ChunkedArray]) -> list[pa.ChunkedArray]:
    """Columns of text with indices into one dictionary of them all.

    >>> encoded = encode_together([pa.chunked_array([["a", "b"]]), pa.chunked_array([["b"]])])
    >>> [each.chunk(0).indices.to_pylist() for each in encoded]
    [[0, 1], [1]]
    """
    encoded = pa.chunked_array([as_array(each) for each in columns]).dictionary_encode()  # which leaves out empty ones
    starts = np.cumsum([0, *map(len, columns)])
    return [encoded.slice(start, len(each)) for start, each in zip(starts, columns, strict=False)]


def with_replaced(table: pa.Table, rows: npt.NDArray[np.int64], columns: Mapping[str, Any]) -> pa.Table:
    """A table with other values in some rows of some columns, of which the others stay as they are."""
    order, is_other = pa.array(np.argsort(rows)), np.zeros(len(table), bool)
    is_other[rows] = True
    for name, values in columns.items():
        given = pa.array(values, from_pandas=True).cast(table.schema.field(name).type).take(order)
        replaced = pc.replace_with_mask(as_array(table[name]), pa.array(is_other), given)
        table = table.set_column(table.column_names.index(name), table.schema.field(name), replaced)
    return table


def as_numbers(column: pa.ChunkedArray) -> npt.NDArray[np.int32]:
    """Each value as a number, the same for the same value; NO_NUMBER where it is null.

    >>> as_numbers(pa.chunked_array([["a", None], ["b", "a"]])).tolist()
    [0, -1, 1, 0]
    """
    encoded = column.dictionary_encode()
    if len({_place_of(each.dictionary) for each in encoded.chunks}) > 1:
        encoded = encoded.unify_dictionaries()
    numbers = [np.asarray(pc.fill_null(each.indices, NO_NUMBER)) for each in encoded.chunks]
    return np.concatenate([np.zeros(0, np.int32), *numbers])


def number_texts(columns: Sequence[pa.ChunkedArray]) -> tuple[pa.Array, list[npt.NDArray[np.int64]]]:
    """The different texts of some columns, sorted, and each column as places among them; NO_NUMBER where it has none.

    >>> texts, (first, second) = number_texts([pa.chunked_array([["b", None]]), pa.chunked_array([["a"], ["b"]])])
    >>> texts.to_pylist(), first.tolist(), second.tolist()
    (['a', 'b'], [1, -1], [0, 1])
    """
    chunks = chain.from_iterable(column.chunks for column in columns)
    encoded = pa.chunked_array(chunks, pa.string()).dictionary_encode()  # with one dictionary for all chunks
    dictionary = encoded.chunk(0).dictionary if encoded.num_chunks else pa.array([], pa.string())
    order = np.asarray(pc.sort_indices(dictionary))
    rank = np.empty(len(order) + 1, np.int64)
    rank[order], rank[NO_NUMBER] = np.arange(len(order)), NO_NUMBER
    places = [np.zeros(0, np.int64), *(np.asarray(pc.fill_null(each.indices, NO_NUMBER)) for each in encoded.chunks)]
    ends = np.cumsum([len(column) for column in columns])
    return dictionary.take(pa.array(order)), np.split(rank[np.concatenate(places)], ends[:-1])


def _place_of(dictionary: pa.StringArray) -> tuple[int, ...]:
    """Where in memory a dictionary lies, and which part of that it is: two of which this is the same are one."""
    return (dictionary.offset, len(dictionary), *(each.address if each else 0 for each in dictionary.buffers()))
