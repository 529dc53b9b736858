"""Questions of people to a published build."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from pipeline.cli.base import OUTPUT, OutputOption, app, errors_for_people

DAY = "%Y-%m-%d"


class Layout(StrEnum):
    """How a list of changes is printed."""

    TABLE = "table"
    CSV = "csv"
    MD = "md"


@app.command()
def lookup(
    code: Annotated[str, typer.Argument(help="A code, with or without its dot, in capitals or not.")],
    system: Annotated[str | None, typer.Option("--system", help="Only this system, by its id.")] = None,
    on: Annotated[datetime | None, typer.Option("--on", formats=[DAY], help="What it meant on this day.")] = None,
    output: OutputOption = OUTPUT,
) -> None:
    """What a code means, in every system that has it, and since when."""
    from pipeline.ask.answers import describe_code
    from pipeline.ask.lookup import find_episodes

    with errors_for_people():
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
    from pipeline.ask.answers import LAYOUTS
    from pipeline.ask.lookup import find_differences

    with errors_for_people():
        rows = find_differences(output / "latest", system, before.date(), after.date())
        typer.echo(LAYOUTS[layout.value](rows), nl=False)
