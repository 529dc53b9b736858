"""A raw file that is not what is pinned, and is posted no longer: what is here is published, what is lost is named."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.fetch.site import ENTRY, LATER, LATER_URL, NEW_CODE, URL, Site
from tests.publisher import Steps
from tests.refresh.test_refresh import changes, latest
from tests.samples import hashes

DEAD = {"404": Steps.status(404), "503": Steps.status(503), "page": Steps.content(b"<!DOCTYPE html><html></html>")}


@pytest.fixture
def damaged(published: Site) -> Site:
    """A published build, and a later release that was fetched, damaged on the disk, and is posted no longer."""
    published.post_later(NEW_CODE)
    assert published.fetch().exit_code == 0
    later(published).write_bytes(b"damaged")
    published.publisher.misbehave(LATER_URL, Steps.status(404))
    return published


def later(site: Site) -> Path:
    return site.raw / "icd10cm" / "2026-10-01" / "later.zip"


def releases(site: Site) -> list[str]:
    return list(pd.read_parquet(latest(site) / "parquet" / "releases.parquet")["release"])


@pytest.mark.parametrize("step", DEAD)
def test_a_refresh_goes_on_without_it_and_ends_with_7(damaged: Site, step: str) -> None:
    damaged.publisher.misbehave(LATER_URL, DEAD[step])
    damaged.write_entry(ENTRY.replace("FY2026", "other label") + LATER)
    first = latest(damaged)
    result = damaged.refresh()
    assert result.exit_code == 7, result.output
    assert latest(damaged) != first
    assert releases(damaged) == ["2025-10-01"]
    (row,) = changes(damaged)["missing"]
    assert (row["release"], row["file"], row["url"]) == ("2026-10-01", "later.zip", LATER_URL)
    assert row["why"].endswith("; the file that is here is damaged")
    assert LATER_URL in (latest(damaged) / "CHANGES.md").read_text("utf-8")
    assert f"damaged    {later(damaged)}" in result.output
    assert later(damaged).read_bytes() == b"damaged", "it is not deleted"


def test_each_run_says_so_until_it_is_mended(damaged: Site) -> None:
    for _ in range(2):
        assert damaged.refresh().exit_code == 7
        assert [each["release"] for each in changes(damaged)["missing"]] == ["2026-10-01"]
    damaged.publisher.behave()
    assert damaged.refresh().exit_code == 0
    assert releases(damaged) == ["2025-10-01", "2026-10-01"]
    assert changes(damaged)["missing"] == []


def test_people_keep_the_build_that_has_it(twice: Site) -> None:
    later(twice).write_bytes(b"damaged")
    twice.publisher.misbehave(LATER_URL, Steps.status(404))
    before = hashes(twice.project.output / "latest")
    result = twice.refresh()
    assert result.exit_code == 4, result.output
    assert "release ICD10CM 2026-10-01 disappears" in result.stderr
    assert {name: each for name, each in hashes(twice.project.output / "latest").items() if name in before} == before
    (candidate,) = twice.project.output.glob(".candidate-*")
    missing = json.loads((candidate / "changes.json").read_text("utf-8"))["missing"]
    assert [each["file"] for each in missing] == ["later.zip"]


def test_a_first_run_of_which_the_only_file_is_damaged_says_what_failed(site: Site) -> None:
    assert site.fetch().exit_code == 0
    site.stored.write_bytes(b"damaged")
    site.publisher.misbehave(URL, Steps.status(404))
    assert site.refresh().exit_code == 5
    assert not (site.project.output / "latest").exists()


def test_a_file_that_nobody_can_fetch_still_stops_it(damaged: Site) -> None:
    """Who supplied it has to look: without an address it does not come again."""
    damaged.write_entry(ENTRY + LATER + 'url_status = "gone"\n')
    before = hashes(damaged.project.output / "latest")
    result = damaged.refresh()
    assert result.exit_code == 3, result.output
    assert str(later(damaged)) in result.stderr
    assert hashes(damaged.project.output / "latest") == before


def test_a_build_of_a_damaged_file_is_refused(damaged: Site) -> None:
    """`build` builds what is here; a refresh is what mends and goes on."""
    assert damaged.project.build().exit_code == 3


def test_a_damaged_file_at_an_address_that_was_a_guess_is_missing_too(damaged: Site) -> None:
    damaged.write_entry(ENTRY + LATER + 'url_status = "unconfirmed"\n')
    result = damaged.refresh()
    assert result.exit_code == 7, result.output
    assert [each["why"] for each in changes(damaged)["missing"]] == ["not fetched; the file that is here is damaged"]
