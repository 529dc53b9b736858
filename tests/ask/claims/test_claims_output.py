"""The folder of results: whole or not there, and never in the place of what was not made here."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.ask.build import Build
from pipeline.ask.claims.claims_output import RESULTS_MARK, copy_report, new_output
from pipeline.errors import LockHeld, UsageError
from tests.ask.claims.claim_files import WIDE, run, write_text
from tests.publish.test_full_disk import leave
from tests.refresh.test_misbehaviour import mounted


def fill(out: Path, text: str = "x") -> None:
    with new_output(out) as folder:
        write_text(folder / "codes.parquet", text)


def test_results_of_an_earlier_run_are_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    fill(tmp_path / "out", "old")
    fill(tmp_path / "out", "new")
    assert (tmp_path / "out" / "codes.parquet").read_text(encoding="utf-8") == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    assert {each.name for each in (tmp_path / "out").iterdir()} == {"codes.parquet", RESULTS_MARK}


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    fill(tmp_path / "out")
    assert (tmp_path / "out" / "codes.parquet").is_file()


def stranger(out: Path, kind: str) -> None:
    """Something in the place of results that was not made here."""
    if kind == "file":
        write_text(out, "mine")
    elif kind == "folder":
        write_text(out / "mine.txt", "mine")
    elif kind == "link":
        write_text(out.with_name("elsewhere") / "mine.txt", "mine")
        out.symlink_to("elsewhere")
    else:
        fill(out)
        write_text(out / "mine.txt", "mine")


@pytest.mark.parametrize("kind", ["file", "folder", "link", "results with something beside"])
@pytest.mark.parametrize("name", ["out", "out.incoming", "out.replaced"])
def test_what_was_not_made_here_is_never_overwritten(tmp_path: Path, kind: str, name: str) -> None:
    stranger(tmp_path / name, kind)
    before = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    if (name, kind) == ("out.incoming", "results with something beside"):
        return  # a folder with our mark under the name of what is half written is ours
    with pytest.raises(UsageError, match="was not made by"):
        fill(tmp_path / "out")
    assert {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()} == before


def test_a_run_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    fill(tmp_path / "out", "old")
    with pytest.raises(ValueError, match="broken"), new_output(tmp_path / "out") as folder:
        write_text(folder / "codes.parquet", "half")
        raise ValueError("broken")
    assert (tmp_path / "out" / "codes.parquet").read_text(encoding="utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_another_run_writes_into_is_left_alone(tmp_path: Path) -> None:
    incoming = tmp_path / "out.incoming"
    incoming.mkdir()
    with (incoming / RESULTS_MARK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LockHeld):
            fill(tmp_path / "out")
    assert incoming.is_dir()
    fill(tmp_path / "out")


def test_the_report_is_copied_to_a_folder_of_its_own(opened: Build, tmp_path: Path) -> None:
    run(opened, write_text(tmp_path / "wide.csv", WIDE), tmp_path / "out")
    copy_report(tmp_path / "out", tmp_path / "report")
    assert {each.name for each in (tmp_path / "report").iterdir()} == {"report.csv", "report.html", RESULTS_MARK}


SLOW_CLAIMS = """
import sys, time
from pathlib import Path
from pipeline.ask.claims.claims_output import new_output
with new_output(Path(sys.argv[1])) as folder:
    (folder / "codes.parquet").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.mark.slow
def test_a_run_that_is_killed_half_way_leaves_no_file_under_the_final_name(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-c", SLOW_CLAIMS, str(out)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        process.send_signal(signal.SIGKILL)
    assert not out.exists()
    fill(out, "whole")
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


@pytest.mark.slow
def test_ctrl_c_leaves_nothing_behind(excerpt_build: Path, tmp_path: Path) -> None:
    claims = tmp_path / "many.csv"
    with claims.open("w", encoding="utf-8") as file:
        file.write("id,day,dx\n")
        file.writelines(f"{each},2016-01-01,E{each}\n" for each in range(3_000_000))
    command = [
        sys.executable, "-m", "pipeline", "claims", str(claims), "--out", str(tmp_path / "out"),
        "--output", str(excerpt_build.parent),
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, env=environment) as process:
        while not (tmp_path / "out.incoming" / "scratch").exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
    assert process.returncode == 130
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_full_disk_is_said_and_leaves_nothing(opened: Build, tmp_path: Path) -> None:
    rows = "".join(f"{each},2016-01-01,E11.9\n" for each in range(300_000))
    source = write_text(tmp_path / "many.csv", "id,day,dx\n" + rows)
    with mounted(tmp_path / "disk", "size=16m"):
        leave(tmp_path / "disk", 300)
        with pytest.raises(OSError, match="No space left"):
            run(opened, source, tmp_path / "disk" / "out")
        assert {each.name for each in (tmp_path / "disk").iterdir()} == {"filler"}
