"""Codes on claims."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.asked_build import asked_build
from pipeline.cli.base import (
    OUTPUT,
    OutputOption,
    app,
    errors_for_people,
    on_terminal,
    say,
    show,
    show_above,
    write_out,
)
from pipeline.cli.command_sections import examples
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.ask.build import Build
    from pipeline.ask.claims.code_columns import ClaimRoles
    from pipeline.run.progress import Progress


class TargetShape(StrEnum):
    """How targets are given."""

    SETS = "sets"
    ROWS = "rows"
    COUNTS = "counts"
    ONE = "one"


class AllowedRepairs(StrEnum):
    """Which repairs of a written code are allowed."""

    ALL = "all"
    PLAIN = "plain"
    NONE = "none"


class Engine(StrEnum):
    """What asks the two questions that touch the claims."""

    DUCKDB = "duckdb"
    SPARK = "spark"


Patterns = list[str] | None
HELD = "Columns with {}: a name, or a pattern such as 'dx*', or 'dx#' with a number."
Files = Annotated[list[str], typer.Argument(help="csv, csv.gz, txt, Parquet; patterns, and folders of Parquet.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder of the results: new, or of an earlier run.")]
LayoutName = Annotated[str, typer.Option("--layout", help="auto, rif, omop, synpuf, mimic, or a TOML file.")]
DayColumns = Annotated[Patterns, typer.Option("--day", help="Columns with the day; the first that is filled counts.")]
Dx = Annotated[Patterns, typer.Option("--dx", help=HELD.format("diagnoses"))]
Px = Annotated[Patterns, typer.Option("--px", help=HELD.format("procedures of inpatients"))]
Hcpcs = Annotated[Patterns, typer.Option("--hcpcs", help=HELD.format("HCPCS or CPT"))]
Procedure = Annotated[Patterns, typer.Option("--procedure", help=HELD.format("procedures of any kind"))]
Modifier = Annotated[Patterns, typer.Option("--modifier", help=HELD.format("modifiers"))]
AnyCode = Annotated[Patterns, typer.Option("--any", help=HELD.format("codes of any system"))]
Code = Annotated[Patterns, typer.Option("--code", help=HELD.format("codes of the field that --field says"))]
FieldOption = Annotated[
    str | None, typer.Option("--field", help="Of --code: dx, px, ..., a system, or the column that says it.")
]
FlagColumn = Annotated[str | None, typer.Option("--flag", help="Column that says the version: 9, 0, ICD10CM, ...")]
Numbers = Annotated[
    Patterns, typer.Option("--numbers", help="COL=bare or COL=dotted: a column that went through a number.")
]
Key = Annotated[Patterns, typer.Option("--key", help="Columns that say which claim it is.")]
NoDays = Annotated[bool, typer.Option("--no-days", help="Leave days out, where they are shifted.")]
Keep = Annotated[bool, typer.Option("--keep", help="Let all other columns through, untouched.")]
To = Annotated[str | None, typer.Option("--to", help="Translate to SYSTEM, or to SYSTEM@DAY.")]
ShapeOption = Annotated[TargetShape, typer.Option("--shape", help="How targets are given.")]
With = Annotated[
    Patterns,
    typer.Option("--with", "--categories", help="Groupings, rules of the day, more: CCSR@2019-1,CCS@day,poa,section."),
]
Repairs = Annotated[AllowedRepairs, typer.Option("--repairs", help="Which repairs are allowed; plain change nothing.")]
Memory = Annotated[str, typer.Option("--memory", help="Memory of DuckDB; what is more goes to disk.")]
Report = Annotated[Path | None, typer.Option("--report", help="Folder for a second copy of the report.")]
FailOn = Annotated[
    Patterns, typer.Option("--fail-on", help="Exit code 4 where a status is more than unknown=5% or unknown=100.")
]
EngineOption = Annotated[Engine, typer.Option("--engine", help="What reads and joins the claims.")]
EmitSql = Annotated[
    str | None, typer.Option("--emit-sql", help="Print the two questions in this SQL (snowflake, spark, ...) and stop.")
]


@app.command(
    epilog=examples(
        "claims claims.parquet --dx 'dx*' --day discharge --key claim --out results",
        "claims inpatient.csv --layout rif --to ICD10CM --out results",
    )
)
def claims(
    files: Files, out: Out = None, layout: LayoutName = "auto", day: DayColumns = None, dx: Dx = None, px: Px = None,
    hcpcs: Hcpcs = None, procedure: Procedure = None, modifier: Modifier = None, any_: AnyCode = None,
    code: Code = None, field: FieldOption = None, flag: FlagColumn = None, numbers: Numbers = None, key: Key = None,
    no_days: NoDays = False, keep: Keep = False, to: To = None, shape: ShapeOption = TargetShape.SETS,
    with_: With = None, repairs: Repairs = AllowedRepairs.ALL, memory: Memory = "512MB", report: Report = None,
    fail_on: FailOn = None, engine: EngineOption = Engine.DUCKDB, emit_sql: EmitSql = None,
    output: OutputOption = OUTPUT,
) -> None:  # fmt: skip
    """What the codes of claims are: repaired, resolved, dated, translated and grouped, with a report.

    Writes codes, answers and, with --shape rows, targets as Parquet, and report.csv and report.html, into --out.
    Exit code 0 whatever the codes are; 2 where no column has a role or the days are none; 3 for a file that cannot be
    read; 4 by --fail-on.
    """
    from pipeline.ask.claims.asked_roles import read_roles
    from pipeline.run.stop import stopping_in_time

    by_field = {"dx": dx, "px": px, "hcpcs": hcpcs, "procedure": procedure, "modifier": modifier, "any": any_}
    with errors_for_people(), stopping_in_time(write_out), asked_build(output) as build:
        roles = read_roles(
            build, by_field, code=code, field=field, numbers=numbers, flag=flag or "", day=day or (), keys=key or (),
            no_days=no_days, layout=layout,
        )  # fmt: skip
        more = [each.strip() for listed in with_ or [] for each in listed.split(",") if each.strip()]
        asked: dict[str, Any] = {"to": to, "shape": shape.value, "with_": more}
        asked |= {"keep": keep, "repairs": repairs.value, "memory": memory, "fail_on": fail_on or []}
        if emit_sql:
            _print_sql(build, files, roles, keep, emit_sql)
        elif out is None:
            raise UsageError("no folder for the results\n  next:     --out DIR")
        else:
            _run(build, files, (out, report), roles, engine, asked)


def _run(
    build: "Build", files: list[str], places: tuple[Path, Path | None], roles: "ClaimRoles", engine: Engine,
    asked: dict[str, Any],
) -> None:  # fmt: skip
    from pipeline.ask.claims.claims_function import claims as run
    from pipeline.ask.claims.claims_output import copy_report, require_ours

    out, report = places
    if report:
        require_ours(report)
    with rows_shown() as progress:
        run(files, out, roles=roles, build=build, progress=progress, on_spark=engine is Engine.SPARK, **asked)
    say(f"written    {out}: codes, answers and the report; open {out}/report.html")
    if report:
        copy_report(out, report)


def _print_sql(build: "Build", files: list[str], roles: "ClaimRoles", keep: bool, dialect: str) -> None:
    from pipeline.ask.claims.emitted_sql import emit_questions

    show(emit_questions(files, roles, keep, dialect), is_for_machines=True)


@contextmanager
def rows_shown() -> "Iterator[Progress]":
    """A bar with rows and their rate on a terminal, plain lines in a log."""
    from pipeline.run.progress import Progress

    if not on_terminal():
        yield Progress(say)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f} codes"),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("codes", total=1, rate="", visible=False)

        def tick(done: int, total: int) -> None:
            """Moves the bar; where another question begins it starts anew."""
            if total != bar.tasks[0].total or done < bar.tasks[0].completed:  # the next question begins
                bar.reset(task, total=total, visible=True, rate="")
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed
            bar.update(task, completed=done, rate=f"{speed / 1e6:.2f} M a second" if speed else "")

        yield Progress(partial(show_above, bar.console), tick)
