"""The same file under two releases of a source: a publisher's slip, or a file that was put into the wrong folder."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError, raise_all


def refuse_repeated(releases: Sequence[RawRelease]) -> None:
    """Raises RawFileError or SeveralFailed where a release has no file that another of its source lacks, and its entry
    does not say `same_as`; or says so of one whose files are others.

    Those that were not read count with the hashes that they must have. Some of several loose files may be the same in
    two releases: a publisher's modifiers do not change each year.
    """
    raise_all([*_undeclared(releases), *_no_longer_so(releases)])


def _undeclared(releases: Sequence[RawRelease]) -> Iterator[RawFileError]:
    in_order = sorted(releases, key=lambda each: (each.source.source, each.release.effective_from))
    for earlier, later in combinations(in_order, 2):
        if _are_the_same(earlier, later) and later.release.same_as != earlier.release.release:
            yield RawFileError(
                where=_where(later),
                expected=f"other content than that of release {earlier.release.release}",
                found=f"the same file, sha256 {', '.join(sorted(_hashes(later) & _hashes(earlier)))}",
                next_step="look whether the publisher posted the right one; where nothing changed, write "
                f'same_as = "{earlier.release.release}" into its entry in raw/sources/{later.source.source}.toml',
            )


def _no_longer_so(releases: Sequence[RawRelease]) -> Iterator[RawFileError]:
    for each in releases:
        named = [other for other in releases if _is_named_by(each, other)]
        if any(not _are_the_same(each, other) for other in named):
            yield RawFileError(
                where=_where(each),
                expected=f"the same file as release {each.release.same_as}, as its entry says",
                found="another one",
                next_step=f"drop `same_as` from its entry in raw/sources/{each.source.source}.toml",
            )


def _is_named_by(each: RawRelease, other: RawRelease) -> bool:
    return (each.source.source, each.release.same_as) == (other.source.source, other.release.release)


def _are_the_same(one: RawRelease, other: RawRelease) -> bool:
    """Whether two releases of a source have the same files, or one of them no other than some of the other's."""
    if one.source.source != other.source.source or one.release.release == other.release.release:
        return False
    files, others = _hashes(one), _hashes(other)
    return bool(files and others) and (files <= others or others <= files)


def _hashes(each: RawRelease) -> set[str]:
    return {*each.sha256} or {each.sums[path] for path in each.paths if path in each.sums}


def _where(each: RawRelease) -> str:
    return f"{each.source.source} {each.release.release}: {', '.join(map(str, each.paths))}"
