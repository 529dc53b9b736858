"""Questions of people to a published build."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from pipeline.cli.base import DAY_FORMAT, OUTPUT, OutputOption, app, errors_for_people


class DiffFormat(StrEnum):
    """How a list of changes is printed."""

    TABLE = "table"
    CSV = "csv"
    MD = "md"


@app.command()
def lookup(
    code: Annotated[str, typer.Argument(help="A code, with or without its dot, in capitals or not.")],
    system: Annotated[str | None, typer.Option("--system", help="Only this system, by its id.")] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=[DAY_FORMAT], help="What it meant on this day.")
    ] = None,
    output: OutputOption = OUTPUT,
) -> None:
    """What a code means, in every system that has it, and since when."""
    from pipeline.ask.build import open_build
    from pipeline.ask.lookup import describe_code, find_code

    with errors_for_people(), open_build(output / "latest") as build:
        typer.echo(describe_code(find_code(build, code, system), on.date() if on else None))


@app.command()
def diff(
    system: Annotated[str, typer.Argument(help="A code system, by its id.")],
    before: Annotated[
        datetime, typer.Argument(metavar="FROM", formats=[DAY_FORMAT], help="A day, or the day of a release.")
    ],
    after: Annotated[datetime, typer.Argument(metavar="TO", formats=[DAY_FORMAT], help="A later one.")],
    form: Annotated[DiffFormat, typer.Option("--format", help="How to print it.")] = DiffFormat.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """What changed in a system between two days: codes added, removed, reworded, turned heading or billable."""
    from pipeline.ask.build import open_build
    from pipeline.ask.diff import DIFF_FORMATS, find_differences

    with errors_for_people(), open_build(output / "latest") as build:
        rows = find_differences(build, system, before.date(), after.date())
        typer.echo(DIFF_FORMATS[form.value](rows), nl=False)
