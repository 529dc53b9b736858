"""One run at a time: a lock on a folder, and a file beside it that says who holds it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import LockHeld, UsageError

LOCK, HOLDER = ".lock", ".lock-holder"


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Holds a folder, made where it is not there, for this run. Raises LockHeld at once where another run does.

    A run that is killed leaves no lock behind, only its name, which the next one overwrites. Raises UsageError where
    the folder cannot be written to.
    """
    lock, holder = folder / LOCK, folder / HOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        acquired = FileLock(lock).acquire(timeout=0)
    except Timeout as held:
        raise LockHeld(lock, _who(holder)) from held
    except OSError as problem:
        raise UsageError(
            f"{folder}: not a folder to write to ({problem})\n  next:     name another one, or see who may write there"
        ) from problem
    with acquired:
        holder.write_text(_who_we_are(), encoding="utf-8")
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)


def _who_we_are() -> str:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])
    return f"process {os.getpid()} ({command}), since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _who(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8") or "it has only begun"
    except OSError:
        return "it has only begun"
