"""The days of codes, as mappings tell them."""

import pyarrow as pa

from pipeline.crosswalk.code_days import derive_code_days
from tests.crosswalk.frames import DAYS, SYSTEM

EPISODES = pa.schema(
    [
        ("code", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32()), ("billable", pa.bool_()),
        ("valid_from_basis", pa.string()), ("system", pa.string()),
    ]
)  # fmt: skip


def found(*rows):
    """What is told of each code; of rows their code, days, whether they are billable and how the first day is known."""
    episodes = [dict(zip(EPISODES.names, (*row, SYSTEM), strict=True)) for row in rows]
    of_system = derive_code_days(pa.Table.from_pylist(episodes, EPISODES))[SYSTEM]
    return {row.pop("code"): row for row in of_system.to_pylist()}


def test_the_days_of_a_code_are_those_on_which_it_could_be_reported_else_listed():
    first, second, last = DAYS[0], DAYS[1], DAYS[2]
    told = found(
        ("A00", first, second, True, "release"), ("A00", last, None, True, "release"),
        ("B00", first, second, True, "release"), ("B00", last, None, False, "release"),  # a heading then
        ("H00", second, None, False, "release"),
    )  # fmt: skip
    names = ("valid_from", "valid_to", "is_billable", "was_billable")
    assert {code: tuple(row[name] for name in names) for code, row in told.items()} == {
        "A00": (first, None, True, True), "B00": (first, second, False, True), "H00": (second, None, False, False),
    }  # fmt: skip


def test_the_codes_of_unknown_first_day_are_those_that_the_oldest_listing_has_to_be_reported():
    rows = [("A", "left_censored", True), ("B", "release", True), ("C", "left_censored", False)]
    told = found(*((code, DAYS[0], None, billable, basis) for code, basis, billable in rows))
    assert {code: row["is_start_unknown"] for code, row in told.items()} == {"A": True, "B": False, "C": False}
