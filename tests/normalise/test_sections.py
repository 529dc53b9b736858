"""Chapters and blocks."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline.history import derive_history, derive_timelines
from pipeline.history.codes import derive_codes
from pipeline.ingest import TextFrame
from pipeline.normalise.ranges import find_row, is_within
from pipeline.normalise.sections import built_in_sections, combine_sections, icd9_sections, unique_sections
from pipeline.normalise.systems import read_systems
from tests.history.frames import NO_CONVERSIONS, listing


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


def tabular_list(*blocks: tuple[str, str]) -> pa.Table:
    """The sections of a tabular list of blocks, each with a title."""
    rows = [(section.split("-")[0], section.split("-")[-1], title) for section, title in blocks]
    outline = {
        "entry": ["block"] * len(rows),
        "first": [first for first, *_ in rows],
        "last": [last for _, last, _ in rows],
        "title": [title for *_, title in rows],
    }
    return icd9_sections(TextFrame("dx", "Dtab12.rtf", pa.table(outline)))


@pytest.mark.parametrize("is_newest_last", [True, False])
def test_a_section_of_several_lists_has_the_title_of_the_newest_in_both_tables(is_newest_last: bool) -> None:
    """250 is renamed by the newer list, which puts 251 into another block than the older one did."""
    older = date(2005, 10, 1), tabular_list(("250", "OLD"), ("251-252", "GONE"))
    newer = date(2011, 10, 1), tabular_list(("249-259", "WIDE"), ("250", "NEW"))
    sections = combine_sections([older, newer] if is_newest_last else [newer, older])
    own = unique_sections(sections).filter(pc.field("system") == "ICD9CM").to_pylist()
    titles = {row["section"]: row["title"] for row in own if row["section"] in {"251-252", "250", "249-259"}}
    assert titles == {"251-252": "GONE", "250": "NEW", "249-259": "WIDE"}
    listed = listing(newer[0], dict.fromkeys(("2500", "2501", "251"), ("short", "long", True)), "ICD9CM")
    episodes = derive_history(derive_timelines([listed]), NO_CONVERSIONS)
    codes = derive_codes(episodes, sections).to_pylist()
    assert {each["code"]: each["section_title"] for each in codes} == {"2500": "NEW", "2501": "NEW", "251": "WIDE"}
