"""The order of an unattended run: fetch what changed, build, compare with what people have, publish.

What builds is imported when there is something to build, so that a run which finds nothing new is over at once.

selection  which files, and in which order
trial      which files gave a build, and which give way to others
state      whether there is anything to do
compare    two builds side by side
guards     what must not be published unasked
report     CHANGES.md and changes.json
outcome    what could not be had, and what that means for the exit code
"""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from pipeline.ask.build_files import has_every_file
from pipeline.errors import NothingToBuild
from pipeline.fetch import Listener, fetch, require_wanted
from pipeline.fetch.network import Network
from pipeline.fetch.store import refuse_excerpt
from pipeline.fetch.wanted import Wanted
from pipeline.publish.missing import MissingFile, record_missing
from pipeline.publish.place import latest_build, require_link
from pipeline.refresh.fingerprint import fingerprint, is_current, known_layouts, remember
from pipeline.refresh.job import Job
from pipeline.refresh.outcome import missing_files, require_answer, require_complete, say_missing
from pipeline.refresh.readable import refuse_unreadable
from pipeline.refresh.selection import choose_files
from pipeline.refresh.trial import files_on_trial
from pipeline.run.lock import lock_folder


def refresh(job: Job, say: Callable[[str], None]) -> None:
    """Publishes a new build where something changed, of what is here, and says in it what changed and what is missing.

    Raises Incomplete where it is published (or was before) and a file could not be had; what `fetch` tells of where
    nothing is published for that reason; what `build` raises, LosesTooMuch, and LockHeld where another run fetches
    into the raw folder: `output/latest` is as it was then.
    """
    refuse_excerpt(job.raw)
    layouts = _layouts_read(job.output)
    wanted, network = _asked_for(job, layouts)  # before the folder is made: wrong usage leaves nothing behind
    with lock_folder(job.output):
        require_link(job.output)
        fetched = fetch(wanted, job.raw, network, Listener(say), refuse_unreadable, accepted=job.accepted)
        say(f"fetch      {fetched}")
        missing: Sequence[MissingFile] = missing_files(fetched, layouts)
        say_missing(missing, say)
        before = latest_build(job.output)
        try:
            with files_on_trial(job.raw, job.offered, layouts):
                missing = _build(job, before, layouts, missing, say)
        except NothingToBuild:
            fetched.require_all()
            raise
        latest = latest_build(job.output)
        if latest == before:
            require_answer(fetched)
        if latest:
            record_missing(latest, missing)
        require_complete(fetched, missing, is_new=latest != before)


def _layouts_read(output: Path) -> Collection[str]:
    """The layouts that have a reader: as the last refresh by this code noted them, else as they are declared."""
    known = known_layouts(output)
    if known is not None:
        return known
    from pipeline.layouts import LAYOUTS

    return {*LAYOUTS}


def _asked_for(job: Job, layouts: Collection[str]) -> tuple[Sequence[Wanted], Network]:
    """What is to be fetched, and from where. Raises UsageError for what is wrong in what was asked."""
    wanted = choose_files(job, layouts)
    require_wanted(job.accepted, wanted)
    return wanted, Network(job.offered, job.mirror)


def _build(
    job: Job,
    latest: Path | None,
    layouts: Collection[str],
    missing: Sequence[MissingFile],
    say: Callable[[str], None],
) -> Sequence[MissingFile]:
    """Builds where something changed; returns what is missing, damaged files among it."""
    mark = fingerprint(job.raw, job.offered, job.options.named)
    if latest and is_current(job.output, mark, latest.name) and has_every_file(latest):
        say(f"unchanged  build {latest.name} is up to date")
        return missing
    from pipeline.refresh.candidate import build_candidate

    candidate = build_candidate(job, latest, missing, say)
    if candidate.name and not candidate.is_damaged:  # what is damaged is looked at again
        remember(job.output, mark, candidate.name, layouts)
    return candidate.missing
