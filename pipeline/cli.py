"""The `crosswalk` command: parses, calls, prints. Heavy imports live inside the commands, so that --help is quick."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import PROJECT, __version__
from pipeline.errors import CrosswalkError, UsageError

if TYPE_CHECKING:
    from pipeline.build import Progress, Read
    from pipeline.catalogue import Source

app = typer.Typer(
    name="crosswalk",
    help="US medical code systems as dated, validated tables, rebuilt from the publishers' own files.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

RawOption = Annotated[
    Path | None,
    typer.Option(
        "--raw", help="Folder of raw files. Default: raw/official where it holds a release, else raw/excerpt."
    ),
]
OutputOption = Annotated[Path, typer.Option("--output", help="Folder that builds are published in.")]
CatalogueOption = Annotated[Path, typer.Option("--catalogue", help="Folder of the catalogue's TOML files.")]
LicensedOption = Annotated[
    bool, typer.Option("--with-licensed-text", help="Keep text of the AMA and WHO. For licensees, not for passing on.")
]
SourceArgument = Annotated[list[str] | None, typer.Argument(help="Names of sources; all when none is given.")]
RowsOption = Annotated[int, typer.Option("--rows", help="How many rows of each frame to print.")]
OUTPUT, CATALOGUE = PROJECT / "output", PROJECT / "raw" / "sources"
DAY = "%Y-%m-%d"


class Layout(StrEnum):
    """How a list of changes is printed."""

    TABLE = "table"
    CSV = "csv"
    MD = "md"


@contextmanager
def _errors_for_people() -> Iterator[None]:
    try:
        yield
    except CrosswalkError as problem:
        typer.echo(f"error: {problem}", err=True)
        raise typer.Exit(problem.exit_code) from None
    except PermissionError as problem:
        typer.echo(f"error: {problem}\n  next:     see who may read and write there", err=True)
        raise typer.Exit(UsageError.exit_code) from None


def _say(line: str) -> None:
    typer.echo(line, err=line.startswith("warning"))


@contextmanager
def _progress() -> "Iterator[Progress]":
    """A bar on a terminal, plain lines in a log."""
    from pipeline.build import Progress

    if not sys.stderr.isatty():
        yield Progress(_say)
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        say = partial(bar.console.print, markup=False, highlight=False, soft_wrap=True)
        yield Progress(say, lambda done, total: bar.update(task, completed=done, total=total))


def _choose_raw(raw: Path | None) -> Path:
    """The folder to read and, printed, why that one."""
    official, excerpt = PROJECT / "raw" / "official", PROJECT / "raw" / "excerpt"
    if raw is not None:
        if not raw.is_dir():
            raise UsageError(
                f"{raw}: there is no such folder\n  next:     name a folder of raw files, or leave --raw out"
            )
        _say(f"raw        {raw}: asked for")
        return raw
    if official.is_dir() and any(
        path.is_file() and not path.name.startswith(".") for path in official.glob("[!.]*/*/*")
    ):
        _say(f"raw        {official}: it holds releases")
        return official
    _say(f"raw        {excerpt}: the committed excerpt, since raw/official holds no release")
    return excerpt


def _catalogue(folder: Path, sources: list[str] | None = None) -> "dict[str, Source]":
    """The whole catalogue. Raises UsageError where it lacks one of the sources asked for."""
    from pipeline.catalogue import read_catalogue

    catalogue = read_catalogue(folder)
    unknown = sorted(set(sources or ()) - set(catalogue))
    if unknown:
        raise UsageError(f"no such source: {', '.join(unknown)}\n  next:     one of {', '.join(catalogue)}")
    return catalogue


def _read(raw: Path | None, catalogue: Path, sources: list[str] | None, licensed: bool, progress: "Progress") -> "Read":
    from pipeline.build import read, survey

    seen = survey(_choose_raw(raw), _catalogue(catalogue, sources), progress, sources)
    return read(seen, progress, with_licensed_text=licensed)


@app.command()
def build(
    raw: RawOption = None,
    output: OutputOption = OUTPUT,
    catalogue: CatalogueOption = CATALOGUE,
    with_licensed_text: LicensedOption = False,
    timings: Annotated[Path | None, typer.Option("--timings", help="Write seconds by stage to this JSON file.")] = None,
) -> None:
    """Raw files to a published build: every stage in one process."""
    import json

    from pipeline.build import build as run

    with _errors_for_people(), _progress() as progress:
        run(_choose_raw(raw), output, _catalogue(catalogue), progress, with_licensed_text=with_licensed_text)
        if timings:
            timings.write_text(json.dumps(progress.seconds), encoding="utf-8")
    _say(f"next       python -c \"import pandas; print(pandas.read_parquet('{output}/latest/parquet/codes.parquet'))\"")


@app.command()
def sources(raw: RawOption = None, catalogue: CatalogueOption = CATALOGUE) -> None:
    """What the catalogue offers, and what of it is here."""
    from pipeline.catalogue import survey_raw
    from pipeline.ingest import LAYOUTS

    with _errors_for_people():
        offered = _catalogue(catalogue)
        seen = survey_raw(_choose_raw(raw), offered)
        here = [each.source.source for each in seen.found]
        typer.echo(f"{'source':<20} {'here':>4} {'known':>5}  {'read':<4} {'publisher':<16} title")
        for name, source in offered.items():
            is_read = "yes" if source.layout in LAYOUTS else "no"
            typer.echo(
                f"{name:<20} {here.count(name):>4} {len(source.releases):>5}  {is_read:<4} "
                f"{source.publisher[:16]:<16} {source.title}"
            )
        for stranger in seen.strangers:
            _say(f"warning: {stranger} is in no catalogue entry")


@app.command()
def ingest(
    sources: SourceArgument = None, raw: RawOption = None, catalogue: CatalogueOption = CATALOGUE, rows: RowsOption = 5
) -> None:
    """Raw files to text frames: prints the first rows of each."""
    from pipeline.catalogue import survey_raw
    from pipeline.ingest import ingest as frames_of
    from pipeline.ingest import is_readable

    with _errors_for_people():
        for delivery in survey_raw(_choose_raw(raw), _catalogue(catalogue, sources)).of(sources).found:
            for frame in frames_of(delivery) if is_readable(delivery) else ():
                typer.echo(f"\n{frame.where} ({frame.part}): {len(frame.table):,} rows")
                typer.echo(frame.table.slice(0, rows).to_pandas().to_string(index=False))


@app.command()
def normalise(
    sources: SourceArgument = None,
    raw: RawOption = None,
    catalogue: CatalogueOption = CATALOGUE,
    rows: RowsOption = 5,
    with_licensed_text: LicensedOption = False,
) -> None:
    """Raw files to listings, in our columns: prints the first rows of each."""
    with _errors_for_people(), _progress() as progress:
        for listing in _read(raw, catalogue, sources, with_licensed_text, progress).listings:
            typer.echo(f"\n{listing.system} {listing.release}: {len(listing.rows):,} codes of {listing.where}")
            typer.echo(listing.rows.slice(0, rows).to_pandas().to_string(index=False))


@app.command()
def validate(
    sources: SourceArgument = None,
    raw: RawOption = None,
    catalogue: CatalogueOption = CATALOGUE,
    with_licensed_text: LicensedOption = False,
) -> None:
    """Everything up to the gate: says which checks failed, or that none did. Publishes nothing."""
    from pipeline.build import derive_tables
    from pipeline.build import validate as check

    with _errors_for_people(), _progress() as progress:
        content = _read(raw, catalogue, sources, with_licensed_text, progress)
        check(derive_tables(content, progress), content, progress)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A new folder to write the tables into.")],
    raw: RawOption = None,
    catalogue: CatalogueOption = CATALOGUE,
    with_licensed_text: LicensedOption = False,
) -> None:
    """Everything up to the files, into a folder of your own: nothing is published."""
    from pipeline.build import derive_tables, validate
    from pipeline.build import export as write

    with _errors_for_people(), _progress() as progress:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder}: this is no empty folder\n  next:     name a new one")
        content = _read(raw, catalogue, None, with_licensed_text, progress)
        tables = validate(derive_tables(content, progress), content, progress)
        folder.mkdir(parents=True, exist_ok=True)
        write(tables, folder, "not published", content.deliveries)
        _say(f"written    {folder}")


@app.command()
def lookup(
    code: Annotated[str, typer.Argument(help="A code, with or without its dot, in capitals or not.")],
    system: Annotated[str | None, typer.Option("--system", help="Only this system, by its id.")] = None,
    on: Annotated[datetime | None, typer.Option("--on", formats=[DAY], help="What it meant on this day.")] = None,
    output: OutputOption = OUTPUT,
) -> None:
    """What a code means, in every system that has it, and since when."""
    from pipeline.answers import describe_code
    from pipeline.ask import find_episodes

    with _errors_for_people():
        typer.echo(describe_code(find_episodes(output / "latest", code, system), on.date() if on else None))


@app.command()
def diff(
    system: Annotated[str, typer.Argument(help="A code system, by its id.")],
    before: Annotated[datetime, typer.Argument(metavar="FROM", formats=[DAY], help="A day, or the day of a release.")],
    after: Annotated[datetime, typer.Argument(metavar="TO", formats=[DAY], help="A later one.")],
    layout: Annotated[Layout, typer.Option("--format", help="How to print it.")] = Layout.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """What changed in a system between two days: codes added, removed, reworded, turned heading or billable."""
    from pipeline.answers import LAYOUTS
    from pipeline.ask import find_differences

    with _errors_for_people():
        rows = find_differences(output / "latest", system, before.date(), after.date())
        typer.echo(LAYOUTS[layout.value](rows), nl=False)


@app.command()
def version() -> None:
    """The version of this program."""
    typer.echo(__version__)
