"""What a new year does to code lists: one list, several, or all that lie in a folder."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.asked_build import asked_build
from pipeline.cli.asked_codes import AnswerForm
from pipeline.cli.base import OUTPUT, OutputOption, show
from pipeline.cli.codelist import LIST_ENDINGS, AnswerFormOption, ListArgument, SystemOption, codelist, read_lists
from pipeline.cli.command_sections import examples
from pipeline.cli.typed_days import day_option
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.ask.codelist.code_list import CodeList

REPORT_NAMES = ("drift.md", "drift.csv")


@codelist.command(
    epilog=examples(
        "codelist drift diabetes.csv --from 2024-10-01 --to 2025-10-01",
        "codelist drift lists --from 2024-10-01 --to 2025-10-01 --report report",
    )
)
def drift(
    written: ListArgument = None,
    since: Annotated[date, day_option("--from", "The day that the list is of.")] = ...,  # type: ignore[assignment]
    through: Annotated[date, day_option("--to", "The day it is wanted for.")] = ...,  # type: ignore[assignment]
    system: SystemOption = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Write drift.md and drift.csv into this folder, in the place of older ones."),
    ] = None,
    form: AnswerFormOption = AnswerForm.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """What became of a list between two days: codes that ended, changed or are new. A folder stands for its lists.

    Exit code 0 where nothing changes, 1 where a list needs a look or cannot be read; 8 where the build does not know
    one of the days for a list, and nothing else needs a look.
    """
    from pipeline.ask.codelist.drift_report import (
        as_csv_of_drift,
        as_drift_report,
        as_json_of_drift,
        drift_of_list,
        exit_code_of_drift,
    )

    first, last = since, through
    with asked_build(output, form.value) as build:
        found = [drift_of_list(build, name, read, system, (first, last)) for name, read in _lists_of(written)]
        if found[0].problem and not any(Path(each).is_dir() for each in written or []):
            raise found[0].problem
        told = {AnswerForm.TABLE: as_drift_report(found, first, last), AnswerForm.CSV: as_csv_of_drift(found)}
        if report:
            _write_report(report, [told[AnswerForm.TABLE], told[AnswerForm.CSV]])
        else:
            text = as_json_of_drift(found) if form is AnswerForm.JSON else told[form]
            show(text, nl=False, is_for_machines=form is not AnswerForm.TABLE)
        if exit_code_of_drift(found):
            raise typer.Exit(exit_code_of_drift(found))


def _lists_of(written: list[str] | None) -> "Iterator[tuple[str, CodeList | UsageError]]":
    """Each list by its name: the files of a folder one by one, and what of them is no list as what is wrong with it."""
    folders = [Path(each) for each in written or [] if Path(each).is_dir()]
    others = [each for each in written or [] if Path(each) not in folders]
    for folder in folders:
        for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in LIST_ENDINGS):
            try:
                yield path.relative_to(folder).as_posix(), read_lists([str(path)])
            except UsageError as problem:
                yield path.relative_to(folder).as_posix(), problem
    if others or not folders:
        name = Path(others[0]).name if len(others) == 1 else "list"
        yield name, read_lists(others or None)


def _write_report(folder: Path, texts: list[str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in zip(REPORT_NAMES, texts, strict=True):
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"{folder}: cannot be written to ({problem})\n  next:     name another folder") from problem
    show(f"wrote {' and '.join(REPORT_NAMES)} to {folder}", err=True)
