"""Steps from year to year: which code of one day went over into which of the next, and how we know."""

from pathlib import Path
from typing import Final

import pyarrow as pa

from pipeline.run.sql import query_tables

_HERE = Path(__file__).parent

# How two codes are related is a set of bits, so that the relation along a path is their union: exact adds nothing,
# what is once narrower and once broader is neither, and once a part of a whole is never an equal again.
EXACT: Final = 0
CLOSE: Final = 1
NARROW: Final = 2
BROAD: Final = 4
PART: Final = 8

RELATION_BITS: Final = {"close": CLOSE, "narrow": NARROW, "broad": BROAD, "part": PART}


def derive_steps(predecessors: pa.Table, billable_episodes: pa.Table) -> pa.Table:
    """One row per pair of a code and one that took its place, or was carved out of it, on a day: system, earlier,
    later, day, kind, part, parts, is_loose, earlier_from, later_from, forward, backward.

    `kind` is conversion, where the publisher's conversion table names the pair, or hierarchy, where it names nothing
    for one of the two and the later code subdivides the earlier one. `earlier_from` and `later_from` are the first
    days of the billable episodes of the two. `forward` and `backward` are the relation of the later code to the
    earlier one, and the other way round, in bits. A loose step is of a whole category, and leads backwards only.
    """
    return query_tables(
        _HERE / "steps.sql", RELATION_BITS, predecessors=predecessors, billable_episodes=billable_episodes
    )


def derive_ends(steps: pa.Table, predecessors: pa.Table, billable_episodes: pa.Table) -> pa.Table:
    """One row per code that ended without a successor, or began without a predecessor: system, earlier, later (one of
    them null), day, earlier_from, later_from, is_told, printed.

    `is_told` is true where the publisher's conversion table says that there was none; `printed` is what it says of the
    code on that day, if anything.
    """
    return query_tables(_HERE / "ends.sql", steps=steps, predecessors=predecessors, billable_episodes=billable_episodes)
