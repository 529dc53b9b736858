"""Whether anything that a build depends on has changed since the last refresh, told without reading a raw file.

A file is known by its size and time of change, as git and make know it. The build itself reads and hashes all of them.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from pipeline.publish.naming import code_and_options
from pipeline.run.files import write_whole

STATE = ".refreshed.json"


def fingerprint(raw: Path, catalogue: Path, options: list[str]) -> str:
    """One text that differs when a raw file, the catalogue, the code or an option does."""
    digest = hashlib.sha256(code_and_options(options))
    for path in sorted(catalogue.glob("*.toml")):
        digest.update(path.name.encode() + path.read_bytes())
    for path in _files_below(raw):
        status = path.stat()
        digest.update(f"{path.relative_to(raw)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files_below(raw: Path) -> Iterable[Path]:
    """Every file of the raw folder that is not ours; what is recorded of them decides too."""
    return sorted(path for path in raw.rglob("*") if path.is_file() and not path.name.startswith("."))


def is_current(output: Path, mark: str, build: str) -> bool:
    """Whether the last refresh found the same, and came to this build."""
    try:
        known = json.loads((output / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(known == {"fingerprint": mark, "build": build})


def remember(output: Path, mark: str, build: str) -> None:
    """Keeps for the next refresh what this one came to."""
    write_whole(output / STATE, json.dumps({"fingerprint": mark, "build": build}))
