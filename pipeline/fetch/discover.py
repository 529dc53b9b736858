"""Releases that the publishers' landing pages offer and the catalogue lacks, as entries for it."""

import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from pipeline.catalogue.sources import Source
from pipeline.errors import UsageError
from pipeline.fetch.hosts import host_of
from pipeline.fetch.links import Link, read_links
from pipeline.fetch.names import is_release_name, is_storable
from pipeline.fetch.network import Network
from pipeline.run.files import write_whole


@dataclass
class Proposal:
    """A release that the catalogue lacks: the link that offers it, and further addresses of the same release."""

    source: Source
    release: str
    link: Link
    mirrors: list[str] = field(default_factory=list)

    @property
    def entry(self) -> dict[str, str | date | list[str]]:
        """The entry of the catalogue; what it does not need is not in it."""
        day = self.link.effective_from
        entry = {
            "release": self.release,
            "label": self.link.label,
            "effective_from": "" if self.release == str(day) else day,
            "file": self.link.file,
            "url": self.link.url,
            "mirrors": self.mirrors,
        }
        return {name: value for name, value in entry.items() if value}

    def as_toml(self) -> str:
        """The entry, ready to stand in the source's file."""
        return "[[release]]\n" + "".join(f"{name} = {_as_toml(value)}\n" for name, value in self.entry.items())


def _as_toml(value: str | date | list[str]) -> str:
    """A day as it is; a text, and a list of texts, in JSON's form, which is TOML's but for the character DEL."""
    return str(value) if isinstance(value, date) else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def discover(sources: Collection[Source], network: Network, say: Callable[[str], None]) -> list[Proposal]:
    """What the landing pages of some sources offer beyond the catalogue. Each page is asked for once.

    Says of links that need a person: without a day, on other hosts or with another scheme, behind a licence page, with
    a name that no file should have, or of a release that the catalogue has under another address. Raises NetworkError,
    and UsageError where no source has a pattern.
    """
    wanted = [source for source in sources if source.link and source.landing_pages and not source.licensed]
    if not wanted:
        raise UsageError(
            "no landing page tells of these sources\n"
            "  next:     give them `link` and `landing_pages` in raw/sources/<source>.toml"
        )
    pages = network.get_pages(sorted({page for source in wanted for page in source.landing_pages}), lambda size: None)
    links = {address: list(read_links(page, address)) for address, page in pages.items()}
    return [proposal for source in wanted for proposal in _proposals(source, links, say)]


def _proposals(source: Source, links: Mapping[str, list[Link]], say: Callable[[str], None]) -> Iterator[Proposal]:
    own = [link for page in source.landing_pages for link in links[page] if is_link_of(source, link)]
    if not own:
        say(f"warning: {source.source}: no link fits its pattern: have the landing pages changed?")
    proposals: dict[str, Proposal] = {}
    for link in dict.fromkeys(own):
        release = _release_of(source, link)
        problem = _problem(source, link, release)
        if problem:
            say(f"{problem:<10} {source.source}: {link.text}: {link.url}")
        elif release and not _is_known(source, link.url):
            _add(proposals, Proposal(source, release, link))
    yield from proposals.values()


def _add(proposals: dict[str, Proposal], proposal: Proposal) -> None:
    first = proposals.setdefault(proposal.release, proposal)
    if first is not proposal and proposal.link.url not in (first.link.url, *first.mirrors):
        first.mirrors.append(proposal.link.url)


def _problem(source: Source, link: Link, release: str | None) -> str:
    """Why a person must look at a link; empty where none need."""
    if _is_known(source, link.url):
        return ""
    hosts = {host_of(each) for each in (*source.landing_pages, *(one.url or "" for one in source.releases))}
    if link.is_gated:
        return "licence"
    if host_of(link.url) not in hosts - {""}:
        return "elsewhere"
    if not link.is_whole or not is_storable(link.file) or not is_release_name(release or "none"):
        return "unsafe"
    if release is None:
        return "no day"
    return "other" if any(each.release == release for each in source.releases) else ""


def is_link_of(source: Source, link: Link) -> bool:
    """Whether the pattern of a source is in the text of a link or in its file's name."""
    return any(_searched(source, link))


def _searched(source: Source, link: Link) -> Iterator[re.Match[str]]:
    pattern = re.compile(str(source.link), re.IGNORECASE)
    return filter(None, (pattern.search(each) for each in (link.text, link.file)))


def _release_of(source: Source, link: Link) -> str | None:
    named = [match.groupdict().get("release") for match in _searched(source, link)]
    day = link.effective_from
    return next(filter(None, named), None) or (str(day) if day else None)


def _is_known(source: Source, url: str) -> bool:
    known = {unquote(address) for each in source.releases for address in (each.url, *each.mirrors) if address}
    return unquote(url) in known


def write_proposals(catalogue: Path, proposals: Collection[Proposal]) -> list[Path]:
    """Appends entries to the catalogue files of their sources, which stay as they are otherwise.

    Raises UsageError, and writes nothing, where one of the files would not say what is proposed.
    """
    together: dict[Path, list[Proposal]] = {}
    for each in proposals:
        together.setdefault(catalogue / f"{each.source.source}.toml", []).append(each)
    texts = {path: _with_entries(path, own) for path, own in together.items()}
    for path, text in texts.items():
        write_whole(path, text)
    return list(together)


def _with_entries(path: Path, proposals: Collection[Proposal]) -> str:
    before = path.read_text(encoding="utf-8")
    text = before.rstrip("\n") + "\n" + "".join(f"\n{each.as_toml()}" for each in proposals)
    entries = [*tomllib.loads(before).get("release", []), *(each.entry for each in proposals)]
    try:
        is_right = tomllib.loads(text)["release"] == entries
    except tomllib.TOMLDecodeError:
        is_right = False
    if not is_right:
        raise UsageError(
            f"{path}: with the proposed entries this would be no catalogue file; nothing was written\n"
            "  next:     write them by hand, as `crosswalk discover` without --write prints them"
        )
    return text
