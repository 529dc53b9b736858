"""Days as people type them."""

from datetime import date, datetime
from typing import Any

import typer

DAY_FORMAT = "%Y-%m-%d"
METAVAR = "DAY"


def read_day(text: str) -> date:
    """The day that was typed. Raises BadParameter, which ends the command with 2, where it is none."""
    try:
        return datetime.strptime(text, DAY_FORMAT).date()
    except ValueError:
        raise typer.BadParameter(f"{text} is no day; write it as 2025-10-01") from None


def day_option(name: str, told: str) -> Any:
    """An option that takes a day; `told` is what --help says of it."""
    return typer.Option(name, parser=read_day, metavar=METAVAR, help=told)


def day_argument(metavar: str, told: str) -> Any:
    """An argument that is a day."""
    return typer.Argument(metavar=metavar, parser=read_day, help=told)
