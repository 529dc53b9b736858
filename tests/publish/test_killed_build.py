"""A full build that is killed at any moment: `latest` is the build before or the new one, whole."""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.ask.build_files import is_whole
from pipeline.run.made_here import made_here
from tests.samples import EXCERPT, SOURCES, Project, order_line, write_sums

KILLS = int(os.environ.get("KILLS", "10"))  # a hundred take five minutes
DEADLINE = 60  # seconds


@pytest.mark.slow
def test_kill_at_any_moment_leaves_a_whole_build_and_the_next_one_needs_no_help(
    tmp_path: Path,
) -> None:
    project = Project(tmp_path / "raw", SOURCES, tmp_path / "output")
    shutil.copytree(EXCERPT, project.raw)
    newest = next((project.raw / "icd10cm" / "2025-10-01").glob("icd10cm[_-]order[_-]2026.txt"))
    listing = newest.read_bytes()
    assert project.build().exit_code == 0
    chance, length, survived = random.Random(), duration(project), 0
    for number in range(1, KILLS + 1):
        newest.write_bytes(listing + order_line(99_999, f"U{number:03}", 1, "New").encode("ascii") + b"\r\n")
        write_sums(project.raw)
        process = start(project)
        time.sleep(chance.uniform(0, length))
        survived += process.poll() is not None
        process.kill()
        process.communicate(timeout=DEADLINE)
        assert is_whole((project.output / "latest").resolve()), f"kill {number}"
    assert survived < KILLS, "each of them had done its work before it was killed"
    result = project.build()
    assert result.exit_code == 0, result.output
    assert not list(project.output.glob(".incoming-*"))
    builds = {path.name for path in project.output.iterdir() if path.is_dir() and not path.is_symlink()}
    assert builds <= made_here(project.output)
    assert all(is_whole(project.output / each) for each in builds)


def start(project: Project) -> "subprocess.Popen[str]":
    """A build in a process of its own."""
    command = [sys.executable, "-m", "pipeline", "build", *project.options]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def duration(project: Project) -> float:
    """Seconds that a whole build takes here."""
    begun = time.monotonic()
    out, err = start(project).communicate(timeout=DEADLINE)
    assert "published" in out + err, err
    return time.monotonic() - begun
