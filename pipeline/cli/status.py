"""How far a build reaches, for a scheduler's check."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import __version__
from pipeline.cli.base import (
    CATALOGUE,
    DAY_FORMAT,
    OUTPUT,
    CatalogueOption,
    OutputOption,
    app,
    errors_for_people,
    read_sources,
    show,
)
from pipeline.errors import NotKnown

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.ask.build_status import BuildStatus, MissingRelease


@app.command()
def status(
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=[DAY_FORMAT], help="End with 8 where a system in use is not known on this day."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: OutputOption = OUTPUT,
    catalogue: CatalogueOption = CATALOGUE,
) -> None:
    """The build: of each system the newest release, how far it is known, what is expected next, what is missing."""
    from pipeline.ask.build import open_build
    from pipeline.ask.build_status import STATUS_FORMATS, read_status

    with errors_for_people(), open_build(output / "latest") as build:
        found = read_status(build, __version__, _listings_known(catalogue))
        show(STATUS_FORMATS["json" if as_json else "table"](found), nl=False, is_for_machines=as_json)
        if on is not None:
            _require_known(found, on.date())


def _listings_known(catalogue: "Path") -> "list[MissingRelease]":
    """Every release of the catalogue that lists the codes of a system; tabular lists and licensees' files aside."""
    from pipeline.ask.build_status import MissingRelease
    from pipeline.layouts import LAYOUTS

    lists = {name for name, layout in LAYOUTS.items() if layout.listings and not layout.sections}
    own = [source for source in read_sources(catalogue).values() if source.layout in lists and not source.licensed]
    named = {(source.source, release.release): (source, release) for source in own for release in source.releases}
    return [
        MissingRelease(source.source, release.release, release.effective_from, source.systems)
        for source, release in named.values()
    ]


def _require_known(found: "BuildStatus", day: date) -> None:
    if behind := found.behind(day):
        reasons = "\n".join(f"  {each.why_not_known(day)}" for each in behind)
        raise NotKnown(f"{day} lies beyond what this build knows\n{reasons}\n  next:     `crosswalk refresh`")
