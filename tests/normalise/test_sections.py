"""Chapters and blocks."""

import pyarrow as pa

from pipeline.ingest import TextFrame
from pipeline.normalise.ranges import find_row, is_within
from pipeline.normalise.sections import built_in_sections, icd9_sections
from pipeline.normalise.systems import read_systems


def test_bounds_take_in_all_that_starts_with_them() -> None:
    codes = pa.array(["A08", "A09", "A099", "A0999", "A10"])
    assert is_within(codes, "A09", "A09").tolist() == [False, True, True, True, False]


def test_last_of_the_bounds_that_fit_counts() -> None:
    bounds = [("A00", "B99"), ("A00", "A09")]
    assert find_row(pa.array(["A01", "B01", "C01", "A01"]), bounds).tolist() == [1, 0, -1, 1]


def test_sections_that_are_built_in_belong_to_systems_of_the_registry() -> None:
    sections = built_in_sections()
    assert set(sections["system"].to_pylist()) <= set(read_systems())
    rows = sections.to_pylist()
    assert {row["section"] for row in rows if row["first"] is None} == {"modifiers"}
    assert all(row["first"] <= row["last"] for row in rows if row["first"])


def test_blocks_of_a_tabular_list_come_widest_first_and_one_category_is_its_own_range() -> None:
    outline = pa.table(
        {
            "entry": ["block", "chapter", "block", "block"],
            "code": ["", "1", "", ""],
            "title": ["NARROW", "CHAPTER", "WIDE", "ONE"],
            "first": ["001", "001", "001", "E979"],
            "last": ["009", "139", "018", ""],
        }
    )
    found = icd9_sections(TextFrame("dx", "Dtab12.rtf", outline)).select(["system", "section", "title"]).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        ("ICD9CM", "001-018", "WIDE"),
        ("ICD9CM", "001-009", "NARROW"),
        ("ICD9CM", "E979", "ONE"),
    ]
