"""What is wrong with an entry of a list, or with a list: `list_findings.toml`, the closed list of what can be."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.ask.codelist.code_list import ListEntry

SEVERITY_UNKNOWN: Final = "unknown"


@dataclass(frozen=True)
class FindingKind:
    """A kind of finding: how bad it is, what it means and what to do; `is_mended` where a list can be mended."""

    finding: str
    severity: str
    means: str
    next: str
    is_mended: bool = False


@cache
def finding_kinds() -> dict[str, FindingKind]:
    """Every kind of finding by its name, in the order in which they are told."""
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["finding"]
    return {row["finding"]: FindingKind(**row) for row in rows}


@dataclass(frozen=True)
class ListFinding:
    """One finding. `entry` is None where it is of the whole list; `says` what is particular to it.

    `meant` are the codes that may have been meant, with their dots; `is_sure` where it is one, and no other can be.
    """

    finding: str
    entry: ListEntry | None = None
    says: str = ""
    meant: tuple[str, ...] = ()
    is_sure: bool = False

    @property
    def kind(self) -> FindingKind:
        """What it means. Raises KeyError of a finding that is not in the closed list."""
        return finding_kinds()[self.finding]
