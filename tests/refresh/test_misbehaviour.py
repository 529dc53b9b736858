"""Every way in which a publisher's server, or the disk, can let a scheduled job down: the exit code says which kind,
one line says why, no half file stays, and people keep what they had."""

import hashlib
import json
import os
import re
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.fetch import transfer
from pipeline.publish.place import REPORTS
from pipeline.run.lock import LOCK
from tests.fetch.site import ENTRY, LATER, LATER_URL, NEW_CODE, URL, Site, order_zip
from tests.publisher import Steps, Visit, open_publisher, serve
from tests.samples import hashes
from tests.unprivileged import run_unprivileged

PAGE = b"<!DOCTYPE html>\n<html><body>Page not found</body></html>"


@pytest.fixture
def announced(published: Site) -> Site:
    """A published build, and a new release that is posted: what happens with it is up to the test."""
    published.post_later(NEW_CODE)
    return published


def published_files(site: Site) -> tuple[str, dict[str, str]]:
    """The build that people have, and its files; its reports, which name what is missing, apart."""
    latest = site.project.output / "latest"
    return str(latest.readlink()), {name: each for name, each in hashes(latest).items() if name not in REPORTS}


def missing_releases(site: Site) -> list[str]:
    """The releases that the published build says it lacks."""
    content = json.loads((site.project.output / "latest" / "changes.json").read_text("utf-8"))
    return [f"{each['source']}/{each['release']}" for each in content["missing"]]


def refuse(site: Site, exit_code: int, reason: str) -> str:
    """Refreshes, and fetches, in vain: what holds for every failure. Returns what the fetch said on stderr.

    The refresh goes on without the file: the build that people have is incomplete, and its reports say so.
    """
    before, raw = published_files(site), site.raw_files()
    for command, ends_with in ((site.refresh, 7), (site.fetch, exit_code)):
        result = command()
        assert result.exit_code == ends_with, result.output
        assert isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        assert published_files(site) == before
        assert missing_releases(site) == ["icd10cm/2026-10-01"]
        assert site.raw_files() == raw
        assert not list(site.raw.glob(".incoming*"))
        assert not list(site.project.output.glob(".incoming-*"))
        said = result.stderr
        (line,) = [each for each in result.output.splitlines() if " failed " in each or each.startswith("failed ")]
        assert re.search(reason, line), line
    return said


def test_not_found(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.status(404))
    assert 'url_status = "gone"' in refuse(announced, 5, "icd10cm/2026-10-01: status 404 Not Found")


def test_forbidden_is_explained(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.status(403))
    assert "get the file with a browser" in refuse(announced, 5, "status 403 Forbidden")


def test_error_of_the_server_that_passes_is_no_failure(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.status(500), serve)
    assert announced.refresh().exit_code == 0
    assert [visit.status for visit in announced.publisher.visits if visit.url == LATER_URL] == [500, 200]


def test_back_off_grows(announced: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(transfer, "PATIENCE", transfer.Patience(tries=5, back_off=1))
    announced.publisher.misbehave(LATER_URL, Steps.status(503))
    assert announced.fetch().exit_code == 5
    assert [seconds for seconds in slept if seconds >= 1] == [2, 4, 8]


def test_error_of_the_server_for_ever(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.status(500))
    assert "run again" in refuse(announced, 5, "status 500 Internal Server Error, 3 times")
    assert len([visit for visit in announced.publisher.visits if visit.url == LATER_URL]) == 6


def test_connection_cut_in_the_middle_each_time(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.cut(after=50))
    refuse(announced, 5, "cut short in each of 3 tries, the last after 50 bytes")


def test_connection_cut_before_the_answer(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Visit.hang_up)
    refuse(announced, 5, r"none \(")


def test_slow_trickle(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.trickle(every=0.02))
    refuse(announced, 5, r"\d+ bytes a second, slower than 1,000")


@pytest.mark.slow
def test_silence(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.trickle(every=60))
    refuse(announced, 5, "cut short in each of 3 tries")


def test_shorter_than_announced_length_is_a_cut(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, wrong_length(+100))
    refuse(announced, 5, "cut short")


def test_longer_than_announced_length_is_no_whole_file(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, wrong_length(-100))
    assert "a whole archive" in refuse(announced, 3, "that are none")


def wrong_length(by: int):
    def step(visit: Visit) -> None:
        assert visit.content is not None
        visit.start(200, Content_Length=str(len(visit.content) + by))
        visit.write(visit.content)
        visit.hang_up()

    return step


def test_web_page_with_status_200(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.content(PAGE, Content_Type="text/html"))
    assert "landing page" in refuse(announced, 3, "icd10cm/2026-10-01: a web page")


def test_web_page_at_a_guessed_address_is_nothing_there(announced: Site) -> None:
    announced.write_entry(ENTRY + LATER + 'url_status = "unconfirmed"\n')
    announced.publisher.misbehave(LATER_URL, Steps.content(PAGE))
    assert announced.refresh().exit_code == 0
    assert announced.refresh().exit_code == 0


def test_zip_without_a_member_of_the_source(announced: Site) -> None:
    from tests.samples import write_zip

    body = write_zip(announced.raw.parent / "other.zip", {"readme.txt": b"x"}).read_bytes()
    announced.publisher.misbehave(LATER_URL, Steps.content(body))
    assert "with a member named like" in refuse(announced, 3, "readme.txt")


def test_redirect_to_another_host(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.redirect("https://evil.example/later.zip"))
    assert "https://evil.example/later.zip" in refuse(announced, 5, "leads elsewhere; it was not followed")


def test_redirect_to_a_name_that_begins_like_the_host(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.redirect(announced.publisher.address + ".evil.example/x"))
    refuse(announced, 5, "leads elsewhere")


def test_redirect_within_the_host_is_followed(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.redirect("/www.cms.gov/files/zip/moved.zip"))
    announced.publisher.files[LATER_URL.replace("later", "moved")] = announced.publisher.files[LATER_URL]
    assert announced.refresh().exit_code == 0


def test_redirect_loop(announced: Site) -> None:
    announced.publisher.misbehave(LATER_URL, Steps.redirect("/www.cms.gov/files/zip/later.zip"))
    refuse(announced, 5, "more than 5 redirects: it leads in a circle")
    assert len([visit for visit in announced.publisher.visits if visit.url == LATER_URL]) == 2 * 6


def test_downgrade_to_http(announced: Site) -> None:
    address = announced.publisher.address.replace("https", "http")
    announced.publisher.misbehave(LATER_URL, Steps.redirect(f"{address}/www.cms.gov/files/zip/later.zip"))
    assert "expected: an https address" in refuse(announced, 5, "leads elsewhere; it was not followed")


def test_address_of_the_catalogue_that_is_not_https(announced: Site) -> None:
    announced.write_entry(ENTRY + LATER.replace("https:", "http:"))
    for result in (announced.refresh(), announced.fetch()):
        assert result.exit_code == 2
        assert "is no https address" in result.stderr
    assert announced.publisher.visits == []


def test_changed_content_under_a_pinned_hash(published: Site) -> None:
    published.pin()
    assert published.refresh().exit_code == 0
    before, stored = hashes(published.project.output / "latest"), published.stored.read_bytes()
    content = order_zip(published.raw.parent, NEW_CODE)
    published.publisher.files[URL] = content
    result = published.refresh()
    assert result.exit_code == 7
    assert "the publisher re-posted the file" in result.stderr
    assert "--accept-changed icd10cm/2025-10-01" in result.stderr
    assert missing_releases(published) == []
    assert published.stored.read_bytes() == stored
    assert hashes(published.project.output / "latest") == before
    name = f"order.zip.reposted-{hashlib.sha256(content).hexdigest()[:12]}"
    assert published.stored.with_name(name).read_bytes() == content


def test_gzip_bomb(announced: Site) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1024 * 1024)
    bomb = b"".join(packer.compress(piece) for _ in range(50)) + packer.flush()
    assert len(bomb) < 100_000
    announced.publisher.misbehave(LATER_URL, Steps.content(bomb, Content_Encoding="gzip"))
    refuse(announced, 5, "packed as gzip, which was not asked for and is not unpacked")


def test_body_without_end(announced: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "LARGEST", 10_000)
    announced.publisher.misbehave(LATER_URL, Steps.content(bytes(20_000)))
    refuse(announced, 5, "more than 10,000 bytes")


def test_expired_certificate(announced: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    (tmp_path / "old").mkdir()
    with open_publisher(announced.publisher.files, tmp_path / "old", expires=yesterday) as expired:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(expired.authority))
        raw = announced.raw_files()
        for result in (Site(announced.project, expired).refresh(), Site(announced.project, expired).fetch()):
            assert result.exit_code == 5
            assert "a certificate that does not hold" in result.output
            assert "expired" in result.output
            assert announced.raw_files() == raw
        assert expired.visits == []
        assert 2 <= expired.all_connections <= 4, "each of two workers of two commands tries one file at most"


def test_certificate_that_does_not_hold_is_tried_once(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    (tmp_path / "old").mkdir()
    with open_publisher(site.publisher.files, tmp_path / "old", expires=yesterday) as expired:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(expired.authority))
        assert Site(site.project, expired).fetch().exit_code == 5
        assert expired.all_connections == 1


def test_certificate_of_a_stranger(announced: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    raw = announced.raw_files()
    assert announced.fetch().exit_code == 5
    assert announced.raw_files() == raw


def test_name_with_slashes_and_blanks(announced: Site) -> None:
    url = "https://www.cms.gov/files/zip/2026 code descriptions-updated-01/11/2023.zip"
    announced.write_entry(ENTRY + LATER.replace(LATER_URL, url).replace('"later.zip"', '"a name-01_11_2023.zip"'))
    announced.publisher.files[url] = order_zip(announced.raw.parent, NEW_CODE)
    assert announced.refresh().exit_code == 0
    assert "icd10cm/2026-10-01/a name-01_11_2023.zip" in announced.raw_files()


def test_server_that_is_not_there(announced: Site) -> None:
    broken = Site(announced.project, type(announced.publisher)({}, address="https://localhost:1"))
    before = hashes(announced.project.output / "latest")
    result = broken.refresh()
    assert result.exit_code == 5
    assert hashes(announced.project.output / "latest") == before


# The disk


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A small file system in memory; where this machine allows none, the test is skipped, and says so."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"NO FULL DISK TESTED: this machine lets nobody mount one ({done.stderr.decode().strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["raw", "output"])
@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_disk_that_takes_nothing_more(site: Site, place: str, trouble: str) -> None:
    with mounted(getattr(site.project, place), "size=8m"):
        folder = getattr(site.project, place)
        assert site.refresh().exit_code == 0
        site.post_later(NEW_CODE)
        before, raw = hashes(site.project.output / "latest"), site.raw_files()
        if trouble == "full":
            fill(folder)
        else:
            remount(folder, "ro")
        result = site.refresh()
        assert result.exit_code == 2, result.output
        assert isinstance(result.exception, SystemExit)
        (line,) = [each for each in result.stderr.splitlines() if " error " in each]
        assert ("No space left" if trouble == "full" else "Read-only") in line
        assert hashes(site.project.output / "latest") == before
        assert {name for name in site.raw_files() if place == "raw"} in (set(), raw, raw | {"filler"})
        assert not list(site.project.output.glob(".incoming-*"))
        if trouble == "full":
            (folder / "filler").unlink()
        else:
            remount(folder, "rw")
        assert site.refresh().exit_code == 0
        assert hashes(site.project.output / "latest") != before


def fill(folder: Path) -> None:
    """Leaves a few kB: enough for a lock, not for a file."""
    status = os.statvfs(folder)
    (folder / "filler").write_bytes(bytes(max(0, status.f_bavail - 2) * status.f_frsize))


@pytest.mark.parametrize("closed", ["output", "raw"])
def test_folder_that_the_user_may_not_write_to(published: Site, closed: str) -> None:
    folder, latest = published.raw.parent / closed, published.project.output / "latest"
    before = hashes(latest)
    for path in (folder, folder / LOCK):
        path.chmod(path.stat().st_mode & 0o555)
    done = run_unprivileged("refresh", *published.options)
    folder.chmod(0o755)
    assert done.returncode == 2, done.stderr
    assert f"{folder}: not a folder to write to" in done.stderr
    assert "Traceback" not in done.stderr
    assert hashes(latest) == before


def test_a_user_without_privileges_refreshes(announced: Site) -> None:
    done = run_unprivileged("refresh", *announced.options)
    assert done.returncode == 0, done.stderr
    assert len(list(announced.project.output.glob("[0-9a-f]*"))) == 2
