"""The first screen: what it proposes, how it names things, what it says of a claim."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.ask.build import open_arrow, open_build
from pipeline.ask.compare.profiles import read_profiles
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.export.page.crosswalk_facts import in_groups, parts_of, read_quality
from pipeline.export.page.facts import is_excerpt
from pipeline.export.page.first_view import choose_chips, picture_claims
from pipeline.export.page.readable_names import name_crosswalk, name_system
from schemas import TABLES


def test_chips_are_six_whose_codes_are_here(excerpt_build: Path) -> None:
    with open_build(excerpt_build) as build:
        chips = choose_chips(build)
    assert len(chips) == 6
    assert chips[:3] == ["heart attack", "E11.9", "250.00"]
    tables = {name: pq.read_table(excerpt_build / "parquet" / f"{name}.parquet") for name in TABLES}
    with open_arrow(tables | {"codes": tables["codes"].slice(0, 0)}) as build:
        assert choose_chips(build) == []


def test_the_picture_has_the_day_of_the_change_and_who_carries_what(excerpt_build: Path) -> None:
    with open_build(excerpt_build) as build:
        picture = picture_claims(read_profiles(build))
    assert (picture.last_day, picture.first_day) == (date(2015, 9, 30), date(2015, 10, 1))
    lanes = {(kind.claim, lane.question): (lane.before, lane.since) for kind, own in picture.claims for lane in own}
    assert lanes["professional claim", "why"] == (["ICD9CM"], ["ICD10CM"])
    assert lanes["professional claim", "what was done or given"] == (["CPT4", "HCPCS", "NDC"], ["CPT4", "HCPCS", "NDC"])
    assert lanes["hospital inpatient claim", "what was done or given"] == (["ICD9Proc"], ["ICD10PCS"])


def test_a_build_of_the_excerpt_is_one_and_with_another_file_it_is_none(excerpt_build: Path) -> None:
    tables = {name: pq.read_table(excerpt_build / "parquet" / f"{name}.parquet") for name in TABLES}
    with open_arrow(tables) as build:
        assert is_excerpt(build)
    releases = tables["releases"].to_pandas()
    releases.loc[0, "sha256"] = "f" * 64
    other = tables["releases"].from_pandas(releases, schema=tables["releases"].schema, preserve_index=False)
    with open_arrow(tables | {"releases": other}) as build:
        assert not is_excerpt(build)


def test_every_map_and_every_step_of_years_has_a_name_that_people_read() -> None:
    for each in read_crosswalks().values():
        if each.relation in {"equivalence", "succession", "packaging"}:
            assert name_crosswalk(each.crosswalk), each.crosswalk


def test_every_system_has_a_name_with_its_hyphens(excerpt_build: Path) -> None:
    with open_build(excerpt_build) as build:
        for system in build.systems:
            assert name_system(system).startswith(("ICD-", "CPT", "HCPCS", "NDC")), system


def test_the_parts_of_a_map_are_all_of_its_codes(excerpt_build: Path) -> None:
    with open_build(excerpt_build) as build:
        groups = in_groups(read_quality(build))
    assert [*groups] == ["Maps between systems", "From year to year", "Groupings", "Further ties"]
    for row in groups["Maps between systems"]:
        parts = parts_of(row)
        assert sum(count for _, _, count in parts) == row["billable"]
        assert all(count >= 0 for _, _, count in parts)


def test_a_grouping_says_of_how_many_codes_its_categories_are_ours(excerpt_build: Path, read_table: Any) -> None:
    mappings = read_table(excerpt_build, "mappings")
    own = mappings[mappings["newest"] & (mappings["origin"] == "derived") & mappings["target_code"].notna()]
    with open_build(excerpt_build) as build:
        carried = {row["crosswalk"]: row["carried"] for row in in_groups(read_quality(build))["Groupings"]}
    assert carried["cci_icd10cm"] == own[own["crosswalk"] == "cci_icd10cm"]["source_code"].nunique() > 0
    assert None in carried.values()
    page = (excerpt_build / "report" / "index.html").read_text(encoding="utf-8")
    assert f"{carried['cci_icd10cm']} of the codes are newer than the grouping" in page
