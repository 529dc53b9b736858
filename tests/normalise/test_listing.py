"""Rows of a listing."""

import pyarrow as pa

from pipeline.normalise.listing import COLUMNS, as_rows, bare, blank_as_null, first_of_each, last_of_each, without_text


def rows(*codes: str) -> pa.Table:
    return as_rows(pa.array(codes), pa.array(range(1, len(codes) + 1)), kind="drug", description="text")


def test_rows_have_our_columns_and_what_is_not_given_is_null() -> None:
    table = rows(" j1440 ")
    assert table.schema == COLUMNS
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


def test_bare_codes_have_no_dots_and_no_blanks() -> None:
    assert bare(pa.array([" A00.0 ", "001"])).to_pylist() == ["A000", "001"]


def test_empty_text_is_missing_text() -> None:
    assert blank_as_null(pa.array(["", "x", None])).to_pylist() == [None, "x", None]
