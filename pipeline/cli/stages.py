"""The stages as commands: each runnable and inspectable alone, and `build`, which runs them all."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.build_options import BuildOptions
from pipeline.cli.base import (
    CATALOGUE,
    OUTPUT,
    CatalogueOption,
    LicensedOption,
    OutputOption,
    PublicOption,
    RawOption,
    RowsOption,
    SourceArgument,
    VersionOption,
    app,
    as_typed,
    choose_raw,
    errors_for_people,
    progress_shown,
    read_sources,
    say,
    show,
)
from pipeline.cli.command_sections import examples
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.catalogue.sources import Source
    from pipeline.normalised import NormalisedContent
    from pipeline.run.progress import Progress


def _read(
    raw: Path | None, catalogue: Path, sources: list[str] | None, licensed: bool, progress: "Progress"
) -> "NormalisedContent":
    from pipeline.build import read
    from pipeline.build_inputs import survey
    from pipeline.catalogue.survey import hold_raw

    folder = choose_raw(raw)
    with hold_raw(folder):
        seen = survey(folder, read_sources(catalogue, sources), progress, sources)
        return read(seen, progress, BuildOptions(with_licensed_text=licensed))


@app.command(epilog=examples("build", "build --raw raw/official --output output"))
def build(
    raw: RawOption = None,
    output: OutputOption = OUTPUT,
    catalogue: CatalogueOption = CATALOGUE,
    with_licensed_text: LicensedOption = False,
    public: PublicOption = False,
    timings: Annotated[Path | None, typer.Option("--timings", help="Write seconds by stage to this JSON file.")] = None,
    version: VersionOption = None,
) -> None:
    """Raw files to a published build: every stage in one process."""
    import json

    from pipeline.build import build as run

    with errors_for_people(), progress_shown() as progress:
        if timings and not timings.parent.is_dir():
            raise UsageError(f"{timings}: there is no such folder\n  next:     make it, or name another file")
        if timings and timings.is_dir():
            raise UsageError(f"{timings}: this is a folder\n  next:     name a file")
        options = BuildOptions(with_licensed_text, public, version)
        run(choose_raw(raw), output, read_sources(catalogue), progress, options)
        if timings:
            timings.write_text(json.dumps(progress.seconds), encoding="utf-8")
    say(f"next       {as_typed('lookup E11.9 --system ICD10CM', output)}")


@app.command(epilog=examples("sources", "sources --raw raw/excerpt"))
def sources(raw: RawOption = None, catalogue: CatalogueOption = CATALOGUE) -> None:
    """What the catalogue offers, and what of it is here."""
    from pipeline.catalogue.survey import survey_raw
    from pipeline.layouts import is_read

    with errors_for_people():
        offered = read_sources(catalogue)
        seen = survey_raw(choose_raw(raw), offered)
        here = [each.source.source for each in seen.found]
        show(f"{'source':<20} {'here':>4} {'known':>5}  {'read':<4} {'publisher':<16} title")
        for name, source in offered.items():
            has_reader = "yes" if is_read(source) else "no"
            show(
                f"{name:<20} {here.count(name):>4} {len(source.releases):>5}  {has_reader:<4} "
                f"{source.publisher[:16]:<16} {source.title}"
            )
        for stranger in seen.strangers:
            say(f"warning: {stranger} is in no catalogue entry")


@app.command(epilog=examples("ingest hcpcs", "ingest icd10cm --rows 20"))
def ingest(
    sources: SourceArgument = None, raw: RawOption = None, catalogue: CatalogueOption = CATALOGUE, rows: RowsOption = 5
) -> None:
    """Raw files to text frames: the first rows of each, then what was refused.

    Exit code 2 where no file of the sources is here that can be read.
    """
    from pipeline.catalogue.survey import survey_raw
    from pipeline.ingest import ingest_one_by_one
    from pipeline.layouts import LAYOUTS, is_read

    with errors_for_people():
        folder, offered = choose_raw(raw), read_sources(catalogue, sources)
        found = survey_raw(folder, offered).of(sources).found
        known = [each for each in found if is_read(each.source)]
        _tell_what_is_not_read([offered[name] for name in sources or ()], {each.source.source for each in found})
        if not known:
            raise UsageError(f"{folder}: nothing to read\n  next:     `crosswalk sources` lists what is here and read")
        laid_out = ((each, LAYOUTS[each.source.layout]) for each in known)
        for frame in ingest_one_by_one((each, layout.readers, layout.figures) for each, layout in laid_out):
            show(f"\n{frame.where} ({frame.part}): {len(frame.table):,} rows")
            show(frame.table.slice(0, rows).to_pandas().to_string(index=False))


def _tell_what_is_not_read(named: "list[Source]", here: set[str]) -> None:
    """Says of each source that was named why no row of it follows."""
    from pipeline.layouts import is_read

    for source in named:
        if source.source not in here:
            say(f"not here   {source.source}: `crosswalk fetch {source.source}` brings what can be had")
        elif not is_read(source):
            say(f"not read   {source.source}: not yet, this version has no reader for its files")


@app.command(epilog=examples("normalise icd9cm", "normalise gem_dx --rows 20"))
def normalise(
    sources: SourceArgument = None,
    raw: RawOption = None,
    catalogue: CatalogueOption = CATALOGUE,
    rows: RowsOption = 5,
    with_licensed_text: LicensedOption = False,
) -> None:
    """Raw files to listings, maps and policies: prints the first rows of each."""
    with errors_for_people(), progress_shown() as progress:
        content = _read(raw, catalogue, sources, with_licensed_text, progress)
        for listing in content.listings:
            show(f"\n{listing.system} {listing.release}: {len(listing.rows):,} codes of {listing.where}")
            show(listing.rows.slice(0, rows).to_pandas().to_string(index=False))
        for each in content.maps:
            show(f"\n{each.entry.crosswalk}: {len(each.rows):,} rows of {each.where}")
            show(each.rows.slice(0, rows).to_pandas().to_string(index=False))
        for published in content.policies:
            show(f"\n{len(published.policies):,} policies of {published.where}")
            show(published.codes.slice(0, rows).to_pandas().to_string(index=False))


@app.command(epilog=examples("validate", "validate --raw raw/excerpt"))
def validate(
    sources: SourceArgument = None,
    raw: RawOption = None,
    catalogue: CatalogueOption = CATALOGUE,
    with_licensed_text: LicensedOption = False,
) -> None:
    """Everything up to the gate: says which checks failed, or that none did. Publishes nothing."""
    from pipeline.build import derive_tables
    from pipeline.build import validate as check

    with errors_for_people(), progress_shown() as progress:
        content = _read(raw, catalogue, sources, with_licensed_text, progress)
        check(derive_tables(content, progress), content, progress)


FormatsOption = Annotated[
    list[str] | None,
    typer.Option("--format", help="Only this format, as fhir or sqlite; for several name each (docs/FORMATS.md)."),
]


@app.command(epilog=examples("export tables --raw raw/excerpt", "export for_excel --format sqlite"))
def export(
    folder: Annotated[Path, typer.Argument(help="A new folder to write into.")],
    raw: RawOption = None,
    catalogue: CatalogueOption = CATALOGUE,
    with_licensed_text: LicensedOption = False,
    formats: FormatsOption = None,
    output: OutputOption = OUTPUT,
) -> None:
    """Tables in files, in a folder of your own: nothing is published.

    All usual formats, or those named. They are made from raw files; with --format and no --raw they are those of the
    published build in --output.
    """
    from pipeline.publish.own_folder import written_whole

    with errors_for_people(), progress_shown() as progress:
        _require_formats(formats or [])
        with written_whole(folder) as aside:
            if formats and raw is None:
                _export_published(output, aside, formats)
            else:
                _export_raw(raw, catalogue, with_licensed_text, progress, (aside, formats or []))
        say(f"written    {folder}")


def _export_raw(
    raw: Path | None, catalogue: Path, licensed: bool, progress: "Progress", target: tuple[Path, list[str]]
) -> None:
    from pipeline.build import derive_tables, validate
    from pipeline.build import export as write
    from pipeline.export.build_identity import BuildIdentity

    content = _read(raw, catalogue, None, licensed, progress)
    tables = validate(derive_tables(content, progress), content, progress)
    folder, formats = target
    write(tables, folder, BuildIdentity("not published", content.deliveries), formats)


def _export_published(output: Path, folder: Path, formats: list[str]) -> None:
    from pipeline.ask.build import open_build
    from pipeline.ask.build_files import read_package
    from pipeline.export.datapackage import write_export_datapackage
    from pipeline.export.formats import BuildTables, with_own_schema, write_formats
    from schemas import TABLES

    with open_build(output / "latest") as build:
        tables = {name: with_own_schema(name, build.ask_table(_whole(name))) for name in TABLES}
        published = build.folder.resolve()
        write_formats(BuildTables(tables, published.name, build.is_excerpt), folder, formats)
        write_export_datapackage(folder, tables, read_package(published))


def _whole(name: str) -> str:
    """The question for a table of this version: of a build of another one it is told what that lacks."""
    from schemas import TABLES
    from schemas.arrow import columns_of

    columns = ", ".join(f'"{column}"' for column in columns_of(TABLES[name]))
    return f"select {columns} from {name}"


def _require_formats(named: list[str]) -> None:
    """Raises UsageError where a name is not that of a format."""
    from pipeline.export.formats import FORMATS

    if unknown := [name for name in named if name not in FORMATS]:
        raise UsageError(
            f"--format {unknown[0]}: there is no such format\n"
            f"  expected: {', '.join(FORMATS)}\n"
            "  next:     name one of these"
        )
