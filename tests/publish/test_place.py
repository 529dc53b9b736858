"""Publishing: the build before or the new one, never a mixture."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.errors import LockHeld
from pipeline.publish.place import KEPT, publish
from pipeline.run.lock import lock_folder
from pipeline.run.made_here import MADE
from tests.samples import ORDER_LINES, Project, hashes, make_project, order_line, text_of


def publish_text(output: Path, build_id: str, text: str) -> None:
    with publish(output, build_id) as folder:
        describe(folder, build_id, text)


def describe(folder: Path, build_id: str, text: str) -> None:
    """Makes a folder a build, and no more."""
    package = {"id": build_id, "resources": [], "title": text}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")


def title(build: Path) -> str:
    return str(json.loads((build / "datapackage.json").read_text("utf-8"))["title"])


def folders(output: Path) -> set[str]:
    """What is in an output folder, beside the list of what was made there."""
    return {path.name for path in output.iterdir()} - {MADE}


def set_age(path: Path, hours: int) -> None:
    now = path.stat().st_mtime
    os.utime(path, (now - hours * 3600, now - hours * 3600))


def test_latest_is_a_relative_link_to_the_build(tmp_path: Path) -> None:
    publish_text(tmp_path, "aaa", "one")
    assert (tmp_path / "latest").readlink() == Path("aaa")
    assert title(tmp_path / "latest") == "one"
    publish_text(tmp_path, "bbb", "two")
    assert (tmp_path / "latest").readlink() == Path("bbb")
    assert folders(tmp_path) == {"aaa", "bbb", "latest"}


def test_until_the_block_ends_latest_is_the_build_before(tmp_path: Path) -> None:
    publish_text(tmp_path, "aaa", "one")
    with publish(tmp_path, "bbb") as folder:
        describe(folder, "bbb", "two")
        assert title(tmp_path / "latest") == "one"
        assert not (tmp_path / "bbb").exists()


@pytest.mark.parametrize("problem", [OSError("disk full"), KeyboardInterrupt()])
def test_failure_while_writing_leaves_everything_as_it_was(tmp_path: Path, problem: BaseException) -> None:
    publish_text(tmp_path, "aaa", "one")
    before = hashes(tmp_path)
    with pytest.raises(type(problem)), publish(tmp_path, "bbb") as folder:
        (folder / "datapackage.json").write_text("half", encoding="utf-8")
        raise problem
    assert hashes(tmp_path) == before
    assert folders(tmp_path) == {"aaa", "latest"}


def test_failure_of_a_writer_leaves_latest_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import build

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    project = make_project(tmp_path)
    assert project.build().exit_code == 0
    before = hashes(project.output / "latest")
    project.write_order(text_of([*ORDER_LINES, order_line(7, "U999", 1, "New")]))
    monkeypatch.setattr(build, "write_datapackage", fail)
    assert isinstance(project.build().exception, OSError)
    assert hashes(project.output / "latest") == before
    assert not list(project.output.glob(".incoming-*"))
    monkeypatch.undo()
    assert project.build().exit_code == 0
    assert hashes(project.output / "latest") != before


def test_killed_run_leaves_latest_and_the_next_one_clears_up(tmp_path: Path) -> None:
    publish_text(tmp_path, "aaa", "one")
    script = (
        "import os, sys; from pathlib import Path; from pipeline.publish.place import publish\n"
        "with publish(Path(sys.argv[1]), 'bbb') as folder:\n"
        "    (folder / 'half').write_text('x'); os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=PROJECT, check=False)
    assert done.returncode == 9
    assert folders(tmp_path) == {"aaa", "latest", ".incoming-bbb"}
    assert title(tmp_path / "latest") == "one"
    publish_text(tmp_path, "bbb", "two")
    assert folders(tmp_path) == {"aaa", "bbb", "latest"}
    assert not (tmp_path / "bbb" / "half").exists()


def test_newest_builds_are_kept(tmp_path: Path) -> None:
    for age, name in enumerate(["eee", "ddd", "ccc", "bbb", "aaa"]):
        publish_text(tmp_path, name, name)
        set_age(tmp_path / name, 10 - age)
    assert folders(tmp_path) == {"ccc", "bbb", "aaa", "latest"}
    assert KEPT == 3


def test_what_is_no_build_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "README.md").write_text("x", encoding="utf-8")
    for age, name in enumerate(["ddd", "ccc", "bbb", "aaa"]):
        publish_text(tmp_path, name, name)
        set_age(tmp_path / name, 10 - age)
    assert folders(tmp_path) == {"mine", "README.md", "ccc", "bbb", "aaa", "latest"}


def test_going_back_to_an_older_build_makes_it_the_newest(tmp_path: Path) -> None:
    for age, name in enumerate(["ccc", "bbb", "aaa"]):
        publish_text(tmp_path, name, name)
        set_age(tmp_path / name, 10 - age)
    publish_text(tmp_path, "ccc", "ccc")
    publish_text(tmp_path, "ddd", "ddd")
    assert folders(tmp_path) == {"ccc", "ddd", "aaa", "latest"}


def test_spoilt_build_of_the_same_name_gets_a_sound_one_beside_it(tmp_path: Path) -> None:
    publish_text(tmp_path, "aaa", "one")
    (tmp_path / "aaa" / "datapackage.json").write_text("spoilt", encoding="utf-8")
    publish_text(tmp_path, "aaa", "one")
    assert title(tmp_path / "latest") == "one"
    assert folders(tmp_path) == {"aaa", "aaa-2", "latest"}


@pytest.mark.parametrize("build_id", ["bbb", "aaa"], ids=["another build", "same build, spoilt"])
def test_reader_finds_a_build_behind_latest_at_every_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build_id: str
) -> None:
    publish_text(tmp_path, "aaa", "one")
    (tmp_path / "aaa" / "datapackage.json").write_text("spoilt", encoding="utf-8")
    seen: list[bool] = []
    for name in ("rename", "replace", "unlink", "symlink_to"):
        monkeypatch.setattr(Path, name, looking_after(getattr(Path, name), tmp_path / "latest", seen))
    publish_text(tmp_path, build_id, "two")
    assert len(seen) >= 3
    assert all(seen)


def looking_after(step: Callable[..., object], latest: Path, seen: list[bool]) -> Callable[..., object]:
    """A step on the file system that then looks whether a reader would find a build."""

    def watched(*arguments: object, **options: object) -> object:
        done = step(*arguments, **options)
        seen.append((latest / "datapackage.json").is_file())
        return done

    return watched


# The lock


def test_lock_is_held_for_one_run_at_a_time(tmp_path: Path) -> None:
    with lock_folder(tmp_path / "new"), pytest.raises(LockHeld), lock_folder(tmp_path / "new"):
        pytest.fail("two runs hold the lock")
    with lock_folder(tmp_path / "new"):
        pass


def test_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), lock_folder(tmp_path):
        raise ValueError("x")
    with lock_folder(tmp_path):
        pass


def test_second_build_ends_at_once_with_exit_code_6(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    assert project.build().exit_code == 0
    before = hashes(project.output / "latest")
    with lock_folder(project.output):
        result = project.build()
    assert result.exit_code == 6
    assert isinstance(result.exception, SystemExit)
    assert f"another run holds the lock {project.output / '.lock'}" in result.stderr
    assert "  next:     " in result.stderr
    assert "catalogue " not in result.output
    assert hashes(project.output / "latest") == before


def test_build_that_is_already_published_changes_nothing(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    assert project.build().exit_code == 0
    before = hashes(project.output)
    assert project.build().exit_code == 0
    assert hashes(project.output) == before


def test_name_of_a_build_follows_its_content(tmp_path: Path) -> None:
    projects: list[Project] = []
    for name, extra in (("a", []), ("b", []), ("c", [order_line(7, "U999", 1, "New")])):
        project = make_project(tmp_path / name)
        project.write_order(text_of([*ORDER_LINES, *extra]))
        assert project.build().exit_code == 0
        projects.append(project)
    names = [(project.output / "latest").readlink().name for project in projects]
    assert names[0] == names[1] != names[2]
