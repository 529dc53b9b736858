"""Code lists carried elsewhere: into another system or year, what a new year does to them, and what people judge."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.asked_build import asked_build, tell_namesakes
from pipeline.cli.asked_codes import AnswerForm
from pipeline.cli.base import OUTPUT, OutputOption, errors_for_people, show
from pipeline.cli.codelist import AnswerFormOption, ListArgument, SystemOption, codelist, read_lists
from pipeline.cli.command_sections import examples
from pipeline.cli.typed_days import day_option
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.ask.build import Build
    from pipeline.ask.codelist.converted_list import Conversion


class Encounters(StrEnum):
    """Which encounters of an injury come in."""

    MAPPED, ALL, INITIAL = "mapped", "all", "initial"


class Members(StrEnum):
    """Which members of a combination bring it in."""

    PRINCIPAL, ANY = "principal", "any"


def write_new(path: Path, text: str) -> None:
    """Writes a file that is not there yet. Raises UsageError where it is, or where it cannot be written."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as problem:
        raise UsageError(f"{path}: cannot be written ({problem})\n  next:     name another file") from problem


ToOption = Annotated[str, typer.Option("--to", help="The system to convert to, by its id or a usual name.")]
ListDayOption = Annotated[date | None, day_option("--from", "The day of the list. Default: the last known.")]
TargetDayOption = Annotated[date | None, day_option("--on", "The day of the result. Default: the last known.")]
EncountersOption = Annotated[
    Encounters, typer.Option("--encounters", help="Later encounters of injuries: as mapped, all, or initial alone.")
]
MembersOption = Annotated[Members, typer.Option("--members", help="Combinations by their principal member, or by any.")]
ReviewOption = Annotated[
    Path | None, typer.Option("--review", help="Write a csv or xlsx for people to judge, for `codelist apply`.")
]


@codelist.command(
    epilog=examples(
        "codelist convert '250%' --system ICD9CM --to ICD10CM",
        "codelist convert diabetes.csv --to ICD10CM --review to_judge.xlsx",
    )
)
def convert(
    written: ListArgument = None,
    to: ToOption = ...,  # type: ignore[assignment]
    system: SystemOption = None,
    since: ListDayOption = None,
    on: TargetDayOption = None,
    encounters: EncountersOption = Encounters.MAPPED,
    members: MembersOption = Members.PRINCIPAL,
    review: ReviewOption = None,
    form: AnswerFormOption = AnswerForm.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """A list in another system, or in another year of its own: each code with a reason, what to judge, what is lost.

    Exit code 1 where a code of the list leads nowhere; 8 where the build does not know the day.
    """
    from pipeline.ask.codelist.conversion_text import CONVERSION_FORMATS
    from pipeline.ask.codelist.converted_list import convert_list
    from pipeline.ask.codelist.list_systems import resolve_list

    with asked_build(output, form.value) as build:
        tell_namesakes(build, system)
        asked = resolve_list(build, read_lists(written), system)
        target = build.system_called(to)
        found = convert_list(
            build, asked, target, list_day=since, target_day=on, encounters=encounters.value, members=members.value
        )
        if review:
            _write_for_people(build, found, review)
        else:
            show(CONVERSION_FORMATS[form.value](found), nl=False, is_for_machines=form is not AnswerForm.TABLE)
        if form is AnswerForm.CSV or review:
            for told in found.notes:
                show(f"note: {told}", err=True)
        if found.exit_code:
            raise typer.Exit(found.exit_code)


def _write_for_people(build: "Build", found: "Conversion", review: Path) -> None:
    from pipeline.ask.codelist.review import write_review

    show(f"wrote {write_review(build, found, review):,} rows to {review}", err=True)


@codelist.command(
    epilog=examples("codelist apply to_judge.xlsx", "codelist apply to_judge.csv --to diabetes_icd10cm.csv")
)
def apply(
    review: Annotated[Path, typer.Argument(metavar="REVIEW", help="A review of `codelist convert`, csv or xlsx.")],
    to: Annotated[Path | None, typer.Option("--to", help="Write the list into this file. Default: print it.")] = None,
) -> None:
    """The list of what people accepted in a review: concept, system and code."""
    from pipeline.ask.codelist.judged_review import as_list_text, read_accepted

    with errors_for_people():
        accepted = read_accepted(review)
        if to is None:
            show(as_list_text(accepted), nl=False, is_for_machines=True)
        else:
            write_new(to, as_list_text(accepted))
            show(f"wrote {len(accepted):,} codes to {to}", err=True)
