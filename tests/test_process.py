"""A command as a process of its own: how it ends, and that what it said was written."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from pipeline import PROJECT, __version__

COMMAND = [sys.executable, "-m", "pipeline"]
SAYS_AND_ENDS = """
import sys
from pipeline import cli
cli.app = lambda: ([sys.stdout.write("a line\\n") for _ in range({lines})], sys.exit({code}))
cli.run_command()
"""


def ended(code: str | int, lines: int, stdout: int | IO[str] = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """The outcome of a command that says some lines, which wait in a buffer to be written, and ends with a code."""
    script = SAYS_AND_ENDS.format(lines=lines, code=repr(code))
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT, env=buffered, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip


def started(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The outcome of a command."""
    return subprocess.run([*COMMAND, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [0, 1, 8])
def test_what_was_said_is_written_before_the_process_ends(code: int) -> None:
    done = ended(code, 300_001)
    assert (done.returncode, done.stdout.count("a line\n"), done.stderr) == (code, 300_001, "")


def test_a_text_instead_of_a_code_is_told() -> None:
    done = ended("so it ended", 1)
    assert (done.returncode, done.stderr) == (1, "so it ended\n")


def test_codes_of_commands(tmp_path: Path) -> None:
    assert started("--version").stdout == f"{__version__}\n"
    assert started("--help").returncode == 0
    assert started("no-such-command").returncode == 2
    missing = started("lookup", "I10", "--output", str(tmp_path))
    assert missing.returncode == 2
    assert "Traceback" not in missing.stderr


def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        done = ended(0, 1, full)
    assert done.returncode != 0
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_closed_stream_is_no_failure(closed: str) -> None:
    """As a service or `>&-` starts a process: the interpreter then has no such stream at all."""
    script = (
        f"import sys; sys.{closed} = None; from pipeline import cli; cli.app = lambda: sys.exit(4)\ncli.run_command()"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (4, "", "")
