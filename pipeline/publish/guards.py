"""What keeps a build from being published without a person's word: people would have less than before."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pipeline import PROJECT
from pipeline.ask.build import open_build
from pipeline.catalogue.survey import read_sums
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.errors import UnreadableBuild
from pipeline.publish.comparison import BuildComparison, CrosswalkChange, TableChange
from pipeline.run.registries import read_registry

# The share of its rows, by their keys, that a table or a crosswalk may lose. Codes, episodes and changes pile up: a new
# release adds to them and takes next to nothing away (of all official releases none takes 1 %; of a published map CCSR
# took 0.8 % from 2019 to 2023). Five leave room for an agency's clean-up, and a file that lost its second half is far
# beyond them.
LOSS_ALLOWED = 0.05
# Fewer codes or rows than this are no cut: the least that a disk or a transfer loses, 4,096 bytes, is forty lines.
FEWEST = 50
MAP_LOSSES: Final = Path(__file__).with_name("map_losses.toml")
HASHES = "select distinct unnest(string_split(sha256, '; ')) as sha256 from releases"
GAINS = {"crosswalk_exceptions"}  # fewer of these are no loss
# Tables whose keys say more than what there is: of these fewer rows are a loss, and no other ones.
BY_SIZE: Final = {
    **dict.fromkeys(
        ("code_history", "validity", "code_changes", "policy_codes", "code_rules", "rule_lists"),
        "a day is in the key, and an older listing that comes moves first days; `codes` has each code by itself",
    ),
    **dict.fromkeys(
        ("mappings", "clusters", "crosswalk_quality"),
        "most rows are derived, and lead elsewhere as listings come; published maps are compared one by one",
    ),
}
KINDS_LOST = {"codes": "system", "releases": "release", "crosswalks": "crosswalk"}


@dataclass(frozen=True)
class MapLoss:
    """The share of its mappings that a published map may lose, where another than LOSS_ALLOWED is true of its editions:
    a [[map]] of map_losses.toml. `is_net` counts those alone that no other took the place of."""

    map: str
    reason: str
    share: float = LOSS_ALLOWED
    is_net: bool = False


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
        yield from _rows_lost(each)
    for crosswalk in comparison.crosswalks:
        yield from _mappings_lost(crosswalk)
    for table, name in comparison.gone:
        yield Loss(table, f"table {table}: {KINDS_LOST[table]} {name} disappears")


def _rows_lost(table: TableChange) -> Iterator[Loss]:
    """By its key, but for BY_SIZE: rows that came do not make up for those that went."""
    fewer = table.before - table.after
    is_by_key = table.has_key and table.table not in BY_SIZE
    lost = max(fewer, table.removed if is_by_key else 0)
    if table.table in GAINS or lost <= LOSS_ALLOWED * table.before:
        return
    share = f"{lost / table.before:.1%}"
    what = f"shrinks from {table.before:,} to {table.after:,} rows, by {share}"
    if lost > fewer:
        what = f"loses {lost:,} of {table.before:,} rows, {share}, and gains {table.added:,}"
    yield Loss(table.table, f"table {table.table}: {what}")


def _mappings_lost(change: CrosswalkChange) -> Iterator[Loss]:
    """Of a published map those that went; of one that we derive, whose rows lead elsewhere as listings and conversion
    tables come, those that no other took the place of."""
    entry, own = read_crosswalks().get(change.crosswalk), _map_losses().get(change.crosswalk)
    is_net = (entry is not None and entry.origin == "derived") or (own is not None and own.is_net)
    lost = change.lost - change.gained if is_net else change.lost
    if lost >= FEWEST and lost > (own.share if own else LOSS_ALLOWED) * change.before:
        what = f"loses {lost:,} of {change.before:,} mappings, {lost / change.before:.1%}"
        yield Loss(change.crosswalk, f"crosswalk {change.crosswalk}: {what}")


@cache
def _map_losses() -> Mapping[str, MapLoss]:
    return read_registry(MAP_LOSSES, "map", MapLoss)
