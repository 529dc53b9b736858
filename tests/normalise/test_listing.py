"""Rows of a listing."""

import pyarrow as pa

from pipeline.normalise.listing import (
    LISTING_COLUMNS,
    TITLE_COLUMNS,
    Listing,
    blank_as_null,
    encode_titles,
    first_of_each,
    last_of_each,
    listing_rows,
    with_plain_titles,
    without_text,
)
from pipeline.run.columns import as_numbers
from tests.normalise.frames import delivery_of


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


def test_titles_of_a_system_are_encoded_together_those_of_an_empty_listing_too() -> None:
    delivery = delivery_of("hcpcs")
    tables = [rows("A"), rows("A").slice(1), rows("A", "B")]
    listings = encode_titles([Listing("HCPCS", delivery, "invented", len(each), each) for each in tables])
    titles = [each.rows["description"] for each in listings]
    assert [as_numbers(each).tolist() for each in titles] == [[0], [], [0, 0]]
    assert titles[0].chunk(0).dictionary.equals(titles[2].chunk(0).dictionary)
    assert [with_plain_titles(each.rows) for each in listings] == tables
    assert all(each.rows.schema.field(name).type == titles[0].type for each in listings for name in TITLE_COLUMNS)
