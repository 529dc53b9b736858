"""Which files a refresh asks for, and in which order: those that tables are made from.

Fetching knows no meaning, so it is decided here. A source without a reader is fetched where a person names it, after
the others: `crosswalk refresh hcpcs poa_exempt`, or `crosswalk fetch --all`.
"""

from collections.abc import Collection
from dataclasses import replace

from pipeline.fetch.wanted import Wanted, choose
from pipeline.refresh.job import Job


def choose_files(job: Job, layouts: Collection[str]) -> list[Wanted]:
    """What to fetch, what has one of the `layouts` that are read first. Raises UsageError as `choose` does."""
    read = [source.source for source in job.offered.values() if source.layout in layouts]
    choice = job.choice if job.choice.sources else replace(job.choice, sources=read)
    wanted = choose(job.offered, choice, job.raw, lambda notice: None)
    return sorted(wanted, key=lambda each: not any(item.source.source in read for item in each.items))
