"""What is known of fetched files: `fetched.toml` beside them, one table per stored file.

A hash that the catalogue has is binding; for a file without one the first content that the readers of its layout took
is, and is recorded here. What a publisher answered (ETag, Last-Modified) is kept to ask later whether anything changed.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.run.files import hash_of, write_whole

PINS = "fetched.toml"
SET_ASIDE = re.compile(r".+\.reposted-[0-9a-f]{12}")  # content that a publisher put in the place of a pinned file
ON_TRIAL, GIVES_WAY = "new", "refused"
PINS_HEADER = "# Written by `crosswalk fetch`: what was fetched and is accepted. One table per stored file.\n"


@dataclass(frozen=True)
class Pin:
    """What is recorded of one stored file.

    `sha256` is the content that is used: the first seen, or the one accepted in the place of the catalogue's hash
    `instead_of`. `reposted` is the hash of other content that was seen under the address and set aside. `etag` and
    `last_modified` are the publisher's, of the newest answer for `url`.

    `trial` is for content that the catalogue has no hash of: ON_TRIAL until a refresh came to a build with it,
    GIVES_WAY (to other content that the readers take) since the gate or the guards refused one.
    """

    url: str
    sha256: str
    bytes: int
    etag: str = ""
    last_modified: str = ""
    instead_of: str = ""
    reposted: str = ""
    trial: str = ""


def read_pins(raw: Path) -> dict[str, Pin]:
    """The pins of a raw folder by the file's path in it; none where nothing was fetched. Raises UsageError."""
    path = raw / PINS
    if not path.is_file():
        return {}
    try:
        known = {field.name for field in fields(Pin)}
        entries = tomllib.loads(path.read_text(encoding="utf-8")).items()
        return {key: Pin(**{name: value for name, value in entry.items() if name in known}) for key, entry in entries}
    except (tomllib.TOMLDecodeError, TypeError, AttributeError, UnicodeDecodeError) as problem:
        raise UsageError(
            f"{path}: this is no list of fetched files ({problem})\n"
            "  next:     mend it, or remove it: it is written anew, and contents seen first are accepted again"
        ) from problem


def write_pins(raw: Path, pins: Mapping[str, Pin]) -> None:
    """Replaces the list of a raw folder in one step."""
    tables = (f"\n[{_quoted(key)}]\n{_as_lines(pin)}" for key, pin in sorted(pins.items()))
    write_whole(raw / PINS, PINS_HEADER + "".join(tables))


def _as_lines(pin: Pin) -> str:
    return "".join(f"{name} = {_quoted(value)}\n" for name, value in asdict(pin).items() if value)


def _quoted(value: str | int) -> str:
    """A TOML string or number; JSON's form of a text is TOML's, but for the character DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def binding_hash(catalogued: str | None, pin: Pin | None) -> str | None:
    """The hash that a stored file must have: the catalogue's, unless another was accepted in its place; else the
    recorded one. None where neither says."""
    if pin is None:
        return catalogued
    return pin.sha256 if not catalogued or pin.instead_of == catalogued else catalogued


class HashCache:
    """The hashes of files by size and time of change, so that a file which was not touched is not read again."""

    def __init__(self, raw: Path) -> None:
        self._path = raw / ".seen.json"
        try:
            self._known = dict(json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            self._known = {}  # it saves time and decides nothing: without it every file is read
        self._at_start = dict(self._known)

    def hash_of(self, path: Path) -> str:
        """The sha256 of a file below the raw folder."""
        status = path.stat()
        mark, key = [status.st_size, status.st_mtime_ns, status.st_ctime_ns], str(path.relative_to(self._path.parent))
        entry = self._known.get(key, {})
        if entry.get("mark") != mark:
            entry = {"mark": mark, "sha256": hash_of(path)}
            self._known[key] = entry
        return str(entry["sha256"])

    def save(self) -> None:
        """Keeps what was learnt for the next run."""
        if self._known != self._at_start:
            write_whole(self._path, json.dumps(self._known))
