"""The `crosswalk` command: parses, calls, prints. Heavy imports live inside the commands, so that --help is quick.

One module per kind of command; importing it here is what registers its commands.
"""

import os
import sys
from contextlib import suppress
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.cli import (
    claims,
    codelist,
    codelist_convert,
    codelist_drift,
    people,
    questions,
    refresh,
    search,
    stages,
    status,
    supports,
    translate,
    warehouse,
)
from pipeline.cli.base import app, show
from pipeline.cli.command_sections import examples

__all__ = [
    "app", "claims", "codelist", "codelist_convert", "codelist_drift", "people", "questions", "refresh",
    "run_command", "search", "stages", "status", "supports", "translate", "version", "warehouse",
]  # fmt: skip


def _show_version(is_asked: bool) -> None:
    if is_asked:
        show(__version__)
        raise typer.Exit


@app.callback()
def options_of_all(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="The version of this program.")
    ] = False,
) -> None:
    """What can be asked without a command."""


@app.command(epilog=examples("version", "--version"))
def version() -> None:
    """The version of this program."""
    show(__version__)


def run_command() -> None:
    """One command as a process, which ends at once: an interpreter that takes itself apart before takes 0.15 s of a
    build and a fifteenth of a look-up. Where what was said cannot be written the interpreter ends it, and says so."""
    try:
        app()
    except SystemExit as ended:
        with suppress(OSError, ValueError):
            for each in filter(None, (sys.stdout, sys.stderr)):  # one that is closed from the start is None
                each.flush()
            os._exit(int(ended.code or 0))
        raise
