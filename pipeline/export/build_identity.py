"""What a build is called and how it is cited: said once, for datapackage.json and croissant.json.

A build knows nothing of today, so its calendar version is not derived: it counts what was published, which only who
publishes knows. Who releases a build names it (`crosswalk build --version 2026.11.0`: year, month, a number from 0). It
goes into the build's id. Every other build has an id alone, which says as exactly what it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from pipeline import __version__
from pipeline.catalogue.survey import RawRelease

DATA_TITLE: Final = "US medical code systems: codes, validity and crosswalks"
AUTHORS: Final = "The Crosswalk maintainers"
SOFTWARE: Final = {"name": "crosswalk-codes", "version": __version__}


@dataclass(frozen=True)
class BuildIdentity:
    """A build by its id, and by its calendar version where it has one, with the raw files that it is made from; and
    whether it is a public one, without codes that need a licence."""

    build_id: str
    inputs: list[RawRelease]
    version: str | None = None
    public: bool = False

    @property
    def citation(self) -> str:
        """How the data are cited, with their publishers."""
        named = f"Version {self.version}, build {self.build_id}" if self.version else f"Build {self.build_id}"
        publishers = ", ".join(sorted({one for each in self.inputs for one in each.source.publisher.split(", ")}))
        made_by = f"made by {SOFTWARE['name']} {SOFTWARE['version']}"
        return f"{AUTHORS}. {DATA_TITLE}. {named}, {made_by} from files of {publishers}, who endorse nothing here."


def system_licences(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """The terms of each system that a build has a listing of, in the order of the table."""
    listed = tables["systems"][tables["systems"]["newest_release"].notna()]
    return {str(system): str(licence) for system, licence in zip(listed["system"], listed["licence"], strict=True)}
