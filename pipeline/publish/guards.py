"""What keeps a build from being published without a person's word: people would have less than before."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import PROJECT
from pipeline.ask.build import open_build
from pipeline.catalogue.survey import read_sums
from pipeline.errors import UnreadableBuild
from pipeline.publish.comparison import BuildComparison

# The share of its rows that a table, or a crosswalk, may lose. Codes, episodes and changes pile up: a new release adds
# to them and takes next to nothing away (of all official releases, none takes 1 %). Five leave room for an agency's
# clean-up, and a file that lost its second half is far beyond them.
LOSS_ALLOWED = 0.05
# Fewer codes or rows than this are no cut: the least that a disk or a transfer loses, 4,096 bytes, is forty lines.
FEWEST = 50
HASHES = "select distinct unnest(string_split(sha256, '; ')) as sha256 from releases"
GAINS = {"crosswalk_exceptions"}  # fewer of these are no loss
KINDS_LOST = {"codes": "system", "releases": "release", "crosswalks": "crosswalk"}


@dataclass(frozen=True)
class Loss:
    """What people would lose, and what `--allow-loss` calls it: a table, a crosswalk or a release."""

    name: str
    what: str


def find_losses(comparison: BuildComparison, allowed: Collection[str]) -> list[Loss]:
    """Every loss that the guards stop, those of the `allowed` tables and crosswalks left out."""
    return [loss for loss in _losses(comparison) if loss.name not in allowed]


def is_of_excerpt(build: Path) -> bool:
    """Whether a build was made from the committed excerpt, as `make` does in a fresh clone: a sample to look at, of
    which nobody misses a code. All its files are the excerpt's then. One that cannot say so, or names no file, is
    none."""
    try:
        with open_build(build) as opened:
            found = opened.rows(HASHES)
    except UnreadableBuild:
        return False
    excerpt = {*read_sums(PROJECT / "raw" / "excerpt").values()}
    return bool(found) and {row["sha256"] for row in found} <= excerpt


def _losses(comparison: BuildComparison) -> Iterator[Loss]:
    for each in comparison.tables:
        lost = each.before - each.after
        if lost > LOSS_ALLOWED * each.before and each.table not in GAINS:
            shrinks = f"shrinks from {each.before:,} to {each.after:,} rows, by {lost / each.before:.1%}"
            yield Loss(each.table, f"table {each.table}: {shrinks}")
    for crosswalk in comparison.crosswalks:
        lost = crosswalk.lost - crosswalk.gained
        if lost >= FEWEST and lost > LOSS_ALLOWED * crosswalk.before:
            what = f"loses {lost:,} of {crosswalk.before:,} mappings, {lost / crosswalk.before:.1%}"
            yield Loss(crosswalk.crosswalk, f"crosswalk {crosswalk.crosswalk}: {what}")
    for table, name in comparison.gone:
        yield Loss(table, f"table {table}: {KINDS_LOST[table]} {name} disappears")
