"""Many releases read at once: threads where Arrow does the work, processes where Python does."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from multiprocessing import connection

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError, raise_all
from pipeline.ingest import Figures, IngestedRelease, Reader
from pipeline.ingest.kept_frames import KeptFrames, ingest_kept
from pipeline.run.stop import kill_children, signals_held

LARGE_FILE = 200_000  # bytes: below that a file is read sooner than a process starts


@dataclass(frozen=True)
class ReleaseToIngest:
    """A release, the reader of each of its parts, and whether they hold the interpreter for seconds; and the check
    figures of its parts.

    Readers are functions of a module, so that they can be sent to another process.
    """

    delivery: RawRelease
    readers: Mapping[str, Reader]
    is_slow: bool = False
    figures: Figures = field(default_factory=dict)

    @property
    def wants_process(self) -> bool:
        """Whether it is worth a process of its own: a slow reader, and more than a little to read."""
        return self.is_slow and sum(path.stat().st_size for path in self.delivery.paths) > LARGE_FILE


def ingest_all(
    work: list[ReleaseToIngest], kept: KeptFrames, tick: Callable[[int, int], None]
) -> list[IngestedRelease]:
    """Each release as it was read, or as `kept` has it, in the order given; `tick` hears how many of all files are
    read.

    A process costs a start, so none is started where every release is read in no time, or was read before. Raises
    RawFileError as `ingest` does, SeveralFailed where more than one file is refused: all are read before it ends.
    """
    spawn = multiprocessing.get_context("spawn")
    with (
        ThreadPoolExecutor(os.cpu_count()) as threads,
        ProcessPoolExecutor(os.cpu_count(), spawn, _begin_worker) as processes,
    ):
        try:
            read = _ingest_in(threads, processes, work, kept, tick)
        except BaseException:
            for pool in (threads, processes):
                pool.shutdown(wait=False, cancel_futures=True)
            kill_children()
            raise
    kept.forget_absent()
    return read


def _begin_worker() -> None:
    """A worker ends when it is told to, and with the process that started it, killed though that may be."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        connection.wait([parent.sentinel])
        os._exit(1)


def _ingest_in(
    threads: ThreadPoolExecutor,
    processes: ProcessPoolExecutor,
    work: list[ReleaseToIngest],
    kept: KeptFrames,
    tick: Callable[[int, int], None],
) -> list[IngestedRelease]:
    files: list[list[Future[IngestedRelease]]] = [[] for _ in work]
    for at in sorted(range(len(work)), key=lambda at: work[at].wants_process, reverse=True):
        each = work[at]
        for single in each.delivery.one_by_one():
            is_quick = not each.wants_process or kept.has(single, each.readers)
            with signals_held():  # this is where processes start
                pool = threads if is_quick else processes
                files[at].append(pool.submit(ingest_kept, single, each.readers, each.figures, kept))
    everything = [future for own in files for future in own]
    for done, _ in enumerate(as_completed(everything), 1):
        tick(done, len(everything))
    found = [future.exception() for future in everything]
    raise_all([problem for problem in found if isinstance(problem, RawFileError)])
    return [_as_one(each.delivery, [future.result() for future in own]) for each, own in zip(work, files, strict=True)]


def _as_one(delivery: RawRelease, files: list[IngestedRelease]) -> IngestedRelease:
    """A release from its files, each read apart from the others."""
    hashes = tuple(digest for file in files for digest in file.delivery.sha256)
    return IngestedRelease(replace(delivery, sha256=hashes), [frame for file in files for frame in file.frames])
