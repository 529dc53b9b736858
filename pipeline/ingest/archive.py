"""Opening what a publisher posted: the members of a zip, or loose files, by base name."""

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.catalogue.survey import RawFile, RawRelease
from pipeline.errors import RawFileError

# The largest member of any official archive is 15 MB, the largest ratio 24. A hundred times that is not a listing.
LARGEST_MEMBER = 512 * 1024 * 1024
LARGEST_RATIO = 200
ZIP_MAGIC = b"PK"
# What the library raises for an archive that is cut short, damaged, locked or of an unknown kind.
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError, struct.error)


@dataclass(frozen=True)
class Member:
    """One file of a release, opened: what part of the release it is, where it was found and its bytes."""

    part: str
    where: str
    raw: bytes


def open_members(delivery: RawRelease, file: RawFile, wanted: Container[str]) -> Iterator[Member]:
    """The members of one file of a release that are one of the `wanted` parts, one at a time; none of a file that
    is not packed and, by its name, is another part of the release.

    Raises RawFileError for what is no zip, is cut short, lacks every member asked for, holds two members for one
    part, is of absurd size or would leave the folder it is unpacked in.
    """
    named = {
        part: re.compile(pattern, re.IGNORECASE)
        for part, pattern in {**delivery.source.members, **delivery.release.members}.items()
    }
    patterns = {part: pattern for part, pattern in named.items() if part in wanted}
    path = file.path
    _refuse_web_page(path, file.raw)
    if path.suffix.lower() == ".zip":
        yield from _members_of_zip(path, file.raw, patterns)
        return
    fitting = [part for part, pattern in patterns.items() if pattern.fullmatch(path.name)]
    if not fitting and not any(pattern.fullmatch(path.name) for pattern in named.values()):
        raise RawFileError(
            where=str(path),
            expected="a member named like " + " or ".join(pattern.pattern for pattern in patterns.values()),
            found="none",
            next_step="fetch the file again, or correct `members` in the catalogue",
        )
    yield from (Member(part, str(path), file.raw) for part in fitting)


def _members_of_zip(path: Path, raw: bytes, patterns: dict[str, re.Pattern[str]]) -> Iterator[Member]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for part, info in _chosen(path, archive, patterns):
                yield Member(part, f"{path}!{info.filename}", archive.read(info))
    except UNREADABLE as problem:
        raise RawFileError(
            where=str(path),
            expected="a whole zip archive",
            found=f"one that cannot be read: {problem}",
            next_step="fetch the file again: it was cut short or damaged, or is locked with a password",
        ) from problem


def _chosen(
    path: Path, archive: zipfile.ZipFile, patterns: dict[str, re.Pattern[str]]
) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    files = [info for info in archive.infolist() if not info.is_dir()]
    for info in files:
        _refuse_unsafe(path, info)
    for part, pattern in patterns.items():
        fitting = [info for info in files if pattern.fullmatch(PurePosixPath(info.filename).name)]
        if len(fitting) > 1:
            raise RawFileError(
                where=str(path),
                expected=f"one member for the part {part!r} ({pattern.pattern})",
                found=", ".join(info.filename for info in fitting),
                next_step="make the pattern in the catalogue name one of them",
            )
        yield from ((part, info) for info in fitting)
    if not any(pattern.fullmatch(PurePosixPath(info.filename).name) for info in files for pattern in patterns.values()):
        raise RawFileError(
            where=str(path),
            expected="a member named like " + " or ".join(pattern.pattern for pattern in patterns.values()),
            found=", ".join(info.filename for info in files[:8]) or "an empty archive",
            next_step="check that this is the file the catalogue means, or correct its `members`",
        )


def _refuse_unsafe(path: Path, info: zipfile.ZipInfo) -> None:
    where = f"{path}!{info.filename}"
    name = PurePosixPath(info.filename.replace("\\", "/"))
    if not name.parts or name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
        raise RawFileError(
            where,
            expected="a member name inside the archive's own folder",
            found="a name that leads out of it",
            next_step="do not use this file; fetch it from the publisher again",
        )
    _refuse_bomb(where, info.file_size, info.compress_size)


def refuse_bombs(where: str, archive: zipfile.ZipFile) -> None:
    """Raises RawFileError for an archive inside another, or a workbook, of which one member or all together would
    unpack to an absurd size, or that has a member twice."""
    members = archive.infolist()
    for info in members:
        _refuse_bomb(f"{where}, {info.filename}", info.file_size, info.compress_size)
    _refuse_bomb(where, sum(info.file_size for info in members), sum(info.compress_size for info in members))
    names = [info.filename for info in members]
    if len(set(names)) < len(names):
        raise RawFileError(where, "each part once", "a part twice", "do not use this file")


def _refuse_bomb(where: str, size: int, packed: int) -> None:
    if size > LARGEST_MEMBER or size > LARGEST_RATIO * max(packed, 4096):
        raise RawFileError(
            where,
            expected=f"at most {LARGEST_MEMBER:,} bytes and {LARGEST_RATIO} times its packed size",
            found=f"{size:,} bytes, packed {packed:,}",
            next_step="do not use this file; no code listing is that large",
        )


def _refuse_web_page(path: Path, start: bytes) -> None:
    head = start[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_page = head.startswith((b"<!doctype html", b"<html"))
    is_zip_by_name = path.suffix.lower() == ".zip"
    if is_page or (is_zip_by_name and not start.startswith(ZIP_MAGIC)):
        raise RawFileError(
            where=str(path),
            expected="a zip archive" if is_zip_by_name else "a listing",
            found="a web page" if is_page else f"bytes that start with {start[:12]!r}",
            next_step="the publisher's site answers a wrong address with a page: correct the url and fetch again",
        )
