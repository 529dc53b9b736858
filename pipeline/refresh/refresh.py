"""The order of an unattended run: fetch what changed, build, compare with what people have, publish.

What builds is imported when there is something to build, so that a run which finds nothing new is over at once.

state      whether there is anything to do
compare    two builds side by side
guards     what must not be published unasked
report     CHANGES.md and changes.json
"""

from collections.abc import Callable

from pipeline.fetch import Listener, fetch
from pipeline.fetch.network import Network
from pipeline.fetch.store import refuse_excerpt
from pipeline.fetch.wanted import choose
from pipeline.publish.place import latest_build
from pipeline.refresh.fingerprint import fingerprint, is_current, remember
from pipeline.refresh.job import Job
from pipeline.run.lock import lock_folder


def refresh(job: Job, say: Callable[[str], None]) -> None:
    """Publishes a new build where something changed, and says in it what.

    Raises what `fetch` and `build` raise, and LosesTooMuch; `output/latest` is as it was then.
    """
    refuse_excerpt(job.raw)
    with lock_folder(job.output):
        _fetch(job, say)
        mark = fingerprint(job.raw, job.catalogue, job.options)
        latest = latest_build(job.output)
        if latest and is_current(job.output, mark, latest.name):
            say(f"unchanged  build {latest.name} is up to date")
            return
        from pipeline.refresh.candidate import build_candidate

        name = build_candidate(job, latest, say)
        if name:
            remember(job.output, mark, name)


def _fetch(job: Job, say: Callable[[str], None]) -> None:
    wanted = choose(job.offered, job.choice, job.raw, lambda notice: None)
    fetched = fetch(wanted, job.raw, Network(job.offered, job.mirror), Listener(say), job.accepted)
    say(f"fetch      {fetched}")
