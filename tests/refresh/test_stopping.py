"""Ending early: by a signal, by a kill, or because another run is at work.

Nothing here depends on how busy the machine is: what ends early is seen by what it did not do, and the deadlines only
keep a test that fails from waiting for ever.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.ask.build_files import is_whole
from pipeline.ingest.kept_frames import FRAMES_FOLDER
from pipeline.run.lock import lock_folder
from tests.fetch.site import ENTRY, MEMBER, URL, Site
from tests.killed import DEADLINE, kill_within, lines_of
from tests.publisher import Content, Steps, open_publisher, posted_excerpt
from tests.samples import EXCERPT, SOURCES, Project, copy_declarations, hashes, order_line, write_zip

KILLS = int(os.environ.get("KILLS", "10"))  # a hundred take four minutes


def start(site: Site, *options: str) -> "subprocess.Popen[str]":
    """A refresh in a process group of its own."""
    command = [sys.executable, "-m", "pipeline", "refresh", *site.options, *options]
    return subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def wait_for(site: Site, folder: Path) -> None:
    end = time.monotonic() + DEADLINE
    while not folder.exists():
        assert time.monotonic() < end, f"{folder} does not appear"
        time.sleep(0.005)


# The lock


@pytest.mark.slow
def test_second_refresh_ends_with_6_while_the_first_is_at_work_and_says_who_that_is(published: Site) -> None:
    published.publisher.misbehave(URL, Steps.trickle(every=60))
    first = start(published)
    try:
        wait_for(published, published.project.output / ".lock-holder")
        second = start(published)
        said = second.communicate(timeout=DEADLINE)[0]
        assert first.poll() is None
        assert second.returncode == 6, said
        assert f"process {first.pid} (__main__.py refresh), since 20" in said
    finally:
        first.terminate()
        first.communicate(timeout=DEADLINE)


@pytest.mark.slow
def test_lock_of_a_run_that_was_killed_is_free(published: Site) -> None:
    published.publisher.misbehave(URL, Steps.trickle(every=60))
    first = start(published)
    wait_for(published, published.project.output / ".lock-holder")
    first.kill()
    first.communicate(timeout=DEADLINE)
    assert (published.project.output / ".lock-holder").exists()
    published.publisher.behave()
    assert published.refresh().exit_code == 0
    assert not (published.project.output / ".lock-holder").exists()


def test_fetch_and_refresh_do_not_share_a_raw_folder(published: Site) -> None:
    with lock_folder(published.raw):
        for result in (published.refresh(), published.fetch()):
            assert result.exit_code == 6
            assert f"process {os.getpid()}" in result.stderr


# Signals


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "Ctrl-C"])
@pytest.mark.parametrize("moment", ["fetching", "building"])
def test_signal_stops_it_before_its_work_is_done_and_leaves_nothing(
    several: Site, moment: str, number: signal.Signals, code: int
) -> None:
    """The file that is fetched never comes to its end; a build that came to its end would be published."""
    output = several.project.output
    before = hashes(output / "latest")
    change(several, 1)
    several.publisher.behave()
    if moment == "fetching":
        several.publisher.misbehave(next(iter(several.publisher.files)), Steps.trickle(every=60))
    process = start(several)
    visits = several.publisher.visits
    wait_until(process, (several.raw / FRAMES_FOLDER).exists if moment == "building" else lambda: bool(visits))
    os.killpg(process.pid, number)
    said = process.communicate(timeout=DEADLINE)[0]
    assert process.returncode == code, said
    assert "Traceback" not in said
    assert hashes(output / "latest") == before
    assert not list(output.glob(".incoming-*"))
    several.publisher.behave()
    result = several.refresh()
    assert result.exit_code == 0, result.output


def wait_until(process: "subprocess.Popen[str]", is_so: Callable[[], bool]) -> None:
    """Waits until something is so, and a moment longer."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end and process.poll() is None:
        if is_so():
            time.sleep(0.3)  # anywhere in the work; nothing is measured by it
            return
        time.sleep(0.01)
    raise AssertionError(f"it never was so: {process.communicate(timeout=DEADLINE)}")


# Kills


@pytest.fixture(params=["many"])
def several(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: object
) -> Iterator[Site]:
    """A published build of several sources of the excerpt; of many, among them one whose text is kept."""
    project = Project(tmp_path / "raw", tmp_path / "sources", tmp_path / "output")
    sources = ["icd10cm", "icd9cm", "icd9cm_tabular"] if request.param == "many" else ["icd10cm", "hcpcs"]
    project.raw.mkdir()
    copy_declarations(project.raw)
    files = posted_excerpt(EXCERPT, SOURCES, project.catalogue, sources)
    large = {url: with_ballast(content) for url, content in files.items() if "tab12" in url}
    with open_publisher(files | large, tmp_path) as publisher:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(publisher.authority))
        site = Site(project, publisher)
        assert site.refresh().exit_code == 0
        yield site


def with_ballast(content: Content) -> bytes:
    """A zip that is large enough for its text to be kept, which tells that a build reads."""
    assert isinstance(content, bytes)
    body = BytesIO(content)
    with zipfile.ZipFile(body, "a") as archive:
        archive.writestr("ballast.bin", random.Random(1).randbytes(300_000))
    return body.getvalue()


def change(site: Site, number: int) -> None:
    """Gives the next refresh something to fetch, build and publish: a new release of ICD-10-CM.

    All files are read anew: what is kept of them is taken away.
    """
    shutil.rmtree(site.raw / FRAMES_FOLDER, ignore_errors=True)
    path = site.project.catalogue / "icd10cm.toml"
    base = path.read_text("utf-8").partition("# of a test")[0]
    url = URL.replace("order", f"new-{number}")
    entry = ENTRY.replace("2025-10-01", f"{2030 + number}-10-01").replace("order.zip", f"new-{number}.zip")
    path.write_text(f"{base}# of a test\n{entry}", encoding="utf-8")
    assert url in entry
    site.publisher.files[url] = with_new_code(site.raw.parent, f"U{number:03}")


def with_new_code(folder: Path, code: str) -> bytes:
    """The newest listing of ICD-10-CM in the excerpt, with a code more."""
    (newest,) = (EXCERPT / "icd10cm" / "2025-10-01").glob("icd10cm[_-]order[_-]2026.txt")
    line = order_line(99_999, code, 1, "New").encode("ascii") + b"\r\n"
    return write_zip(folder / "made.zip", {MEMBER: newest.read_bytes() + line}).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("several", ["few"], indirect=True)
def test_kill_at_any_moment_leaves_a_whole_build_and_the_next_run_needs_no_help(several: Site) -> None:
    output = several.project.output
    chance = random.Random()
    change(several, 0)
    lines = lines_of(start(several))
    assert any("published" in each for each in lines), lines
    survived = 0
    for number in range(1, KILLS + 1):
        change(several, number % 50)
        survived += kill_within(start(several, "--allow-loss", "releases"), len(lines), chance)
        latest = (output / "latest").resolve()
        assert is_whole(latest), f"kill {number}"
        package = json.loads((latest / "datapackage.json").read_text("utf-8"))
        assert latest.name.startswith(package["id"])
    assert survived < KILLS, "each of them had done its work before it was killed"
    result = several.refresh("--allow-loss", "releases")
    assert result.exit_code == 0, result.output
    assert not list(output.glob(".incoming-*"))
    assert is_whole((output / "latest").resolve())
