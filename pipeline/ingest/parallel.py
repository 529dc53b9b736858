"""Many releases read at once: threads where Arrow does the work, processes where Python does."""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

from pipeline.catalogue import RawRelease
from pipeline.ingest import TextFrame, ingest, is_slow


def ingest_all(deliveries: list[RawRelease], tick: Callable[[int, int], None]) -> list[list[TextFrame]]:
    """The text frames of each release, in the order given; `tick` hears how many of all files are read.

    A process costs a start, so none is started where every release is read in no time. Raises RawFileError as
    `ingest` does.
    """
    spawn = multiprocessing.get_context("spawn")
    with ThreadPoolExecutor(os.cpu_count()) as threads, ProcessPoolExecutor(os.cpu_count(), spawn) as processes:
        futures: dict[tuple[str, Path], Future[list[TextFrame]]] = {}
        for each in sorted(deliveries, key=is_slow, reverse=True):
            for path in each.paths:
                pool = processes if is_slow(each) else threads
                futures[each.source.source, path] = pool.submit(_ingest_file, replace(each, paths=(path,)))
        for done, _ in enumerate(as_completed(futures.values()), 1):
            tick(done, len(futures))
        return [
            [frame for path in each.paths for frame in futures[each.source.source, path].result()]
            for each in deliveries
        ]


def _ingest_file(delivery: RawRelease) -> list[TextFrame]:
    return list(ingest(delivery))
