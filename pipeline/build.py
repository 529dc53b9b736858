"""The one module that knows the order of the stages."""

import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow as pa

from pipeline.build_inputs import declared_in, inputs_of, name_of, survey
from pipeline.build_options import USUAL, BuildOptions
from pipeline.catalogue.repeats import refuse_repeated
from pipeline.catalogue.sources import Source
from pipeline.catalogue.survey import RawRelease, Survey, hold_raw
from pipeline.crosswalk import derive_crosswalks
from pipeline.crosswalk.chains.predecessors import derive_predecessors
from pipeline.crosswalk.inputs import CrosswalkInputs
from pipeline.crosswalk.published.range_maps import expand_code_ranges
from pipeline.crosswalk.published.versions import join_maps
from pipeline.crosswalk.unlisted import declare_later
from pipeline.errors import NothingToBuild
from pipeline.export.build_identity import BuildIdentity
from pipeline.export.croissant import write_croissant
from pipeline.export.datapackage import write_datapackage
from pipeline.export.formats import BuildTables, write_formats
from pipeline.gate import validate_tables
from pipeline.gate.findings import CASES_SHOWN
from pipeline.history import (
    code_history_table,
    derive_earlier_timelines,
    derive_history,
    derive_timelines,
    is_before_use,
)
from pipeline.history.changes import derive_code_changes
from pipeline.history.codes import derive_codes
from pipeline.history.headings import find_neither
from pipeline.history.horizon import derive_horizons, oldest_days, ranks_of
from pipeline.history.policy_codes import derive_policies
from pipeline.history.registered_systems import systems_table
from pipeline.history.releases import derive_releases
from pipeline.history.timeline import Timeline
from pipeline.history.validity import derive_billable_episodes, derive_validity
from pipeline.ingest import IngestedRelease
from pipeline.ingest.kept_frames import KeptFrames
from pipeline.ingest.parallel import ReleaseToIngest, ingest_all
from pipeline.layouts import (
    LAYOUTS,
    absent_listings,
)
from pipeline.normalise.icd9_conversions import expand_ranges, printed_codes
from pipeline.normalise.listing import Listing, encode_titles
from pipeline.normalise.sections import unique_sections
from pipeline.normalised import (
    NormalisedContent,
    addenda_counts_of,
    conversions_of,
    editions_told_by,
    forget_listed,
    listings_of,
    maps_of,
    policies_of,
    rules_of,
    rules_of_use,
    sections_of,
    texts_of,
    units_of,
)
from pipeline.public import without_licensed_codes
from pipeline.publish.place import publish, require_link
from pipeline.run.lock import lock_folder
from pipeline.run.memory import give_back_memory, share_memory
from pipeline.run.progress import Progress
from schemas import DataFrame
from schemas.types import Table


def read(seen: Survey, progress: Progress, options: BuildOptions = USUAL) -> NormalisedContent:
    """Ingests and normalises every release. Raises RawFileError."""
    deliveries, superseded = inputs_of(seen)
    inputs, telling = [*deliveries, *superseded], seen.tells_of_others()
    with progress.stage("ingest") as done:
        ingested = ingest_all([_to_ingest(each) for each in inputs], KeptFrames.beside(seen.raw), progress.tick)
        refuse_repeated([*(each.delivery for each in ingested), *(each for each in seen.found if each not in inputs)])
        rows = sum(len(frame.table) for each in ingested for frame in each.frames)
        done.append(f"{rows:,} rows of {len(ingested)} releases")
    give_back_memory()
    with progress.stage("normalise") as done:
        own = ingested[: len(deliveries)]
        tells = [found for each, found in zip(inputs, ingested, strict=True) if each in telling]
        content = _normalise(own, tells, ingested, seen, options)
        systems = {each.system for each in content.listings}
        done.append(f"{len(content.listings)} listings of {len(systems)} systems, {len(content.maps)} maps")
    del ingested, own, tells
    give_back_memory()
    return without_licensed_codes(content) if options.public else content


def _normalise(
    own: list[IngestedRelease],
    tells: list[IngestedRelease],
    ingested: list[IngestedRelease],
    seen: Survey,
    options: BuildOptions,
) -> NormalisedContent:
    """What comes of all releases that were `ingested`: the `own` ones, and those that the others are told by.

    Listings take longest, and not always every core: what needs none of them is made beside.
    """
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        listed = threads.submit(_listings, own, tells, options)
        maps, rules, texts = threads.submit(maps_of, own), threads.submit(rules_of, own), threads.submit(texts_of, own)
        listings, told = listed.result()
        forget_listed(ingested)
        joined = threads.submit(lambda: join_maps(expand_code_ranges(maps.result(), listings)))
        counts = threads.submit(addenda_counts_of, own, listings)
        conversions = expand_ranges(conversions_of(own), printed_codes(listings))
        return NormalisedContent(
            [each.delivery for each in ingested],
            [*listings, *told],
            joined.result(),
            policies_of(own),
            rules.result(),
            units_of(own),
            sections_of(own),
            texts.result(),
            conversions,
            declare_later(conversions, newest_days(listings)) + declared_in(seen),
            [*counts.result(), *(count for each in rules.result() for count in each.counts)],
            absent_listings(seen),
        )


def _listings(
    own: list[IngestedRelease], tells: list[IngestedRelease], options: BuildOptions
) -> tuple[list[Listing], list[Listing]]:
    """The listings of releases, and those of editions that others tell of, titles encoded."""
    told = editions_told_by(tells)
    every = encode_titles([*listings_of(own, with_licensed_text=options.with_licensed_text), *told])
    return every[: len(every) - len(told)], every[len(every) - len(told) :]


def newest_days(listings: list[Listing]) -> dict[str, date]:
    """The first day of the newest listing of each system, supplements apart."""
    return {each.system: each.day for each in sorted(listings, key=lambda each: each.day) if not each.supplement}


def _to_ingest(delivery: RawRelease) -> ReleaseToIngest:
    layout = LAYOUTS[delivery.source.layout]
    return ReleaseToIngest(delivery, layout.readers, layout.figures)


def derive_tables(content: NormalisedContent, progress: Progress) -> dict[str, pa.Table]:
    """Every table of the public contract, not yet checked. Raises NothingToBuild where no codes are listed.

    Of the listings of `content` is left what the gate asks of them, of its maps nothing.
    """
    _require_codes(content.listings)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        with progress.stage("history") as done:
            timelines, earlier = derive_timelines(content.listings), derive_earlier_timelines(content.listings)
            episodes = derive_history(timelines, content.conversions)
            codes = threads.submit(derive_codes, episodes, content.sections)
            code_history = threads.submit(code_history_table, episodes, earlier)
            policies = threads.submit(derive_policies, content.policies, episodes)
            billable_episodes = derive_billable_episodes(episodes)
            predecessors = derive_predecessors(content.conversions, billable_episodes)
            changes = threads.submit(derive_code_changes, episodes, timelines, predecessors)
            releases = derive_releases(timelines)
            horizons = derive_horizons(releases, _sources_in(content), oldest_days(timelines), ranks_of(timelines))
            validity = threads.submit(derive_validity, episodes, horizons)
            rules = threads.submit(lambda: rules_of_use(content, codes.result(), validity.result(), horizons))
            all_releases = pa.concat_tables([releases, *map(derive_releases, [earlier] if earlier else [])])
            done += [f"{len(episodes):,} episodes of {len(releases)} releases", *_left_out(episodes, timelines)]
            done.append(f"{len(codes.result()):,} codes, {len(changes.result()):,} changes")
        del timelines, earlier
        content.forget_titles()
        give_back_memory()
        history = (predecessors, billable_episodes, episodes, releases, horizons)
        inputs = CrosswalkInputs(content.maps, content.deliveries, content.conversions, *history, content.declared)
        crosswalks = _derive_crosswalks(inputs, progress)
        content.forget_maps()
    return {
        "systems": systems_table(horizons),
        "releases": all_releases,
        "sections": unique_sections(content.sections),
        "codes": codes.result(),
        "code_history": code_history.result(),
        "validity": validity.result(),
        "code_changes": changes.result(),
        **crosswalks,
        **policies.result(),
        "ndc_units": content.units,
        **content.texts,
        **rules.result(),
    }


def _derive_crosswalks(inputs: CrosswalkInputs, progress: Progress) -> dict[str, pa.Table]:
    with progress.stage("crosswalk") as done:
        tables = derive_crosswalks(inputs)
        done.append(f"{len(tables['crosswalks'])} crosswalks, {len(tables['mappings']):,} mappings")
    return tables


def _sources_in(content: NormalisedContent) -> dict[str, Source]:
    return {each.source.source: each.source for each in content.deliveries}


def _require_codes(listings: list[Listing]) -> None:
    if all(listing.supplement or is_before_use(listing) for listing in listings):
        raise NothingToBuild(
            "none of these sources lists the codes of a system in use, only headings, titles or maps beside them\n"
            "  next:     name one that does, or none for all of them"
        )


def _left_out(episodes: pa.Table, timelines: list[Timeline]) -> list[str]:
    """What is said of printed codes that no table has; nothing where there are none."""
    printed = find_neither(episodes, timelines)
    if not printed:
        return []
    shown = ", ".join(f"{system} {code}" for system, code in printed[:CASES_SHOWN])
    return [f"{len(printed):,} printed codes left out, neither listed nor headings ({shown})"]


def validate(
    tables: dict[str, pa.Table], content: NormalisedContent, progress: Progress
) -> dict[str, DataFrame[Table]]:
    """The tables that passed the gate. Raises ValidationFailed."""
    give_back_memory()
    with progress.stage("validate") as done:
        sources = (content.listings, content.declared, content.addenda, content.deliveries)
        passed = validate_tables(tables, *sources, rules=content.rules, absent=content.absent)
        done.append(f"{len(passed)} tables, {sum(map(len, passed.values())):,} rows passed every check")
    return passed


def derive_checked(
    content: NormalisedContent, progress: Progress, options: BuildOptions
) -> tuple[dict[str, DataFrame[Table]], BuildIdentity]:
    """The tables of a build, which passed the gate, and what names it. Raises as `derive_tables` and `validate` do."""
    tables = validate(derive_tables(content, progress), content, progress)
    build_id = name_of(content.deliveries, content.declared, options)
    return tables, BuildIdentity(build_id, content.deliveries, options.version, options.public)


def export(
    tables: dict[str, DataFrame[Table]], folder: Path, identity: BuildIdentity, formats: Collection[str] = ()
) -> None:
    """Writes the tables in some formats, by their names (without any: the usual ones), croissant.json and
    datapackage.json, into an empty folder."""
    give_back_memory()  # of what the tables were made from
    is_of_samples = any(each.not_kept for each in identity.inputs)
    write_formats(BuildTables.of(tables, identity.build_id, is_of_samples=is_of_samples), folder, formats)
    write_croissant(folder, tables, identity)
    write_datapackage(folder, tables, identity)


def build(
    raw: Path,
    output: Path,
    catalogue: dict[str, Source],
    progress: Progress,
    options: BuildOptions = USUAL,
) -> None:
    """Raw files to a published build, a `public` one without codes that need a licence. Whatever goes wrong,
    `output/latest` stays as it was. Raises UsageError, RawFileError, ValidationFailed or LockHeld.
    """
    share_memory()
    with lock_folder(output):
        require_link(output)
        with hold_raw(raw):
            content = read(survey(raw, catalogue, progress), progress, options)
        tables, identity = derive_checked(content, progress, options)
        del content
        with progress.stage("export") as done:
            with publish(output, identity.build_id) as folder:
                export(tables, folder, identity)
            done.append(f"build {identity.build_id}")
    counts = ", ".join(f"{name}: {len(rows):,}" for name, rows in tables.items())
    progress.say(f"published  {output / 'latest'} ({counts} rows)")
