"""Code lists: what they have, what is wrong with them."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.asked_build import asked_build, tell_namesakes
from pipeline.cli.asked_codes import STANDARD_INPUT, AnswerForm, read_texts
from pipeline.cli.base import OUTPUT, OutputOption, app, show
from pipeline.cli.command_sections import examples
from pipeline.cli.typed_days import day_option
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.ask.codelist.code_list import CodeList
    from pipeline.ask.codelist.expand import ListDays
    from pipeline.ask.codelist.list_findings import ListFinding

LIST_ENDINGS = (".csv", ".tsv", ".txt")
codelist = typer.Typer(
    name="codelist", help="Code lists: their codes, and what is wrong with them.", no_args_is_help=True
)
app.add_typer(codelist)
ListArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LIST",
        help="Files, or codes: E11.9, E11%, 250.x, K50-K52, !E11.9 to leave out; - reads standard input.",
        show_default=False,
    ),
]
SystemOption = Annotated[
    str | None, typer.Option("--system", help="The system of what names none, by its id or a usual name.")
]
OnOption = Annotated[date | None, day_option("--on", "Codes of this day.")]
SinceOption = Annotated[date | None, day_option("--from", "Codes of a study period, from this day ...")]
ThroughOption = Annotated[date | None, day_option("--to", "... to this day.")]
AnswerFormOption = Annotated[AnswerForm, typer.Option("--format", help="How to print it.")]


@codelist.command(
    epilog=examples(
        "codelist expand 'E11%' '!E11.65' --system ICD10CM --on 2025-11-15",
        "codelist expand diabetes.csv --from 2012-01-01 --to 2018-12-31 --format csv",
    )
)
def expand(
    written: ListArgument = None,
    system: SystemOption = None,
    on: OnOption = None,
    since: SinceOption = None,
    through: ThroughOption = None,
    headings: Annotated[bool, typer.Option("--headings", help="With the headings, which no claim carries.")] = False,
    form: AnswerFormOption = AnswerForm.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """The codes of a list, one row for each code and episode: what they mean, when they are valid, how they came in.

    Exit code 1 where something in the list has no code; 8 where the build does not know: a day beyond its newest
    release, or a system without a listing.
    """
    from pipeline.ask.codelist.expand import expand as find_codes
    from pipeline.ask.codelist.expanded_text import EXPANSION_FORMATS, describe_unmatched
    from pipeline.ask.codelist.list_systems import resolve_list

    with asked_build(output, form.value) as build:
        tell_namesakes(build, system)
        asked, days = read_lists(written), days_named(on, since, through)
        found = find_codes(build, resolve_list(build, asked, system), days, with_headings=headings)
        show(EXPANSION_FORMATS[form.value](found), nl=False, is_for_machines=form is not AnswerForm.TABLE)
        if form is AnswerForm.CSV:
            for told in (*map(describe_unmatched, found.unmatched), *found.not_known):
                show(f"warning: {told}", err=True)
        if found.exit_code:
            raise typer.Exit(found.exit_code)


def read_lists(written: list[str] | None) -> "CodeList":
    """The list that is given: files, standard input, or what else is written, one after the other.

    Of several files each is a concept where its rows name none. What was read as a header, or as words, is told on
    standard error. Raises UsageError where there is no such file, or where nothing was given.
    """
    from pipeline.ask.code_text import decode_text
    from pipeline.ask.codelist.list_text import list_of_codes, read_list

    arguments = [each for each in written or [] if each.strip()]
    files = [each for each in arguments if _names_file(each)]
    lists = [list_of_codes([each for each in arguments if each not in {*files, STANDARD_INPUT}])]
    for name in files:
        ((where, raw),) = read_texts([name], Path(name))
        lists.append(read_list(decode_text(where, raw), where, Path(name).stem if len(files) > 1 else ""))
    if STANDARD_INPUT in arguments or not written:
        lists += [read_list(decode_text(where, raw), where) for where, raw in read_texts([STANDARD_INPUT], None)]
    for each in lists:
        _tell_left_out(each)
    found = sum(lists[1:], start=lists[0])
    if not found.entries:
        raise UsageError("no code was given\n  next:     for example `crosswalk codelist expand 'E11%' '!E11.9'`")
    return found


def _names_file(argument: str) -> bool:
    return argument.lower().endswith(LIST_ENDINGS) or Path(argument).is_file() or Path(argument).is_dir()


def _tell_left_out(codelist: "CodeList") -> None:
    if codelist.header is not None:
        show(f"note: read as a header line: {codelist.header[:80]}", err=True)
    for line, words in codelist.words:
        show(f"note: line {line}: read as words: {words[:80]}", err=True)


def days_named(on: date | None, since: date | None, through: date | None) -> "ListDays":
    """The days of the options. Raises UsageError where a day and a period are named, or a period that ends first."""
    from pipeline.ask.codelist.expand import ListDays

    if on and (since or through):
        raise UsageError("--on names one day, --from and --to a period\n  next:     leave one of them out")
    first, last = since or on, through or on
    return ListDays(first, last)


@codelist.command(epilog=examples("codelist check diabetes.csv", "codelist check diabetes.csv --fix mended.csv"))
def check(
    written: ListArgument = None,
    system: SystemOption = None,
    on: OnOption = None,
    since: SinceOption = None,
    through: ThroughOption = None,
    fix: Annotated[
        Path | None,
        typer.Option(
            "--fix", help="Write the list without what is surely wrong into this new csv, and a log beside it."
        ),
    ] = None,
    form: AnswerFormOption = AnswerForm.TABLE,
    output: OutputOption = OUTPUT,
) -> None:
    """What is wrong with a list: no codes, headings, codes that have ended, zeros that were lost or added, duplicates.

    Exit code 1 with findings; 8 where there are none, and the build does not know: a day beyond its newest release, or
    a system without a listing.
    """
    from pipeline.ask.codelist.check import check_list
    from pipeline.ask.codelist.findings_text import FINDING_FORMATS, exit_code_of_findings
    from pipeline.ask.codelist.list_systems import resolve_list

    with asked_build(output, form.value) as build:
        tell_namesakes(build, system)
        asked, days = read_lists(written), days_named(on, since, through)
        resolved = resolve_list(build, asked, system)
        found = check_list(build, asked, resolved, days)
        show(FINDING_FORMATS[form.value](found), nl=False, is_for_machines=form is not AnswerForm.TABLE)
        if fix is not None:
            _write_mended(fix, resolved, found)
        if code := exit_code_of_findings(found):
            raise typer.Exit(code)


def _write_mended(path: Path, codelist: "CodeList", found: "list[ListFinding]") -> None:
    from pipeline.ask.codelist.list_text import write_list
    from pipeline.ask.codelist.mend import mend_list
    from pipeline.run.files import write_whole

    log = path.with_name(f"{path.stem}.changes.csv")
    for each in (path, log):
        if each.exists():
            raise UsageError(f"{each}: this is there already\n  next:     name a new file, or move that one away")
    mended = mend_list(codelist, found)
    write_whole(path, write_list(mended.codelist))
    write_whole(log, mended.log)
    show(f"written    {path}, and {len(mended.changes):,} changes in {log}", err=True)
