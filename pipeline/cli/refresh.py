"""From the publishers' sites to a published build: fetching, and the way back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import PROJECT
from pipeline.build_options import BuildOptions
from pipeline.cli.base import (
    CATALOGUE,
    OUTPUT,
    CatalogueOption,
    LicensedOption,
    OutputOption,
    PublicOption,
    SourceArgument,
    VersionOption,
    app,
    errors_for_people,
    on_terminal,
    read_sources,
    say,
    show,
    show_above,
    write_out,
)
from pipeline.cli.command_sections import examples
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.fetch import Listener

OFFICIAL = PROJECT / "raw" / "official"
IntoOption = Annotated[Path, typer.Option("--raw", help="Folder of raw files to fetch into.")]
MirrorOption = Annotated[
    str | None,
    typer.Option(
        "--mirror", help="Ask this https address, which holds each host's files below its name, not the hosts."
    ),
]
AllOption = Annotated[bool, typer.Option("--all", help="Every release of every source, or of those named.")]
LatestOption = Annotated[
    bool, typer.Option("--latest", help="Only the latest release of each source, and what may be newer.")
]
AcceptOption = Annotated[
    list[str] | None,
    typer.Option("--accept-changed", metavar="SOURCE/RELEASE", help="Use the content that was re-posted for it."),
]


@contextmanager
def _listening() -> "Iterator[Listener]":
    """Bars on a terminal (bytes, speed, file n of m), plain lines in a log."""
    from pipeline.fetch import Listener

    if not on_terminal():
        yield Listener(say)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("fetching", total=None)
        yield Listener(
            partial(show_above, bar.console),
            lambda size: bar.update(task, advance=size),
            lambda done, total: bar.update(task, description=f"file {done} of {total}"),
        )


@app.command(epilog=examples("fetch icd10cm --latest", "fetch --all --dry-run"))
def fetch(
    sources: SourceArgument = None,
    *,
    release: Annotated[str | None, typer.Option("--release", metavar="DAY", help="Only this release.")] = None,
    every: AllOption = False,
    latest: LatestOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be fetched from where.")] = False,
    accept_changed: AcceptOption = None,
    raw: IntoOption = OFFICIAL,
    catalogue: CatalogueOption = CATALOGUE,
    mirror: MirrorOption = None,
) -> None:
    """The publishers' files into the raw folder, checked on the way."""
    from pipeline.fetch import fetch as run
    from pipeline.fetch import plan
    from pipeline.fetch.network import Network
    from pipeline.fetch.wanted import Choice, choose
    from pipeline.refresh.readable import refuse_unreadable
    from pipeline.run.stop import stopping_in_time

    with errors_for_people(), stopping_in_time(write_out):
        offered = read_sources(catalogue, sources)
        wanted = choose(offered, Choice(sources or (), release, every, latest), raw, say)
        if dry_run:
            say("\n".join(plan(wanted, raw)))
            return
        with _listening() as listener:
            fetched = run(
                wanted, raw, Network(offered, mirror), listener, refuse_unreadable, accepted=accept_changed or ()
            )
        fetched.require_all()
        say(f"done       {fetched}")


@app.command(epilog=examples("discover hcpcs", "discover --write"))
def discover(
    sources: SourceArgument = None,
    *,
    write: Annotated[bool, typer.Option("--write", help="Append the entries to the catalogue's files.")] = False,
    catalogue: CatalogueOption = CATALOGUE,
    mirror: MirrorOption = None,
) -> None:
    """Releases that landing pages offer and the catalogue lacks."""
    from pipeline.fetch.discover import discover as find
    from pipeline.fetch.discover import write_proposals
    from pipeline.fetch.network import Network

    with errors_for_people():
        offered = read_sources(catalogue, sources)
        asked = [offered[name] for name in sources or offered]
        proposals = find(asked, Network(offered, mirror), say)
        for each in proposals:
            say(f"\n# raw/sources/{each.source.source}.toml\n{each.as_toml()}")
        for path in write_proposals(catalogue, proposals) if write else ():
            say(f"written    {path}")
        say(f"done       {len(proposals)} releases that the catalogue lacks")


@app.command(epilog=examples("refresh", "refresh icd10cm hcpcs --latest --log-json"))
def refresh(
    sources: SourceArgument = None,
    *,
    latest: LatestOption = False,
    accept_changed: AcceptOption = None,
    allow_loss: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-loss",
            metavar="NAME",
            help="Publish though this table, crosswalk or release (SYSTEM/RELEASE) loses more than is usual.",
        ),
    ] = None,
    raw: IntoOption = OFFICIAL,
    output: OutputOption = OUTPUT,
    catalogue: CatalogueOption = CATALOGUE,
    mirror: MirrorOption = None,
    with_licensed_text: LicensedOption = False,
    public: PublicOption = False,
    version: VersionOption = None,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log lines as JSON, for machines.")] = False,
) -> None:
    """Fetch what changed, build, compare, publish: for a scheduled job."""
    from pipeline.fetch.wanted import Choice
    from pipeline.refresh.job import Job
    from pipeline.refresh.refresh import refresh as run
    from pipeline.run.stop import stopping_in_time

    log = partial(_log, as_json=log_json)
    with errors_for_people(log), stopping_in_time(write_out):
        options = BuildOptions(with_licensed_text, public, version)
        offered = read_sources(catalogue, sources)
        choice = Choice(sources or (), every=not sources and not latest, latest=latest)
        accepted, allowed = accept_changed or (), allow_loss or ()
        run(Job(raw, output, offered, choice, mirror, accepted, allowed, options), log)


def _log(line: str, *, as_json: bool) -> None:
    """One line of a log: when, which stage, what. Warnings and errors go to stderr."""
    import json

    stage, _, message = line.partition(" ")
    stage, message, now = stage.rstrip(":"), " ".join(message.split()), f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    record = json.dumps({"time": now, "stage": stage, "message": message}) if as_json else ""
    show(record or f"{now} {stage:<10} {message}", err=stage in {"warning", "error"})


@app.command(epilog=examples("rollback", "rollback 1b1ef9d4830e"))
def rollback(
    build: Annotated[str | None, typer.Argument(help="The id of a build; without one, the build before.")] = None,
    output: OutputOption = OUTPUT,
) -> None:
    """Point output/latest back to an earlier build."""
    from pipeline.publish.place import roll_back
    from pipeline.run.lock import lock_folder

    with errors_for_people():
        if not output.is_dir():
            raise UsageError(
                f"{output}: there is no such folder\n  next:     name the one that builds are published in"
            )
        with lock_folder(output):
            say(f"latest     {roll_back(output, build)}")
