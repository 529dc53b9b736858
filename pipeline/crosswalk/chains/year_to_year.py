"""Year to year: what a code of one day is on any other day, forwards and backwards, in one table for all pairs of days.

A path leads from code to code, a step at a time. It holds for a day of the source and a day of the target where its
steps lie between the two, so each row carries two stretches of days: `valid_from` and `valid_to` for the source,
`target_valid_from` and `target_valid_to` for the target. A code that no step touches has no row: it stands for itself.
"""

from pathlib import Path

import pyarrow as pa

from pipeline.crosswalk.chains.steps import PATH_BITS
from pipeline.run.sql import query_tables

_HERE = Path(__file__).parent

CHAINS = pa.schema(
    [
        ("system", pa.string()),
        ("source", pa.string()),
        ("target", pa.string()),
        ("scenario", pa.int32()),
        ("choice_list", pa.int32()),
        ("bits", pa.int32()),
        ("hops", pa.int32()),
        ("path", pa.string()),
        ("no_map", pa.bool_()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("target_valid_from", pa.date32()),
        ("target_valid_to", pa.date32()),
    ]
)


def derive_forward(steps: pa.Table, ends: pa.Table, billable_episodes: pa.Table) -> pa.Table:
    """What earlier codes are later: the columns of CHAINS, a row per source and target.

    The target is null where the source, or a code on the way, ended without a successor; `no_map` is true where the
    publisher says so. Loose steps are left out: a whole category is not what a new code was carved out of.
    """
    return _complete(
        query_tables(_HERE / "forward.sql", PATH_BITS, steps=steps, ends=ends, billable_episodes=billable_episodes),
        billable_episodes,
    )


def derive_backward(steps: pa.Table, ends: pa.Table, billable_episodes: pa.Table) -> pa.Table:
    """What later codes were before: the columns of CHAINS, a row per source, scenario, choice list and target.

    The target is null where the source, or a code on the way, has no predecessor; `no_map` is true where the publisher
    says that there was none.
    """
    return _complete(
        query_tables(_HERE / "backward.sql", PATH_BITS, steps=steps, ends=ends, billable_episodes=billable_episodes),
        billable_episodes,
    )


def _complete(chains: pa.Table, billable_episodes: pa.Table) -> pa.Table:
    return query_tables(_HERE / "year_to_year.sql", chains=chains, billable_episodes=billable_episodes).cast(CHAINS)
