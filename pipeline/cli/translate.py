"""Codes of one system, or of one year, in another."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

import typer

from pipeline.cli.asked_codes import AnswerForm, CodesArgument, FileOption, print_answers, read_codes
from pipeline.cli.base import DAY_FORMAT, OUTPUT, OutputOption, app, errors_for_people


@app.command()
def translate(
    codes: CodesArgument = None,
    to: Annotated[str, typer.Option("--to", help="The system, or the grouping, to translate to.")] = ...,  # type: ignore[assignment]
    file: FileOption = None,
    system: Annotated[
        str | None,
        typer.Option("--system", help="The system of the codes, by its id or a usual name; a row may name another."),
    ] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=[DAY_FORMAT], help="The day of service; a row may name another.")
    ] = None,
    release: Annotated[
        str | None,
        typer.Option("--release", help="A day of the release to arrive at; of a grouping also its version's name."),
    ] = None,
    crosswalk: Annotated[str | None, typer.Option("--crosswalk", help="This crosswalk, by its id.")] = None,
    form: Annotated[AnswerForm, typer.Option("--format", help="How to print it.")] = AnswerForm.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """What stands for a code in another system, or in another year: every alternative, as sets.

    Exit code 1 where a code is unknown, was not valid on the day, is a heading, or one of several systems; 8 where the
    build does not know, or nobody says, what it is there.
    """
    from pipeline.ask.answers import WrittenAnswers
    from pipeline.ask.build import open_build
    from pipeline.ask.translate import Question
    from pipeline.ask.translate import translate as run
    from pipeline.ask.translate.say import TRANSLATION_FORMATS

    with errors_for_people(), open_build(output / "latest") as build:
        asked = read_codes(build, codes, file, (system, on), "crosswalk translate 250.00 --to ICD10CM")
        question = Question(to, release=release, crosswalk=crosswalk)
        print_answers(
            WrittenAnswers(
                asked,
                lambda some, own, days: run(build, some, replace(question, system=own, on=days)),
                TRANSLATION_FORMATS[form.value],
            ),
            form,
        )
