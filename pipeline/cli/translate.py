"""Codes of one system, or of one year, in another."""

import re
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.base import DAY_FORMAT, OUTPUT, OutputOption, app, errors_for_people
from pipeline.errors import UsageError

STANDARD_INPUT = "-"
BETWEEN_CODES = re.compile(r"[\s,;]+")


class TranslationFormat(StrEnum):
    """How translations are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@app.command()
def translate(
    codes: Annotated[
        list[str] | None, typer.Argument(help="Codes, with or without dot; - reads standard input.")
    ] = None,
    to: Annotated[str, typer.Option("--to", help="The system, or the grouping, to translate to.")] = ...,  # type: ignore[assignment]
    file: Annotated[Path | None, typer.Option("--file", help="A file with a code on each line.")] = None,
    system: Annotated[str | None, typer.Option("--system", help="The system of the codes, by its id.")] = None,
    on: Annotated[datetime | None, typer.Option("--on", formats=[DAY_FORMAT], help="The day of service.")] = None,
    release: Annotated[
        datetime | None,
        typer.Option("--release", formats=[DAY_FORMAT], help="Year to year: a day of the release to arrive at."),
    ] = None,
    crosswalk: Annotated[str | None, typer.Option("--crosswalk", help="This crosswalk, by its id.")] = None,
    form: Annotated[TranslationFormat, typer.Option("--format", help="How to print it.")] = TranslationFormat.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """What stands for a code in another system, or in another year: every alternative, as sets.

    Exit code 2 where a code is unknown, was not valid on the day, is a heading, or one of several systems.
    """
    from pipeline.ask.build import open_build
    from pipeline.ask.translate import Question
    from pipeline.ask.translate import translate as run
    from pipeline.ask.translate.say import TRANSLATION_FORMATS

    with errors_for_people(), open_build(output / "latest") as build:
        asked = _codes(codes or [], file)
        days = (on.date() if on else None, release.date() if release else None)
        found = run(build, asked, Question(to, system, *days, crosswalk))
        typer.echo(TRANSLATION_FORMATS[form.value](found), nl=False)
    if not all(each.is_answered for each in found):
        raise typer.Exit(UsageError.exit_code)


def _codes(codes: list[str], file: Path | None) -> list[str]:
    """The codes of the arguments, of a file, or of standard input where neither names any."""
    texts = []
    if file is not None:
        if not file.is_file():
            raise UsageError(f"{file}: there is no such file\n  next:     name a file with a code on each line")
        texts.append(_as_text(str(file), file.read_bytes()))
    if STANDARD_INPUT in codes or (not codes and file is None and not sys.stdin.isatty()):
        texts.append(_as_text("standard input", sys.stdin.buffer.read()))
    return [each for each in codes if each != STANDARD_INPUT] + [
        code for text in texts for code in BETWEEN_CODES.split(text) if code
    ]


def _as_text(where: str, raw: bytes) -> str:
    """Text with or without a byte order mark. Raises UsageError where it is none."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise UsageError(
            f"{where}, line {line}: this is no UTF-8 text\n  next:     save it as UTF-8, a code on each line"
        ) from None
