"""Whether anything that a build depends on has changed since the last refresh, told without reading a raw file.

A file is known by its size and time of change, as git and make know it. The build itself reads and hashes all of them.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.catalogue.pins import PINS, read_pins
from pipeline.catalogue.sources import Source
from pipeline.publish.naming import code_and_options
from pipeline.run.files import write_whole

STATE = ".refreshed.json"


def fingerprint(raw: Path, catalogue: Mapping[str, Source], options: list[str]) -> str:
    """One text that differs when a raw file, the catalogue, the code or an option does.

    The catalogue is the one that was read: its files may have changed since.
    """
    digest = hashlib.sha256(code_and_options(options))
    digest.update("".join(f"{name} {source}\n" for name, source in sorted(catalogue.items())).encode())
    digest.update("".join(f"{key} {pin.sha256} {pin.instead_of}\n" for key, pin in read_pins(raw).items()).encode())
    for path in _files_below(raw):
        status = path.stat()
        digest.update(f"{path.relative_to(raw)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files_below(raw: Path) -> Iterable[Path]:
    """Every file of the raw folder that is not ours; of what is recorded of them only the hashes decide."""
    files = (path for path in raw.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in files if path != raw / PINS)


def is_current(output: Path, mark: str, build: str) -> bool:
    """Whether the last refresh found the same, and came to this build."""
    known = _read_state(output)
    return known.get("fingerprint") == mark and known.get("build") == build


def known_layouts(output: Path) -> Collection[str] | None:
    """The layouts that have a reader, as the last refresh noted them. None where this code has not run yet."""
    known = _read_state(output)
    layouts = known.get("layouts")
    return layouts if known.get("code") == _code() and isinstance(layouts, list) else None


def remember(output: Path, mark: str, build: str, layouts: Collection[str]) -> None:
    """Keeps for the next refresh what this one came to."""
    state = {"fingerprint": mark, "build": build, "code": _code(), "layouts": sorted(layouts)}
    write_whole(output / STATE, json.dumps(state))


def _read_state(output: Path) -> dict[str, Any]:
    """What the last refresh kept; nothing where there was none, or what it kept is damaged."""
    try:
        known = json.loads((output / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


@cache
def _code() -> str:
    return hashlib.sha256(code_and_options([])).hexdigest()
