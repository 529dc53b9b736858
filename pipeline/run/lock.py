"""One run at a time: a lock on a folder, and a file beside it that says who holds it."""

import contextlib
import errno
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import LockHeld, UsageError
from pipeline.run.files import write_whole

LOCK, HOLDER = ".lock", ".lock-holder"
NOT_SAID = "it has not said who it is"
# Where no lock file can be made, nothing can be fetched either.
NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Holds a folder, made where it is not there, for this run alone. Raises LockHeld at once where another run does.

    A run that is killed leaves no lock behind, only its name, which the next one overwrites. Raises UsageError where
    the folder cannot be written to.
    """
    lock = folder / LOCK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        acquired = FileLock(lock).acquire(timeout=0)
    except Timeout as held:
        raise LockHeld(lock, _who(folder)) from held
    except OSError as problem:
        raise UsageError(
            f"{folder}: not a folder to write to ({problem})\n  next:     name another one, or see who may write there"
        ) from problem
    with acquired:
        own = _say_who_we_are(folder)
        try:
            yield
        finally:
            _forget(folder, own)


@contextmanager
def hold_for_reading(folder: Path) -> Iterator[None]:
    """Keeps away whoever would lock a folder while this run reads it; others may read it too.

    Raises LockHeld at once where a run writes into it. A folder that cannot be written to is read without a lock.
    """
    with _open_lock(folder / LOCK) as descriptor:
        if descriptor is None:
            yield
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise LockHeld(folder / LOCK, _who(folder)) from held
        own = ""
        with contextlib.suppress(OSError):  # the lock holds without a name
            own = _say_who_we_are(folder)
        try:
            yield
        finally:
            _forget(folder, own)


@contextmanager
def _open_lock(lock: Path) -> Iterator[int | None]:
    """The lock file, made where it is not there; None where it cannot be."""
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | (0 if lock.exists() else os.O_CREAT)
        descriptor = os.open(lock, flags, 0o644)
    except OSError as problem:
        if problem.errno not in NOT_WRITABLE:
            raise UsageError(f"{lock}: no file to lock ({problem})\n  next:     move it away") from problem
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _say_who_we_are(folder: Path) -> str:
    """Writes into a folder that is held who holds it; of several that read it, who came last. Returns what it says."""
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])
    own = f"process {os.getpid()} ({command}), since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    write_whole(folder / HOLDER, own)
    return own


def _forget(folder: Path, own: str) -> None:
    if _who(folder) == own:
        (folder / HOLDER).unlink(missing_ok=True)


def _who(folder: Path) -> str:
    holder = folder / HOLDER
    try:
        is_ours = holder.is_file() and not holder.is_symlink()
        return (holder.read_text(encoding="utf-8", errors="replace") if is_ours else "") or NOT_SAID
    except OSError:
        return NOT_SAID
