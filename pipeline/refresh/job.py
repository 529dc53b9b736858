"""What an unattended run is asked to do."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pipeline.build_options import USUAL, BuildOptions
from pipeline.catalogue.sources import Source
from pipeline.fetch.wanted import Choice


@dataclass(frozen=True)
class Job:
    """What to refresh: folders, what the catalogue offers, which files of it, and what a person allows."""

    raw: Path
    output: Path
    offered: dict[str, Source]
    choice: Choice
    mirror: str | None = None
    accepted: Collection[str] = ()
    allowed_losses: Collection[str] = ()
    options: BuildOptions = USUAL
