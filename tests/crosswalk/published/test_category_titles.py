"""Titles of categories from the publisher's other documents."""

import pyarrow as pa

from pipeline.crosswalk.published.category_titles import read_category_titles, with_known_titles
from pipeline.crosswalk.published.maps import as_categories
from pipeline.crosswalk.registry import read_groupings


def test_a_category_without_a_title_gets_the_one_that_is_known_with_its_source() -> None:
    printed = as_categories(pa.array(["19", "1000"]), None)
    known, unknown = with_known_titles(printed, "CMS-HCC V24").to_pylist()
    assert known["title"] == "Diabetes without Complication"
    assert known["title_source"] == "CMS risk adjustment software, label macro V24H86L1"
    assert (unknown["title"], unknown["title_source"]) == (None, None)


def test_a_title_that_is_that_of_a_code_gives_way_and_any_other_stays() -> None:
    printed = as_categories(pa.array(["HTN", "AIDS"]), pa.array(["Unsp pre-existing hypertension", "HIV and AIDS"]))
    first, second = with_known_titles(printed, "Elixhauser").to_pylist()
    assert (first["title"], first["title_source"] is None) == ("Hypertension, uncomplicated", False)
    assert (second["title"], second["title_source"]) == ("HIV and AIDS", None)


def test_every_known_title_is_of_a_grouping_and_has_a_source() -> None:
    titles = read_category_titles()
    assert {grouping for grouping, _ in titles} <= {*read_groupings()}
    assert [key for key, (title, source) in titles.items() if not title.strip() or not source.strip()] == []
    assert {"CMS-HCC V28", "CCI Body System"} <= {grouping for grouping, _ in titles}
