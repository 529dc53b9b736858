"""Codes by words."""

from datetime import datetime
from typing import Annotated

import typer

from pipeline.cli.asked_codes import AnswerForm
from pipeline.cli.base import DAY_FORMAT, OUTPUT, OutputOption, app, errors_for_people, show


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="Words, such as heart attack, COPD, broken arm or flu shot.")],
    system: Annotated[str | None, typer.Option("--system", help="Only this system, by its id or a usual name.")] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=[DAY_FORMAT], help="Codes that were valid on this day come first."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many codes at most.")] = 10,
    form: Annotated[AnswerForm, typer.Option("--format", help="How to print it.")] = AnswerForm.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """Codes by words: in titles now and before, inclusion terms, notes and names of products, in every system.

    Common names, abbreviations and a slip of a letter are understood; of a code that has ended it is told what it is
    today. Exit code 1 where nothing has the words; 8 where none is known to be valid on the day, and of some it is not
    known.
    """
    from pipeline.ask.build import open_build
    from pipeline.ask.search import search_codes
    from pipeline.ask.search.search_text import SEARCH_FORMATS, exit_code_of_search

    with errors_for_people(), open_build(output / "latest") as build:
        answer = search_codes(build, " ".join(words), system, on.date() if on else None, limit)
        show(SEARCH_FORMATS[form.value](answer), nl=False, is_for_machines=form is not AnswerForm.TABLE)
        if code := exit_code_of_search(answer):
            raise typer.Exit(code)
