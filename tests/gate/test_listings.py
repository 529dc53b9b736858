"""What goes in: a release lists no code twice."""

from dataclasses import replace
from datetime import date

import pyarrow as pa

from pipeline.gate.listings import find_repeated_codes
from tests.normalise.frames import listings_of
from tests.samples import ORDER_LINES, order_line, text_of

TWICE = text_of([*ORDER_LINES, order_line(10, "A000", 1, "x")])


def test_a_listing_with_each_code_once_has_no_finding():
    assert find_repeated_codes(listings_of("icd10cm", {"order": text_of(ORDER_LINES)})) == []


def test_a_code_listed_twice_is_found_with_its_lines():
    (finding,) = find_repeated_codes(listings_of("icd10cm", {"order": TWICE}))
    assert "ICD10CM 2025-01-01: a code is listed twice: 2 rows" in finding
    assert "A000 in order.txt, line 2" in finding
    assert "A000 in order.txt, line 7" in finding


def test_a_record_for_each_meaning_of_a_code_is_no_repetition():
    (listing,) = listings_of("icd10cm", {"order": TWICE})
    days = pa.array([date(2000 + number, 1, 1) for number in range(len(listing.rows))])
    place = listing.rows.column_names.index("valid_from")
    records = replace(listing, complete=False, rows=listing.rows.set_column(place, "valid_from", days))
    assert find_repeated_codes([records]) == []
    same_day = replace(listing, complete=False)
    assert len(find_repeated_codes([same_day])) == 1
