"""Which diagnoses support which procedures."""

from datetime import date
from typing import Annotated

import typer

from pipeline.cli.asked_build import asked_build
from pipeline.cli.asked_codes import AnswerForm, CodesArgument, FileOption, read_codes
from pipeline.cli.base import OUTPUT, OutputOption, app, show
from pipeline.cli.command_sections import examples
from pipeline.cli.typed_days import day_option


@app.command(epilog=examples("supports 84153 C61 --on 2022-04-15", "supports --file pairs.csv --format csv"))
def supports(
    codes: CodesArgument = None,
    file: FileOption = None,
    on: Annotated[date | None, day_option("--on", "The day of service.")] = None,
    form: Annotated[AnswerForm, typer.Option("--format", help="How to print it.")] = AnswerForm.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """Whether diagnoses support procedures, by every policy that speaks of them.

    Each procedure is asked with each diagnosis given. Without a day a policy is asked of the first day of its edition.
    Exit code 1 where one is denied, does not support it, or is no valid diagnosis on the day; 8 where the build does
    not know: no policy here speaks of the procedure, or of the day.
    """
    from pipeline.ask.supports import find_support
    from pipeline.ask.supports.support_answer import exit_code_of
    from pipeline.ask.supports.support_text import write_answers

    with asked_build(output, form.value) as build:
        asked = read_codes(build, codes, file, (None, on), "crosswalk supports 84153 C61")
        answers = find_support(build, asked.distinct)
        show(write_answers(answers, form.value), nl=False, is_for_machines=form is not AnswerForm.TABLE)
        if code := exit_code_of(answers):
            raise typer.Exit(code)
