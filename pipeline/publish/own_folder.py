"""Tables written into a folder of somebody's own: whole, or the folder is as it was."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pipeline.ask.build_files import PACKAGE, is_build
from pipeline.errors import UsageError
from pipeline.run.files import incoming_of
from pipeline.run.lock import HOLDER, LOCK, lock_folder
from pipeline.run.made_here import made_here, note_made, remove_made

ASIDE: Final = ".incoming-crosswalk"
EXPORTING: Final = ".exporting-crosswalk"  # lists what an export that is under way, or was killed, has made


def require_empty(folder: Path) -> None:
    """Raises UsageError where a folder holds anything but what an export that is under way, or was killed, made there.

    A folder that has datapackage.json, which is written last, is whole.
    """
    if folder.exists() and (not folder.is_dir() or is_build(folder) or _not_made_here(folder)):
        raise UsageError(f"{folder}: this is no empty folder\n  next:     name a new one")


def _not_made_here(folder: Path) -> set[str]:
    own = {EXPORTING, LOCK, HOLDER}
    left = {*own, *(incoming_of(folder / each).name for each in own), *made_here(folder, EXPORTING)}
    return {path.name for path in folder.iterdir()} - left


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """An empty folder to write into; what is in it is moved into `folder` when the block ends without an error.

    After an error `folder` is as it was, a new one not there; what a killed run leaves is taken away by the next. It is
    written aside within `folder`, since that may be on a disk of its own; datapackage.json comes last. Raises
    UsageError as `require_empty` does, and LockHeld where another run writes there.
    """
    require_empty(folder)
    is_new = not folder.exists()
    has_own_lock = (folder / LOCK).exists() and not (folder / EXPORTING).exists()
    try:
        with lock_folder(folder):
            try:
                require_empty(folder)  # another run may just have ended
                yield from _written(folder)
            finally:
                if not has_own_lock:
                    (folder / LOCK).unlink()
    finally:
        if is_new:
            with suppress(OSError):  # it is not empty, or not there
                folder.rmdir()


def _written(folder: Path) -> Iterator[Path]:
    remove_made(folder, made_here(folder, EXPORTING), EXPORTING)
    note_made(folder, made=[ASIDE], listed=EXPORTING)
    aside = folder / ASIDE
    try:
        aside.mkdir()
        yield aside
        _move_out(folder, aside)
    except BaseException:
        remove_made(folder, made_here(folder, EXPORTING), EXPORTING)
        raise
    finally:
        (folder / EXPORTING).unlink(missing_ok=True)


def _move_out(folder: Path, aside: Path) -> None:
    paths = sorted(aside.iterdir(), key=lambda path: path.name == PACKAGE)
    note_made(folder, made=[path.name for path in paths], listed=EXPORTING)
    for path in paths:
        path.rename(folder / path.name)
    aside.rmdir()
