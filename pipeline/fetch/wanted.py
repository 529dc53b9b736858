"""What to fetch: the entries of the catalogue that were asked for, put together by address."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.catalogue.sources import Release, Source
from pipeline.errors import UsageError
from pipeline.fetch.hosts import host_of
from pipeline.fetch.names import is_storable

TRUSTED = {"confirmed"}


@dataclass(frozen=True)
class CatalogueFile:
    """One stored file: an entry of the catalogue that has an address and a name."""

    source: Source
    release: Release

    @property
    def key(self) -> str:
        """The file's path below the raw folder."""
        return f"{self.source.folder_of(self.release)}/{self.release.file}"

    @property
    def label(self) -> str:
        """The entry, as `--accept-changed` and messages name it."""
        return f"{self.source.source}/{self.release.release}"

    @property
    def members(self) -> tuple[str, ...]:
        """Patterns of which one must fit a member, where the file is an archive."""
        return tuple({**self.source.members, **self.release.members}.values())

    @property
    def is_trusted(self) -> bool:
        """Whether the address is known to be right: else it is no failure that nothing is there."""
        return self.release.url_status in TRUSTED


@dataclass(frozen=True)
class Wanted:
    """One address and the files that come of it: usually one, more where several entries share a zip."""

    url: str
    items: tuple[CatalogueFile, ...]

    @property
    def mirrors(self) -> tuple[str, ...]:
        """Further addresses that the catalogue has for all of these files."""
        first, *others = (item.release.mirrors for item in self.items)
        return tuple(each for each in first if each != self.url and all(each in other for other in others))

    @property
    def label(self) -> str:
        """The entries, for messages."""
        return ", ".join(dict.fromkeys(item.label for item in self.items))


@dataclass(frozen=True)
class Choice:
    """What a person asks for: some sources (none named: all), and of them one release, the latest, or all."""

    sources: Collection[str] = ()
    release: str | None = None
    every: bool = False
    latest: bool = False

    def check(self) -> None:
        """Raises UsageError for a choice of nothing, or of two things at once."""
        if self.every + self.latest + (self.release is not None) > 1 or self == Choice():
            raise UsageError("which files?\n  next:     name a SOURCE, or one of --all, --latest and --release")


def choose(catalogue: Mapping[str, Source], choice: Choice, raw: Path, say: Callable[[str], None]) -> list[Wanted]:
    """The addresses of a choice. Licensed sources have none: what to obtain where is said of them.

    Raises UsageError where nothing else was asked for, or a release that no source has.
    """
    choice.check()
    asked = [source for source in catalogue.values() if not choice.sources or source.source in choice.sources]
    notices = [licensed_notice(source, raw) for source in asked if source.licensed]
    if len(notices) == len(asked):
        raise UsageError("\n".join(notices))
    for notice in notices:
        say(f"licensed   {notice}")
    items = [
        CatalogueFile(source, entry) for source in asked if not source.licensed for entry in _entries(source, choice)
    ]
    if not items:
        raise UsageError("no entry of the catalogue fits\n  next:     raw/sources/*.toml list releases and addresses")
    return _by_address(items)


def _by_address(items: list[CatalogueFile]) -> list[Wanted]:
    together: dict[str, dict[str, CatalogueFile]] = {}
    for item in items:
        _refuse_unsafe(item)
        together.setdefault(str(item.release.url), {}).setdefault(item.key, item)
    return [Wanted(url, tuple(own.values())) for url, own in together.items()]


def _entries(source: Source, choice: Choice) -> list[Release]:
    offered = [each for each in source.releases if each.is_offered and choice.release in (None, each.release)]
    days = [each.effective_from for each in offered if each.url_status in TRUSTED]
    return [each for each in offered if not choice.latest or not days or each.effective_from >= max(days)]


def _refuse_unsafe(item: CatalogueFile) -> None:
    path = PurePosixPath(item.key)
    is_below = not path.is_absolute() and all(map(is_storable, path.parts))
    if not is_below or path.name != item.release.file:
        raise UsageError(
            f"{item.label}: a file {item.key!r} would not lie in its folder\n"
            f"  next:     correct `file` and `folder` in raw/sources/{item.source.source}.toml"
        )
    if not host_of(str(item.release.url)):
        raise UsageError(
            f"{item.label}: {item.release.url} is no https address\n"
            f"  next:     correct `url` in raw/sources/{item.source.source}.toml"
        )


def licensed_notice(source: Source, raw: Path) -> str:
    """What to obtain where for a licensed source, and in which folder to put it."""
    place = next(iter(source.landing_pages), source.publisher)
    folder = raw / source.source / (source.releases[0].release if len(source.releases) == 1 else "<release>")
    return (
        f"{source.source} is never fetched ({source.licence})\n"
        f"  next:     obtain {source.title} from {place} and put {_files_of(source)} into {folder}"
    )


def _files_of(source: Source) -> str:
    named = [each.file for each in source.releases if each.file]
    return " or ".join(named) if named else "files named like " + ", ".join(source.members.values())
