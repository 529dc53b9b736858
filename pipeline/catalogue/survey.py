"""What of the catalogue lies here: its entries against a folder of raw files.

Nothing is read while the folder is looked through. A raw file is read by `RawRelease.read_file`: its bytes once, hashed
and checked, and the same bytes are parsed.
"""

import errno
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.catalogue.pins import PINS, SET_ASIDE, Pin, binding_hash, read_pins
from pipeline.catalogue.sample import SAMPLE, is_sample, read_not_kept
from pipeline.catalogue.sources import Release, Source
from pipeline.errors import RawFileError, UsageError
from pipeline.run.lock import hold_for_reading

SUMS = "SHA256SUMS"
SUM = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>.+)")
NOT_RAW = {SUMS, "README.md", PINS, "unlisted.toml", SAMPLE}


RAW_VANISHED = "run again when nobody else writes into the raw folder"
RAW_FORBIDDEN = "let the user who runs this read it: chmod, or chown"
# What keeps a raw file, or its folder, from being read: the error's number, and what a person does next.
WHAT_KEEPS_FROM_READING = {
    errno.ENOENT: RAW_VANISHED,
    errno.ENOTDIR: RAW_VANISHED,
    errno.EISDIR: RAW_VANISHED,
    errno.ESTALE: RAW_VANISHED,
    errno.EACCES: RAW_FORBIDDEN,
    errno.EPERM: RAW_FORBIDDEN,
    errno.EIO: "look after the disk, then fetch the file again",
}


@contextmanager
def _readable(path: Path, expected: str) -> Iterator[None]:
    """Raises RawFileError, with its file, for what keeps one from being read in the block."""
    try:
        yield
    except OSError as problem:
        if problem.errno not in WHAT_KEEPS_FROM_READING:
            raise
        where, found = str(problem.filename or path), str(problem.strerror)
        raise RawFileError(where, expected, found, WHAT_KEEPS_FROM_READING[problem.errno]) from problem


@dataclass(frozen=True)
class RawFile:
    """One raw file as it was read: its bytes, and their hash."""

    path: Path
    raw: bytes
    sha256: str


@dataclass(frozen=True)
class RawRelease:
    """A release whose files are here: one archive, or loose members under the publisher's names.

    `sums` are the hashes that files must have. `sha256` are the hashes that they had when they were read, in the order
    of `paths`; there is none before that. `is_sample` says that its files are samples of the publisher's; `not_kept`
    are the check figures that the folder says they do not keep.
    """

    source: Source
    release: Release
    paths: tuple[Path, ...]
    sums: Mapping[Path, str]
    sha256: tuple[str, ...] = ()
    not_kept: frozenset[str] = frozenset()
    is_sample: bool = False

    def read_file(self, path: Path) -> RawFile:
        """One of the files, read once. Raises RawFileError where it is not what is pinned, or not what it was when
        the release was hashed."""
        raw = self._bytes_of(path)
        file = RawFile(path, raw, hashlib.sha256(raw).hexdigest())
        self._require_pinned(file)
        self._require_unchanged(file)
        return file

    def _bytes_of(self, path: Path) -> bytes:
        own = f"{self.source.source} {self.release.release}"
        with _readable(path, f"the file of {own} that was here when this run began"):
            return path.read_bytes()

    def hashed(self) -> "RawRelease":
        """The release with the hashes of its files. Raises RawFileError as `read_file` does."""
        return replace(self, sha256=tuple(self.read_file(path).sha256 for path in self.paths))

    def one_by_one(self) -> list["RawRelease"]:
        """A release for each of the files, in the order of `paths`."""
        return [
            replace(self, paths=self.paths[at : at + 1], sha256=self.sha256[at : at + 1])
            for at in range(len(self.paths))
        ]

    def _require_pinned(self, file: RawFile) -> None:
        pinned = self.sums.get(file.path)
        if pinned not in (None, file.sha256):
            raise RawFileError(
                where=str(file.path),
                expected=f"sha256 {pinned} (pinned for {self.source.source} {self.release.release})",
                found=f"sha256 {file.sha256}, {len(file.raw):,} bytes",
                next_step=f"fetch the file again; if the publisher re-posted it, review it and change its entry in "
                f"raw/sources/{self.source.source}.toml",
            )

    def _require_unchanged(self, file: RawFile) -> None:
        before = dict(zip(self.paths, self.sha256, strict=False)).get(file.path)
        if before not in (None, file.sha256):
            raise RawFileError(
                where=str(file.path),
                expected=f"sha256 {before}, as when this run first read it",
                found=f"sha256 {file.sha256}, {len(file.raw):,} bytes",
                next_step="run again when nobody else writes into the raw folder",
            )


@dataclass(frozen=True)
class Survey:
    """The catalogue held against one folder of raw files."""

    raw: Path
    found: tuple[RawRelease, ...]
    missing: tuple[tuple[Source, Release], ...]
    strangers: tuple[Path, ...]

    def of(self, sources: Collection[str] | None) -> "Survey":
        """The survey of some sources only; the whole where none is named."""
        if not sources:
            return self
        found = tuple(each for each in self.found if each.source.source in sources)
        missing = tuple(each for each in self.missing if each[0].source in sources)
        return replace(self, found=found, missing=missing, strangers=())

    def tells_of_others(self) -> list[RawRelease]:
        """The releases, superseded ones among them, whose addenda tell of an edition which is not here itself.

        Of several that tell of one edition the first: the one that is nearest to it.
        """
        here = {(each.source.source, each.release.release) for each in self.found}
        telling: dict[tuple[str, str], RawRelease] = {}
        for each in sorted(self.found, key=lambda each: each.release.effective_from):
            base = each.source.base_of(each.release)
            if base and (each.source.source, base) not in here:
                telling.setdefault((each.source.source, base), each)
        return [each for each in self.found if each in telling.values()]

    def in_use(self) -> list[RawRelease]:
        """The releases to read: superseded files left out, several files of one release put together."""
        replaced = {(each.source.source, each.release.supersedes) for each in self.found if each.release.supersedes}
        together: dict[tuple[str, str], RawRelease] = {}
        for each in self.found:
            if (each.source.source, each.release.file) in replaced:
                continue
            key = (each.source.source, each.release.release)
            first = together.setdefault(key, each)
            if first is not each:
                together[key] = _put_together(first, each)
        return list(together.values())


def _put_together(one: RawRelease, other: RawRelease) -> RawRelease:
    """Two files of one release as one: labels, addresses and patterns of members side by side.

    Raises UsageError where the two entries have different patterns for one part.
    """
    _require_one_pattern(one, other)
    label = f"{one.release.label}; {other.release.label}"
    url = "; ".join(filter(None, (one.release.url, other.release.url)))
    members = {**one.release.members, **other.release.members}
    release = replace(one.release, label=label, url=url or None, members=members)
    return RawRelease(
        one.source,
        release,
        one.paths + other.paths,
        {**one.sums, **other.sums},
        one.sha256 + other.sha256,
        one.not_kept,
        one.is_sample,
    )


def _require_one_pattern(one: RawRelease, other: RawRelease) -> None:
    patterns, others = one.release.members, other.release.members
    for part in sorted(part for part in patterns.keys() & others.keys() if patterns[part] != others[part]):
        raise UsageError(
            f"raw/sources/{one.source.source}.toml: the entries {one.release.label!r} and {other.release.label!r} are "
            f"files of one release, {one.release.release}\n"
            f"  expected: one pattern for the part {part!r} in `members`\n"
            f"  found:    {patterns[part]!r} and {others[part]!r}\n"
            "  next:     write one pattern that fits both, in both entries or in one"
        )


@contextmanager
def hold_raw(raw: Path) -> Iterator[None]:
    """Keeps `fetch` from a folder of raw files while it is read. Raises LockHeld where a run fetches into it.

    A folder with hashes of its own needs no lock: nothing is fetched into it.
    """
    if (raw / SUMS).is_file():
        yield
        return
    with hold_for_reading(raw):
        yield


def survey_raw(raw: Path, catalogue: Mapping[str, Source]) -> Survey:
    """Which entries of the catalogue have their files under `raw`, which have not, and which files nobody claims.

    A folder with a SHA256SUMS of its own (the excerpt) holds loose members with their own hashes.
    """
    sums, pins, not_kept = read_sums(raw), read_pins(raw), read_not_kept(raw)
    with _readable(raw, "a folder of raw files to look through"):
        entries = [
            (source, release, _locate(raw, source, release, sums))
            for source in catalogue.values()
            for release in (_last_entries(source) if sums else source.releases)
        ]
    found = tuple(
        RawRelease(
            source,
            release,
            paths,
            sums or _binding_hashes(raw, release, paths, pins),
            not_kept=not_kept.get(source.layout, frozenset()),
            is_sample=is_sample(raw),
        )
        for source, release, paths in entries
        if paths
    )
    claimed = {path for each in found for path in each.paths}
    strangers = tuple(path for path in _raw_files(raw) if path not in claimed)
    missing = tuple((source, release) for source, release, paths in entries if not paths)
    return Survey(raw, found, missing, strangers)


def _binding_hashes(raw: Path, release: Release, paths: tuple[Path, ...], pins: Mapping[str, Pin]) -> dict[Path, str]:
    hashes = {path: binding_hash(release.sha256, pins.get(path.relative_to(raw).as_posix())) for path in paths}
    return {path: found for path, found in hashes.items() if found}


def _last_entries(source: Source) -> list[Release]:
    """Loose members carry no archive's name: the last entry of a release stands for all of that release's files."""
    return list({release.release: release for release in source.releases}.values())


def _locate(raw: Path, source: Source, release: Release, sums: Mapping[Path, str]) -> tuple[Path, ...]:
    folder = raw / source.folder_of(release)
    if release.file and not sums:
        path = folder / release.file
        return (path,) if _is_file(path) else ()
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in {**source.members, **release.members}.values()]
    names = sorted(folder.iterdir()) if folder.is_dir() else []
    fitting = (path for path in names if any(pattern.fullmatch(path.name) for pattern in patterns))
    return tuple(path for path in fitting if (not sums or path in sums) and _is_file(path))


def _is_file(path: Path) -> bool:
    """Whether a file is there. Raises RawFileError for anything else: to read a pipe would be to wait for ever."""
    if path.is_file():
        return True
    if path.exists() or path.is_symlink():
        kind = "a folder" if path.is_dir() else "a link that leads nowhere" if path.is_symlink() else "a pipe or device"
        raise RawFileError(
            str(path), expected="a file", found=kind, next_step="move it away, and put the publisher's file there"
        )
    return False


def _raw_files(raw: Path) -> Iterator[Path]:
    """Every file below a folder, but for what is ours: hidden files, and what was set aside as re-posted."""
    for path in sorted(raw.rglob("*")):
        is_ours = path.name in NOT_RAW or any(part.startswith(".") for part in path.relative_to(raw).parts)
        if path.is_file() and not is_ours and not SET_ASIDE.fullmatch(path.name):
            yield path


def read_sums(raw: Path) -> dict[Path, str]:
    """The hashes that a raw folder brings along; none where it has no SHA256SUMS. Raises RawFileError."""
    path = raw / SUMS
    if not path.is_file():
        return {}
    lines = [SUM.fullmatch(line) for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    if None in lines:
        raise RawFileError(
            f"{path}, line {lines.index(None) + 1}",
            expected="a sha256, two blanks and a file's name",
            found="something else",
            next_step="write the file anew with sha256sum",
        )
    return {raw / line["name"]: line["digest"] for line in lines if line}
