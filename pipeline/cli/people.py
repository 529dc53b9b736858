"""For people who look: systems side by side, and sheets for spreadsheets."""

from enum import StrEnum
from typing import Annotated

import typer

from pipeline.cli.base import OUTPUT, OutputOption, app, errors_for_people


class Form(StrEnum):
    """How facts of systems are printed."""

    TABLE = "table"
    MD = "md"
    JSON = "json"


FormOption = Annotated[Form, typer.Option("--format", help="How to print it.")]


@app.command()
def systems(form: FormOption = Form.TABLE, output: OutputOption = OUTPUT) -> None:
    """Every code system: what it is for, who keeps it, when it was in use, how many codes it has."""
    from pipeline.report.profiles import read_profiles
    from pipeline.report.side_by_side import LISTED
    from pipeline.report.tables import open_build

    with errors_for_people():
        typer.echo(LISTED[form.value]([*read_profiles(open_build(output / "latest")).values()]), nl=False)


@app.command()
def compare(
    systems: Annotated[list[str], typer.Argument(help="Code systems, by their ids.")],
    form: FormOption = Form.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """Systems side by side: what each is for, its codes and format, and the crosswalks that connect them."""
    from pipeline.report.profiles import choose_profiles, read_connections, read_profiles
    from pipeline.report.side_by_side import COMPARED
    from pipeline.report.side_by_side import compare as side_by_side
    from pipeline.report.tables import open_build

    with errors_for_people():
        build = open_build(output / "latest")
        chosen = choose_profiles(read_profiles(build), systems)
        typer.echo(COMPARED[form.value](side_by_side(chosen, read_connections(build))), nl=False)
