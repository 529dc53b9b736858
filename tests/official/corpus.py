"""The manifest of the agencies' files: which the tests know, and what was counted on each beforehand."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

MANIFEST = Path(__file__).with_name("corpus.toml")
Facts = dict[str, Any]


@dataclass(frozen=True)
class CorpusFile:
    """One file of a release, its hash, and its facts by system or crosswalk."""

    source: str
    release: str
    file: str
    sha256: str
    addenda: bool = False
    facts: dict[str, Facts] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where it lies in a raw folder."""
        return f"{self.source}/{self.release}/{self.file}"


@cache
def corpus_files() -> tuple[CorpusFile, ...]:
    """Every file of the manifest, in its order: by source and release."""
    return tuple(CorpusFile(**entry) for entry in _manifest()["file"])


def corpus_facts(system: str) -> Facts:
    """What holds of a system over all files together."""
    facts: Facts = _manifest()["corpus"][system]
    return facts


def facts_of(name: str, *wanted: str) -> dict[str, Facts]:
    """The facts of a system or crosswalk by release, where the facts that are wanted are all told."""
    found: dict[str, Facts] = {}
    for each in corpus_files():
        if name in each.facts:
            found.setdefault(each.release, {"file": each.file}).update(each.facts[name])
    return {release: facts for release, facts in found.items() if {*wanted} <= facts.keys()}


def crosswalk_facts(*wanted: str) -> dict[str, Facts]:
    """The facts of crosswalks by name, each with the release that they were counted on."""
    return {
        name: {"release": each.release} | facts
        for each in corpus_files()
        for name, facts in each.facts.items()
        if {*wanted} <= facts.keys()
    }


def pin_corpus(raw: Path, folder: Path) -> Path:
    """A folder of links to the files of a raw folder that the manifest names. Each must have the hash it says."""
    for each in corpus_files():
        assert (raw / each.path).is_file(), f"{raw / each.path}: not here, and {MANIFEST.name} names it"
        with (raw / each.path).open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
        assert found == each.sha256, f"{raw / each.path}: not the file that the tests know; see {MANIFEST}"
        link = folder / each.path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to((raw / each.path).resolve())
    return folder


@cache
def _manifest() -> Facts:
    return tomllib.loads(MANIFEST.read_text(encoding="utf-8"))
