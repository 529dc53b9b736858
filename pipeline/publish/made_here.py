"""The folders that this program made in an output folder, by name: no other is ever deleted.

A list of names beside the builds, not a mark inside of them: a copy of a build has all that is in it.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from pipeline.run.files import write_whole

MADE: Final = ".made-here"


def made_here(output: Path) -> set[str]:
    """The names of folders that this program made in an output folder and has not deleted since."""
    path = output / MADE
    return set(path.read_text(encoding="utf-8", errors="replace").splitlines()) if path.is_file() else set()


def note_made(output: Path, *, made: Collection[str] = (), gone: Collection[str] = ()) -> None:
    """Keeps the list: what is about to be made is noted before it is, what is deleted once it is gone."""
    before = made_here(output)
    after = (before | {*made}) - {*gone}
    if after != before:
        write_whole(output / MADE, "".join(f"{each}\n" for each in sorted(after)))
