"""Publishing a build: written aside, moved into place under its own name, then one link is replaced.

A reader of `output/latest` sees the build before or the new one, never a mixture, and a run that is killed leaves
`latest` as it was.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.ask.build_files import is_build, is_whole, read_build_id
from pipeline.errors import UnreadableBuild, UsageError
from pipeline.publish.naming import id_of
from pipeline.run.files import write_whole
from pipeline.run.made_here import free_name, made_here, note_made, numbered, remove_made

KEPT = 3
REPORTS = ("CHANGES.md", "changes.json")  # how a build came about: no part of what it is
CANDIDATE, INCOMING_BUILD = ".candidate-", ".incoming-"
LATEST, INCOMING_LINK = "latest", ".incoming-link"
WITHDRAWN = ".withdrawn"


@contextmanager
def publish(output: Path, build_id: str) -> Iterator[Path]:
    """An empty folder to write a build into; it becomes `output/latest` when the block ends without an error.

    What earlier runs left half done is removed; of the builds that were made here the newest KEPT stay. Raises
    UsageError as `require_link` does.
    """
    require_link(output)
    remove_made(
        output, [name for name in made_here(output) if name.startswith(INCOMING_BUILD) or not (output / name).exists()]
    )
    incoming = free_name(output, f"{INCOMING_BUILD}{build_id}")
    note_made(output, made=[incoming.name])
    incoming.mkdir()
    try:
        yield incoming
        _move_into_place(output, incoming, build_id)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
        if not incoming.exists():
            note_made(output, gone=[incoming.name])


def _move_into_place(output: Path, incoming: Path, build_id: str) -> None:
    target = _place_for(output, incoming, build_id)
    if not target.exists():
        note_made(output, made=[target.name])
        incoming.rename(target)
    for name in REPORTS:
        if (incoming / name).is_file():  # the same build, come to in another way
            (incoming / name).replace(target / name)
    target.touch()
    _point_latest(output, target.name)
    withdraw(output, withdrawn(output) - {id_of(target.name)})
    _prune(output)


def _point_latest(output: Path, build: str) -> None:
    link = output / INCOMING_LINK
    if link.is_symlink():
        link.unlink()
    link.symlink_to(build)
    link.replace(output / LATEST)


def require_link(output: Path) -> None:
    """Raises UsageError where `latest` is anything but a link, or not there: it would have to be deleted."""
    latest = output / LATEST
    if latest.exists() and not latest.is_symlink():
        raise UsageError(
            f"{latest}: this is no link to a build, but a {'folder' if latest.is_dir() else 'file'} of somebody's own\n"
            "  next:     move it away, or name another --output: it is not deleted"
        )


def _place_for(output: Path, incoming: Path, build_id: str) -> Path:
    """The folder of the build: one made here that holds the same files already, or a name that is free.

    A folder of the same id with other files was spoilt: it stays as it is, since `latest` may point to it.
    """
    made = made_here(output)
    places = (output / name for name in numbered(build_id))
    return next(place for place in places if not place.exists() or (place.name in made and _is_same(place, incoming)))


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
    """The builds of an output folder, the one published last first.

    Another data package there is none, nor is a copy of a build under a name of its own.
    """
    made = made_here(output)
    folders = [path for path in output.glob("[!.]*") if is_build(path) and not path.is_symlink()]
    builds = [path for path in folders if path.name in made or _has_its_name(path)]
    return sorted(builds, key=lambda path: path.stat().st_mtime, reverse=True)


def _has_its_name(build: Path) -> bool:
    """Whether a folder has the name of the build in it."""
    try:
        return read_build_id(build) == id_of(build.name)
    except UnreadableBuild:
        return False


def _prune(output: Path) -> None:
    """Removes all but the newest builds of those that this program made, by its list and by their ids.

    One that goes gets another name first: half a build is none.
    """
    latest, made = (output / LATEST).resolve(), made_here(output)
    for old in [build for build in builds_of(output) if build.name in made and _has_its_name(build)][KEPT:]:
        if old.resolve() != latest:
            aside = free_name(output, f"{INCOMING_BUILD}{old.name}")
            note_made(output, made=[aside.name])
            old.rename(aside)
            remove_made(output, [aside.name, old.name])


# Beside publishing


def latest_build(output: Path) -> Path | None:
    """The build that `latest` points to; None where nothing was published."""
    latest = output / LATEST
    return latest.resolve() if is_build(latest) else None


def keep_candidate(output: Path, incoming: Path, build_id: str) -> Path:
    """Moves a build that is not published to where it can be looked at; only the newest is kept."""
    remove_made(output, [name for name in made_here(output) if name.startswith(CANDIDATE)])
    candidate = free_name(output, f"{CANDIDATE}{build_id}")
    note_made(output, made=[candidate.name])
    return incoming.rename(candidate)


def roll_back(output: Path, build: str | None) -> Path:
    """Points `latest` to a build, or to the one before the present; to the newest where `latest` leads to none.

    What came after it is withdrawn.

    Raises UsageError where there is no such build, or it is not whole; as `require_link` does.
    """
    require_link(output)
    builds = builds_of(output)
    present = latest_build(output)
    at = next((number for number, each in enumerate(builds) if each.resolve() == present), -1)
    earlier = builds[at + 1 :]
    chosen = [each for each in builds if each.name == build] if build else earlier[:1]
    if not chosen or not is_whole(chosen[0]):
        raise _no_way_back(output, builds, present, build, is_damaged=bool(chosen))
    withdraw(output, {id_of(each.name) for each in builds[: builds.index(chosen[0])]})
    _point_latest(output, chosen[0].name)
    return chosen[0]


def _no_way_back(
    output: Path, builds: list[Path], present: Path | None, wanted: str | None, *, is_damaged: bool
) -> UsageError:
    """Why there is no build to go back to, and which others are here."""
    others = [each.name for each in builds if each.resolve() != present]
    if wanted or is_damaged:
        told = f"{wanted or 'an earlier build'}: {'it is damaged' if is_damaged else 'there is none'}"
    elif present:
        told = f"build {present.name} is {'the oldest' if others else 'the only one'} here: there is none before it"
    else:
        told = "an earlier build: there is none"
    only = f"{present.name} is the only one here; " if present and wanted and not others else ""
    more = f"{only}`crosswalk build` or `crosswalk refresh` makes another"
    step = f"name one of {', '.join(others)}" if others else more
    return UsageError(f"{output}: {told}\n  next:     {step}")


def withdrawn(output: Path) -> set[str]:
    """The ids of builds that somebody went back from: a refresh does not publish them again."""
    path = output / WITHDRAWN
    return set(path.read_text(encoding="utf-8").split()) if path.is_file() else set()


def withdraw(output: Path, ids: set[str]) -> None:
    """Replaces the list of withdrawn builds."""
    if ids != withdrawn(output):
        write_whole(output / WITHDRAWN, "".join(f"{each}\n" for each in sorted(ids)))
