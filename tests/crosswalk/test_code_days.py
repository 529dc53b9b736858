"""The days of codes, as mappings tell them."""

import pyarrow as pa

from pipeline.crosswalk.code_days import derive_code_days
from tests.crosswalk.frames import BILLABLE_EPISODES, DAYS, SYSTEM


def episodes_of(rows):
    names = BILLABLE_EPISODES.names
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], BILLABLE_EPISODES)


def test_the_days_of_a_code_are_those_on_which_it_could_be_reported_else_listed():
    first, second, last = DAYS[0], DAYS[1], DAYS[2]
    billable = [(SYSTEM, "A00", first, second), (SYSTEM, "A00", last, None), (SYSTEM, "B00", first, second)]
    listed = [*billable, (SYSTEM, "B00", last, None), (SYSTEM, "H00", second, None)]  # B00 and H00 are headings then
    of_system = derive_code_days(episodes_of(billable), episodes_of(listed))[SYSTEM]
    found = {row["code"]: row for row in of_system.to_pylist()}
    assert found == {
        "A00": {"code": "A00", "valid_from": first, "valid_to": None, "is_billable": True},
        "B00": {"code": "B00", "valid_from": first, "valid_to": second, "is_billable": False},
        "H00": {"code": "H00", "valid_from": second, "valid_to": None, "is_billable": False},
    }
