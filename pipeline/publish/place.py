"""Publishing a build: written aside, moved into place under its own name, then one link is replaced.

A reader of `output/latest` sees the build before or the new one, never a mixture, and a run that is killed leaves
`latest` as it was.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version as package_version
from itertools import chain, count
from pathlib import Path
from typing import Any

from pipeline import PROJECT
from pipeline.catalogue.survey import RawRelease
from pipeline.errors import UsageError
from pipeline.export import DATABASE
from pipeline.run.files import hash_of, write_whole

KEPT = 3
CODE = ("pipeline", "schemas")
WRITING = ("pandas", "pyarrow", "isal", "duckdb", "jinja2", "pygal")  # whose versions decide on the bytes of a file
CODE_FILES = {".py", ".toml", ".csv", ".sql", ".html", ".css", ".js"}
REPORTS = ("CHANGES.md", "changes.json")  # how a build came about: no part of what it is
CANDIDATE = ".candidate-"
WITHDRAWN = ".withdrawn"


def name_build(inputs: list[RawRelease], options: list[str]) -> str:
    """The id of a build: what goes in (raw files, options) and the code that reads it. Same in, same id."""
    digest = hashlib.sha256()
    for each in sorted(inputs, key=lambda each: (each.source.source, each.release.release, each.paths)):
        digest.update(f"{replace(each.source, releases=())} {each.release} {each.sha256}\n".encode())
    digest.update(code_and_options(options))
    return digest.hexdigest()[:12]


def code_and_options(options: list[str]) -> bytes:
    """What beside the raw files decides on the bytes of a build: our code, the versions of what writes, options."""
    content = [path.relative_to(PROJECT).as_posix().encode() + path.read_bytes() for path in _code_files()]
    versions = [f"{name} {package_version(name)}" for name in WRITING]
    return b"".join(content) + " ".join([*options, *versions]).encode()


def _code_files() -> list[Path]:
    return sorted(path for name in CODE for path in (PROJECT / name).rglob("*") if path.suffix in CODE_FILES)


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
    """Whether two builds hold the same files with the same bytes; of the database file, the same content.

    Reports of how they came about count for nothing.
    """
    from pipeline.export.database import is_same_database

    files = [
        {path.relative_to(each): path for path in each.rglob("*") if path.is_file() and path.name not in REPORTS}
        for each in (one, other)
    ]
    return files[0].keys() == files[1].keys() and all(
        is_same_database(files[0][name], files[1][name])
        if name.name == DATABASE
        else files[0][name].read_bytes() == files[1][name].read_bytes()
        for name in files[0]
    )


def builds_of(output: Path) -> list[Path]:
    """The builds of an output folder, the one published last first."""
    builds = [path for path in output.glob("[!.]*") if (path / "datapackage.json").is_file() and not path.is_symlink()]
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
    return latest.resolve() if (latest / "datapackage.json").is_file() else None


def id_of(build: str) -> str:
    """The id of a build by the name of its folder: one that stands beside a spoilt build of its id has a number."""
    return build.partition("-")[0]


def is_whole(build: Path) -> bool:
    """Whether every file of a build is there with the hash that its datapackage.json has."""
    package = json.loads((build / "datapackage.json").read_text(encoding="utf-8"))
    resources = package["resources"]
    files = [*resources, *(each["parquet"] for each in resources if "parquet" in each)]
    files += [file for each in resources for file in each.get("files", [])]
    return all((build / each["path"]).is_file() and _is_as_described(build, each) for each in files)


def _is_as_described(build: Path, file: dict[str, Any]) -> bool:
    """Whether a file has the hash that is given for it; the database file has none, since its bytes vary."""
    return "hash" not in file or bool(file["hash"] == f"sha256:{hash_of(build / file['path'])}")


def keep_candidate(output: Path, incoming: Path, build_id: str) -> Path:
    """Moves a build that is not published to where it can be looked at; only the newest is kept."""
    for old in output.glob(f"{CANDIDATE}*"):
        shutil.rmtree(old)
    return incoming.rename(output / f"{CANDIDATE}{build_id}")


def roll_back(output: Path, build: str | None) -> Path:
    """Points `latest` to a build, or to the one before the present. What came after it is withdrawn.

    Raises UsageError where there is no such build, or it is not whole.
    """
    builds = builds_of(output)
    present = latest_build(output)
    earlier = builds[builds.index(present) + 1 :] if present in builds else []
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
