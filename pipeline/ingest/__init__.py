"""From raw files to text frames: every row, every column a string, nothing interpreted.

A reader takes where it reads (for its errors) and the bytes, and returns one row per record with the line it stands on.
Which reader is for which part of a release is said by its layout (`pipeline.layouts`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import pyarrow as pa

from pipeline.catalogue.survey import RawFile, RawRelease
from pipeline.errors import RawFileError, raise_all
from pipeline.ingest.archive import open_members

Reader = Callable[[str, bytes], pa.Table]


@dataclass(frozen=True)
class TextFrame:
    """One raw member as text: `table` has a row per record, and `line`, where in the member it stands."""

    part: str
    where: str
    table: pa.Table

    @property
    def file_name(self) -> str:
        """The publisher's name of the file that was read."""
        return file_name(self.where)


@dataclass(frozen=True)
class IngestedRelease:
    """A release as it was read: `delivery` has the hashes of the very bytes that `frames` were parsed from."""

    delivery: RawRelease
    frames: list[TextFrame]


def file_name(where: str) -> str:
    """The base name of the file at a place such as `folder/archive.zip!member.txt`."""
    return PurePosixPath(where.rpartition("!")[2]).name


def ingest(delivery: RawRelease, readers: Mapping[str, Reader]) -> IngestedRelease:
    """The text frames of one release. Each file is read once: its bytes are hashed, checked and parsed.

    `readers` has the reader of each part. Raises RawFileError as the readers do, and for content that is not pinned.
    """
    hashes: list[str] = []
    frames: list[TextFrame] = []
    for path in delivery.paths:
        file = delivery.read_file(path)
        hashes.append(file.sha256)
        frames += _frames_of(delivery, file, readers)
    return IngestedRelease(replace(delivery, sha256=tuple(hashes)), frames)


def ingest_one_by_one(work: Iterable[tuple[RawRelease, Mapping[str, Reader]]]) -> Iterator[TextFrame]:
    """The text frames of releases, each with its readers, file by file.

    A file that is refused keeps no other back: raises RawFileError or SeveralFailed when all were tried.
    """
    problems: list[RawFileError] = []
    for single, readers in ((single, readers) for delivery, readers in work for single in delivery.one_by_one()):
        try:
            frames = ingest(single, readers).frames
        except RawFileError as problem:
            problems.append(problem)
        else:
            yield from frames
    raise_all(problems)


def _frames_of(delivery: RawRelease, file: RawFile, readers: Mapping[str, Reader]) -> list[TextFrame]:
    return [
        TextFrame(member.part, member.where, readers[member.part](member.where, member.raw))
        for member in open_members(delivery, file, wanted=readers)
    ]
