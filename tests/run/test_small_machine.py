"""One core, 64 file descriptors, 1.5 GB of address space: a build works, or says what it needs."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import PROJECT
from tests.samples import EXCERPT


def one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def few_descriptors() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def little_address_space() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))


def all_of_them() -> None:
    one_core()
    few_descriptors()
    little_address_space()


def build(output: Path, limit: Callable[[], None]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", "build", "--raw", str(EXCERPT), "--output", str(output)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, preexec_fn=limit)


@pytest.mark.slow
@pytest.mark.parametrize("limit", [one_core, few_descriptors])
def test_a_build_needs_neither_two_cores_nor_many_descriptors(tmp_path: Path, limit: Callable[[], None]) -> None:
    done = build(tmp_path / "output", limit)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output" / "latest" / "datapackage.json").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("limit", [little_address_space, all_of_them])
def test_with_little_address_space_a_build_works_or_says_what_it_needs(
    tmp_path: Path, limit: Callable[[], None]
) -> None:
    done = build(tmp_path / "output", limit)
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert done.returncode == 2, done.stderr
        assert "MB of address space, 1,500 MB are allowed\n  next:" in done.stderr
        assert not (tmp_path / "output" / "latest").exists()
    else:
        assert (tmp_path / "output" / "latest" / "datapackage.json").is_file()
