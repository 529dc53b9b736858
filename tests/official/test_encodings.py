"""Files that are not all ASCII: known_answers_2.md and the bytes themselves."""

import pyarrow.compute as pc

from pipeline.ingest.order_file import read_order_file
from tests.official.conftest import Catalogued, member_of


def test_order_file_of_fy2013_is_read_with_its_one_line_in_utf8(catalogued: Catalogued) -> None:
    member = member_of(catalogued("icd10cm", "2012-10-01"), "order")
    table = read_order_file(member.where, member.raw)
    assert table.num_rows == 79_502
    assert pc.sum(pc.equal(table["flag"], "1")).as_py() == 69_832
    (row,) = table.filter(pc.equal(table["line"], 13_562)).to_pylist()
    assert (row["code"], row["short_title"]) == ("L705", "Acne excori\xe9e des jeunes filles")
    assert row["long_title"] == row["short_title"]
