"""The files of a build, as its datapackage.json lists them: whether there is one, what it should have, what is damaged.

The only reader of that file: publishing looks here too.
"""

import json
from pathlib import Path
from typing import Any, Final

from pipeline.errors import UnreadableBuild, UsageError
from pipeline.run.files import hash_of

PACKAGE: Final = "datapackage.json"
BUILD_AGAIN: Final = "\n  next:     build again: `crosswalk build`"
BUILD_OR_GO_BACK: Final = f"{BUILD_AGAIN}, or go back: `crosswalk rollback`"


def parquet_path(table: str) -> str:
    """Where the Parquet file of a table lies in a build."""
    return f"parquet/{table}.parquet"


def parquet_files(place: Path) -> dict[str, Path]:
    """The Parquet file of every table that is in a build, by the table."""
    return {path.stem: path for path in place.glob(parquet_path("*"))}


def is_build(folder: Path) -> bool:
    """Whether a build is there, or a link leads to one: datapackage.json is written last."""
    return (folder / PACKAGE).is_file()


def place_of(folder: Path) -> Path:
    """The folder of a build, links followed. Raises UsageError where there is none, or the link leads to itself."""
    try:
        place = folder.resolve()
    except (RuntimeError, OSError) as problem:  # of a link in a circle Python 3.11 says the one, later ones the other
        raise damaged(folder, "a link that leads to itself") from problem
    if not is_build(place):
        raise UsageError(f"{folder}: there is no build here\n  next:     `make` builds the tables, or name --output")
    return place


def damaged(path: Path, why: str) -> UnreadableBuild:
    """What is to be raised for a file of a build that is not what it should be."""
    return UnreadableBuild(f"this build is damaged: {path}: {why}{BUILD_OR_GO_BACK}")


def read_build_id(place: Path) -> str:
    """The id of a build. Raises UnreadableBuild where its datapackage.json is damaged."""
    return str(read_package(place)["id"])


def read_is_excerpt(place: Path) -> bool:
    """Whether a build is one of samples, too few codes for any analysis; one that cannot say so is none."""
    try:
        return read_package(place).get("excerpt") is True
    except UnreadableBuild:
        return False


def read_source_titles(place: Path) -> frozenset[str]:
    """The titles of the sources that a build is made from, each with its publisher in brackets behind it."""
    return frozenset(each["title"] for each in read_package(place).get("sources", ()))


def find_damaged(place: Path, paths: list[str]) -> UnreadableBuild | None:
    """The first of some files of a build that should be there and is not, or has other bytes than it was written with.

    Also where datapackage.json, which says so, is damaged itself; None where all is well, or a file is not described.
    """
    try:
        described = {each["path"]: each for each in files_described(place)}
    except UnreadableBuild as problem:
        return problem
    for path in paths:
        if path in described and not (place / path).is_file():
            return damaged(place / path, "the file is gone")
        if path in described and not _is_as_described(place, described[path]):
            return damaged(place / path, "other bytes than it was written with")
    return None


def is_missing(place: Path, path: str) -> bool:
    """Whether a file is not there that should be; unlike one that an older version did not make.

    Where nobody can say what should be there, since datapackage.json is damaged, it should.
    """
    try:
        is_described = any(each["path"] == path for each in files_described(place))
    except UnreadableBuild:
        is_described = True
    return is_described and not (place / path).is_file()


def is_whole(place: Path) -> bool:
    """Whether every file of a build is there with the hash that its datapackage.json has, and that can be read."""
    try:
        files = files_described(place)
    except UnreadableBuild:
        return False
    return all((place / each["path"]).is_file() and _is_as_described(place, each) for each in files)


def has_every_file(place: Path) -> bool:
    """Whether every file of a build is there and as long as it was written: a look that reads none of them."""
    try:
        files = files_described(place)
    except UnreadableBuild:
        return False
    return all((place / each["path"]).is_file() and _is_as_long(place, each) for each in files)


def files_described(place: Path) -> list[dict[str, Any]]:
    """Every file that a build should have: of each resource its file, those beside it, the table in other formats.

    Raises UnreadableBuild where datapackage.json is damaged.
    """
    return [file for each in read_package(place)["resources"] for file in _files_of(each)]


def read_package(place: Path) -> dict[str, Any]:
    """What a build says of itself in its datapackage.json. Raises UnreadableBuild where that is damaged."""
    path = place / PACKAGE
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise damaged(path, "it cannot be read") from problem
    if not isinstance(package, dict) or "id" not in package or not _has_files(package.get("resources")):
        raise damaged(path, "it does not say what the build holds")
    return package


def _has_files(resources: object) -> bool:
    return isinstance(resources, list) and all(isinstance(each, dict) and "path" in each for each in resources)


def _files_of(resource: dict[str, Any]) -> list[dict[str, Any]]:
    others = [value for value in resource.values() if isinstance(value, dict) and "path" in value]
    return [resource, *resource.get("files", []), *others]


def _is_as_described(place: Path, file: dict[str, Any]) -> bool:
    """Whether a file has the hash that is given for it; the database file has none, since its bytes vary."""
    return "hash" not in file or bool(file["hash"] == f"sha256:{hash_of(place / file['path'])}")


def _is_as_long(place: Path, file: dict[str, Any]) -> bool:
    return "bytes" not in file or bool(file["bytes"] == (place / file["path"]).stat().st_size)
