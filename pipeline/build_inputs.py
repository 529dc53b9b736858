"""What a build is made from: the releases of a folder that are read, what may be in no listing, and the build's id."""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from pipeline.build_options import BuildOptions
from pipeline.catalogue.sources import Source
from pipeline.catalogue.survey import RawRelease, Survey, survey_raw
from pipeline.crosswalk.unlisted import DeclaredUnlisted, declare_absent, read_unlisted
from pipeline.errors import NothingToBuild
from pipeline.layouts import absent_listings, is_of_newest, is_read
from pipeline.publish.naming import name_build
from pipeline.run.limits import require_address_space
from pipeline.run.progress import Progress


def survey(
    raw: Path, catalogue: dict[str, Source], progress: Progress, sources: Collection[str] | None = None
) -> Survey:
    """The catalogue held against a folder, narrowed to some sources where they are named.

    Raises NothingToBuild where no readable release is here, OutOfMemory where a limit is too low to read them.
    """
    with progress.stage("catalogue") as done:
        seen = survey_raw(raw, catalogue).of(sources)
        readable = releases_to_read(seen)
        done.append(f"{len(readable)} releases to read")
        done.append(f"{len(seen.found) - len(readable)} more are superseded or in no table yet")
        done.append(f"{len(seen.missing)} of the catalogue are not here")
    for stranger in seen.strangers:
        progress.say(f"warning: {stranger} is in no catalogue entry and is not read")
    if not readable:
        raise NothingToBuild(
            f"{raw}: no release of the catalogue is here\n  next:     `crosswalk sources` lists what belongs where"
        )
    require_address_space(sum(path.stat().st_size for each in readable for path in each.paths))
    return seen


def releases_to_read(seen: Survey) -> list[RawRelease]:
    """The releases that a table is made from: of listings, conversion tables and groupings all, of other published maps
    and of policies the newest."""
    used = [each for each in seen.in_use() if is_read(each.source)]
    newest = {each.source.source: each for each in sorted(used, key=lambda each: each.release.effective_from)}
    return [each for each in used if not is_of_newest(each.source) or newest[each.source.source] is each]


def inputs_of(seen: Survey) -> tuple[list[RawRelease], list[RawRelease]]:
    """What the tables are made from: the releases to read, and superseded ones that tell of other editions."""
    deliveries = releases_to_read(seen)
    telling = [each for each in seen.tells_of_others() if is_read(each.source)]
    return deliveries, [each for each in telling if each not in deliveries]


def declared_in(seen: Survey) -> tuple[DeclaredUnlisted, ...]:
    """The codes that may be in no listing: as unlisted.toml has them, and those of listings that are not here."""
    return read_unlisted(seen.raw) + declare_absent(absent_listings(seen))


def name_of(inputs: list[RawRelease], declared: Sequence[DeclaredUnlisted], options: BuildOptions) -> str:
    """The id of the build that these inputs make, which have been read or hashed. That a listing is not here does not
    change what the others make."""
    by_hand = tuple(each for each in declared if not each.share)
    horizons = sorted({f"{each.source.source} {each.release.release} {_speaks_through(each)}" for each in inputs})
    return name_build(inputs, [str(by_hand), *horizons, *options.named])


def _speaks_through(each: RawRelease) -> date:
    """How far a release speaks depends on what else the catalogue knows of its source."""
    return each.source.known_through(each.release.effective_from)
