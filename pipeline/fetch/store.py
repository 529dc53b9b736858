"""The raw folder as fetch writes it: a file gets its place in one step, and only with the content it must have."""

import shutil
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from pipeline.catalogue.pins import GIVES_WAY, ON_TRIAL, HashCache, Pin, binding_hash, read_pins, write_pins
from pipeline.catalogue.sample import read_not_kept
from pipeline.catalogue.survey import SUMS, RawRelease
from pipeline.errors import RawFileError, UsageError
from pipeline.fetch.content import check_content, take_member
from pipeline.fetch.transfer import Answer, Validators
from pipeline.fetch.wanted import CatalogueFile, Wanted
from pipeline.run.files import hash_of
from pipeline.run.made_here import free_name, made_here, note_made, remove_made

INCOMING = ".incoming-files"
RequireReadable = Callable[[RawRelease], None]  # raises RawFileError for what the readers of its layout do not take


def refuse_excerpt(raw: Path) -> None:
    """Raises UsageError for a folder with hashes of its own: the excerpt is never written to."""
    if (raw / SUMS).exists():
        raise UsageError(
            f"{raw}: this folder has hashes of its own ({SUMS}) and is not fetched into\n"
            "  next:     name another --raw; without one, files go to raw/official"
        )


class Reposted(RawFileError):
    """Other content than the pinned one is under the address; it was set aside."""


class Store:
    """A raw folder, what is recorded of its files, and the labels whose changed content is accepted.

    Content that the catalogue has no hash of is recorded, and binds from then on, when `require_readable` lets it pass:
    what nobody can read never stands in the way of what is posted next.
    """

    def __init__(
        self, raw: Path, accepted: Collection[str], say: Callable[[str], None], require_readable: RequireReadable
    ) -> None:
        self._raw, self._accepted, self._say = raw, accepted, say
        self._require_readable = require_readable
        self._pins, self._hashes = read_pins(raw), HashCache(raw)
        remove_made(raw, [name for name in made_here(raw) if name.startswith(INCOMING)])
        self.incoming = free_name(raw, INCOMING)
        note_made(raw, made=[self.incoming.name])
        self.incoming.mkdir()

    def close(self) -> None:
        """Removes what is half done, and keeps what was learnt."""
        remove_made(self._raw, [self.incoming.name])
        self._hashes.save()

    def is_sound(self, item: CatalogueFile) -> bool:
        """Whether the file is here with the content that it must have."""
        path = self._raw / item.key
        if not path.is_file():
            return False
        wanted = self._wanted_hash(item)
        try:
            return self._hashes.hash_of(path) == wanted if wanted else self._is_readable(item)
        except PermissionError:  # who may write into the folder puts one there that can be read
            return False

    def known(self, wanted: Wanted) -> Validators | None:
        """What to ask the publisher: whether there is other content than we have. None where a file is missing, or was
        refused."""
        if not all(self.is_sound(item) for item in wanted.items):
            return None
        for item in wanted.items:
            self._record_as_first_seen(item, wanted.url)
        if any(self._is_refused(item) for item in wanted.items):
            return None  # whatever is posted now, also what was set aside before
        first = wanted.items[0]
        pin = self._pins.get(first.key)
        if pin and pin.url == wanted.url and (pin.etag or pin.last_modified):
            return Validators(pin.etag, pin.last_modified)
        return Validators(length=None if first.release.unpack else (self._raw / first.key).stat().st_size)

    def keep(self, wanted: Wanted, answer: Answer) -> None:
        """Nothing changed: records the publisher's marks where they are new."""
        for item in wanted.items:
            pin = self._pins[item.key]
            etag, modified = answer.etag or pin.etag, answer.last_modified or pin.last_modified
            self._record(item, replace(pin, url=wanted.url, etag=etag, last_modified=modified))
            if pin.reposted:
                self._say(f"warning: {item.label}: {self._aside(item, pin.reposted)} was set aside and is not used")

    def take_in(self, wanted: Wanted, url: str, fetched: Path, answer: Answer) -> list[str]:
        """Gives every file of an answer its place; returns the keys of those that are new here.

        `url` is who answered: the address, or a mirror of it, whose content counts no less where it is the pinned one.
        A mirror that packs the same members anew has other bytes: it is set aside like a re-posted file.

        Raises Reposted where the content is not the pinned one, RawFileError where it is not what its name claims.
        """
        new, problems = [], []
        for item in wanted.items:
            body = self._body(item, fetched, url)
            pin = Pin(url, hash_of(body), body.stat().st_size, answer.etag, answer.last_modified)
            binding = self._wanted_hash(item)
            if binding != pin.sha256:
                check_content(body, str(item.release.file), url, item.members)
            if binding == pin.sha256 and self.is_sound(item):
                known = self._pins[item.key]
                self._record(item, replace(pin, instead_of=known.instead_of, trial=known.trial))
            elif binding == pin.sha256 or item.label in self._accepted or self._is_first(item, body, url):
                new.append(item.key)
                self._put(item, body, pin)
            else:
                problems.append(self._set_aside(item, body, pin, is_mirror=url != wanted.url))
        if problems:
            raise problems[0]
        return new

    def accept(self, item: CatalogueFile) -> bool:
        """Puts content that was set aside into its place. False where none was."""
        pin = self._pins.get(item.key)
        aside = self._aside(item, pin.reposted) if pin and pin.reposted else None
        if pin is None or aside is None or not aside.is_file():
            return False
        self._put(item, aside, replace(pin, sha256=hash_of(aside), bytes=aside.stat().st_size))
        return True

    def _is_first(self, item: CatalogueFile, body: Path, url: str) -> bool:
        """Whether no content of a file binds: the catalogue has no hash, and what is here, if anything, is
        unreadable, or was refused.

        Raises RawFileError where the content that came has another size than the catalogue says, or is unreadable too.
        """
        path = self._raw / item.key
        is_refused = self._is_refused(item)
        if item.release.sha256 or (path.is_file() and not is_refused and self._is_readable(item)):
            return False
        if item.key in self._pins and not path.is_file():
            return False
        size = body.stat().st_size
        if item.release.bytes not in (None, size):
            raise RawFileError(
                where=f"{item.label}: {url}",
                expected=f"{item.release.bytes:,} bytes, as the catalogue says",
                found=f"{size:,} bytes",
                next_step="compare with the landing page, and correct `bytes` in the catalogue",
            )
        try:
            self._require_readable(self._as_release(item, body))
        except RawFileError as problem:
            raise replace(problem, where=problem.where.replace(str(body), f"{item.label}: {url}")) from problem
        if path.is_file():
            why = "was refused by the last refresh" if is_refused else "cannot be read"
            self._say(f"warning: {path} {why}, and gives way to what is posted now")
        return True

    def _is_readable(self, item: CatalogueFile) -> bool:
        try:
            self._require_readable(self._as_release(item, self._raw / item.key))
        except RawFileError:
            return False
        return True

    def _is_refused(self, item: CatalogueFile) -> bool:
        pin = self._pins.get(item.key)
        return pin is not None and pin.trial == GIVES_WAY and not item.release.sha256

    def _wanted_hash(self, item: CatalogueFile) -> str | None:
        return binding_hash(item.release.sha256, self._pins.get(item.key))

    def _body(self, item: CatalogueFile, fetched: Path, url: str) -> Path:
        """The content of one file of an answer, in a file of its own."""
        body = fetched.with_name(f"{fetched.name}.files") / str(item.release.file)
        body.parent.mkdir(exist_ok=True)
        if item.release.unpack:
            check_content(fetched, "the archive.zip", url)
            take_member(fetched, item.release.unpack, body, url)
        else:
            shutil.copyfile(fetched, body)
        return body

    def _put(self, item: CatalogueFile, body: Path, pin: Pin) -> None:
        """Records the content, then gives it its place: a run that ends in between fetches it again."""
        path = self._raw / item.key
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogued = item.release.sha256
        instead_of = catalogued if catalogued and catalogued != pin.sha256 else ""
        self._record(item, replace(pin, instead_of=instead_of, reposted="", trial="" if catalogued else ON_TRIAL))
        body.replace(path)

    def _set_aside(self, item: CatalogueFile, body: Path, pin: Pin, *, is_mirror: bool) -> RawFileError:
        path, aside = self._raw / item.key, self._aside(item, pin.sha256)
        binding = str(self._wanted_hash(item))
        aside.parent.mkdir(parents=True, exist_ok=True)
        body.replace(aside)
        if path.is_file() and (old := self._pins.get(item.key)):
            marks = replace(old, url=pin.url, etag=pin.etag, last_modified=pin.last_modified)
            self._record(item, replace(marks, reposted=pin.sha256))
        what = "a mirror has the file in another packing" if is_mirror else "the publisher re-posted the file"
        return Reposted(
            where=f"{item.label}: {pin.url}: {what}",
            expected=f"sha256 {binding}" + (f", {item.release.bytes:,} bytes" if item.release.bytes else ""),
            found=f"sha256 {pin.sha256}, {pin.bytes:,} bytes; set aside as {aside}",
            next_step=f"compare the two; then --accept-changed {item.label}, or change its entry in the catalogue",
        )

    def _aside(self, item: CatalogueFile, digest: str) -> Path:
        path = self._raw / item.key
        return path.with_name(f"{path.name}.reposted-{digest[:12]}")

    def _record_as_first_seen(self, item: CatalogueFile, url: str) -> None:
        """A file that somebody put here: its content is the first seen, where the catalogue has no hash."""
        path = self._raw / item.key
        if item.key not in self._pins:
            trial = "" if item.release.sha256 else ON_TRIAL
            self._record(item, Pin(url, self._hashes.hash_of(path), path.stat().st_size, trial=trial))

    def _record(self, item: CatalogueFile, pin: Pin) -> None:
        if self._pins.get(item.key) != pin:
            self._pins[item.key] = pin
            write_pins(self._raw, self._pins)

    def _as_release(self, item: CatalogueFile, path: Path) -> RawRelease:
        not_kept = read_not_kept(self._raw).get(item.source.layout, frozenset())
        return RawRelease(item.source, item.release, (path,), {}, not_kept=not_kept)
