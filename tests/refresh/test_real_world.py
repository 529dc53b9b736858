"""A refresh while some addresses are gone, answer with a page, or hold other content: what is here is published, what
is missing is named, and what people have is never lost."""

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.fetch.hosts import FAILURES_ALLOWED, Hosts, Unreachable
from pipeline.ingest.archive import ZIP_MAGIC
from pipeline.refresh.fingerprint import STATE
from tests.fetch.site import ENTRY, LATER, LATER_URL, NEW_CODE, URL, Site, order_zip
from tests.publisher import Content, Publisher, Steps, Visit, addressed_sources, open_publisher, posted_excerpt
from tests.refresh.conftest import copy_project
from tests.samples import EXCERPT, SOURCES, Project, copy_declarations, hashes

PAGE = b"<!DOCTYPE html>\n<html><body>Page not found</body></html>"
WAYS_TO_FAIL = [Steps.status(404), Steps.status(403), Steps.content(PAGE), Visit.hang_up]
SHARES = [0.05, 0.2, 0.6]
MIRROR = "https://ftp.cdc.gov/pub/order.zip"
MIRRORED = ENTRY + f'mirrors = ["{MIRROR}"]\n'


def report(site: Site) -> dict:
    return json.loads((site.project.output / "latest" / "changes.json").read_text("utf-8"))


def missing_addresses(site: Site) -> set[str]:
    return {each["url"] for each in report(site)["missing"]}


def page(site: Site) -> str:
    return (site.project.output / "latest" / "CHANGES.md").read_text("utf-8")


def latest(site: Site) -> str:
    return (site.project.output / "latest").resolve().name


# All sources of the excerpt


def open_world(folder: Path) -> tuple[Project, dict[str, Content]]:
    """A project of all sources of the excerpt that may be fetched, and the files that their publishers post."""
    project = Project(folder / "raw", folder / "sources", folder / "output")
    sources = addressed_sources(EXCERPT, SOURCES)
    files = posted_excerpt(EXCERPT, SOURCES, project.catalogue, sources)
    project.raw.mkdir()
    copy_declarations(project.raw)
    return project, files


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: object) -> Iterator[Site]:
    project, files = open_world(tmp_path)
    with open_publisher(files, tmp_path) as publisher:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(publisher.authority))
        yield Site(project, publisher)


@pytest.fixture(scope="session")
def world_refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project of all sources after a first refresh that found everything. A second run leaves the same
    state as a ninth, so that the next one is the tenth as well."""
    folder = tmp_path_factory.mktemp("world")
    project, files = open_world(folder)
    with open_publisher(files, folder) as publisher, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(publisher.authority))
        assert Site(project, publisher).refresh().exit_code == 0
        assert Site(project, publisher).refresh().exit_code == 0
    return folder


def choose_addresses(publisher: Publisher, share: float, seed: int = 1) -> list[str]:
    """Some of all addresses, always the same."""
    return random.Random(seed).sample(sorted(publisher.files), max(1, round(share * len(publisher.files))))


def break_addresses(publisher: Publisher, share: float) -> set[str]:
    """Lets a share of all addresses fail, each in the next of the ways."""
    dead = choose_addresses(publisher, share)
    for number, url in enumerate(dead):
        publisher.misbehave(url, WAYS_TO_FAIL[number % len(WAYS_TO_FAIL)])
    return {*dead}


def repost(publisher: Publisher, share: float) -> set[str]:
    """Gives a share of all zips other bytes with the same members."""
    zips: set[str] = set()
    for url in choose_addresses(publisher, share):
        content = publisher.files[url]
        assert isinstance(content, bytes)
        if content.startswith(ZIP_MAGIC):
            publisher.files[url] = content + b"\0"  # what follows the archive, no reader looks at
            zips.add(url)
    return zips


@pytest.mark.slow
@pytest.mark.parametrize("share", SHARES)
def test_first_run_publishes_what_can_be_had_and_names_what_cannot(world: Site, share: float) -> None:
    dead = break_addresses(world.publisher, share)
    result = world.refresh()
    assert result.exit_code == 7, result.output
    assert missing_addresses(world) == dead
    assert all(url in page(world) for url in dead)
    assert result.stdout.count(" missing ") == len(report(world)["missing"])
    assert "incomplete" in result.stderr
    first = latest(world)

    again = world.refresh()
    assert again.exit_code == 7
    assert "is up to date" in again.output
    assert latest(world) == first

    world.publisher.behave()
    assert world.refresh("--allow-loss", "clusters").exit_code == 0
    assert report(world)["missing"] == []
    assert "Not here" not in page(world)


@pytest.mark.slow
@pytest.mark.parametrize("share", SHARES)
def test_tenth_run_loses_nothing_when_addresses_die(world: Site, world_refreshed: Path, share: float) -> None:
    shutil.rmtree(world.raw)
    copy_project(world_refreshed, world.raw.parent)
    before = hashes(world.project.output / "latest")
    break_addresses(world.publisher, share)
    result = world.refresh()
    assert result.exit_code == 0, result.output
    assert hashes(world.project.output / "latest") == before


@pytest.mark.slow
@pytest.mark.parametrize("share", SHARES)
def test_tenth_run_uses_the_pinned_content_of_what_is_reposted(
    world: Site, world_refreshed: Path, share: float
) -> None:
    shutil.rmtree(world.raw)
    copy_project(world_refreshed, world.raw.parent)
    before = hashes(world.project.output / "latest")
    reposted = repost(world.publisher, share)
    result = world.refresh()
    assert result.exit_code == (7 if reposted else 0), result.output
    assert hashes(world.project.output / "latest") == before
    assert len(list(world.raw.rglob("*.reposted-*"))) == len(reposted)
    assert world.refresh().exit_code == 0, "the run that finds it tells; later ones warn"


@pytest.mark.slow
def test_system_whose_only_listing_is_missing_does_not_stop_the_others(world: Site) -> None:
    only = {url for url in world.publisher.files if "mortality" in url.lower() or "ucod" in url.lower()}
    for path in (world.project.catalogue / "icd10_mortality.toml", world.project.catalogue / "icd9_mortality.toml"):
        only |= {url for url in world.publisher.files if f'"{url}"' in path.read_text("utf-8")}
    for url in only:
        world.publisher.misbehave(url, Steps.status(404))
    result = world.refresh()
    assert result.exit_code == 7, result.output
    assert only
    assert missing_addresses(world) == only
    assert "icd10_mortality" in page(world)


# One source


def test_missing_file_that_comes_is_built_and_no_longer_named(published: Site) -> None:
    published.post_later(NEW_CODE)
    published.publisher.misbehave(LATER_URL, Steps.status(404))
    first = latest(published)
    result = published.refresh()
    assert result.exit_code == 7
    (row,) = report(published)["missing"]
    assert row == {
        "source": "icd10cm",
        "release": "2026-10-01",
        "file": "later.zip",
        "url": LATER_URL,
        "why": "status 404 Not Found",
    }
    assert "## Not here" in page(published)
    assert latest(published) == first
    published.publisher.behave()
    assert published.refresh().exit_code == 0
    assert latest(published) != first
    assert report(published)["missing"] == []


def test_dead_address_whose_file_is_here_is_no_incompleteness(published: Site) -> None:
    for step in WAYS_TO_FAIL[:3]:
        published.publisher.misbehave(URL, step)
        published.post_later()
        assert published.refresh().exit_code == 0


def test_first_run_without_any_file_ends_with_5_and_publishes_nothing(site: Site) -> None:
    site.publisher.misbehave(URL, Steps.status(404))
    assert site.refresh().exit_code == 5
    assert not (site.project.output / "latest").exists()


def test_first_run_of_a_file_with_other_content_than_the_pinned_says_how_to_accept_it(site: Site) -> None:
    site.pin()
    site.write_entry(
        (site.project.catalogue / "icd10cm.toml").read_text("utf-8").partition("[[")[2].join(["[[", LATER])
    )
    site.publisher.files[LATER_URL] = order_zip(site.raw.parent, NEW_CODE, label="FY2027")
    site.publisher.files[URL] = order_zip(site.raw.parent, NEW_CODE)
    result = site.refresh()
    assert result.exit_code == 7, result.output
    assert missing_addresses(site) == {URL}
    assert "--accept-changed icd10cm/2025-10-01" in result.stderr
    assert site.refresh("--accept-changed", "icd10cm/2025-10-01").exit_code == 0


def test_release_whose_file_vanished_from_the_raw_folder_is_not_lost(twice: Site) -> None:
    """Its address is dead as well: the guards keep the build that has it."""
    (later,) = twice.raw.rglob("later.zip")
    later.unlink()
    twice.publisher.misbehave(LATER_URL, Steps.status(404))
    before = hashes(twice.project.output / "latest")
    result = twice.refresh()
    assert result.exit_code == 4, result.output
    assert "release ICD10CM 2026-10-01 disappears" in result.stderr
    assert hashes(twice.project.output / "latest") == before
    (candidate,) = twice.project.output.glob(".candidate-*")
    assert LATER_URL in (candidate / "CHANGES.md").read_text("utf-8")


def test_guessed_address_without_a_file_is_not_missing(published: Site) -> None:
    published.write_entry(ENTRY + LATER + 'url_status = "unconfirmed"\n')
    published.publisher.misbehave(LATER_URL, Steps.status(403))
    assert published.refresh().exit_code == 0


def test_file_that_no_table_is_made_from_is_fetched_when_it_is_named(published: Site) -> None:
    text = (published.project.catalogue / "icd10cm.toml").read_text("utf-8")
    other = text.replace('"icd10cm"', '"exempt"').replace('"order_file"', '"exempt"').replace(URL, LATER_URL)
    (published.project.catalogue / "exempt.toml").write_text(other, encoding="utf-8")
    published.publisher.files[LATER_URL] = published.publisher.files[URL]
    assert published.refresh().exit_code == 0
    assert [visit.url for visit in published.publisher.visits] == [URL]
    published.publisher.misbehave(LATER_URL, Steps.status(404))
    assert published.refresh("icd10cm", "exempt").exit_code == 0, "no table lacks it"
    published.publisher.behave()
    assert published.refresh("icd10cm", "exempt").exit_code == 0
    assert {visit.url for visit in published.publisher.visits} == {URL, LATER_URL}


def test_which_layouts_are_read_is_kept_for_a_run_that_builds_nothing(published: Site) -> None:
    state = json.loads((published.project.output / STATE).read_text("utf-8"))
    assert "order_file" in state["layouts"]


# Mirrors


@pytest.mark.parametrize("step", WAYS_TO_FAIL, ids=["404", "403", "page", "hang up"])
def test_mirror_is_asked_when_the_address_fails(site: Site, step) -> None:
    site.write_entry(MIRRORED)
    site.publisher.files[MIRROR] = site.publisher.files[URL]
    site.publisher.misbehave(URL, step)
    result = site.refresh()
    assert result.exit_code == 0, result.output
    assert site.stored.read_bytes() == site.publisher.files[MIRROR]
    assert f"; {MIRROR}" in result.output


def test_mirror_is_not_asked_while_the_address_answers_or_the_file_is_here(site: Site) -> None:
    site.write_entry(MIRRORED)
    site.publisher.files[MIRROR] = site.publisher.files[URL]
    assert site.fetch().exit_code == 0
    site.publisher.misbehave(URL, Steps.status(404))
    assert site.fetch().exit_code == 0
    assert {visit.url for visit in site.publisher.visits} == {URL}


def pin_with_mirror(site: Site) -> None:
    """Pins the content that is posted now, and names a mirror."""
    site.pin()
    pinned = (site.project.catalogue / "icd10cm.toml").read_text("utf-8").partition("[[release]]")[2]
    site.write_entry(f'[[release]]{pinned}mirrors = ["{MIRROR}"]\n')


def test_mirror_with_the_pinned_content_stands_in_for_an_address_that_was_reposted(site: Site) -> None:
    pin_with_mirror(site)
    pinned = site.publisher.files[URL]
    site.publisher.files |= {MIRROR: pinned, URL: order_zip(site.raw.parent, NEW_CODE)}
    assert site.refresh().exit_code == 0
    assert site.stored.read_bytes() == pinned


def test_other_packing_of_a_mirror_never_stands_in_for_the_pinned_file(site: Site) -> None:
    pin_with_mirror(site)
    site.publisher.files[MIRROR] = order_zip(site.raw.parent, NEW_CODE)
    site.publisher.misbehave(URL, Steps.status(404))
    result = site.fetch()
    assert result.exit_code == 5
    assert not site.stored.exists()
    assert len(list(site.raw.rglob("order.zip.reposted-*"))) == 1
    assert site.refresh("--accept-changed", "icd10cm/2025-10-01").exit_code == 0
    assert site.stored.read_bytes() == site.publisher.files[MIRROR]


# Hosts


def post_many(site: Site, number: int) -> None:
    entries = [ENTRY.replace("order.zip", f"{each}.zip") for each in range(number)]
    site.write_entry("".join(entries))


def test_host_that_lets_nobody_in_is_not_asked_for_every_file(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    post_many(site, 40)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    result = site.fetch()
    assert result.exit_code == 5
    assert site.publisher.all_connections <= FAILURES_ALLOWED["never reached"] + 1, "one for each of two workers"
    assert "it could not be reached and no other was asked" in result.stderr
    assert len(result.stderr.splitlines()) < 40, "one message for the host"


def test_host_that_was_reached_in_this_run_may_fail_once() -> None:
    hosts, url = Hosts(), "https://files.example/a.zip"
    hosts.note_answer(url)
    hosts.note_failure(url, Unreachable(url, "the file", "none", "run again"))
    assert not hosts.is_given_up(url)
    hosts.note_failure(url, Unreachable(url, "the file", "none", "run again"))
    assert hosts.is_given_up("https://files.example/b.zip")
    assert not hosts.is_given_up("https://other.example/a.zip")


def test_mirrors_on_a_host_that_cannot_be_reached_are_not_asked_and_it_is_said_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrored = [ENTRY.replace("order.zip", f"{each}.zip") + f'mirrors = ["{MIRROR}"]\n' for each in range(40)]
    site.write_entry("".join(mirrored))
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    result = site.refresh()
    assert result.exit_code == 5
    assert "mirror " not in result.output
    lines = [line for line in result.stdout.splitlines() if " missing " in line]
    assert len(lines) <= 3, "the addresses that were asked, and a line for the host"
    assert "more files of" in lines[-1]
    assert lines[-1].endswith("not asked, since its host did not answer")


def test_host_that_only_fails_is_given_up_later(site: Site) -> None:
    post_many(site, 40)
    for number in range(40):
        site.publisher.misbehave(URL.replace("order", str(number)), Visit.hang_up)
    assert site.fetch().exit_code == 5
    asked = {visit.url for visit in site.publisher.visits}
    assert FAILURES_ALLOWED["no answer"] <= len(asked) <= FAILURES_ALLOWED["no answer"] + 2


def test_host_that_says_that_files_are_gone_is_asked_for_every_one(site: Site) -> None:
    post_many(site, 40)
    assert site.fetch().exit_code == 5
    assert len({visit.url for visit in site.publisher.visits}) == 40


def test_refresh_without_a_network_leaves_what_people_have(published: Site) -> None:
    published.post_later()
    before = hashes(published.project.output / "latest")
    nowhere = Site(published.project, Publisher({}, address="https://localhost:1"))
    result = nowhere.refresh()
    assert result.exit_code == 5, result.output
    assert hashes(published.project.output / "latest") == before
