"""What took the place of HCPCS codes that ended."""

from datetime import date

import pyarrow as pa

from pipeline.ingest import TextFrame
from pipeline.normalise.hcpcs_successors import hcpcs_successors


def successors_of(*records):
    """Of records of a code, its cross references and its last day."""
    rows = [
        {"code": code, "record_id": "3", "cross_references": references, "terminated": ended, "line": line}
        for line, (code, references, ended) in enumerate(records, 1)
    ]
    found = hcpcs_successors(TextFrame("records", "archive.zip!HCPC.txt", pa.Table.from_pylist(rows)), "2025-01-01")
    return [(row["system"], row["previous"], row["code"], row["effective_from"]) for row in found.to_pylist()]


def test_each_reference_of_an_ended_entry_takes_its_place_on_the_day_after():
    assert successors_of(("C9472", "J9325", "20161231"), ("C9744", "7697876979", "20181231")) == [
        ("HCPCS", "C9472", "J9325", date(2017, 1, 1)),
        ("CPT4", "C9744", "76978", date(2019, 1, 1)),
        ("CPT4", "C9744", "76979", date(2019, 1, 1)),
    ]


def test_a_reference_of_an_entry_that_has_not_ended_is_no_successor():
    assert successors_of(("J1745", "Q5103", "")) == []


def test_a_modifier_or_a_word_is_no_successor():
    assert successors_of(("P7001", "CPT", "20161231"), ("   AM", "QM", "20161231"), ("A0001", "", "20161231")) == []
