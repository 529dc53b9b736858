"""How far a build reaches, for a scheduler's check."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import __version__
from pipeline.cli.asked_build import asked_build
from pipeline.cli.base import (
    CATALOGUE,
    OUTPUT,
    CatalogueOption,
    OutputOption,
    app,
    read_sources,
    show,
)
from pipeline.cli.command_sections import examples
from pipeline.cli.typed_days import day_option
from pipeline.errors import NotKnown

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.ask.build_status import BuildStatus, CatalogueRelease
    from pipeline.layouts import Layout


class StatusFormat(StrEnum):
    """How the state of a build is printed; systems and missing releases are two tables, and no csv."""

    TABLE = "table"
    JSON = "json"


@app.command(epilog=examples("status", "status --on 2026-01-15"))
def status(
    on: Annotated[
        date | None,
        day_option("--on", "End with 8 where a system in use is not known on this day."),
    ] = None,
    form: Annotated[StatusFormat, typer.Option("--format", help="How to print it.")] = StatusFormat.TABLE,
    output: OutputOption = OUTPUT,
    catalogue: CatalogueOption = CATALOGUE,
) -> None:
    """The build: of each system the newest release, how far it is known, what is expected next, what is missing."""
    from pipeline.ask.build_status import STATUS_FORMATS, read_status

    with asked_build(output, form.value) as build:
        found = read_status(build, __version__, _releases_known(catalogue))
        show(STATUS_FORMATS[form.value](found), nl=False, is_for_machines=form is StatusFormat.JSON)
        if on is not None:
            _require_known(found, on)


def _releases_known(catalogue: "Path") -> "list[CatalogueRelease]":
    """Every release of the catalogue that a table is made from; licensees' files, which nobody fetches, aside."""
    from pipeline.ask.build_status import CatalogueRelease
    from pipeline.crosswalk.registry import read_crosswalks
    from pipeline.layouts import LAYOUTS

    made = read_crosswalks().values()
    own = [each for each in read_sources(catalogue).values() if each.layout in LAYOUTS and not each.licensed]
    return [
        CatalogueRelease(
            source.source,
            f"{source.title} ({source.publisher})",
            release.release,
            release.effective_from,
            source.systems,
            _gives(LAYOUTS[source.layout]),
            tuple(each.crosswalk for each in made if each.source == source.source and each.way != "successors"),
        )
        for source in own
        for release in {each.release: each for each in source.releases}.values()
    ]


def _gives(layout: "Layout") -> str:
    """What comes of a release of a layout, in a word or two."""
    from pipeline.ask.build_status import LISTING

    if layout.maps:
        return "map"
    if layout.sections:
        return "headings and sections" if layout.listings else "sections"
    return LISTING if layout.listings else "conversion table"


def _require_known(found: "BuildStatus", day: date) -> None:
    if behind := found.behind(day):
        reasons = "\n".join(f"  {each.why_not_known(day)}" for each in behind)
        raise NotKnown(f"{day} lies beyond what this build knows\n{reasons}\n  next:     `crosswalk refresh`")
