"""The name of a build: what goes in, and the code that reads and writes it. Same in, same name."""

import hashlib
from dataclasses import replace
from importlib.metadata import version as package_version
from typing import Final

from pipeline import PROJECT
from pipeline.catalogue.survey import RawRelease

CODE_FOLDERS = ("pipeline", "schemas")
CODE_FILES = {".py", ".toml", ".csv", ".sql", ".html", ".css", ".js"}
# The libraries that read, check, reckon or write: a version of one may decide on the bytes of a build. The other
# dependencies of the project lock, fetch, print and write spreadsheets; a test holds both against pyproject.toml.
LIBRARIES = (
    "deflate",
    "duckdb",
    "jinja2",
    "lxml",
    "markupsafe",
    "numpy",
    "pandas",
    "pandera",
    "pyarrow",
    "python-calamine",
)


def name_build(inputs: list[RawRelease], options: list[str]) -> str:
    """The id of a build: what goes in (raw files with their hashes, options) and the code. Same in, same id."""
    digest = hashlib.sha256()
    for each in sorted(inputs, key=lambda each: (each.source.source, each.release.release, each.paths)):
        hashes = [sha256 for _, sha256 in zip(each.paths, each.sha256, strict=True)]  # no file without its hash
        digest.update(f"{replace(each.source, releases=())} {each.release} {hashes}\n".encode())
    digest.update(code_and_options(options))
    return digest.hexdigest()[:12]


def _read_code() -> bytes:
    files = (path for name in CODE_FOLDERS for path in (PROJECT / name).rglob("*") if path.suffix in CODE_FILES)
    return b"".join(path.relative_to(PROJECT).as_posix().encode() + path.read_bytes() for path in sorted(files))


OUR_CODE: Final = _read_code()  # as this run began with it: a pull meanwhile changes the files, not what runs


def code_and_options(options: list[str]) -> bytes:
    """What beside the raw files decides on the bytes of a build: our code, the versions of LIBRARIES, options."""
    versions = [f"{name} {package_version(name)}" for name in LIBRARIES]
    return OUR_CODE + " ".join([*options, *versions]).encode()


def id_of(build: str) -> str:
    """The id of a build by the name of its folder: one that stands beside a spoilt build of its id has a number."""
    return build.partition("-")[0]
