"""A full build that is killed at any moment: `latest` is the build before or the new one, whole."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.ask.build_files import is_whole
from pipeline.run.made_here import made_here
from tests.killed import kill_within, lines_of
from tests.samples import EXCERPT, SOURCES, Project, order_line, write_sums

KILLS = int(os.environ.get("KILLS", "10"))  # a hundred take five minutes


@pytest.mark.slow
def test_kill_at_any_moment_leaves_a_whole_build_and_the_next_one_needs_no_help(
    tmp_path: Path,
) -> None:
    project = Project(tmp_path / "raw", SOURCES, tmp_path / "output")
    shutil.copytree(EXCERPT, project.raw)
    newest = next((project.raw / "icd10cm" / "2025-10-01").glob("icd10cm[_-]order[_-]2026.txt"))
    listing = newest.read_bytes()
    assert project.build().exit_code == 0
    chance, survived = random.Random(), 0
    lines = lines_of(start(project))
    assert any("published" in each for each in lines), lines
    for number in range(1, KILLS + 1):
        newest.write_bytes(listing + order_line(99_999, f"U{number:03}", 1, "New").encode("ascii") + b"\r\n")
        write_sums(project.raw)
        survived += kill_within(start(project), len(lines), chance)
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
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
