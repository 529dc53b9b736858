"""The registry of code systems: `systems.toml` as frozen rows."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class System:
    """One code system: who keeps it, where and when it is used, what its codes look like and how they hang together."""

    system: str
    name: str
    version_family: str
    kinds: tuple[str, ...]
    settings: tuple[str, ...]
    maintainer: str
    publisher: str
    code_format: str
    code_pattern: str
    oid: str
    bioregistry_prefix: str
    licence: str
    home_url: str
    description: str
    in_use_from: date | None = None
    in_use_to: date | None = None
    dot_after: int | None = None
    dot_after_of: dict[str, int] = field(default_factory=dict)
    prefix_tree: bool = False
    ignore_case: bool = False
    never_alone: tuple[tuple[str, str], ...] = ()
    fhir_uri: str | None = None
    omop_vocabulary_id: str | None = None
    umls_sab: str | None = None
    licensed_text: str | None = None


@cache
def read_systems() -> dict[str, System]:
    """Every system by its id, in the registry's order."""
    entries = tomllib.loads(Path(__file__).with_name("systems.toml").read_text(encoding="utf-8"))["system"]
    lists = ("kinds", "settings", "never_alone")
    return {each["system"]: System(**each | {key: tuple(each.get(key, ())) for key in lists}) for each in entries}
