"""The table of layouts, against itself and against the catalogue."""

import pickle
import re

from pipeline import PROJECT
from pipeline.catalogue.sources import read_catalogue
from pipeline.layouts import LAYOUTS, Layout

RULES = ("listings", "maps", "sections", "conversions")


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


def test_readme_counts_the_sources_by_what_comes_of_them() -> None:
    layouts = [LAYOUTS.get(source.layout) for source in read_catalogue().values()]
    listings = [layout for layout in layouts if layout and layout.listings]
    maps = [layout for layout in layouts if layout and layout.maps]
    conversions = [layout for layout in layouts if layout and rules_of(layout) == ["conversions"]]
    sections = [layout for layout in layouts if layout and rules_of(layout) == ["sections"]]
    unread = [layout for layout in layouts if layout is None]
    assert len(layouts) == sum(map(len, (listings, maps, conversions, sections, unread)))
    readme = " ".join((PROJECT / "README.md").read_text(encoding="utf-8").split())
    (found,) = re.findall(
        r"Of the (\d+) sources in \[raw/sources\]\(raw/sources\) (\d+) give listings, (\d+) published maps, (\d+) "
        r"conversion tables, (\d+) only chapters; (\d+) are not read yet",
        readme,
    )
    assert [int(each) for each in found] == [
        len(layouts), len(listings), len(maps), len(conversions), len(sections), len(unread)
    ]  # fmt: skip
