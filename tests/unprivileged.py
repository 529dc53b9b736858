"""Permissions bind everyone but root: where root runs the tests, the command runs without root's privileges."""

import os
import shutil
import subprocess
import sys

import pytest

from pipeline import PROJECT


def run_unprivileged(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `crosswalk` in a process that permissions bind. Skips where there is no way to have one."""
    command = [sys.executable, "-m", "pipeline", *arguments]
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root needs setpriv to run something without its privileges")
        command = ["setpriv", "--bounding-set", "-all", *command]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
