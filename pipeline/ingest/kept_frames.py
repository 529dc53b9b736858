"""Text frames kept beside the raw files they were read from, so that one version of the program parses a file once.

What is kept is a convenience and never believed: an entry says which bytes it was made from, by which readers, and the
hash of all that; one that says anything else, or cannot be read, is as good as none. Raw files are still read, hashed
and checked on every run. Where nothing can be written (a folder that is read-only, a full disk) nothing is kept.
"""

import hashlib
import sys
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pyarrow as pa

from pipeline import PROJECT
from pipeline.catalogue.survey import RawFile, RawRelease
from pipeline.ingest import Figures, IngestedRelease, Reader, TextFrame, read_frames
from pipeline.run.files import incoming_of

FRAMES_FOLDER: Final = ".frames"  # hidden, so that it holds no raw files
FRAMES_ENDING: Final = ".frames"
# Below that a file is read as soon as its entry is; ICD-9 lists in RTF take half a second and have 100,000 bytes.
SMALLEST: Final = 100_000
# What the rows of a reader depend on beside the file: every module that it may know (tests/house/test_imports.py), ...
ROOMS_OF_READERS: Final = ("__init__.py", "errors.py", "layouts.py", "catalogue", "ingest", "run")
# ... and the libraries that parse.
PARSERS: Final = ("lxml", "numpy", "pandas", "pyarrow", "python-calamine")
DIGEST = hashlib.sha256().digest_size
PART_KEY, WHERE_KEY = b"crosswalk.part", b"crosswalk.where"
# Bytes that are no entry: too short, no Arrow stream, one that lacks what ours have, or text that is none.
NO_ENTRY: Final = (OSError, pa.ArrowException, KeyError, ValueError)


@dataclass(frozen=True)
class KeptFrames:
    """The entries of one folder of raw files, as the readers of one version of the program made them."""

    raw: Path
    readers: str

    @classmethod
    def beside(cls, raw: Path) -> "KeptFrames":
        """The entries beside a folder of raw files that this version of the program may use."""
        return cls(raw, readers_version())

    def path_of(self, delivery: RawRelease) -> Path:
        """Where the entry of a raw file is, or would be: one for each source that reads it (a table and the codes of an
        errata are in one archive), so that they never grow in number."""
        (path,) = delivery.paths
        relative = path.relative_to(self.raw)
        return self.raw / FRAMES_FOLDER / delivery.source.source / relative.with_name(relative.name + FRAMES_ENDING)

    def find(self, delivery: RawRelease, file: RawFile, parts: Container[str]) -> list[TextFrame] | None:
        """The frames of a raw file; None where they are not kept, or what is kept is not whole."""
        with suppress(*NO_ENTRY):
            content = memoryview(self.path_of(delivery).read_bytes())
            body = content[DIGEST:]
            if content[:DIGEST] == hashlib.sha256(body).digest() and body[: 2 * DIGEST] == self._key(
                delivery, file, parts
            ):
                return _read_frames(pa.BufferReader(pa.py_buffer(body[2 * DIGEST :])), str(file.path))
        return None

    def keep(self, delivery: RawRelease, file: RawFile, parts: Container[str], frames: list[TextFrame]) -> None:
        """Keeps the frames of a raw file for the next run; what keeps it from that is passed over."""
        if len(file.raw) < SMALLEST:
            return
        path = self.path_of(delivery)
        body = self._key(delivery, file, parts) + _written(frames, str(file.path))
        aside = incoming_of(path)
        with suppress(OSError):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                aside.write_bytes(hashlib.sha256(body).digest() + body)
                aside.replace(path)
            finally:
                aside.unlink(missing_ok=True)

    def forget_absent(self) -> None:
        """Removes the entries whose raw file is not there any more."""
        folder = self.raw / FRAMES_FOLDER
        with suppress(OSError):
            for entry in folder.rglob(f"*{FRAMES_ENDING}"):
                _, *parts = entry.relative_to(folder).with_suffix("").parts
                file = self.raw.joinpath(*parts)
                if not file.is_file():
                    entry.unlink()

    def _key(self, delivery: RawRelease, file: RawFile, parts: Container[str]) -> bytes:
        return self._made_by(delivery, file.path, len(file.raw), parts) + bytes.fromhex(file.sha256)

    def _made_by(self, delivery: RawRelease, path: Path, size: int, parts: Container[str]) -> bytes:
        """What decides beside the bytes of a file what is read of it, as a hash."""
        members = {**delivery.source.members, **delivery.release.members}
        wanted = sorted((part, pattern) for part, pattern in members.items() if part in parts)
        said = (self.readers, delivery.source.layout, path.name, size, wanted, sorted(delivery.not_kept))
        return hashlib.sha256(repr(said).encode()).digest()


def ingest_kept(
    single: RawRelease, readers: Mapping[str, Reader], figures: Figures, kept: KeptFrames
) -> IngestedRelease:
    """A release of one file as `ingest` gives it: its frames as they are kept, or else read and kept for the next run.

    Raises RawFileError as `ingest` does.
    """
    (path,) = single.paths
    file = single.read_file(path)
    frames = kept.find(single, file, readers)
    if frames is None:
        frames = read_frames(single, file, readers, figures)
        kept.keep(single, file, readers, frames)
    return IngestedRelease(replace(single, sha256=(file.sha256,)), frames)


@cache
def readers_version(package: Path = PROJECT / "pipeline") -> str:
    """A hash of the source of every module that readers are made of, and of what parses for them."""
    found = hashlib.sha256(repr([sys.version, *map(version, PARSERS)]).encode())
    rooms = (package / room for room in ROOMS_OF_READERS)
    modules = (path for room in rooms for path in (room.rglob("*.py") if room.is_dir() else [room]))
    for path in sorted(modules):
        found.update(f"{path.relative_to(package)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def _written(frames: list[TextFrame], file: str) -> bytes:
    """Frames one behind the other as Arrow streams. Each knows its part, and where in the file it was found."""
    # Half as fast to write and to read as lz4, zstd would save 90 of 225 MB.
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    sink = pa.BufferOutputStream()
    for each in frames:
        said = {PART_KEY: each.part.encode(), WHERE_KEY: each.where.removeprefix(file).encode()}
        table = each.table.replace_schema_metadata({**(each.table.schema.metadata or {}), **said})
        with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
            stream.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _read_frames(content: pa.BufferReader, file: str) -> list[TextFrame]:
    frames = []
    while content.tell() < content.size():
        table = pa.ipc.open_stream(content).read_all()
        said = dict(table.schema.metadata or {})
        part, where = said.pop(PART_KEY).decode(), said.pop(WHERE_KEY).decode()
        frames.append(TextFrame(part, file + where, table.replace_schema_metadata(said or None)))
    return frames
