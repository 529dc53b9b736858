"""Who reads the raw folder keeps away who would write into it, and the other way round."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline import build as stages
from pipeline.errors import LockHeld
from pipeline.refresh import candidate
from pipeline.run.lock import HOLDER, LOCK, NOT_SAID, hold_for_reading, lock_folder
from tests.fetch.site import NEW_CODE, Site
from tests.refresh.test_misbehaviour import mounted, remount
from tests.samples import Project, copy_excerpt, hashes, make_project, run


def during(monkeypatch: pytest.MonkeyPatch, module: object, action: Callable[[], Result]) -> list[Result]:
    """What an action comes to that is tried while a build reads the raw files."""
    read, results = stages.read, list[Result]()

    def reading(*arguments: object, **options: object) -> object:
        results.append(action())
        return read(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "read", reading)
    return results


def test_a_build_keeps_a_fetch_away_and_is_named(published: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    published.publisher.visits.clear()
    tried = during(monkeypatch, stages, published.fetch)
    before = published.raw_files()
    assert published.project.build().exit_code == 0
    (fetch,) = tried
    assert fetch.exit_code == 6
    assert f"{published.raw / LOCK}: process {os.getpid()} (" in fetch.stderr
    assert published.raw_files() == before
    assert published.publisher.visits == []
    assert published.fetch().exit_code == 0, "it is given back"


def test_the_build_of_a_refresh_keeps_a_fetch_away(published: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    published.post_later(NEW_CODE)
    tried = during(monkeypatch, candidate, published.fetch)
    assert published.refresh().exit_code == 0
    assert [each.exit_code for each in tried] == [6]


@pytest.mark.parametrize("command", ["build", "validate", "normalise", "fetch", "refresh"])
def test_a_fetch_keeps_readers_and_other_fetches_away_and_is_named(published: Site, command: str) -> None:
    before = hashes(published.project.output / "latest")
    tried = {"build": published.project.build, "fetch": published.fetch, "refresh": published.refresh}
    reading = published.project.options[:4]
    with lock_folder(published.raw):
        result = tried[command]() if command in tried else run(command, *reading)
    assert result.exit_code == 6, result.output
    assert isinstance(result.exception, SystemExit)
    assert f"process {os.getpid()} (" in result.stderr
    assert hashes(published.project.output / "latest") == before


def test_several_builds_may_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path)
    other = Project(project.raw, project.catalogue, tmp_path / "other")
    with hold_for_reading(project.raw):
        assert project.build().exit_code == 0
        with pytest.raises(LockHeld), lock_folder(project.raw):
            pytest.fail("one still reads")
        assert other.build().exit_code == 0
    with lock_folder(project.raw):
        pass


def test_a_reader_whose_name_another_one_took_away_still_keeps_writers_away(tmp_path: Path) -> None:
    with hold_for_reading(tmp_path):
        (tmp_path / HOLDER).unlink()
        with pytest.raises(LockHeld, match=NOT_SAID), lock_folder(tmp_path):
            pytest.fail("one still reads")


def test_nothing_is_written_into_a_folder_with_hashes_of_its_own(tmp_path: Path) -> None:
    project = copy_excerpt(tmp_path, "icd10cm")
    assert project.build().exit_code == 0
    assert [path.name for path in project.raw.glob(".*")] == []


def test_a_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), hold_for_reading(tmp_path):
        raise ValueError("x")
    with lock_folder(tmp_path):
        pass
    assert not (tmp_path / HOLDER).exists()


@pytest.mark.slow
@pytest.mark.parametrize("has_lock", [False, True])
def test_a_folder_that_cannot_be_written_to_is_read(tmp_path: Path, has_lock: bool) -> None:
    with mounted(tmp_path / "raw", "size=8m"):
        project = make_project(tmp_path)
        if has_lock:
            (project.raw / LOCK).touch()
        remount(project.raw, "ro")
        assert project.build().exit_code == 0
        remount(project.raw, "rw")
        assert (project.raw / LOCK).exists() == has_lock


@pytest.mark.slow
def test_a_lock_file_in_a_folder_that_cannot_be_written_to_is_held_all_the_same(tmp_path: Path) -> None:
    with mounted(tmp_path / "raw", "size=8m"):
        (tmp_path / "raw" / LOCK).touch()
        remount(tmp_path / "raw", "ro")
        with hold_for_reading(tmp_path / "raw"):
            remount(tmp_path / "raw", "rw")
            with pytest.raises(LockHeld), lock_folder(tmp_path / "raw"):
                pytest.fail("one still reads")
