"""From raw files to text frames: every row, every column a string, nothing interpreted.

A reader takes where it reads (for its errors) and the bytes, and returns one row per record with the line it stands on.
Which reader is for which part of a release is said by its layout (`pipeline.layouts`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath

import pyarrow as pa

from pipeline.catalogue.survey import RawFile, RawRelease
from pipeline.errors import RawFileError, raise_all
from pipeline.ingest.archive import Member, open_members
from pipeline.ingest.check_figures import CheckFigure, require_figures

Reader = Callable[[str, bytes], pa.Table]
Figures = Mapping[str, tuple[CheckFigure, ...]]  # of whole files, by part


@dataclass(frozen=True)
class TextFrame:
    """One raw member as text: `table` has a row per record, and `line`, where in the member it stands."""

    part: str
    where: str
    table: pa.Table

    @cached_property
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


def ingest(delivery: RawRelease, readers: Mapping[str, Reader], figures: Figures | None = None) -> IngestedRelease:
    """The text frames of one release. Each file is read once: its bytes are hashed, checked and parsed.

    `readers` has the reader of each part, `figures` the check figures of whole files, which are applied but for those
    that the release need not keep. Raises RawFileError as the readers do, for a broken figure, and for content that is
    not pinned.
    """
    hashes: list[str] = []
    frames: list[TextFrame] = []
    for path in delivery.paths:
        file = delivery.read_file(path)
        hashes.append(file.sha256)
        frames += read_frames(delivery, file, readers, figures or {})
    return IngestedRelease(replace(delivery, sha256=tuple(hashes)), frames)


def ingest_one_by_one(work: Iterable[tuple[RawRelease, Mapping[str, Reader], Figures]]) -> Iterator[TextFrame]:
    """The text frames of releases, each with its readers and check figures, file by file.

    A file that is refused keeps no other back: raises RawFileError or SeveralFailed when all were tried.
    """
    problems: list[RawFileError] = []
    singles = ((single, readers, figures) for delivery, readers, figures in work for single in delivery.one_by_one())
    for single, readers, figures in singles:
        try:
            frames = ingest(single, readers, figures).frames
        except RawFileError as problem:
            problems.append(problem)
        else:
            yield from frames
    raise_all(problems)


def read_frames(
    delivery: RawRelease, file: RawFile, readers: Mapping[str, Reader], figures: Figures
) -> list[TextFrame]:
    """The text frames of one file of a release, which was read. Raises RawFileError as `ingest` does."""
    return [
        _frame_of(delivery, member, readers[member.part], figures.get(member.part, ()))
        for member in open_members(delivery, file, wanted=readers)
    ]


def _frame_of(delivery: RawRelease, member: Member, reader: Reader, figures: tuple[CheckFigure, ...]) -> TextFrame:
    table = reader(member.where, member.raw)
    require_figures(member.where, table, figures, delivery.not_kept)
    return TextFrame(member.part, member.where, table)
