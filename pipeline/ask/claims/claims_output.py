"""The folder of results: written aside and renamed when it is whole, and never in the place of what is not ours."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipeline.errors import LockHeld, UsageError

RESULTS_MARK: Final = ".crosswalk-claims"  # in each folder made here: the names of what was put into it
INCOMING_RESULTS, REPLACED_RESULTS, SCRATCH = ".incoming", ".replaced", "scratch"


@contextmanager
def new_output(out: Path) -> Iterator[Path]:
    """An empty folder to write results into; it becomes `out` when the block ends without an error.

    Results that were written here before are replaced, and what a killed run left is removed. In it `scratch` is for
    what is needed meanwhile. Raises UsageError where `out` is something else; LockHeld where another run writes there.
    """
    out = out.parent.resolve() / out.name if out.name not in {"", ".."} else out.resolve()
    for place in (out, _beside(out, REPLACED_RESULTS)):
        require_ours(place)
    out.parent.mkdir(parents=True, exist_ok=True)
    incoming = _beside(out, INCOMING_RESULTS)
    with _held(incoming):
        try:
            (incoming / SCRATCH).mkdir()
            yield incoming
            shutil.rmtree(incoming / SCRATCH)
            _mark(incoming)
            _move(incoming, out)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)


@contextmanager
def _held(incoming: Path) -> Iterator[None]:
    """The folder that is written into, empty, and this run's alone."""
    require_ours(incoming, is_whole=False)
    incoming.mkdir(exist_ok=True)
    descriptor = os.open(incoming / RESULTS_MARK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise LockHeld(incoming / RESULTS_MARK, "it writes results there") from held
        for each in incoming.iterdir():
            if each.name != RESULTS_MARK:
                shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
        yield
    finally:
        os.close(descriptor)


def require_ours(folder: Path, *, is_whole: bool = True) -> None:
    """Raises UsageError where something stands that was not made here: no folder, one without our mark, or one that
    somebody put something into."""
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_dir() and not folder.is_symlink():
        there = {each.name for each in folder.iterdir()}
        if not there:
            return
        if RESULTS_MARK in there:
            made = {*(folder / RESULTS_MARK).read_text(encoding="utf-8").splitlines(), RESULTS_MARK}
            if not is_whole or there <= made:
                return
    raise UsageError(
        f"{folder}: this was not made by `crosswalk claims`, or holds more than that\n"
        "  next:     name another folder, or move away what stands there: it is not deleted"
    )


def _mark(folder: Path) -> None:
    names = sorted(each.name for each in folder.iterdir() if each.name != RESULTS_MARK)
    (folder / RESULTS_MARK).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


def _move(incoming: Path, out: Path) -> None:
    replaced = _beside(out, REPLACED_RESULTS)
    if replaced.exists():
        shutil.rmtree(replaced)
    if out.exists():
        out.rename(replaced)
    incoming.rename(out)
    shutil.rmtree(replaced, ignore_errors=True)


def _beside(out: Path, ending: str) -> Path:
    return out.with_name(out.name + ending)


def copy_report(out: Path, report: Path) -> None:
    """A second copy of the report in a folder of its own. Raises as `new_output` does."""
    with new_output(report) as folder:
        for each in out.glob("report.*"):
            shutil.copy(each, folder)
