"""The versions of a grouping as one map: runs, what is newest, and what is no grouping."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pyarrow as pa
import pytest

from pipeline.catalogue.sources import Release, read_catalogue
from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.published.maps import CATEGORIES, PublishedMap, as_map_rows
from pipeline.crosswalk.published.versions import join_maps, join_versions
from pipeline.crosswalk.registry import Crosswalk, grouping_sources, read_crosswalks
from pipeline.ingest import IngestedRelease, TextFrame
from pipeline.ingest.hcc import read_hcc
from pipeline.layouts import LAYOUTS, is_of_newest
from pipeline.normalised import maps_of

ENTRY = Crosswalk("grouping", "ICD10CM", "CCSR", "grouping", "a grouping of the tests")


def version(year, pairs, *, entry=ENTRY, flags=None, words=(), titles=None):
    """A version of a grouping: its codes and categories, and what is printed beside each."""
    delivery = SimpleNamespace(release=SimpleNamespace(release=str(year), effective_from=date(year, 10, 1)))
    sources, targets = (pa.array([pair[place] for pair in pairs], pa.string()) for place in (0, 1))
    printed = pa.array(flags, pa.string()) if flags else None
    rows = as_map_rows(sources, targets, pa.array(range(len(pairs))), approximate=False, flags=printed)
    names = sorted({target for _, target in pairs})
    titles = [(titles or {}).get(name, name) for name in names]
    categories = pa.table([pa.array(names), pa.array(titles)], schema=CATEGORIES)
    given = {"categories": categories, "flag_words": words}
    return PublishedMap(entry, delivery, f"{year}.csv", len(pairs), rows, **given)


def runs(*versions):
    """Code, category, first and last version, and whether it is of the newest, of each row."""
    rows = join_versions(list(versions)).rows.to_pylist()
    names = ("source_code", "target_code", "release_from", "release_to", "newest")
    return sorted(tuple(row[name] for name in names) for row in rows)


def test_a_row_of_every_version_stands_once_from_the_first_to_the_last():
    assert runs(version(2019, [("A", "1")]), version(2020, [("A", "1")])) == [("A", "1", "2019", "2020", True)]


def test_a_row_that_left_ends_with_the_last_version_that_had_it():
    found = runs(version(2019, [("A", "1"), ("A", "2")]), version(2020, [("A", "2")]))
    assert found == [("A", "1", "2019", "2019", False), ("A", "2", "2019", "2020", True)]


def test_a_row_that_left_and_came_back_stands_twice():
    found = runs(*(version(year, [("A", category)]) for year, category in ((2019, "1"), (2020, "2"), (2021, "1"))))
    assert found == [
        ("A", "1", "2019", "2019", False), ("A", "1", "2021", "2021", True), ("A", "2", "2020", "2020", False)
    ]  # fmt: skip


def test_a_row_that_is_printed_otherwise_is_another_from_then_on():
    """Of flags only those count that both versions print: the first ones printed no defaults."""
    pairs, words = [("A", "1"), ("B", "1")], ("default",)
    before = version(2019, pairs, flags=["position 1", "position 1"])
    printed = version(2020, pairs, flags=["position 2; default Y", "position 1; default Y"], words=words)
    changed = version(2021, pairs, flags=["position 2; default N", "position 1; default Y"], words=words)
    assert runs(before, printed, changed) == [
        ("A", "1", "2019", "2020", False), ("A", "1", "2021", "2021", True), ("B", "1", "2019", "2021", True)
    ]  # fmt: skip


def test_a_code_that_a_grouping_of_every_code_dropped_keeps_what_the_last_version_said():
    found = runs(version(2019, [("A", "1"), ("B", "1")]), version(2020, [("B", "1")]))
    assert ("A", "1", "2019", "2019", True) in found


def test_a_code_that_a_grouping_of_codes_with_a_category_dropped_has_none_any_more():
    entry = replace(ENTRY, partial=True)
    found = runs(version(2019, [("A", "1"), ("B", "1")], entry=entry), version(2020, [("B", "1")], entry=entry))
    assert ("A", "1", "2019", "2019", False) in found


def test_a_row_names_the_file_of_the_last_version_of_its_run():
    joined = join_versions([version(2019, [("A", "1"), ("B", "2")]), version(2020, [("A", "1")])])
    assert dict(zip(*(joined.rows[name].to_pylist() for name in ("source_code", "source_file")), strict=True)) == {
        "A": "2020.csv", "B": "2019.csv"
    }  # fmt: skip


def test_a_category_has_its_newest_title_and_the_versions_that_have_it():
    joined = join_versions([version(2019, [("A", "1"), ("A", "2")], titles={"1": "old"}), version(2020, [("A", "1")])])
    assert joined.categories.to_pylist() == [
        {"category": "1", "title": "1", "release_from": "2019", "release_to": "2020"},
        {"category": "2", "title": "2", "release_from": "2019", "release_to": "2019"},
    ]


def test_the_order_in_which_versions_are_read_makes_no_difference():
    maps = [version(2019, [("A", "1")]), version(2020, [("A", "2")])]
    (one,), (other,) = join_maps(maps), join_maps(maps[::-1])
    assert one.rows.to_pylist() == other.rows.to_pylist()
    assert one.delivery.release.release == "2020"


def test_of_what_is_no_grouping_each_code_has_the_rows_of_the_newest_release():
    entry = replace(ENTRY, relation="packaging")
    older, newer = version(2019, [("A", "1"), ("B", "1")], entry=entry), version(2020, [("A", "2")], entry=entry)
    (joined,) = join_maps([older, newer])
    assert sorted(zip(*(joined.rows[name].to_pylist() for name in ("source_code", "target_code")), strict=True)) == [
        ("A", "2"), ("B", "1")
    ]  # fmt: skip
    assert not joined.versions


def test_every_version_of_a_grouping_is_read_and_of_other_maps_the_newest():
    catalogue = read_catalogue()
    known = {name: source for name, source in catalogue.items() if source.layout in LAYOUTS}
    assert not any(is_of_newest(known[name]) for name in grouping_sources())
    assert all(is_of_newest(known[name]) for name in ("gem_dx", "reimbursement_dx", "lab_ncd"))


@pytest.mark.parametrize("source", sorted(grouping_sources()))
def test_the_versions_of_a_grouping_sort_as_text_as_they_do_by_day(source):
    """A version has the rows with release_from up to it and release_to from it on: names are compared."""
    releases = sorted(read_catalogue()[source].releases, key=lambda each: each.effective_from)
    assert [each.release for each in releases] == sorted(each.release for each in releases)


HCC = (
    "Diagnosis Code,Description,CMS-HCC Model Category V28,CMS-HCC Model Category V28 for {year} Payment Year\n"
    "{rows}Source: x,,,\n"
)


def test_condition_categories_of_two_years_are_told_by_year_and_labelled_by_what_the_files_say():
    ingested = []
    for year, rows in ((2025, "A0103,x,115,Yes\nA0104,x,92,Yes\n"), (2026, "A0103,x,116,Yes\nA0105,x,92,Yes\n")):
        delivery = RawRelease(read_catalogue()["hcc"], Release(str(year), "x", date(year, 1, 1)), (), {})
        raw = HCC.format(year=year, rows=rows).encode()
        ingested.append(IngestedRelease(delivery, [TextFrame("mapping", f"{year}.csv", read_hcc(f"{year}.csv", raw))]))
    (joined,) = (each for each in join_maps(maps_of(ingested)) if each.entry.crosswalk == "hcc_cms_v28")
    assert sorted(
        (row["source_code"], row["target_code"], row["release_from"], row["release_to"], row["newest"])
        for row in joined.rows.to_pylist()
    ) == [
        ("A0103", "115", "2025", "2025", False), ("A0103", "116", "2026", "2026", True),
        ("A0104", "92", "2025", "2025", False), ("A0105", "92", "2026", "2026", True),
    ]  # fmt: skip
    assert [each.edition for each in joined.versions] == ["2025 Payment Year", "2026 Payment Year"]


def test_every_grouping_that_is_read_is_of_one_source():
    entries = [each for each in read_crosswalks().values() if each.relation == "grouping"]
    assert {each.source for each in entries} == grouping_sources()
