"""The days of which a build can speak for a system."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from pipeline.build_inputs import name_of
from pipeline.build_options import BuildOptions
from pipeline.catalogue.sources import read_catalogue
from pipeline.history import derive_timelines
from pipeline.history.horizon import Horizon, derive_horizons, oldest_days, ranks_of
from pipeline.normalise.service_lists import RANK_OF_BETOS, RANK_OF_RBCS
from tests.history.frames import listing
from tests.normalise.frames import delivery_of

RANKS = {"rbcs": RANK_OF_RBCS, "betos": RANK_OF_BETOS}


def horizons_of(*releases: tuple[str, str, date]) -> dict[str, Horizon]:
    """The horizons of some releases: system, source, first day."""
    rows = [
        {"system": system, "source": source, "release": day.isoformat(), "effective_from": day}
        for system, source, day in releases
    ]
    ranks = {(system, source): RANKS.get(source, 0) for system, source, _ in releases}
    return derive_horizons(pa.Table.from_pylist(rows), read_catalogue(), {}, ranks)


@pytest.mark.parametrize(
    ("system", "source", "newest", "through", "expected"),
    [
        ("ICD10CM", "icd10cm", date(2025, 10, 1), date(2026, 3, 31), date(2026, 4, 1)),
        ("ICD10CM", "icd10cm", date(2020, 10, 1), date(2020, 12, 31), date(2021, 1, 1)),
        ("HCPCS", "hcpcs", date(2025, 1, 1), date(2025, 3, 31), date(2025, 4, 1)),
        ("ICD9CM", "icd9cm", date(2014, 10, 1), date(2015, 9, 30), None),
        ("ICD9CM", "icd9cm", date(2010, 10, 1), date(2011, 9, 30), date(2011, 10, 1)),
        ("ICD10", "icd10_mortality", date(2023, 1, 1), date(2023, 12, 31), date(2024, 1, 1)),
        ("ICD9", "icd9_mortality", date(1979, 1, 1), date(1998, 12, 31), None),
    ],
)
def test_a_system_is_known_up_to_the_day_before_the_next_release(system, source, newest, through, expected) -> None:
    oldest = min(newest, date(2015, 10, 1))
    horizon = horizons_of((system, source, oldest), (system, source, newest))[system]
    assert (horizon.known_through, horizon.next_release_expected) == (through, expected)
    assert (horizon.newest_release, horizon.known_from) == (newest.isoformat(), oldest)


def test_releases_may_come_in_any_order_and_other_systems_have_their_own_days() -> None:
    releases = [("ICD10CM", "icd10cm", date(2025, 10, 1)), ("ICD10CM", "icd10cm", date(2015, 10, 1))]
    assert horizons_of(*releases) == horizons_of(*releases[::-1])
    assert horizons_of(*releases, ("HCPCS", "hcpcs", date(2019, 1, 1))).keys() == {"ICD10CM", "HCPCS"}


def test_of_two_sources_of_a_system_the_one_that_reaches_furthest_decides() -> None:
    releases = [("ICD10", "icd10_mortality", date(2023, 1, 1)), ("ICD10", "who_icd10", date(2019, 1, 1))]
    for order in (releases, releases[::-1]):
        horizon = horizons_of(*order)["ICD10"]
        assert (horizon.newest_release, horizon.known_from) == ("2023-01-01", date(2019, 1, 1))


def test_a_taxonomy_of_billed_services_does_not_vouch_for_the_code_set_that_its_keeper_lists() -> None:
    """RBCS of 2025 is for a year, HCPCS changes every quarter; alone it speaks as far as it reaches."""
    keeper, taxonomy = ("HCPCS", "hcpcs", date(2024, 10, 1)), ("HCPCS", "rbcs", date(2025, 1, 1))
    for order in ((keeper, taxonomy), (taxonomy, keeper)):
        horizon = horizons_of(*order)["HCPCS"]
        assert (horizon.newest_release, horizon.known_through) == ("2024-10-01", date(2024, 12, 31))
    assert horizons_of(taxonomy)["HCPCS"].known_through == date(2025, 12, 31)
    older = ("HCPCS", "betos", date(2014, 1, 1))
    assert horizons_of(keeper, older)["HCPCS"].known_from == date(2014, 1, 1)


def test_what_lists_count_is_that_of_the_main_lists_of_each_source() -> None:
    rows = {"A00": ("Cholera", "Cholera", True)}
    weaker = listing(date(2025, 4, 1), rows)
    delivery = replace(weaker.delivery, source=replace(weaker.delivery.source, source="rbcs"))
    weaker = replace(weaker, delivery=delivery, rank=RANK_OF_RBCS)
    keeper = listing(date(2025, 10, 1), rows)
    own = keeper.delivery.source.source
    assert ranks_of(derive_timelines([keeper, weaker])) == {("ICD10CM", own): 0, ("ICD10CM", "rbcs"): RANK_OF_RBCS}


def test_a_release_that_the_catalogue_learns_of_makes_another_build_where_it_moves_what_is_known() -> None:
    """ICD-10-CM of October 2020 speaks through December only once the edition of January 2021 is known."""
    knowing = delivery_of("icd10cm", date(2020, 10, 1))
    january = [each for each in knowing.source.releases if each.effective_from == date(2021, 1, 1)]
    rest = tuple(each for each in knowing.source.releases if each not in january)
    unknowing = replace(knowing, source=replace(knowing.source, releases=rest))
    farther = replace(knowing, source=replace(knowing.source, releases=rest[:-1] + tuple(january)))
    names = [name_of([each], (), BuildOptions()) for each in (knowing, unknowing, farther)]
    assert january
    assert names[0] != names[1]
    assert names[0] == names[2]


def test_an_edition_that_a_later_file_tells_of_is_where_a_system_begins_to_be_known() -> None:
    """The file of October 2025 tells by its addenda what was listed in April."""
    newest = {"system": "ICD10CM", "source": "icd10cm", "release": "2025-10-01", "effective_from": date(2025, 10, 1)}
    releases, told = pa.Table.from_pylist([newest]), {"ICD10CM": date(2025, 4, 1)}
    horizon = derive_horizons(releases, read_catalogue(), told, {("ICD10CM", "icd10cm"): 0})["ICD10CM"]
    assert (horizon.known_from, horizon.newest_release) == (date(2025, 4, 1), "2025-10-01")


def test_the_oldest_day_of_a_system_is_that_of_its_main_lists_since_it_is_in_use() -> None:
    """The lists of headings beside them, and editions from before its use, tell nothing of codes on a day."""
    april, october, early = date(2025, 4, 1), date(2025, 10, 1), date(2012, 10, 1)
    rows = {"A00": ("Cholera", "Cholera", True)}
    beside = replace(listing(date(2020, 10, 1), {"B00": ("Herpes", "Herpes", False)}), supplement=True)
    told = replace(listing(april, rows), told_by="2025-10-01")
    timelines = derive_timelines([listing(october, rows), told, listing(early, rows), beside])
    assert oldest_days(timelines) == {"ICD10CM": april}


def test_editions_from_before_a_system_was_in_use_are_not_where_it_begins_to_be_known() -> None:
    early, first, newest = (("ICD10CM", "icd10cm", date(year, 10, 1)) for year in (2011, 2016, 2025))
    assert horizons_of(early, first, newest)["ICD10CM"].known_from == date(2016, 10, 1)
    assert horizons_of(early)["ICD10CM"].known_from == date(2011, 10, 1)
