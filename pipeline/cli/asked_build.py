"""The build that a question is asked of, and what a reader must know of it before the answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.base import errors_for_people, on_terminal, show

if TYPE_CHECKING:
    from pipeline.ask.build import Build

FOR_PEOPLE = ("table", "md")


@contextmanager
def asked_build(output: Path, form: str = "table") -> "Iterator[Build]":
    """The build that is published; errors end the command.

    That it is one of the excerpt is told on standard error: beside an answer for people always, beside one for programs
    (csv, JSON) where somebody watches.
    """
    from pipeline.ask.build import open_build

    with errors_for_people(), open_build(output / "latest") as build:
        if build.is_excerpt and (form in FOR_PEOPLE or on_terminal()):
            told = f"a sample of {build.codes_listed:,} codes, too few for analysis"
            show(f"note: this build is of the excerpt, {told}; the full tables: `make refresh`", err=True)
        yield build


def tell_namesakes(build: "Build", name: str | None) -> None:
    """Tells, on standard error, what else people mean who name a system by an id that is a usual name of others, too.

    ICD10 is the id of causes of death, and what many call ICD-10-CM.
    """
    from pipeline.ask.compare.words import questions_of
    from pipeline.ask.system_names import taken_for

    others = [each for each in taken_for(name) if each in build.systems] if name in build.systems else []
    if others and name:
        says = {each: " and ".join(questions_of(build.systems[each].kinds)) for each in (name, *others)}
        told = ", ".join(f"{each} {says[each]}" for each in others)
        show(f"note: {name} says {says[name]}; {told}", err=True)
