"""docs/scheduling.md installs: its commands are typed, in its order, in a root of its own; its units are checked."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline import PROJECT
from tests.pages import blocks_of

PAGE = "docs/scheduling.md"
TEXT = (PROJECT / PAGE).read_text(encoding="utf-8")
UNITS = dict(re.findall(r"`(/etc/systemd/system/[\w.-]+)`:\n\n```ini\n(.*?)```", TEXT, re.DOTALL))
# What needs the network or a running systemd is said to a stand-in, which writes down what it was asked, and where.
STAND_IN = """#!/bin/sh
echo "$(whoami) $(pwd) ${0##*/} $*" >> /var/log/typed
"""


def typed_by_root() -> str:
    """The commands of the section on systemd, those of each block behind those of the one before it."""
    own = TEXT.split("\n## systemd\n")[1].split("\n## ")[0]
    return "".join(re.findall(r"```sh\n(.*?)```", own, re.DOTALL))


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """The root of this machine with a layer over it, which takes what is written; stand-ins come first."""
    layer = tmp_path / "layer"
    for name in ("upper", "work", "root"):
        (layer / name).mkdir(parents=True)
    if os.getuid() or not shutil.which("unshare") or not shutil.which("systemd-analyze"):
        pytest.skip("needs root, unshare and systemd-analyze")
    stand_ins = layer / "upper" / "usr" / "local" / "bin"
    stand_ins.mkdir(parents=True)
    for name in ("make", "systemctl"):  # the program itself is one in the repository that is cloned
        (stand_ins / name).write_text(STAND_IN)
        (stand_ins / name).chmod(0o755)
    for path, text in UNITS.items():
        place = layer / "upper" / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    yield layer


def in_root(layer: Path, script: str) -> "subprocess.CompletedProcess[str]":
    """Runs a script in that root, with mounts of its own that end with it."""
    options = f"lowerdir=/,upperdir={layer}/upper,workdir={layer}/work"
    mounts = f"mount -t overlay overlay -o {options} {layer}/root && mount -t tmpfs none {layer}/root/tmp"
    mounts += f" && mount --bind /dev {layer}/root/dev && mount -t proc proc {layer}/root/proc"
    whole = f"{mounts} && exec chroot {layer}/root /bin/bash -euxc '{script}'"
    command = ["unshare", "--mount", "--pid", "--fork", "bash", "-euc", whole]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_the_commands_install_it_in_the_order_in_which_they_stand(root: Path) -> None:
    """A small repository stands for this one: what is cloned and who owns it is looked at, not what make does."""
    made = (
        "git init -q /opt/this && cd /opt/this && mkdir -p .venv/bin && cp /usr/local/bin/make .venv/bin/crosswalk && "
        "git add -A && git -c user.name=a -c user.email=a@example.org commit -qm first && cd / && chmod 1777 /tmp && "
        "git config --system --add safe.directory \\* && touch /var/log/typed && chmod 666 /var/log/typed"
    )
    looked_at = 'echo ----; cat /var/log/typed; cd /srv/crosswalk; stat -c "%U %n" .git raw/official output'
    done = in_root(root, f"{made}\nexport REPOSITORY=/opt/this\n{typed_by_root()}\n{looked_at}")
    if "mount:" in done.stderr and "typed" not in done.stdout:
        pytest.skip(f"no root of its own can be made here: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split("----\n")[1].splitlines() == [
        "crosswalk /srv/crosswalk make install",
        "crosswalk /srv/crosswalk crosswalk refresh",
        "root / systemctl daemon-reload",
        "root / systemctl enable --now crosswalk-refresh.timer",
        "root / systemctl list-timers crosswalk-refresh.timer",
        "crosswalk .git",
        "crosswalk raw/official",
        "crosswalk output",
    ]


def test_a_unit_with_a_mistake_stops_the_installation(root: Path) -> None:
    """The test above can fail: systemd reads the units as they stand in the page."""
    unit = root / "upper/etc/systemd/system/crosswalk-refresh.timer"
    unit.write_text(unit.read_text().replace("OnCalendar=*-*-* 04:23", "OnCalendar=every night"))
    (verify,) = [line for line in typed_by_root().splitlines() if line.startswith("systemd-analyze verify")]
    assert in_root(root, verify).returncode == 1


def test_the_service_runs_what_is_installed_as_the_user_who_owns_it() -> None:
    service, timer = (UNITS[f"/etc/systemd/system/crosswalk-refresh.{kind}"] for kind in ("service", "timer"))
    assert "User=crosswalk\n" in service
    assert "WorkingDirectory=/srv/crosswalk\n" in service
    assert "useradd --system --home-dir /srv/crosswalk" in typed_by_root()
    for folder in re.search(r"ReadWritePaths=(.*)", service)[1].split():  # type: ignore[index]
        assert folder.removeprefix("/srv/crosswalk/") in typed_by_root()
    assert "[Install]\nWantedBy=timers.target" in timer


def python_blocks() -> dict[str, str]:
    return {each.text.split("\n")[0]: each.text for each in blocks_of(PAGE) if each.language == "python"}


def test_every_snippet_is_python() -> None:
    assert len(python_blocks()) == 4
    for text in python_blocks().values():
        compile(text, PAGE, "exec")


@pytest.mark.parametrize(("ended", "told"), [(0, True), (6, False), (7, False), (3, None), (5, None)])
def test_a_task_tells_the_ends_of_a_refresh_apart(tmp_path: Path, ended: int, told: bool | None) -> None:
    names = task_in(tmp_path, f"exit {ended}")
    if told is None:
        with pytest.raises(RuntimeError, match=f"ended with {ended}"):
            names["refresh"](tmp_path)
    else:
        assert names["refresh"](tmp_path) is told


def test_a_task_knows_how_far_the_build_reaches(excerpt_build: Path, tmp_path: Path) -> None:
    told = f"cd {PROJECT} && exec {sys.executable} -m pipeline $* --output {excerpt_build.parent}"
    names = task_in(tmp_path, told)
    assert "ICD10CM" not in names["not_known_on"](date(2026, 3, 31), tmp_path)
    assert "ICD10CM" in names["not_known_on"](date(2026, 4, 1), tmp_path)
    assert "ICD9CM" not in names["not_known_on"](date(2026, 4, 1), tmp_path)


def task_in(folder: Path, script: str) -> dict[str, Any]:
    """What the page's block on tasks defines, beside a program of that name that runs a script."""
    program = folder / ".venv" / "bin" / "crosswalk"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    names: dict[str, Any] = {}
    exec(python_blocks()["# Python: a refresh as a task"], names)
    return names


@pytest.mark.parametrize(("ended", "code"), [(0, 0), (6, 99), (7, 0), (4, 4)])
def test_the_command_for_airflow_ends_as_it_says(tmp_path: Path, ended: int, code: int) -> None:
    task_in(tmp_path, f"exit {ended}")
    (command,) = re.findall(r'^    "(\.venv/bin/crosswalk refresh .*)"$', TEXT, re.MULTILINE)
    assert subprocess.run(["bash", "-c", command], check=False, cwd=tmp_path).returncode == code


def test_the_line_of_cron_tells_the_end_of_the_log_where_a_run_fails(tmp_path: Path) -> None:
    line = next(each for each in TEXT.splitlines() if each.startswith("23 4 * * * "))
    task_in(tmp_path, "echo it failed; exit 7")
    command = line.removeprefix("23 4 * * * ").replace("/srv/crosswalk", str(tmp_path))
    done = subprocess.run(["bash", "-c", command], check=False, capture_output=True, text=True)
    assert done.stdout == "it failed\n"
