"""Codes by words."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.asked_build import asked_build, tell_namesakes
from pipeline.cli.asked_codes import AnswerForm, ExplainOption
from pipeline.cli.base import OUTPUT, OutputOption, app, show
from pipeline.cli.command_sections import examples
from pipeline.cli.typed_days import day_option
from pipeline.cli.typed_numbers import number_option

if TYPE_CHECKING:
    from pipeline.ask.build import Build
    from pipeline.ask.search.found_codes import SearchAnswer


@app.command(epilog=examples("search heart attack", "search broken arm --system ICD10CM --limit 20"))
def search(
    words: Annotated[list[str], typer.Argument(help="Words, such as heart attack, COPD, broken arm or flu shot.")],
    system: Annotated[str | None, typer.Option("--system", help="Only this system, by its id or a usual name.")] = None,
    on: Annotated[
        date | None,
        day_option("--on", "Codes that were valid on this day come first."),
    ] = None,
    limit: Annotated[int, number_option("--limit", "How many codes at most.", 1, 200)] = 10,
    form: Annotated[AnswerForm, typer.Option("--format", help="How to print it.")] = AnswerForm.TABLE,
    explain: ExplainOption = False,
    output: OutputOption = OUTPUT,
) -> None:
    """Codes by words: in titles now and before, inclusion terms, notes and names of products, in every system.

    Common names, abbreviations and a slip of a letter are understood; of a code that has ended it is told what it is
    today. Exit code 1 where nothing has the words; 8 where none is known to be valid on the day, and of some it is not
    known.
    """
    from pipeline.ask.explained_words import explain_words, words_in
    from pipeline.ask.licensed_titles import why_no_titles
    from pipeline.ask.search import search_codes
    from pipeline.ask.search.search_text import SEARCH_FORMATS, exit_code_of_search

    with asked_build(output, form.value) as build:
        tell_namesakes(build, system)
        answer = search_codes(build, " ".join(words), system, on, limit)
        told = SEARCH_FORMATS[form.value](answer)
        show(told, nl=False, is_for_machines=form is not AnswerForm.TABLE)
        if not answer.codes and system and (why := why_no_titles(build, build.system_called(system))):
            show(f"note: {why}", err=True)
        if form is AnswerForm.TABLE:
            show(_known_days(build, answer) if on is None else "", nl=False)
            show(explain_words(words_in(told, "search")) if explain else "", nl=False)
        if code := exit_code_of_search(answer):
            raise typer.Exit(code)


def _known_days(build: "Build", answer: "SearchAnswer") -> str:
    """Of which releases it is said that a code is valid or has ended, where no day was asked."""
    from pipeline.ask.known_days import read_known_days

    known = read_known_days(build)
    systems = dict.fromkeys(each.system for each in answer.codes)
    days = [f"{each} through {known[each].known_through}" for each in systems if known[each].is_listed]
    return f"As of the newest releases here: {', '.join(days)}.\n" if days else ""
