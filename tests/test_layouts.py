"""The table of layouts, against itself and against the catalogue."""

import pickle

import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.errors import SeveralFailed
from pipeline.ingest import IngestedRelease
from pipeline.layouts import LAYOUTS, Layout, listings_of
from tests.normalise.frames import delivery_of

RULES = ("listings", "maps", "sections", "conversions", "policies")


def rules_of(layout: Layout) -> list[str]:
    return [name for name in RULES if getattr(layout, name)]


def test_something_comes_of_every_layout() -> None:
    assert [name for name, layout in LAYOUTS.items() if not rules_of(layout)] == []


def test_what_a_layout_needs_is_one_of_its_parts() -> None:
    assert [name for name, layout in LAYOUTS.items() if layout.needs and layout.needs not in layout.readers] == []


def test_readers_can_be_sent_to_another_process() -> None:
    for layout in LAYOUTS.values():
        assert pickle.loads(pickle.dumps(layout.readers)).keys() == layout.readers.keys()


def test_parts_of_a_layout_are_parts_of_the_sources_that_have_it() -> None:
    for name, layout in LAYOUTS.items():
        sources = [each for each in read_catalogue().values() if each.layout == name]
        assert sources, name
        parts = {part for each in sources for own in (each, *each.releases) for part in own.members}
        assert set(layout.readers) - parts <= {"workbook"}, name  # CCSR as a workbook is read where an entry names it


def test_every_release_that_lacks_the_part_it_needs_is_named() -> None:
    lacking = [IngestedRelease(delivery_of(source), []) for source in ("hcpcs", "icd10cm")]
    with pytest.raises(SeveralFailed, match=r"(?s)2 files failed.*'records'.*'order'") as problem:
        listings_of(lacking)
    assert problem.value.exit_code == 3
