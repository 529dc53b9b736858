"""Many releases read at once: Arrow, zlib and the readers of workbooks and XML let threads work side by side."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field, replace

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError, raise_all
from pipeline.ingest import Figures, IngestedRelease, Reader
from pipeline.ingest.kept_frames import KeptFrames, ingest_kept


@dataclass(frozen=True)
class ReleaseToIngest:
    """A release, the reader of each of its parts, and the check figures of its parts."""

    delivery: RawRelease
    readers: Mapping[str, Reader]
    figures: Figures = field(default_factory=dict)


def ingest_all(
    work: list[ReleaseToIngest], kept: KeptFrames, tick: Callable[[int, int], None]
) -> list[IngestedRelease]:
    """Each release as it was read, or as `kept` has it, in the order given; `tick` hears how many of all files are
    read.

    Raises RawFileError as `ingest` does, SeveralFailed where more than one file is refused: all are read before it
    ends.
    """
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        try:
            read = _ingest_in(threads, work, kept, tick)
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    kept.forget_absent()
    return read


def _ingest_in(
    threads: ThreadPoolExecutor, work: list[ReleaseToIngest], kept: KeptFrames, tick: Callable[[int, int], None]
) -> list[IngestedRelease]:
    """The largest files first, so that no long one is left to a single thread at the end."""
    singles = [(at, single) for at, each in enumerate(work) for single in each.delivery.one_by_one()]
    futures: dict[int, Future[IngestedRelease]] = {}
    for place in sorted(range(len(singles)), key=lambda place: _size(singles[place][1]), reverse=True):
        at, single = singles[place]
        futures[place] = threads.submit(ingest_kept, single, work[at].readers, work[at].figures, kept)
    for done, _ in enumerate(as_completed(futures.values()), 1):
        tick(done, len(futures))
    found = [futures[place].exception() for place in range(len(singles))]
    raise_all([problem for problem in found if isinstance(problem, RawFileError)])
    files: list[list[IngestedRelease]] = [[] for _ in work]
    for place, (at, _) in enumerate(singles):
        files[at].append(futures[place].result())
    return [_as_one(each.delivery, own) for each, own in zip(work, files, strict=True)]


def _size(delivery: RawRelease) -> int:
    """The bytes of its files; 0 where one has gone, which reading it tells."""
    with suppress(OSError):
        return sum(path.stat().st_size for path in delivery.paths)
    return 0


def _as_one(delivery: RawRelease, files: list[IngestedRelease]) -> IngestedRelease:
    """A release from its files, each read apart from the others."""
    hashes = tuple(digest for file in files for digest in file.delivery.sha256)
    return IngestedRelease(replace(delivery, sha256=hashes), [frame for file in files for frame in file.frames])
