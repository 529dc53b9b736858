"""Codes that a command is given, as arguments, in a file, or on standard input; and the answers to them, printed."""

import gc
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.asked_build import tell_namesakes
from pipeline.cli.base import show
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.ask.answers import WrittenAnswers
    from pipeline.ask.build import Build
    from pipeline.ask.code_questions import AskedCodes

STANDARD_INPUT = "-"
CodesArgument = Annotated[
    list[str] | None, typer.Argument(help="Codes, with or without dot; - reads standard input.", show_default=False)
]
FileOption = Annotated[
    Path | None,
    typer.Option(
        "--file", help="A file of codes: a list, or a table with a column named code, and perhaps system and day."
    ),
]


ExplainOption = Annotated[bool, typer.Option("--explain", help="Say below what the short words of the answer mean.")]


class AnswerForm(StrEnum):
    """How answers to codes are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def print_answers(answers: "WrittenAnswers[Any]", form: AnswerForm, explained: str | None = None) -> None:
    """Prints answers piece by piece, and ends the command with their exit code where it is not 0.

    `explained` is the command whose words are to be explained below a table.
    """
    from pipeline.ask.explained_words import ExplainedWord, explain_words, words_in

    words = set[ExplainedWord]()
    gc.disable()  # answers make no cycles: to look for them took a fifth of the time of 75,000 codes (8.5 s for 7.1 s)
    try:
        for text in answers:
            show(text, nl=False, is_for_machines=form is not AnswerForm.TABLE)
            words |= words_in(text, explained) if explained and form is AnswerForm.TABLE else set()
    finally:
        gc.enable()
    show(explain_words(words), nl=False)
    if answers.exit_code:
        raise typer.Exit(answers.exit_code)


def read_codes(
    build: "Build",
    codes: list[str] | None,
    file: Path | None,
    of_all: tuple[str | None, date | None],
    example: str,
) -> "AskedCodes":
    """The codes of the arguments, of a file, and of standard input where it is named or nothing else is.

    Each is of the system and of the day that its row names, else of those given (`of_all`). A header line that was left
    out is told on standard error. Raises UsageError where there is no file of that name, where it is no text, where a
    row names no system of the build, or no day, or where no code was given.
    """
    from pipeline.ask.code_questions import as_asked
    from pipeline.ask.code_text import decode_text, read_code_text, split_codes, text_of_codes
    from pipeline.ask.named_systems import systems_meant
    from pipeline.ask.written_codes import join_parts

    arguments, (system, on) = codes or [], of_all
    tell_namesakes(build, system)
    means = systems_meant(build, system) if system else ()
    named = build.systems[means[0]] if len(means) == 1 else None
    if len(means) > 1:
        show(f"note: {system} is {' or '.join(means)} here, whichever has the code", err=True)
    given = [
        each
        for argument in arguments
        if argument != STANDARD_INPUT
        for each in split_codes(join_parts(argument, named) if named else argument)
    ]
    found = as_asked(build, "arguments", text_of_codes(given), system, on)
    for where, raw in read_texts(arguments, file):
        decoded = decode_text(where, raw)
        text = read_code_text(join_parts(decoded, named) if named else decoded)
        if text.header is not None:
            show(f"note: {where}: read as a header line: {text.header[:80]}", err=True)
        found = found + as_asked(build, where, text, system, on)
    if not found.order:
        raise UsageError(f"no code was given\n  next:     for example `{example}`")
    return found


def read_texts(arguments: list[str], file: Path | None) -> list[tuple[str, bytes]]:
    """The bytes of a file, and of standard input where it is named or nothing else is, each with its name.

    Raises UsageError where there is no file of that name.
    """
    texts = []
    if file is not None:
        if file.is_dir():
            raise UsageError(f"{file}: this is a folder\n  next:     name a file in it, with a code on each line")
        if not file.exists():
            raise UsageError(f"{file}: there is no such file\n  next:     name a file with a code on each line")
        texts.append((str(file), file.read_bytes()))
    if STANDARD_INPUT in arguments or (not arguments and file is None and not sys.stdin.isatty()):
        texts.append(("standard input", sys.stdin.buffer.read()))
    return texts
