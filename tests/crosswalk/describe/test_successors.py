"""The successors that records name: of a number that was used again the life that followed is meant."""

from datetime import date

import pyarrow as pa
import pytest

from pipeline.crosswalk.describe.mappings import successor_rows

PREDECESSOR = {"system": "HCPCS", "previous": "C1204", "code": "A9520", "change": "Replaced", "file": "f", "line": 1}
STEPS = pa.schema(
    [(name, pa.string()) for name in ("system", "later", "earlier", "kind")]
    + [("day", pa.date32()), ("forward", pa.int32())]
).empty_table()
LIVES = [(date(2005, 1, 1), date(2005, 12, 31)), (date(2014, 1, 1), None)]


@pytest.mark.parametrize(
    ("day", "lives", "found"),
    [
        (date(2014, 1, 1), LIVES, (date(2014, 1, 1), None)),
        (date(2005, 4, 1), LIVES, (date(2005, 1, 1), date(2005, 12, 31))),
        (date(2010, 1, 1), LIVES, (date(2014, 1, 1), None)),
        (date(2010, 1, 1), LIVES[:1], (None, None)),
        (date(2014, 1, 1), [], (None, None)),
    ],
)
def test_a_successor_has_the_days_of_its_life_at_the_end_or_after_it(day, lives, found) -> None:
    predecessors = pa.Table.from_pylist([PREDECESSOR | {"effective_from": day}])
    own = [{"system": "HCPCS", "code": "A9520", "valid_from": first, "valid_to": last} for first, last in lives]
    schema = pa.schema(
        [("system", pa.string()), ("code", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32())]
    )
    (row,) = successor_rows("HCPCS", predecessors, STEPS, pa.Table.from_pylist(own, schema)).to_pylist()
    assert (row["target_valid_from"], row["target_valid_to"]) == found
