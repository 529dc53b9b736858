"""Questions of people to a published build."""

from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from pipeline.cli.asked_codes import AnswerForm, CodesArgument, FileOption, print_answers, read_codes
from pipeline.cli.base import DAY_FORMAT, OUTPUT, OutputOption, app, errors_for_people, show


class DiffFormat(StrEnum):
    """How a list of changes is printed."""

    TABLE = "table"
    CSV = "csv"
    MD = "md"


@app.command()
def lookup(
    codes: CodesArgument = None,
    file: FileOption = None,
    system: Annotated[
        str | None,
        typer.Option("--system", help="Only this system, by its id or a usual name; a row may name another."),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=[DAY_FORMAT], help="What they meant on this day; a row may name another."),
    ] = None,
    form: Annotated[AnswerForm, typer.Option("--format", help="How to print it.")] = AnswerForm.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """What codes mean, in every system that has them, and since when.

    Exit code 1 where one is unknown, not valid on the day, a heading or a code of several systems; 8 where the build
    does not know: a day beyond its newest release, or a system without a listing.
    """
    from pipeline.ask.answers import WrittenAnswers
    from pipeline.ask.build import open_build
    from pipeline.ask.lookup import LOOKUP_FORMATS, look_up

    with errors_for_people(), open_build(output / "latest") as build:
        asked = read_codes(build, codes, file, (system, on), "crosswalk lookup E11.9")
        # csv shows no notes, and no words of a day do
        with_notes = form is AnswerForm.JSON or (form is AnswerForm.TABLE and on is None)
        answer = partial(look_up, build, with_notes=with_notes)
        print_answers(WrittenAnswers(asked, answer, LOOKUP_FORMATS[form.value]), form)


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
        show(DIFF_FORMATS[form.value](rows), nl=False, is_for_machines=form is DiffFormat.CSV)
