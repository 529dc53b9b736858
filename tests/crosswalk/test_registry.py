"""The registry of crosswalks: an entry that says something else than it may is refused as it is read."""

import pytest

from pipeline.crosswalk.describe.days_known import DAYS_BY_WAY
from pipeline.crosswalk.registry import (
    JOINED,
    WAYS_OF_CROSSWALKS,
    WAYS_OF_SOURCES,
    read_crosswalks,
    read_groupings,
)
from pipeline.errors import UsageError

ENTRIES = """
[[crosswalk]]
crosswalk = "gem"
source = "gem_dx"
source_system = "ICD9CM"
target_system = "ICD10CM"
relation = "equivalence"
method = "a map of the tests"

[[crosswalk]]
crosswalk = "current"
from = ["gem"]
way = "carried"
source_system = "ICD9CM"
target_system = "ICD10CM"
relation = "equivalence"
method = "the map, carried on"

[[crosswalk]]
crosswalk = "ccs"
source = "ccs"
source_system = "ICD9CM"
target_system = "CCS"
relation = "grouping"
method = "a grouping of the tests"

[[grouping]]
grouping = "CCS"
prefix = "ccs"
uri = "https://example.org/ccs#"
"""
FAULTS = {
    "misspelt relation": ("equivalence", "equivalense", "gem", "relation: equivalence, succession,"),
    "missing relation": ('relation = "equivalence"\n', "", "gem", "an entry without relation"),
    "misspelt key": ("source_system", "source_sytem", "gem", "an entry without source_system"),
    "unknown key": ('source = "gem_dx"', 'source = "gem_dx"\nparts = "x"', "gem", "an entry with parts"),
    "another type": ('source = "gem_dx"', 'source = ["gem_dx"]', "gem", r"source of the type str \| None"),
    "misspelt way": ("carried", "caried", "current", "way: file, conversion, successors, forward,"),
    "unknown source system": ("ICD9CM", "ICD8", "gem", "source_system: ICD9CM, ICD9Proc,"),
    "missing grouping": ('grouping = "CCS"', 'grouping = "CCSR"', "ccs", "found: +CCS\n"),
    "unknown opposite": (
        'source = "gem_dx"',
        'source = "gem_dx"\nopposite = "x"',
        "gem",
        "opposite: gem, current, ccs",
    ),
    "made from nothing here": ('from = ["gem"]', 'from = ["mge"]', "current", "from: gem, current, ccs"),
    "made from nothing": ('from = ["gem"]\n', "", "current", "from, and no other, for the way carried"),
    "a source beside it": ('from = ["gem"]', 'from = ["gem"]\nsource = "x"', "current", "found: +source and from"),
    "no source": ('source = "gem_dx"\n', "", "gem", "source, and no other, for the way file"),
    "one id twice": ('"current"', '"gem"', "gem", "a second one"),
}


@pytest.fixture
def registry(tmp_path):
    path = tmp_path / "crosswalks.toml"
    path.write_text(ENTRIES, encoding="utf-8")
    return path


def test_entries_are_read_in_their_order_with_what_they_are_made_from(registry):
    found = read_crosswalks(registry)
    assert [*found] == ["gem", "current", "ccs"]
    assert (found["current"].made_from, found["current"].origin, found["gem"].origin) == (
        ("gem",), "derived", "published",
    )  # fmt: skip
    assert [*read_groupings(registry)] == ["CCS"]


@pytest.mark.parametrize(("text", "instead", "name", "said"), FAULTS.values(), ids=FAULTS)
def test_an_entry_of_another_form_is_refused_with_its_file_and_its_name(registry, text, instead, name, said):
    registry.write_text(ENTRIES.replace(text, instead, 1), encoding="utf-8")
    with pytest.raises(UsageError, match=said) as refused:
        read_crosswalks(registry)
    assert f"{registry}, [[crosswalk]] {name}\n  expected: " in str(refused.value)
    assert "\n  next:     " in str(refused.value)


def test_a_grouping_without_an_address_is_refused_when_it_is_read_and_not_at_the_export(registry):
    registry.write_text(ENTRIES.replace("uri", "url"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"\[\[grouping\]\] CCS\n.*\n.*an entry without uri"):
        read_crosswalks(registry)


def test_every_way_says_of_which_days_a_crosswalk_speaks():
    assert {*DAYS_BY_WAY} == {*WAYS_OF_SOURCES, *WAYS_OF_CROSSWALKS, JOINED}
