"""Publishing a build: written aside, moved into place under its own name, then one link is replaced.

A reader of `output/latest` sees the build before or the new one, never a mixture, and a run that is killed leaves
`latest` as it was.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

from pipeline.ask.build_files import PACKAGE, is_build, is_whole
from pipeline.errors import UsageError
from pipeline.publish.naming import id_of
from pipeline.run.files import write_whole

KEPT = 3
REPORTS = ("CHANGES.md", "changes.json")  # how a build came about: no part of what it is
CANDIDATE = ".candidate-"
ASIDE = ".incoming"
WITHDRAWN = ".withdrawn"


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
    for name in REPORTS:
        if (incoming / name).is_file():  # the same build, come to in another way
            (incoming / name).replace(target / name)
    target.touch()
    _point_latest(output, target.name)
    withdraw(output, withdrawn(output) - {id_of(target.name)})
    _prune(output)


def _point_latest(output: Path, build: str) -> None:
    link = output / ".incoming-link"
    link.unlink(missing_ok=True)
    link.symlink_to(build)
    link.replace(output / "latest")


def _place_for(output: Path, incoming: Path, build_id: str) -> Path:
    """The folder of the build: one that holds the same files already, or a name that is free.

    A folder of the same id with other files was spoilt: it stays as it is, since `latest` may point to it.
    """
    names = chain([build_id], (f"{build_id}-{number}" for number in count(2)))
    places = (output / name for name in names)
    return next(place for place in places if not place.exists() or _is_same(place, incoming))


def _is_same(one: Path, other: Path) -> bool:
    """Whether two builds hold the same files with the same bytes; of formats without a hash, the same content.

    Reports of how they came about count for nothing.
    """
    from pipeline.export.formats import WHOLE_FORMATS

    comparers = {each.place: each.is_same for each in WHOLE_FORMATS.values() if each.is_same}
    files = [
        {path.relative_to(each): path for path in each.rglob("*") if path.is_file() and path.name not in REPORTS}
        for each in (one, other)
    ]
    return files[0].keys() == files[1].keys() and all(
        comparers.get(name.as_posix(), _has_same_bytes)(files[0][name], files[1][name]) for name in files[0]
    )


def _has_same_bytes(one: Path, other: Path) -> bool:
    return one.read_bytes() == other.read_bytes()


def builds_of(output: Path) -> list[Path]:
    """The builds of an output folder, the one published last first."""
    builds = [path for path in output.glob("[!.]*") if is_build(path) and not path.is_symlink()]
    return sorted(builds, key=lambda path: path.stat().st_mtime, reverse=True)


def _prune(output: Path) -> None:
    """Removes all but the newest builds. One that goes gets another name first: half a build is none."""
    latest = (output / "latest").resolve()
    for old in builds_of(output)[KEPT:]:
        if old.resolve() != latest:
            shutil.rmtree(old.rename(output / f".incoming-{old.name}"))


# Beside publishing


def latest_build(output: Path) -> Path | None:
    """The build that `latest` points to; None where nothing was published."""
    latest = output / "latest"
    return latest.resolve() if is_build(latest) else None


def keep_candidate(output: Path, incoming: Path, build_id: str) -> Path:
    """Moves a build that is not published to where it can be looked at; only the newest is kept."""
    for old in output.glob(f"{CANDIDATE}*"):
        shutil.rmtree(old)
    return incoming.rename(output / f"{CANDIDATE}{build_id}")


def roll_back(output: Path, build: str | None) -> Path:
    """Points `latest` to a build, or to the one before the present; to the newest where `latest` leads to none.

    What came after it is withdrawn.

    Raises UsageError where there is no such build, or it is not whole.
    """
    builds = builds_of(output)
    present = latest_build(output)
    at = next((number for number, each in enumerate(builds) if each.resolve() == present), -1)
    earlier = builds[at + 1 :]
    chosen = [each for each in builds if each.name == build] if build else earlier[:1]
    if not chosen or not is_whole(chosen[0]):
        wanted = build or "an earlier build"
        raise UsageError(
            f"{output}: {wanted}: {'it is damaged' if chosen else 'there is none'}\n"
            f"  next:     name one of {', '.join(each.name for each in builds) or 'none: `make` builds the tables'}"
        )
    withdraw(output, {id_of(each.name) for each in builds[: builds.index(chosen[0])]})
    _point_latest(output, chosen[0].name)
    return chosen[0]


def withdrawn(output: Path) -> set[str]:
    """The ids of builds that somebody went back from: a refresh does not publish them again."""
    path = output / WITHDRAWN
    return set(path.read_text(encoding="utf-8").split()) if path.is_file() else set()


def withdraw(output: Path, ids: set[str]) -> None:
    """Replaces the list of withdrawn builds."""
    if ids != withdrawn(output):
        write_whole(output / WITHDRAWN, "".join(f"{each}\n" for each in sorted(ids)))


# A folder of one's own


def require_empty(folder: Path) -> None:
    """Raises UsageError where a folder holds anything but what a killed run left there."""
    if folder.exists() and (not folder.is_dir() or any(path.name != ASIDE for path in folder.iterdir())):
        raise UsageError(f"{folder}: this is no empty folder\n  next:     name a new one")


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """An empty folder to write into; what is in it is moved into `folder` when the block ends without an error.

    After an error `folder` is as it was, a new one not there. It is written aside within it, since it may be on a disk
    of its own; datapackage.json comes last, so that a folder which has it is whole. Raises UsageError as
    `require_empty` does.
    """
    require_empty(folder)
    is_new = not folder.exists()
    aside = folder / ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        for path in sorted(aside.iterdir(), key=lambda path: path.name == PACKAGE):
            path.rename(folder / path.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if is_new and not any(folder.iterdir()):
            folder.rmdir()
