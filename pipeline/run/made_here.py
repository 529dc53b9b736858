"""What this program made in a folder where others may have files of their own, by name: nothing else is ever deleted.

A list of names beside what was made, not a mark inside of it: a copy of a build has all that is in it.
"""

import shutil
from collections.abc import Collection, Iterator
from itertools import chain, count
from pathlib import Path
from typing import Final

from pipeline.run.files import write_whole

MADE: Final = ".made-here"


def made_here(folder: Path, listed: str = MADE) -> set[str]:
    """The names of what this program made in a folder and has not deleted since, by the list of that name."""
    path = folder / listed
    return set(path.read_text(encoding="utf-8", errors="replace").splitlines()) if path.is_file() else set()


def note_made(folder: Path, *, made: Collection[str] = (), gone: Collection[str] = (), listed: str = MADE) -> None:
    """Keeps the list: what is about to be made is noted before it is, what is deleted once it is gone."""
    before = made_here(folder, listed)
    after = (before | {*made}) - {*gone}
    if after != before:
        write_whole(folder / listed, "".join(f"{each}\n" for each in sorted(after)))


def remove_made(folder: Path, names: Collection[str], listed: str = MADE) -> None:
    """Removes what this program made, and from its list what is not there any more. What a link leads to stays."""
    for path in [path for path in folder.iterdir() if path.name in names]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.is_file() and not path.is_symlink():
            path.unlink()
    note_made(folder, gone=names, listed=listed)


def free_name(folder: Path, name: str) -> Path:
    """A place of that name; with a number where somebody has one there."""
    return next(place for each in numbered(name) if not (place := folder / each).exists())


def numbered(name: str) -> Iterator[str]:
    """A name, then the same with a number behind it, without end."""
    return chain([name], (f"{name}-{number}" for number in count(2)))
