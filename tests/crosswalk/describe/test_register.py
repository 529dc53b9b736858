"""The table of crosswalks: what the registry and the catalogue say of each."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from pipeline.crosswalk.describe.days_known import KnownInputs, days_known
from pipeline.crosswalk.describe.pairs import number_pairs
from pipeline.crosswalk.describe.register import register_crosswalks
from pipeline.crosswalk.inputs import CrosswalkInputs
from pipeline.crosswalk.published.maps import PublishedMap, as_map_rows
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.history.horizon import derive_horizons
from pipeline.normalise.conversions import CONVERSION_COLUMNS
from tests.normalise.frames import delivery_of

GEM, BACK, CURRENT = "gem_icd9cm_icd10cm", "gem_icd10cm_icd9cm", "icd9cm_icd10cm_current"
ROWS = as_map_rows(
    pa.array(["1", "1", "2", "3"]), pa.array(["A", "B", "B", None]), pa.array(range(4)), approximate=False
)
GEM_OF_2018 = delivery_of("gem_dx", date(2017, 10, 1))
TABLES_OF_CONVERSIONS = [delivery_of("icd10cm_conversion", date(year, 10, 1)) for year in (2019, 2025)]
RELEASES = pa.table(
    {
        "system": ["ICD9CM", "ICD10CM", "ICD10CM"],
        "source": ["icd9cm", "icd10cm", "icd10cm"],
        "release": ["v32", "2025-10-01", "2015-10-01"],
        "effective_from": [date(2014, 10, 1), date(2025, 10, 1), date(2015, 10, 1)],
    }
)


def conversions_of(*rows):
    """Rows of conversion tables: release, code and, where it matters, the effective day."""
    names = ("release", "code", "effective_from")
    table = [{"system": "ICD10CM", "line": n, **dict(zip(names, row, strict=False))} for n, row in enumerate(rows)]
    return pa.Table.from_pylist(table, CONVERSION_COLUMNS)


LISTINGS = [delivery_of("icd9cm", date(2014, 10, 1)), delivery_of("icd10cm", date(2025, 10, 1))]


def registered(*names, deliveries=(GEM_OF_2018, *TABLES_OF_CONVERSIONS), conversions=None):
    entries = [read_crosswalks()[name] for name in names]
    maps = [PublishedMap(read_crosswalks()[GEM], GEM_OF_2018, "gem.zip!I9gem.txt", 7, ROWS)]
    sources = {each.source.source: each.source for each in LISTINGS}
    horizons = derive_horizons(RELEASES, sources, {}, {("ICD9CM", "icd9cm"): 0, ("ICD10CM", "icd10cm"): 0})
    history = (None, None, None, RELEASES, horizons)  # of the history of codes only the releases are looked at
    conversions = conversions if conversions is not None else conversions_of()
    inputs = CrosswalkInputs(maps, [*deliveries, *LISTINGS], conversions, *history, ())
    pairs = {name: number_pairs(ROWS) for name in names}
    return {row["crosswalk"]: row for row in register_crosswalks(entries, pairs, inputs).to_pylist()}


def test_rows_and_different_codes_are_counted():
    row = registered(GEM)[GEM]
    assert (row["mappings"], row["sources"], row["targets"], row["raw_rows"]) == (4, 3, 2, 7)


def test_a_published_crosswalk_has_the_release_and_the_terms_of_its_source():
    row = registered(GEM)[GEM]
    source = GEM_OF_2018.source
    assert (row["origin"], row["release"], row["licence"]) == ("published", "2017-10-01", source.licence)
    assert row["made_from"] is None
    assert set(row["publisher"].split(", ")) == set(source.publisher.split(", "))


def test_of_a_source_with_several_releases_the_newest_counts_in_whatever_order_they_come():
    for deliveries in (TABLES_OF_CONVERSIONS, TABLES_OF_CONVERSIONS[::-1]):
        row = registered("conversion_icd10cm", deliveries=(GEM_OF_2018, *deliveries))["conversion_icd10cm"]
        assert row["release"] == "2025-10-01"


def test_raw_rows_of_a_conversion_are_those_of_the_newest_table():
    rows = [("2025-10-01", "A"), ("2025-10-01", "B"), ("2019-10-01", "A")]
    assert registered("conversion_icd10cm", conversions=conversions_of(*rows))["conversion_icd10cm"]["raw_rows"] == 2


def test_the_opposite_is_named_only_where_it_is_here():
    assert registered(GEM)[GEM]["opposite"] is None
    assert registered(GEM, BACK)[GEM]["opposite"] == BACK


def test_a_derived_crosswalk_names_all_that_it_is_made_of_and_the_newest_release_that_it_reaches():
    others = [replace(each, source=replace(each.source, licence="other terms")) for each in TABLES_OF_CONVERSIONS]
    row = registered(CURRENT, deliveries=(GEM_OF_2018, *others))[CURRENT]
    assert (row["origin"], row["raw_rows"], row["url"]) == ("derived", None, None)
    assert row["made_from"] == [GEM, "icd10cm_forward"]
    assert row["release"] == "2025-10-01"
    sources = [GEM_OF_2018.source, others[0].source]
    assert row["publisher"] == ", ".join(sorted({name for each in sources for name in each.publisher.split(", ")}))
    assert set(row["licence"].split("; ")) == {each.licence for each in sources}


def test_every_crosswalk_says_its_relation():
    assert {name: row["relation"] for name, row in registered(GEM, "conversion_icd10cm").items()} == {
        GEM: "equivalence",
        "conversion_icd10cm": "succession",
    }


def days_of(row):
    return row["known_from"], row["known_through"]


def test_a_published_map_speaks_of_the_codes_of_its_release_only():
    assert days_of(registered(GEM)[GEM]) == (date(2017, 10, 1), date(2018, 9, 30))


def test_a_conversion_table_speaks_back_to_its_oldest_row_and_up_to_the_next_table():
    rows = [("2025-10-01", "A", date(2016, 10, 1)), ("2025-10-01", "B", date(2025, 10, 1))]
    row = registered("conversion_icd10cm", conversions=conversions_of(*rows))["conversion_icd10cm"]
    assert days_of(row) == (date(2016, 10, 1), date(2026, 3, 31))


@pytest.mark.parametrize(("name", "first"), [("icd10cm_forward", date(2015, 10, 1)), (CURRENT, date(2014, 10, 1))])
def test_a_derived_crosswalk_speaks_from_the_oldest_listing_to_the_horizon_of_the_newest(name, first):
    assert days_of(registered(name)[name]) == (first, date(2026, 3, 31))


def test_a_derived_crosswalk_speaks_no_further_than_the_conversion_tables_reach():
    row = registered("icd10cm_backward", deliveries=(GEM_OF_2018, TABLES_OF_CONVERSIONS[0]))["icd10cm_backward"]
    assert days_of(row) == (date(2015, 10, 1), date(2020, 3, 31))


def test_a_map_that_says_itself_of_which_days_it_speaks_is_believed():
    nine, ten = (read_crosswalks()[f"causes_113_icd{number}"] for number in (9, 10))
    inputs = KnownInputs({"nchs_113_causes": delivery_of("nchs_113_causes", date(1999, 1, 1))}, conversions_of(), {})
    assert days_known(nine, inputs) == (date(1979, 1, 1), date(1998, 12, 31))
    assert days_known(ten, inputs) == (date(1999, 1, 1), date(2000, 12, 31))
