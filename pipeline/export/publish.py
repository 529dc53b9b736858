"""Publishing a build: written aside, moved into place under its own name, then one link is replaced.

A reader of `output/latest` sees the build before or the new one, never a mixture, and a run that is killed leaves
`latest` as it was.
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version as package_version
from itertools import chain, count
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import PROJECT
from pipeline.catalogue import RawRelease
from pipeline.errors import LockHeld, UsageError
from pipeline.export.database import FILE as DATABASE
from pipeline.export.database import is_same_database

KEPT = 3
CODE = ("pipeline", "schemas")
WRITING = ("pandas", "pyarrow", "isal", "duckdb", "jinja2", "pygal")  # whose versions decide on the bytes of a file
CODE_FILES = {".py", ".toml", ".csv", ".sql", ".html", ".css", ".js"}


def name_build(inputs: list[RawRelease], options: list[str]) -> str:
    """The id of a build: what goes in (raw files, options) and the code that reads it. Same in, same id."""
    digest = hashlib.sha256()
    for each in sorted(inputs, key=lambda each: (each.source.source, each.release.release, each.paths)):
        digest.update(f"{replace(each.source, releases=())} {each.release} {each.sha256}\n".encode())
    for path in _code_files():
        digest.update(path.relative_to(PROJECT).as_posix().encode() + path.read_bytes())
    digest.update(" ".join([*options, *(f"{name} {package_version(name)}" for name in WRITING)]).encode())
    return digest.hexdigest()[:12]


def _code_files() -> list[Path]:
    return sorted(path for name in CODE for path in (PROJECT / name).rglob("*") if path.suffix in CODE_FILES)


@contextmanager
def lock_output(output: Path) -> Iterator[None]:
    """Holds the output folder for this run. Raises LockHeld at once where another run holds it."""
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UsageError(
            f"{output}: not a folder to write to ({problem})\n  next:     name another --output"
        ) from problem
    lock = output / ".lock"
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout as held:
        raise LockHeld(lock) from held


@contextmanager
def publish(output: Path, build_id: str) -> Iterator[Path]:
    """An empty folder to write a build into; it becomes `output/latest` when the block ends without an error.

    What earlier runs left half done is removed; of finished builds the newest KEPT stay.
    """
    for leftover in output.glob(".incoming-*"):
        leftover.unlink() if leftover.is_symlink() else shutil.rmtree(leftover)
    incoming = output / f".incoming-{build_id}"
    incoming.mkdir()
    try:
        yield incoming
        _move_into_place(output, incoming, build_id)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _move_into_place(output: Path, incoming: Path, build_id: str) -> None:
    target = _place_for(output, incoming, build_id)
    if not target.exists():
        incoming.rename(target)
    target.touch()
    link = output / ".incoming-link"
    link.symlink_to(target.name)
    link.replace(output / "latest")
    _prune(output)


def _place_for(output: Path, incoming: Path, build_id: str) -> Path:
    """The folder of the build: one that holds the same files already, or a name that is free.

    A folder of the same id with other files was spoilt: it stays as it is, since `latest` may point to it.
    """
    names = chain([build_id], (f"{build_id}-{number}" for number in count(2)))
    places = (output / name for name in names)
    return next(place for place in places if not place.exists() or _is_same(place, incoming))


def _is_same(one: Path, other: Path) -> bool:
    """Whether two builds hold the same files with the same bytes; of the database file, the same content."""
    files = [{path.relative_to(each): path for path in each.rglob("*") if path.is_file()} for each in (one, other)]
    return files[0].keys() == files[1].keys() and all(
        is_same_database(files[0][name], files[1][name])
        if name.name == DATABASE
        else files[0][name].read_bytes() == files[1][name].read_bytes()
        for name in files[0]
    )


def _prune(output: Path) -> None:
    """Removes all but the newest builds."""
    latest = (output / "latest").resolve()
    builds = [path for path in output.iterdir() if (path / "datapackage.json").is_file() and not path.is_symlink()]
    for old in sorted(builds, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        if old.resolve() != latest:
            shutil.rmtree(old)
