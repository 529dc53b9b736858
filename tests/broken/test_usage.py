"""Wrong usage, and a broken file in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import PROJECT
from tests.broken.refusal import message_of, refuse
from tests.samples import Project, hashes, run


def test_unknown_flag(published: Path) -> None:
    before = hashes(published / "latest")
    result = run("build", "--output", str(published), "--force")
    assert result.exit_code == 2
    assert "No such option: --force" in result.output
    assert hashes(published / "latest") == before


def test_raw_folder_that_is_not_there(project: Project, published: Path) -> None:
    before = hashes(published / "latest")
    result = run("build", "--raw", str(project.raw / "nowhere"), "--output", str(published))
    assert "there is no such folder" in message_of(result, 2)
    assert hashes(published / "latest") == before


def test_raw_folder_without_a_release(project: Project) -> None:
    project.order_zip.unlink()
    assert "no release of the catalogue is here" in refuse(project, 2)


@pytest.mark.parametrize(
    "words",
    [("--accept-changed", "nope"), ("--mirror", "http://mirror.example"), ("nope",), ("--version", "1.2")],
    ids=" ".join,
)
def test_a_refresh_that_was_asked_wrongly_makes_no_folder(tmp_path: Path, words: tuple[str, ...]) -> None:
    raw, output = tmp_path / "raw", tmp_path / "output"
    result = run("refresh", *words, "--raw", str(raw), "--output", str(output))
    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("search", "gout", "--limit", "abc"), "abc is no number; write one from 1 to 200"),
        (("search", "gout", "--limit", "0"), "0 is out of bounds; write one from 1 to 200"),
        (("normalise", "icd9cm", "--rows", "-1"), "-1 is out of bounds; write a whole number from 0 on"),
        (("ingest", "icd9cm", "--rows", "2.5"), "2.5 is no number; write a whole number from 0 on"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else None,
)
def test_a_number_that_is_none_is_told_how_to_be_written(words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert (result.exit_code, said in result.output) == (2, True)


def test_in_a_process_of_its_own_the_exit_code_is_that_of_the_error(project: Project) -> None:
    before = hashes(project.output / "latest")
    project.order_zip.write_bytes(b"<html>Page not found</html>")
    command = [sys.executable, "-m", "pipeline", "build", *project.options]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stdout.startswith(f"raw        {project.raw}: asked for\n")
    assert f"error: {project.order_zip}" in done.stderr
    assert "Traceback" not in done.stderr
    assert hashes(project.output / "latest") == before
