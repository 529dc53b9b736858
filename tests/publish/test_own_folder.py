"""Tables in a folder of somebody's own: whole or not there, one run at a time, and nothing lost that is theirs."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.errors import LockHeld, UsageError
from pipeline.publish.own_folder import ASIDE, EXPORTING, written_whole
from pipeline.run.lock import HOLDER, LOCK
from tests.samples import EXCERPT, Project, copy_excerpt, hashes, run

FILES = {"parquet/codes.parquet": "rows", "tables.duckdb": "rows", "datapackage.json": "{}"}
# Writes the files, and dies where the environment says: before the n-th of the moves into the folder.
KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.publish.own_folder import written_whole
left, rename = [int(sys.argv[2])], Path.rename
def counted(path, target):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return rename(path, target)
Path.rename = counted
with written_whole(Path(sys.argv[1])) as aside:
    for name in ("parquet", "csv"):
        (aside / name).mkdir()
        (aside / name / "codes").write_text("old", "utf-8")
    (aside / "datapackage.json").write_text("old", "utf-8")
    if len(sys.argv) > 3:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def write(folder: Path) -> None:
    with written_whole(folder) as aside:
        for name, text in FILES.items():
            (aside / name).parent.mkdir(exist_ok=True)
            (aside / name).write_text(text, "utf-8")


def texts(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def kill_at(folder: Path, *where: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), *where], cwd=PROJECT, check=False)
    assert done.returncode == -9


def export(folder: Path, project: Project) -> int:
    return run("export", str(folder), "--raw", str(project.raw)).exit_code


@pytest.mark.parametrize("is_there", [True, False], ids=["an empty folder", "a new folder"])
def test_what_is_written_is_all_that_is_left(tmp_path: Path, is_there: bool) -> None:
    folder = tmp_path / "tables"
    if is_there:
        folder.mkdir()
    write(folder)
    assert texts(folder) == FILES


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    result = run("export", str(tmp_path), "--raw", str(EXCERPT))
    assert result.exit_code == 2
    assert "this is no empty folder" in result.stderr
    assert texts(tmp_path) == {"mine.txt": "mine"}


@pytest.mark.parametrize("name", [ASIDE, ".incoming", "parquet", ".made-here"])
def test_a_folder_of_somebody_is_not_deleted_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "mail").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="this is no empty folder"), written_whole(tmp_path):
        pytest.fail("it was written into")
    assert texts(tmp_path) == {f"{name}/mail": "mine"}


def test_a_lock_of_somebody_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("mine", "utf-8")
    write(tmp_path)
    assert texts(tmp_path) == {**FILES, LOCK: "mine"}


@pytest.mark.parametrize("is_there", [True, False], ids=["an empty folder", "a new folder"])
def test_an_export_that_fails_leaves_the_folder_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    from pipeline import build

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    project, folder = copy_excerpt(tmp_path, "hcpcs"), tmp_path / "tables"
    if is_there:
        folder.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(build, "write_datapackage", fail)
        assert export(folder, project) == 2
    assert folder.exists() == is_there
    assert not is_there or list(folder.iterdir()) == []
    assert export(folder, project) == 0


def test_a_move_that_fails_takes_back_those_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def fail_at_the_last(path: Path, target: Path) -> Path:
        if path.name == "datapackage.json":
            raise OSError(errno.EIO, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_at_the_last)
    with pytest.raises(OSError, match="Input/output"):
        write(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", [("9", "aside"), ("0",), ("1",), ("2",)], ids=str)
def test_a_folder_in_which_a_run_was_killed_is_not_whole_and_the_next_one_takes_it(
    tmp_path: Path, where: tuple[str, ...]
) -> None:
    folder = tmp_path / "tables"
    kill_at(folder, *where)
    assert not (folder / "datapackage.json").exists()
    assert (folder / EXPORTING).is_file()
    write(folder)
    assert texts(folder) == FILES


def test_what_somebody_put_beside_the_half_of_a_killed_run_is_theirs(tmp_path: Path) -> None:
    kill_at(tmp_path, "1")
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    before = texts(tmp_path)
    with pytest.raises(UsageError, match="this is no empty folder"):
        write(tmp_path)
    assert texts(tmp_path) == before


def test_of_two_runs_into_one_folder_the_second_ends_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    with written_whole(folder) as aside:
        with pytest.raises(LockHeld), written_whole(folder):
            pytest.fail("both write")
        assert run("export", str(folder), "--raw", str(EXCERPT)).exit_code == 6
        (aside / "datapackage.json").write_text("{}", "utf-8")
    assert texts(folder) == {"datapackage.json": "{}"}


def test_two_exports_at_once_write_one_folder(tmp_path: Path) -> None:
    project, folder = copy_excerpt(tmp_path, "hcpcs"), tmp_path / "tables"
    command = [sys.executable, "-m", "pipeline", "export", str(folder), "--raw", str(project.raw)]
    running = [subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert sorted(each.wait() for each in running) in ([0, 6], [0, 2]), "2 where the one was over first"
    assert (folder / "datapackage.json").is_file()
    assert not any(path.name.startswith(".") for path in folder.iterdir())


def test_a_whole_export_is_not_written_over_though_a_kill_left_its_list(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / EXPORTING).write_text("datapackage.json\nparquet\ntables.duckdb\n", "utf-8")
    before = hashes(tmp_path)
    with pytest.raises(UsageError, match="this is no empty folder"):
        write(tmp_path)
    assert hashes(tmp_path) == before


def test_a_list_names_nothing_outside_of_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    (tmp_path / "mine").mkdir()
    folder.mkdir()
    (folder / EXPORTING).write_text("../mine\n", "utf-8")
    (folder / "link").symlink_to(tmp_path / "mine")
    with pytest.raises(UsageError):
        write(folder)
    (folder / "link").unlink()
    write(folder)
    assert (tmp_path / "mine").is_dir()
    assert HOLDER not in texts(folder)
