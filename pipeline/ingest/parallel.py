"""Many releases read at once: threads where Arrow does the work, processes where Python does."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import connection
from pathlib import Path

from pipeline.catalogue.survey import RawRelease
from pipeline.ingest import TextFrame, ingest, is_slow
from pipeline.run.stop import kill_children, signals_held


def ingest_all(deliveries: list[RawRelease], tick: Callable[[int, int], None]) -> list[list[TextFrame]]:
    """The text frames of each release, in the order given; `tick` hears how many of all files are read.

    A process costs a start, so none is started where every release is read in no time. Raises RawFileError as
    `ingest` does.
    """
    spawn = multiprocessing.get_context("spawn")
    with (
        ThreadPoolExecutor(os.cpu_count()) as threads,
        ProcessPoolExecutor(os.cpu_count(), spawn, _begin_worker) as processes,
    ):
        try:
            return _ingest_in(threads, processes, deliveries, tick)
        except BaseException:
            for pool in (threads, processes):
                pool.shutdown(wait=False, cancel_futures=True)
            kill_children()
            raise


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
    deliveries: list[RawRelease],
    tick: Callable[[int, int], None],
) -> list[list[TextFrame]]:
    futures: dict[tuple[str, Path], Future[list[TextFrame]]] = {}
    for each in sorted(deliveries, key=is_slow, reverse=True):
        for path in each.paths:
            pool = processes if is_slow(each) else threads
            with signals_held():  # this is where processes start
                futures[each.source.source, path] = pool.submit(_ingest_file, replace(each, paths=(path,)))
    for done, _ in enumerate(as_completed(futures.values()), 1):
        tick(done, len(futures))
    return [
        [frame for path in each.paths for frame in futures[each.source.source, path].result()] for each in deliveries
    ]


def _ingest_file(delivery: RawRelease) -> list[TextFrame]:
    return list(ingest(delivery))
