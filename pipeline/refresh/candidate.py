"""The build that may be published: made, compared with what people have, and kept back where it loses too much."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.ask.build_files import is_whole
from pipeline.build import derive_checked, export, read
from pipeline.build_inputs import declared_in, inputs_of, name_of, releases_to_read, survey
from pipeline.build_options import BuildOptions
from pipeline.errors import LosesTooMuch, NothingToBuild
from pipeline.publish.comparison import BuildComparison, compare_builds
from pipeline.publish.guards import find_losses, is_of_excerpt
from pipeline.publish.missing import MissingFile, record_missing
from pipeline.publish.naming import id_of
from pipeline.publish.place import REPORTS, keep_candidate, latest_build, publish, withdrawn
from pipeline.publish.release_losses import find_release_losses
from pipeline.publish.report import changes_as_json, changes_as_markdown
from pipeline.publish.told_changes import without_licensed_changes
from pipeline.refresh.damaged import hash_inputs
from pipeline.refresh.job import Job
from pipeline.refresh.outcome import with_damaged
from pipeline.run.progress import Progress


@dataclass(frozen=True)
class Candidate:
    """What became of a build: the one that people have now, which files it lacks, and whether one that is here is
    damaged."""

    name: str | None
    missing: Sequence[MissingFile]
    is_damaged: bool


def build_candidate(
    job: Job, latest: Path | None, missing: Sequence[MissingFile], say: Callable[[str], None]
) -> Candidate:
    """Makes and publishes the build of the raw folder, unless people have it. Returns the one they have then.

    Its reports name what is `missing`. Damaged files that could be fetched are missing too. Raises NothingToBuild;
    LosesTooMuch where the guards stop it: it is kept beside the published ones.
    """
    progress = Progress(say)
    seen, damaged = hash_inputs(survey(job.raw, job.offered, progress))
    for each in damaged:
        say(f"damaged    {each.problem.where}: {each.problem.found}; expected {each.problem.expected}")
    missing = with_damaged(missing, damaged)
    if not releases_to_read(seen):
        raise NothingToBuild(f"{job.raw}: every file here is damaged\n  next:     run again when they can be fetched")
    inputs = [each for own in inputs_of(seen) for each in own]
    build_id = name_of(inputs, declared_in(seen), job.options)
    if latest and id_of(latest.name) == build_id and is_whole(latest):
        say(f"unchanged  build {latest.name} is what these files make")
        return Candidate(latest.name, missing, bool(damaged))
    if build_id in withdrawn(job.output):
        say(f"withdrawn  build {build_id} was rolled back; `crosswalk build` publishes it again")
        return Candidate(latest.name if latest else None, missing, bool(damaged))
    content = read(seen, progress, job.options)
    tables, identity = derive_checked(content, progress, job.options)
    del content
    with publish(job.output, identity.build_id) as folder:
        with progress.stage("export") as done:
            export(tables, folder, identity)
            done.append(f"build {identity.build_id}")
        comparison = _compare(latest, folder, identity.build_id, job.options, progress.say)
        record_missing(folder, missing)
        _guard(job, latest, comparison, folder, identity.build_id)
    published = latest_build(job.output)
    say(f"published  {published}")
    return Candidate(published.name if published else None, missing, bool(damaged))


def _compare(
    latest: Path | None, folder: Path, build_id: str, options: BuildOptions, say: Callable[[str], None]
) -> BuildComparison | None:
    """Writes into the folder of a build what changed since the latest one; into a public one, what may be told."""
    comparison = compare_builds(latest, folder, build_id) if latest else None
    told = without_licensed_changes(comparison) if comparison and options.public else comparison
    texts = (changes_as_markdown(told, build_id), changes_as_json(told, build_id))
    for name, text in zip(REPORTS, texts, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    for table, why in comparison.not_compared if comparison else ():
        say(f"warning    {table} not compared: {why}")
    for each in comparison.tables if comparison else ():
        say(f"compare    {each.table}: {each.added:,} rows added, {each.removed:,} removed, {each.changed:,} changed")
    return comparison


def _guard(job: Job, latest: Path | None, comparison: BuildComparison | None, folder: Path, build_id: str) -> None:
    """Nobody misses what a build of the excerpt has; what is new in this one is looked at all the same."""
    published = latest if latest and not is_of_excerpt(latest) else None
    losses = find_losses(comparison, job.allowed_losses) if comparison and published else []
    losses += find_release_losses(folder, published, job.allowed_losses)
    if losses:
        place = keep_candidate(job.output, folder, build_id)
        raise LosesTooMuch(
            f"build {build_id} loses too much and was not published\n"
            + "".join(f"  {loss.what}\n" for loss in losses)
            + f"  next:     look at {place / REPORTS[0]}; if it is right, run again with "
            + " ".join(f"--allow-loss {name}" for name in dict.fromkeys(loss.name for loss in losses))
        )
