"""A disk that is full from any moment of a build on: people keep what they had, and the next build needs no help."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.ask.build_files import is_whole
from pipeline.publish.place import KEPT, builds_of
from pipeline.run.made_here import made_here
from tests.publish.test_place import publish_text, title
from tests.refresh.test_misbehaviour import mounted
from tests.samples import ORDER_LINES, Project, hashes, make_project, order_line, text_of

SIZES = (6, 11, 18, 30, 60, 120, 240, 500, 900, 1500)  # kB left, from the lock to the last file


def next_build(project: Project, number: int = 1) -> None:
    project.write_order(text_of([*ORDER_LINES, order_line(7, f"U99{number}", 1, "New")]))


def leave(folder: Path, kilobytes: int) -> Path:
    """Fills a disk but for so much."""
    status = os.statvfs(folder)
    filler = folder / "filler"
    filler.write_bytes(bytes(max(0, status.f_bavail * status.f_frsize - kilobytes * 1024)))
    return filler


@pytest.mark.slow
def test_a_disk_that_fills_up_at_ten_moments_of_a_build(tmp_path: Path) -> None:
    with mounted(tmp_path / "output", "size=16m"):
        project = make_project(tmp_path)
        assert project.build().exit_code == 0
        before = hashes(project.output / "latest")
        next_build(project)
        codes = list[int]()
        for kilobytes in SIZES:
            filler = leave(project.output, kilobytes)
            result = project.build()
            codes.append(result.exit_code)
            filler.unlink()
            if result.exit_code:
                assert result.exit_code == 2, result.output
                assert isinstance(result.exception, SystemExit)
                assert "No space left" in result.stderr
                assert hashes(project.output / "latest") == before
                assert not list(project.output.glob(".incoming-*"))
        assert codes[0] == 2, "there is not enough for a table"
        assert project.build().exit_code == 0
        assert hashes(project.output / "latest") != before
        assert is_whole((project.output / "latest").resolve())


STEPS = ("mkdir", "open", "write_text", "rename", "replace", "symlink_to", "touch")


@pytest.mark.parametrize("step", STEPS)
def test_a_disk_that_is_full_at_any_step_of_publishing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Each call of the step in turn fails, until a build comes through."""
    publish_text(tmp_path, "aaaaaaaaaaaa", "text")
    for number in range(60):
        build_id = f"{number:012x}"
        with monkeypatch.context() as patch:
            patch.setattr(Path, step, failing(getattr(Path, step), tmp_path, number))
            try:
                publish_text(tmp_path, build_id, "text")
            except OSError as problem:
                is_through = False
                assert problem.errno == errno.ENOSPC
            else:
                is_through = True
        assert title(tmp_path / "latest") == "text"
        if is_through:
            break
        publish_text(tmp_path, build_id, "text")
        assert (tmp_path / "latest").resolve().name.startswith(build_id), "the next one needs no help"
        assert not list(tmp_path.glob(".incoming-*"))
        assert len(builds_of(tmp_path)) <= KEPT
        assert made_here(tmp_path) == {each.name for each in builds_of(tmp_path)}
    else:
        pytest.fail("no build came through")
    assert number > 0, "the step is not taken at all"


def failing(step: Callable[..., object], folder: Path, number: int) -> Callable[..., object]:
    """A step on the file system whose call of that number fails below a folder."""
    calls = [number]

    def failed(path: Path, *arguments: object, **options: object) -> object:
        if folder in path.parents:
            calls[0] -= 1
            if calls[0] == -1:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return step(path, *arguments, **options)

    return failed
