"""Columns as numbers, whatever dictionaries their chunks have."""

import numpy as np
import pyarrow as pa
import pytest

from pipeline.run.columns import as_numbers, encode_together, with_replaced


def encoded(indices: list[int | None], texts: pa.StringArray | list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int16()), texts)


ONE_BEHIND_THE_OTHER = pa.array(["a", "b", "c"])


@pytest.mark.parametrize(
    ("other", "numbers"),
    [
        (encoded([0, None], ["a", "b"]), [0, 1, -1, 0, -1]),
        (encoded([0, 1], ["b", "c"]), [0, 1, -1, 1, 2]),
        (encoded([1, 0], ["b", "a"]), [0, 1, -1, 0, 1]),
        (encoded([], ["z"]), [0, 1, -1]),
    ],
)
def test_the_same_text_has_the_same_number_in_chunks_of_other_dictionaries(
    other: pa.DictionaryArray, numbers: list[int]
) -> None:
    column = pa.chunked_array([encoded([0, 1, None], ["a", "b"]), other])
    assert as_numbers(column).tolist() == numbers


def test_two_parts_of_one_memory_are_two_dictionaries() -> None:
    parts = [encoded([0, 1], ONE_BEHIND_THE_OTHER.slice(start, 2)) for start in (0, 1)]
    assert as_numbers(pa.chunked_array(parts)).tolist() == [0, 1, 1, 2]


def test_a_column_without_rows_has_no_numbers() -> None:
    assert as_numbers(pa.chunked_array([], pa.string())).tolist() == []


def test_columns_are_encoded_together_empty_ones_and_missing_texts_too() -> None:
    columns = [pa.chunked_array(each, pa.string()) for each in ([["a", None]], [], [[]], [["b"], ["a"]])]
    assert [each.to_pylist() for each in encode_together(columns)] == [["a", None], [], [], ["b", "a"]]


def test_values_are_replaced_in_their_rows_and_in_no_other() -> None:
    table = pa.table({"one": ["a", "b", "c", None], "two": [1, 2, 3, 4]})
    replaced = with_replaced(table, np.array([3, 0]), {"one": ["last", None]})
    assert replaced.to_pydict() == {"one": [None, "b", "c", "last"], "two": [1, 2, 3, 4]}
    assert with_replaced(table, np.array([], np.int64), {"one": []}) == table
