"""What the reports of a public build may tell of one that is not: nothing that the build itself leaves out."""

import re
from dataclasses import replace

from pipeline.public import NAMED_IN, NAMED_NUMBER, licensed_systems
from pipeline.publish.comparison import BuildComparison, SystemChange


def without_licensed_changes(comparison: BuildComparison) -> BuildComparison:
    """What changed, without codes that need a licence, and without titles of the build before that name some."""
    told = (each for each in comparison.systems if each.system not in licensed_systems())
    return replace(comparison, systems=tuple(_without_named(each) for each in told))


def _without_named(change: SystemChange) -> SystemChange:
    if change.system != NAMED_IN:
        return change
    codes = (
        (code, None if meaning and re.search(NAMED_NUMBER, meaning) else meaning) for code, meaning in change.codes
    )
    return replace(change, codes=tuple(codes))
