"""Files written whole, and the hash of one."""

import hashlib
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Writes a text file so that a reader, or a run after a kill, finds the old one or the new one.

    A link in its place is replaced; what it leads to is left alone.
    """
    aside = incoming_of(path)
    aside.unlink(missing_ok=True)
    try:
        with aside.open("x", encoding="utf-8") as file:
            file.write(text)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def incoming_of(path: Path) -> Path:
    """Where a file is written before it gets its place: hidden, beside it, under a name that nothing else uses.

    What is there under it was left by a run that was killed, and is written over.
    """
    return path.with_name(f".{path.name.lstrip('.')}.crosswalk-new")


def hash_of(path: Path) -> str:
    """The sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
