"""A build is the same bytes on one core, where work side by side ends in another order."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.export import DATABASE
from tests.samples import EXCERPT

ON_ONE_CORE = """
import os
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from pipeline.cli import app
app()
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no way to keep a process on one core")
def test_a_build_on_one_core_is_the_same_bytes(excerpt_build: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", ON_ONE_CORE, "build", "--raw", str(EXCERPT), "--output", str(tmp_path)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    paths = [path.relative_to(excerpt_build) for path in excerpt_build.rglob("*") if path.is_file()]
    assert len(paths) > 50
    others = [path for path in paths if path.name != DATABASE]
    differ = [
        path for path in others if (tmp_path / "latest" / path).read_bytes() != (excerpt_build / path).read_bytes()
    ]
    assert differ == []
