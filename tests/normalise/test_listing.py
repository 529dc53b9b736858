"""Rows of a listing."""

import pyarrow as pa

from pipeline.normalise.listing import (
    LISTING_COLUMNS,
    blank_as_null,
    first_of_each,
    last_of_each,
    listing_rows,
    without_text,
)


def rows(*codes: str) -> pa.Table:
    lines = pa.array(range(1, len(codes) + 1))
    return listing_rows("HCPCS", pa.array(codes), lines, kind="drug", description="text")


def test_rows_have_our_columns_and_what_is_not_given_is_null() -> None:
    table = rows(" j1440 ")
    assert [table.schema.field(field.name) for field in LISTING_COLUMNS] == list(LISTING_COLUMNS)
    assert table["code"].to_pylist() == ["J1440"]
    assert table["kind"].to_pylist() == ["drug"]
    assert table["valid_from"].to_pylist() == [None]


def test_of_a_repeated_code_the_first_or_the_last_row_stays() -> None:
    table = rows("A", "B", "A", "C", "B")
    assert first_of_each(table)["line"].to_pylist() == [1, 2, 4]
    assert last_of_each(table)["line"].to_pylist() == [3, 4, 5]


def test_both_descriptions_are_taken_out() -> None:
    table = without_text(rows("A"))
    assert table.select(["short_description", "description"]).to_pylist() == [
        {"short_description": None, "description": None}
    ]
    assert table["code"].to_pylist() == ["A"]


def test_empty_text_is_missing_text() -> None:
    assert blank_as_null(pa.array(["", "x", None])).to_pylist() == [None, "x", None]
