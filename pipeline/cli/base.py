"""What all commands share: the application, the options, errors and progress as people see them."""

import errno
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import PROJECT
from pipeline.cli.command_sections import CommandsInSections, examples
from pipeline.cli.typed_numbers import number_option
from pipeline.errors import CrosswalkError, UsageError
from pipeline.run.limits import as_out_of_memory, is_out_of_memory
from pipeline.run.printable import printable

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.catalogue.sources import Source
    from pipeline.run.progress import Progress

app = typer.Typer(
    name="crosswalk",
    cls=CommandsInSections,
    help="US medical code systems as dated, validated tables, rebuilt from the publishers' own files.",
    epilog=examples(
        "lookup E11.9 --system ICD-10-CM", "search heart attack", "translate 250.00 --to ICD10CM", "COMMAND --help"
    ),
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
PublicOption = Annotated[
    bool, typer.Option("--public", help="Leave out the codes of the AMA too: a build that may be passed on.")
]
VersionOption = Annotated[
    str | None, typer.Option("--version", help="Calendar version that the build is released under: 2026.11.0.")
]
SourceArgument = Annotated[list[str] | None, typer.Argument(help="Names of sources; all when none is given.")]
RowsOption = Annotated[int, number_option("--rows", "How many rows of each frame to print.", 0)]
# What the system says of a place that cannot be read or written to, and what to do about it.
WHO, SPACE = "see who may read and write there", "free some space, or name another folder"
STANDS = "move away what stands there, or name another folder: it is not deleted"
TOO_LONG = "name a shorter one"
VANISHED = "see who moves or removes files there, then run again"
PLACES = {
    errno.EACCES: WHO,
    errno.EPERM: WHO,
    errno.EROFS: WHO,
    errno.ENOSPC: SPACE,
    errno.EDQUOT: SPACE,
    errno.EFBIG: SPACE,
    errno.EIO: SPACE,
    errno.EEXIST: STANDS,
    errno.ENOTEMPTY: STANDS,
    errno.EISDIR: STANDS,
    errno.ENOTDIR: STANDS,
    errno.ELOOP: STANDS,
    errno.ENAMETOOLONG: TOO_LONG,
    errno.ENOENT: VANISHED,
    errno.ESTALE: VANISHED,
}
QUERY_INTERRUPTED = "Query interrupted"  # what DuckDB raises as a RuntimeError where Ctrl-C reaches it
OUTPUT, CATALOGUE = PROJECT / "output", PROJECT / "raw" / "sources"


def show(text: str, *, err: bool = False, nl: bool = True, is_for_machines: bool = False) -> None:
    """The one door to the terminal: no character of a file or a server that a terminal obeys comes through it.

    What is for machines (csv, JSON) goes as it is into a file or a pipe. Where nobody reads on (`| head -1`) the
    command ends quietly: that is no "no".
    """
    is_whole = is_for_machines and not sys.stdout.isatty()
    try:
        typer.echo(text if is_whole else printable(text), err=err, nl=nl)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is flushed at the end goes nowhere
        raise typer.Exit from None


def _warn(text: str) -> None:
    show(text, err=True)


@contextmanager
def errors_for_people(tell: Callable[[str], None] = _warn) -> Iterator[None]:
    """Ends the command with the message and the exit code of an error, without a traceback."""
    try:
        yield
    except CrosswalkError as problem:
        tell(f"{problem.severity}: {problem}")
        raise typer.Exit(problem.exit_code) from None
    except OSError as problem:
        if problem.errno not in PLACES:
            raise
        tell(f"error: {problem}\n  next:     {PLACES[problem.errno]}")
        raise typer.Exit(UsageError.exit_code) from None
    except (MemoryError, RuntimeError) as problem:
        if str(problem) == QUERY_INTERRUPTED:
            raise KeyboardInterrupt from None
        if not is_out_of_memory(problem):
            raise
        tell(f"error: {as_out_of_memory(problem)}")
        raise typer.Exit(UsageError.exit_code) from None


def write_out() -> None:
    """Writes what was said and still waits to be written."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # it is closed, or nobody reads it
            stream.flush()


def as_typed(command: str, output: Path) -> str:
    """A command as it can be typed here: by the way in which this program was started, with the folder of builds."""
    started = Path(sys.argv[0])
    program = shlex.quote(sys.argv[0]) if started.name == "crosswalk" else f"{shlex.quote(sys.executable)} -m pipeline"
    place = "" if output.resolve() == OUTPUT.resolve() else f" --output {shlex.quote(str(output))}"
    return f"{program} {command}{place}"


def on_terminal() -> bool:
    """Whether somebody watches: bars are for people, plain lines for logs."""
    return sys.stderr.isatty()


def say(line: str) -> None:
    """Prints a line: a warning on stderr, anything else on stdout."""
    show(line, err=line.startswith("warning"))


def show_above(console: "Console", line: str) -> None:
    """Prints a line above the bars."""
    console.print(printable(line), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress_shown() -> "Iterator[Progress]":
    """A bar on a terminal, plain lines in a log."""
    from pipeline.run.progress import Progress

    if not on_terminal():
        yield Progress(say)
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield Progress(
            partial(show_above, bar.console), lambda done, total: bar.update(task, completed=done, total=total)
        )


def choose_raw(raw: Path | None) -> Path:
    """The folder to read and, printed, why that one."""
    official, excerpt = PROJECT / "raw" / "official", PROJECT / "raw" / "excerpt"
    if raw is not None:
        if not raw.is_dir():
            raise UsageError(
                f"{raw}: there is no such folder\n  next:     name a folder of raw files, or leave --raw out"
            )
        say(f"raw        {raw}: asked for")
        return raw
    if official.is_dir() and any(
        path.is_file() and not path.name.startswith(".") for path in official.glob("[!.]*/*/*")
    ):
        say(f"raw        {official}: it holds releases")
        return official
    say(f"raw        {excerpt}: the committed excerpt, since raw/official holds no release")
    return excerpt


def read_sources(folder: Path, sources: list[str] | None = None) -> "dict[str, Source]":
    """The whole catalogue. Raises UsageError where it lacks one of the sources asked for."""
    from pipeline.catalogue.sources import read_catalogue

    catalogue = read_catalogue(folder)
    unknown = sorted(set(sources or ()) - set(catalogue))
    if unknown:
        raise UsageError(f"no such source: {', '.join(unknown)}\n  next:     one of {', '.join(catalogue)}")
    return catalogue
