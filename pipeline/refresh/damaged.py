"""Raw files that are hashed before they are read, and those that turn out to be damaged."""

from dataclasses import dataclass, replace

from pipeline.build_inputs import inputs_of
from pipeline.catalogue.survey import RawRelease, Survey
from pipeline.errors import RawFileError


@dataclass(frozen=True)
class DamagedRelease:
    """A release whose file is here, and is not what is pinned; and how it differs."""

    delivery: RawRelease
    problem: RawFileError


def hash_inputs(seen: Survey) -> tuple[Survey, list[DamagedRelease]]:
    """The survey with the hashes of what the tables are made from, so that the build can be named before it is read;
    and the releases left out, as if they were not here, since they are not what is pinned and can be fetched again.

    A file that changes until it is read is refused then. Raises RawFileError where one is not what is pinned and has no
    address.
    """
    read = {path for own in inputs_of(seen) for each in own for path in each.paths}
    found, damaged = list[RawRelease](), list[DamagedRelease]()
    for each in seen.found:
        try:
            found.append(each.hashed() if read.issuperset(each.paths) and not each.sha256 else each)
        except RawFileError as problem:
            if not each.release.is_offered:
                raise
            damaged.append(DamagedRelease(each, problem))
    missing = seen.missing + tuple((each.delivery.source, each.delivery.release) for each in damaged)
    hashed = replace(seen, found=tuple(found), missing=missing)
    if not damaged:
        return hashed, []
    sound, more = hash_inputs(hashed)  # of a map, an older edition now has its turn
    return sound, damaged + more
