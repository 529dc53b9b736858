"""For people who look: systems side by side, and sheets for spreadsheets."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.asked_build import asked_build
from pipeline.cli.base import OUTPUT, OutputOption, app, show
from pipeline.cli.command_sections import examples
from pipeline.errors import UsageError


class SystemsFormat(StrEnum):
    """How facts of systems are printed."""

    TABLE = "table"
    CSV = "csv"
    MD = "md"
    JSON = "json"


FOR_MACHINES = (SystemsFormat.CSV, SystemsFormat.JSON)
FormOption = Annotated[SystemsFormat, typer.Option("--format", help="How to print it.")]


@app.command(epilog=examples("systems", "systems --format json"))
def systems(form: FormOption = SystemsFormat.TABLE, output: OutputOption = OUTPUT) -> None:
    """Every code system: what it is for, who keeps it, when it was in use, how many codes it has."""
    from pipeline.ask.compare.profiles import read_profiles
    from pipeline.ask.compare.side_by_side import SYSTEM_LIST_FORMATS

    with asked_build(output, form.value) as build:
        show(
            SYSTEM_LIST_FORMATS[form.value]([*read_profiles(build).values()]),
            nl=False,
            is_for_machines=form in FOR_MACHINES,
        )


@app.command(epilog=examples("compare CPT ICD9Proc", "compare ICD-10-CM HCPCS --format md"))
def compare(
    systems: Annotated[
        list[str] | None,
        typer.Argument(metavar="SYSTEM...", help="Code systems, by their ids or usual names.", show_default=False),
    ] = None,
    form: FormOption = SystemsFormat.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """Systems side by side: what each is for, its codes and format, and the crosswalks that connect them."""
    from pipeline.ask.compare.connecting import read_policy_reach
    from pipeline.ask.compare.profiles import choose_profiles, read_connections, read_profiles
    from pipeline.ask.compare.side_by_side import COMPARISON_FORMATS, compare_systems
    from pipeline.ask.compare.worked_examples import read_examples

    with asked_build(output, form.value) as build:
        if not systems:
            raise UsageError(
                "no system was named\n"
                "  next:     for example `crosswalk compare CPT ICD9Proc`; `crosswalk systems` lists them"
            )
        profiles = read_profiles(build)
        chosen, examples = choose_profiles(profiles, systems), read_examples(build, profiles)
        compared = compare_systems(chosen, read_connections(build), read_policy_reach(build), examples)
        show(COMPARISON_FORMATS[form.value](compared), nl=False, is_for_machines=form in FOR_MACHINES)


@app.command(
    "export-xlsx",
    epilog=examples("export-xlsx --system ICD10CM", "export-xlsx --crosswalk gem_icd9cm_icd10cm --to gem.xlsx"),
)
def export_xlsx(
    crosswalk: Annotated[str | None, typer.Option("--crosswalk", help="A crosswalk, by its id.")] = None,
    system: Annotated[str | None, typer.Option("--system", help="A code system, by its id or a usual name.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="The file. Default: named for what is in it, here.")] = None,
    output: OutputOption = OUTPUT,
) -> None:
    """A crosswalk, or a system with its history, as an Excel workbook with codes as text and a sheet of notes."""
    from pipeline.ask.spreadsheet import export_spreadsheet

    path = to or Path(f"{crosswalk or system}.xlsx")
    with asked_build(output) as build:
        rows = export_spreadsheet(build, path, crosswalk=crosswalk, system=system)
        show(f"written    {path} ({rows:,} rows)")
