"""Wrong usage, and a broken file in a process of its own."""

import subprocess
import sys
from pathlib import Path

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
