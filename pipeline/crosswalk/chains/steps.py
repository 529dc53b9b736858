"""Steps from year to year: which code of one day went over into which of the next, and how we know."""

from pathlib import Path
from typing import Final

import pyarrow as pa

from pipeline.normalise.systems import read_systems
from pipeline.run.sql import query_tables

_HERE = Path(__file__).parent

# How two codes are related is a set of bits. Of what each stands for: NARROW says that the second lies within the
# first, BROAD that the first lies within the second, both that they have something in common; CLOSE says that nobody
# vouches for more. A PART stands for nothing without its others. LOOSE says that a path leads from one to the other,
# and nothing else: they may have nothing in common.
EXACT: Final = 0
CLOSE: Final = 1
NARROW: Final = 2
BROAD: Final = 4
PART: Final = 8
LOOSE: Final = 16

FORMS: Final = pa.schema(
    [
        ("system", pa.string()),
        ("encounter_at", pa.int32()),
        ("placeholder", pa.string()),
        ("is_subdivided", pa.bool_()),
    ]
)
STEP_BITS: Final = {"close": CLOSE, "narrow": NARROW, "broad": BROAD, "part": PART, "loose": LOOSE}
PATH_BITS: Final = {
    "narrow": NARROW,
    "broad": BROAD,
    "loose": LOOSE,
}  # what `along_path` needs, where it is said in SQL


def along_path(first: int, second: int) -> int:
    """How the ends of two steps are related, in bits.

    | first \\ second | exact  | narrow  | broad   | in common |
    |---|---|---|---|---|
    | exact            | exact     | narrow    | broad     | in common |
    | narrow           | narrow    | narrow    | in common | in common |
    | broad            | broad     | **loose** | broad     | **loose** |
    | in common        | in common | **loose** | in common | **loose** |

    What lies within something shares no more with another thing that lies within it: a broader code, and then a
    narrower one, implies nothing. Close, part and loose stay what they are.

    >>> along_path(NARROW, BROAD) == NARROW | BROAD
    True
    >>> along_path(CLOSE | BROAD, CLOSE | NARROW) & LOOSE == LOOSE
    True
    """
    return first | second | (LOOSE if first & BROAD and second & NARROW else 0)


def derive_steps(predecessors: pa.Table, billable_episodes: pa.Table) -> pa.Table:
    """One row per pair of a code and one that took its place, or was carved out of it, on a day: system, earlier,
    later, day, kind, part, parts, is_loose, earlier_from, later_from, forward, backward.

    `kind` is conversion, where the publisher's conversion table names the pair, or hierarchy, where it names nothing
    for one of the two and the later code subdivides the earlier one. `earlier_from` and `later_from` are the first
    days of the billable episodes of the two. `forward` and `backward` are the relation of the later code to the
    earlier one, and the other way round, in bits. A loose step is of whole categories, and leads backwards only.
    """
    return query_tables(
        _HERE / "steps.sql",
        STEP_BITS,
        predecessors=predecessors,
        billable_episodes=billable_episodes,
        forms=_forms_of_systems(predecessors),
    )


def _forms_of_systems(predecessors: pa.Table) -> pa.Table:
    """What the form of a code tells of steps, a row per system: FORMS.

    Codes are told to be subdivided where a longer one hangs under a shorter; of a system in use only beside its
    conversion table, which names what the form cannot tell. A closed one gets none any more.
    """
    with_table = {*predecessors["system"].unique().to_pylist()}
    rows = [
        {
            "system": name,
            "encounter_at": system.encounter_at,
            "placeholder": system.placeholder,
            "is_subdivided": system.prefix_tree and (system.in_use_to is not None or name in with_table),
        }
        for name, system in read_systems().items()
    ]
    return pa.Table.from_pylist(rows, FORMS)


def derive_ends(steps: pa.Table, predecessors: pa.Table, billable_episodes: pa.Table) -> pa.Table:
    """One row per code that ended without a successor, or began without a predecessor: system, earlier, later (one of
    them null), day, earlier_from, later_from, is_told, printed.

    `is_told` is true where the publisher's conversion table says that there was none; `printed` is what it says of the
    code on that day, if anything.
    """
    return query_tables(_HERE / "ends.sql", steps=steps, predecessors=predecessors, billable_episodes=billable_episodes)
