"""A published map that speaks of every code has lost none, where the listing of its day is here to tell."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.catalogue.sample import SAMPLE
from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.gate import completeness
from pipeline.gate.completeness import EVERY_CODE, CompleteMap, find_incomplete, read_complete_maps
from tests.samples import copy_declarations, copy_excerpt

GEM = "gem_icd10cm_icd9cm"
RELEASES = pa.schema([("system", pa.string()), ("source", pa.string()), ("effective_from", pa.date32())])
MAPPINGS = pa.schema([("crosswalk", pa.string()), ("status", pa.string()), ("source_code", pa.string())])


def delivery(source: str, release: str) -> RawRelease:
    own = read_catalogue()[source]
    return RawRelease(own, next(each for each in own.releases if each.release == release), (), {})


def tables(*lost: str, crosswalk: str = GEM, listed: date = date(2017, 10, 1)) -> dict[str, pa.Table]:
    """A map of every code but those that it lost, and the listing of one day."""
    rows = [(crosswalk, None, "A000"), (crosswalk, "newer_than_map", "U071")]
    rows += [(crosswalk, "not_assigned", code) for code in lost]
    return {
        "mappings": pa.Table.from_pylist([dict(zip(MAPPINGS.names, row, strict=True)) for row in rows], MAPPINGS),
        "releases": pa.Table.from_pylist(
            [{"system": "ICD10CM", "source": "icd10cm", "effective_from": listed}], RELEASES
        ),
    }


@pytest.fixture
def deliveries() -> list[RawRelease]:
    return [delivery("gem_dx", "2017-10-01"), delivery("icd10cm", "2017-10-01")]


def test_a_map_that_has_every_code_of_its_day_is_whole(deliveries: list[RawRelease]) -> None:
    assert find_incomplete(tables(), deliveries) == []


def test_one_code_too_few_is_found_with_its_name(deliveries: list[RawRelease]) -> None:
    (finding,) = find_incomplete(tables("Z9989"), deliveries)
    assert f"crosswalk {GEM}: 1 codes that ICD10CM had on 2017-10-01 are not in it" in finding
    assert "all 71,704 diagnoses of FY2018 have a row" in finding
    assert "Z9989" in finding
    assert "fetch the map's file again" in finding


def test_a_map_may_leave_out_as_many_codes_as_its_publisher_does(
    deliveries: list[RawRelease], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completeness, "read_complete_maps", lambda: {GEM: CompleteMap(GEM, 1, "one has none")})
    assert find_incomplete(tables("Z9989"), deliveries) == []
    assert len(find_incomplete(tables("Z9988", "Z9989"), deliveries)) == 1


@pytest.mark.parametrize(
    ("listed", "found"),
    [(date(2017, 10, 1), 1), (date(2016, 10, 1), 0), (date(2018, 10, 1), 0)],
    ids=["of the map's day", "of the year before", "of the year after"],
)
def test_without_the_listing_of_its_day_nobody_can_tell(deliveries: list[RawRelease], listed: date, found: int) -> None:
    assert len(find_incomplete(tables("Z9989", listed=listed), deliveries)) == found


def test_a_sample_that_says_so_need_not_be_whole(deliveries: list[RawRelease]) -> None:
    sampled = [replace(each, not_kept=frozenset({EVERY_CODE})) for each in deliveries]
    assert find_incomplete(tables("Z9989"), sampled) == []


def test_a_map_that_is_not_here_lost_nothing(deliveries: list[RawRelease]) -> None:
    assert find_incomplete(tables("Z9989"), deliveries[1:]) == []


def test_every_entry_is_a_map_that_speaks_of_every_code() -> None:
    entries = [read_crosswalks()[each] for each in read_complete_maps()]
    assert [each.crosswalk for each in entries if not each.is_of_every_code] == []


def test_a_map_that_is_cut_at_the_end_of_a_line_stops_the_build(tmp_path: Path) -> None:
    """The excerpt's maps are cut already: here they claim to be whole."""
    project = copy_excerpt(tmp_path, "icd9cm", "icd10cm", "gem_dx")
    copy_declarations(project.raw)
    assert project.build().exit_code == 0
    declared = project.raw / SAMPLE
    declared.write_text(declared.read_text("utf-8").replace(EVERY_CODE, "of none"), "utf-8")
    result = project.build()
    assert result.exit_code == 4, result.output
    assert "crosswalk gem_icd9cm_icd10cm: " in result.stderr
    assert "codes that ICD9CM had on 2015-09-30 are not in it" in result.stderr
