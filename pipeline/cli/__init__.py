"""The `crosswalk` command: parses, calls, prints. Heavy imports live inside the commands, so that --help is quick.

One module per kind of command; importing it here is what registers its commands.
"""

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

__all__ = [
    "app", "claims", "codelist", "codelist_convert", "codelist_drift", "people", "questions", "refresh", "search",
    "stages", "status", "supports", "translate", "version", "warehouse",
]  # fmt: skip


@app.command()
def version() -> None:
    """The version of this program."""
    show(__version__)
