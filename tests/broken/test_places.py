"""Something else in the place of a file or a folder: a message, and it is still there afterwards."""

import errno
import os
import shutil
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import build as stages
from pipeline.catalogue import survey as survey_module
from pipeline.catalogue.survey import RawRelease
from pipeline.run.files import incoming_of, write_whole
from pipeline.run.lock import HOLDER, LOCK, NOT_SAID, lock_folder
from tests.broken.refusal import message_of, refuse, says
from tests.samples import Project, copy_excerpt, hashes, make_project, run
from tests.unprivileged import run_unprivileged


@pytest.fixture
def impatient() -> Iterator[None]:
    """A test that waits for a pipe fails in the end."""

    def give_up(*_: object) -> None:
        raise TimeoutError("it waits for ever")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def put_pipe(path: Path) -> None:
    os.mkfifo(path)


def put_folder(path: Path) -> None:
    path.mkdir()
    (path / "mine").write_text("mine", "utf-8")


def put_dead_link(path: Path) -> None:
    path.symlink_to("nowhere")


IN_PLACE_OF_A_FILE = {
    "a pipe or device": put_pipe,
    "a folder": put_folder,
    "a link that leads nowhere": put_dead_link,
}


@pytest.mark.parametrize("kind", IN_PLACE_OF_A_FILE)
@pytest.mark.usefixtures("impatient")
def test_what_is_no_file_in_the_place_of_an_archive(project: Project, kind: str) -> None:
    project.order_zip.unlink()
    IN_PLACE_OF_A_FILE[kind](project.order_zip)
    says(
        refuse(project, 3), where=str(project.order_zip), expected="a file", found=kind, next_step="move it away",
    )  # fmt: skip
    assert os.path.lexists(project.order_zip)


@pytest.mark.parametrize("kind", IN_PLACE_OF_A_FILE)
@pytest.mark.usefixtures("impatient")
def test_what_is_no_file_in_the_place_of_a_loose_member(tmp_path: Path, kind: str) -> None:
    project = copy_excerpt(tmp_path, "icd10cm")
    path = next(project.raw.glob("icd10cm/2025-10-01/*order*.txt"))
    path.unlink()
    IN_PLACE_OF_A_FILE[kind](path)
    assert f"found:    {kind}" in message_of(project.build(), 3)
    assert os.path.lexists(path)


def test_raw_folder_that_vanishes_after_it_was_looked_through(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_through = stages.survey

    def vanishing(*arguments: object, **options: object) -> object:
        seen = look_through(*arguments, **options)  # type: ignore[arg-type]
        shutil.rmtree(project.raw)
        return seen

    monkeypatch.setattr(stages, "survey", vanishing)
    assert str(project.order_zip) in refuse(project, 3)


def test_raw_folder_that_vanishes_while_it_is_looked_through(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    list_folder = Path.iterdir

    def vanishing(folder: Path) -> object:
        if folder == project.raw / "icd10cm":
            shutil.rmtree(project.raw)
        return list_folder(folder)

    (project.raw / "icd10cm" / "README.md").write_text("", "utf-8")
    monkeypatch.setattr(survey_module, "_raw_files", lambda raw: [*vanishing(raw / "icd10cm")])  # type: ignore[misc]
    assert "run again" in refuse(project, 2)


def test_raw_file_that_vanishes_while_it_is_read(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    read = RawRelease.read_file

    def vanishing(release: RawRelease, path: Path) -> object:
        path.unlink()
        return read(release, path)

    monkeypatch.setattr(RawRelease, "read_file", vanishing)
    says(
        refuse(project, 3), where=str(project.order_zip), expected="was here when this run began",
        found="No such file", next_step="run again",
    )  # fmt: skip


@pytest.mark.parametrize("command", ["build", "validate", "sources", "ingest"])
def test_file_in_the_place_of_the_raw_folder(tmp_path: Path, command: str) -> None:
    raw = tmp_path / "raw"
    raw.write_text("mine", "utf-8")
    assert "there is no such folder" in message_of(run(command, "--raw", str(raw)), 2)
    assert raw.read_text("utf-8") == "mine"


def test_file_in_the_place_of_the_folder_of_a_release_is_told_of(project: Project) -> None:
    folder = project.order_zip.parent
    shutil.rmtree(folder)
    folder.write_text("mine", "utf-8")
    assert "no release of the catalogue is here" in refuse(project, 2)
    assert f"warning: {folder} is in no catalogue entry" in project.build().stderr


@pytest.mark.parametrize("is_below", [False, True], ids=["itself", "above it"])
def test_file_in_the_place_of_the_output_folder(tmp_path: Path, is_below: bool) -> None:
    project = make_project(tmp_path)
    project.output.write_text("mine", "utf-8")
    output = project.output / "deeper" if is_below else project.output
    message = message_of(Project(project.raw, project.catalogue, output).build(), 2)
    assert f"{output}: not a folder to write to" in message
    assert project.output.read_text("utf-8") == "mine"


# The lock's own files


LINKED: dict[str, Callable[[Project], Path]] = {
    "output": lambda project: project.output,
    "raw": lambda project: project.raw,
}


@pytest.mark.parametrize("place", LINKED)
@pytest.mark.parametrize("name", [HOLDER, incoming_of(Path(HOLDER)).name])
def test_what_a_link_leads_to_is_not_written_to(tmp_path: Path, place: str, name: str) -> None:
    project, precious = make_project(tmp_path), tmp_path / "precious"
    folder = LINKED[place](project)
    folder.mkdir(exist_ok=True)
    precious.write_text("mine", "utf-8")
    (folder / name).symlink_to(precious)
    assert project.build().exit_code == 0
    assert precious.read_text("utf-8") == "mine"


def test_a_file_with_new_behind_its_name_is_somebodys_own_when_a_text_is_written_whole(tmp_path: Path) -> None:
    (tmp_path / ".list.txt.new").write_text("mine", "utf-8")
    write_whole(tmp_path / "list.txt", "text")
    assert (tmp_path / ".list.txt.new").read_text("utf-8") == "mine"
    assert (tmp_path / "list.txt").read_text("utf-8") == "text"


def test_a_link_to_text_is_not_shown_as_who_holds_the_lock(tmp_path: Path) -> None:
    project, secret = make_project(tmp_path), tmp_path / "secret"
    secret.write_text("secret", "utf-8")
    with lock_folder(project.output):
        (project.output / HOLDER).unlink()
        (project.output / HOLDER).symlink_to(secret)
        message = message_of(project.build(), 6)
    assert NOT_SAID in message
    assert "secret" not in message


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("put", [put_pipe, put_folder])
def test_no_file_in_the_place_of_the_holders_name_is_no_traceback(tmp_path: Path, put: Callable[[Path], None]) -> None:
    project = make_project(tmp_path)
    with lock_folder(project.output):
        (project.output / HOLDER).unlink()
        put(project.output / HOLDER)
        assert NOT_SAID in message_of(project.build(), 6)
    if put is put_folder:
        assert "move away" in message_of(project.build(), 2)
        assert (project.output / HOLDER / "mine").read_text("utf-8") == "mine"


@pytest.mark.parametrize("place", LINKED)
def test_a_lock_that_is_a_link_is_refused(tmp_path: Path, place: str) -> None:
    project, precious = make_project(tmp_path), tmp_path / "precious"
    folder = LINKED[place](project)
    folder.mkdir(exist_ok=True)
    precious.write_text("mine", "utf-8")
    mode = stat.S_IMODE(precious.stat().st_mode)
    (folder / LOCK).symlink_to(precious)
    message_of(project.build(), 2)
    assert (precious.read_text("utf-8"), stat.S_IMODE(precious.stat().st_mode)) == ("mine", mode)
    assert not list(hashes(project.output / "latest"))


@pytest.mark.parametrize(
    ("number", "next_step"),
    [(errno.EACCES, "let the user who runs this read it"), (errno.EPERM, "let the user"), (errno.EIO, "the disk")],
)
def test_a_file_that_cannot_be_read_is_a_bad_raw_file(
    project: Project, monkeypatch: pytest.MonkeyPatch, number: int, next_step: str
) -> None:
    """An error of opening has the file's name, one of reading has none."""
    own = Path.read_bytes

    def read(path: Path) -> bytes:
        if path == project.order_zip:
            raise OSError(number, os.strerror(number))
        return own(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    says(
        refuse(project, 3), where=str(project.order_zip), expected="the file of icd10cm 2025-10-01",
        found=os.strerror(number), next_step=next_step,
    )  # fmt: skip


@pytest.mark.parametrize("is_folder", [False, True], ids=["a file", "a folder"])
def test_a_raw_file_without_permission_is_named_with_the_next_step(tmp_path: Path, is_folder: bool) -> None:
    project = make_project(tmp_path)
    place = project.order_zip.parent if is_folder else project.order_zip
    place.chmod(0)
    done = run_unprivileged("build", *project.options)
    place.chmod(0o755)
    assert done.returncode == 3, done.stderr
    assert f"error: {project.order_zip}\n" in done.stderr
    assert "found:    Permission denied\n  next:     let the user who runs this read it" in done.stderr


# Names that no disk takes


@pytest.mark.parametrize(
    "words",
    [
        ("build", "--raw", "PLACE"),
        ("build", "--catalogue", "PLACE"),
        ("export", "PLACE"),
        ("lookup", "E11.9", "--output", "PLACE"),
        ("lookup", "--file", "PLACE"),
        ("export-xlsx", "--system", "HCPCS", "--to", "PLACE.xlsx"),
        ("codelist", "check", "PLACE"),
        ("claims", "PLACE", "--out", "out"),
        ("status", "--output", "PLACE"),
    ],
)
def test_a_name_that_is_too_long_is_told_without_a_traceback(
    tmp_path: Path, excerpt_build: Path, words: tuple[str, ...]
) -> None:
    place = str(tmp_path / ("x" * 300))
    result = run(*(each.replace("PLACE", place) for each in words), *_output_for(words, excerpt_build))
    assert result.exit_code == 2, result.output
    assert "name a shorter one" in result.stderr


def _output_for(words: tuple[str, ...], build: Path) -> tuple[str, ...]:
    return () if "--output" in words or words[0] == "export" else ("--output", str(build.parent))
