"""The build that a question is asked of, and what a reader must know of it before the answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.cli.base import errors_for_people, on_terminal, show

if TYPE_CHECKING:
    from pipeline.ask.build import Build

FOR_PEOPLE = ("table", "md")


@contextmanager
def asked_build(output: Path, form: str = "table") -> "Iterator[Build]":
    """The build that is published; errors end the command.

    That it is one of the excerpt is told behind the answer, on standard error: of one for people always, of one for
    programs (csv, JSON) where somebody watches.
    """
    from pipeline.ask.build import open_build

    with errors_for_people(), open_build(output / "latest") as build:
        try:
            yield build
        except typer.Exit as ended:
            if ended.exit_code:  # else nobody reads on
                _tell_excerpt(build, form)
            raise
        _tell_excerpt(build, form)


def _tell_excerpt(build: "Build", form: str) -> None:
    from pipeline.ask.excerpt import describe_excerpt

    if (form in FOR_PEOPLE or on_terminal()) and (told := describe_excerpt(build)):
        show(told, err=True)


def tell_namesakes(build: "Build", name: str | None) -> None:
    """Tells, on standard error, what else people mean who name a system by an id that is a usual name of others, too.

    ICD10 is the id of causes of death, and what many call ICD-10-CM.
    """
    from pipeline.ask.system_names import namesakes

    others = namesakes(name, build.systems) if name else []
    if others and name:
        from pipeline.ask.compare.words import questions_of  # look-ups wait for no more than they need

        says = {each: " and ".join(questions_of(build.systems[each].kinds)) for each in (name, *others)}
        told = ", ".join(f"{each} {says[each]}" for each in others)
        show(f"note: {name} says {says[name]}; {told}", err=True)
