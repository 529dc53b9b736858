"""Questions of people to a published build."""

from datetime import date
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from pipeline.cli.asked_build import asked_build, tell_namesakes
from pipeline.cli.asked_codes import AnswerForm, CodesArgument, ExplainOption, FileOption, print_answers, read_codes
from pipeline.cli.base import OUTPUT, OutputOption, app, show
from pipeline.cli.command_sections import examples
from pipeline.cli.typed_days import day_argument, day_option


class DiffFormat(StrEnum):
    """How a list of changes is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MD = "md"


@app.command(
    epilog=examples(
        "lookup U07.1 --on 2020-05-01", "lookup --file codes.csv --system ICD10CM --format csv > meanings.csv"
    )
)
def lookup(
    codes: CodesArgument = None,
    file: FileOption = None,
    system: Annotated[
        str | None,
        typer.Option("--system", help="Only this system, by its id or a usual name; a row may name another."),
    ] = None,
    on: Annotated[
        date | None,
        day_option(
            "--on",
            "What they meant on this day (of discharge for inpatients, else of service); a row may name another.",
        ),
    ] = None,
    form: Annotated[AnswerForm, typer.Option("--format", help="How to print it.")] = AnswerForm.TABLE,
    explain: ExplainOption = False,
    output: OutputOption = OUTPUT,
) -> None:
    """What codes mean, in every system that has them, and since when.

    Exit code 1 where one is unknown, not valid on the day, a heading or a code of several systems; 8 where the build
    does not know: a day beyond its newest release, or a system without a listing.
    """
    from pipeline.ask.answers import WrittenAnswers
    from pipeline.ask.lookup import look_up
    from pipeline.ask.lookup_formats import LOOKUP_FORMATS

    with asked_build(output, form.value) as build:
        asked = read_codes(build, codes, file, (system, on), "crosswalk lookup E11.9")
        # csv shows no notes, and no words of a day do
        with_notes = form is AnswerForm.JSON or (form is AnswerForm.TABLE and on is None)
        answer = partial(look_up, build, with_notes=with_notes)
        print_answers(WrittenAnswers(asked, answer, LOOKUP_FORMATS[form.value]), form, "lookup" if explain else None)


@app.command(epilog=examples("diff ICD10CM 2024-10-01 2025-10-01", "diff HCPCS 2024-01-01 2025-01-01 --format md"))
def diff(
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="A code system, by its id or a usual name.")],
    before: Annotated[date, day_argument("FROM", "A day, or the day of a release.")],
    after: Annotated[date, day_argument("TO", "A later one.")],
    form: Annotated[DiffFormat, typer.Option("--format", help="How to print it.")] = DiffFormat.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """What changed in a system between two days: codes added, removed, reworded, turned heading or billable."""
    from pipeline.ask.diff import DIFF_FORMATS, find_differences

    with asked_build(output, form.value) as build:
        tell_namesakes(build, system)
        rows = find_differences(build, system, before, after)
        show(DIFF_FORMATS[form.value](rows), nl=False, is_for_machines=form in {DiffFormat.CSV, DiffFormat.JSON})
