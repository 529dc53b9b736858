"""Clusters: every complete alternative of a mapping, one code from each choice list of a scenario."""

from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from pipeline.crosswalk.chains.completed import MOST_ALTERNATIVES
from pipeline.crosswalk.chains.steps import LOOSE, PART
from pipeline.crosswalk.describe.pairs import NONE, Pairs, distinct_sorted
from pipeline.history.timeline import Ints
from pipeline.run.sql import query_tables

_HERE = Path(__file__).parent

SET_COLUMNS: Final = ["scenario", "choice_list", "bits"]


def derive_clusters(rows: pa.Table, pairs: Pairs) -> pa.Table:
    """One row per member of a cluster of one crosswalk, sorted by source, cluster and target: source_code, cluster,
    target_code, scenario, size, alternatives.

    `rows` are those of `mappings`, with SET_COLUMNS, `pairs` theirs. Codes outside a scenario are clusters of one; a
    part not in a scenario stands for nothing alone and is in none, and neither is what only a loose path leads to.
    `alternatives` counts the choices of the scenario, spelt out or not; of codes that stand alone, them all.
    """
    alone = np.asarray(rows["scenario"]) == 0
    is_part = (np.asarray(rows["bits"]) & (PART | LOOSE)) > 0
    has_target = pairs.target != NONE
    of_set = has_target & ~alone
    lists = {name: rows[name].filter(pa.array(of_set)) for name in SET_COLUMNS[:2]}
    members = {"source": pairs.source[of_set], "target": pairs.target[of_set], **lists}
    sets = query_tables(_HERE / "clusters.sql", {"largest": MOST_ALTERNATIVES}, rows=pa.table(members))
    single = pairs.of(alone & has_target & ~is_part)
    return _put_together(pairs, distinct_sorted(single.source * len(pairs.targets) + single.target), sets)


def _put_together(pairs: Pairs, keys: Ints, sets: pa.Table) -> pa.Table:
    """Single targets (`keys`: source and target as one number) and sets in one numbering: what stands alone first."""
    source, target = np.divmod(keys, max(len(pairs.targets), 1))
    counts = np.bincount(source, minlength=len(pairs.sources))
    first = np.cumsum(counts) - counts
    of_set = np.asarray(sets["source"])
    cluster = np.concatenate([np.arange(len(keys)) - first[source] + 1, np.asarray(sets["cluster"]) + counts[of_set]])
    all_sources, all_targets = np.append(source, of_set), np.append(target, np.asarray(sets["target"]))
    # Both halves are in order already, so that a stable sort only puts them together.
    order = np.argsort(all_sources * (cluster.max(initial=0) + 1) + cluster, kind="stable")
    numbers = {
        "scenario": np.append(np.zeros(len(keys), np.int32), np.asarray(sets["scenario"])),
        "size": np.append(np.ones(len(keys), np.int32), np.asarray(sets["size"])),
        "alternatives": np.append(counts[source], np.asarray(sets["alternatives"])),
    }
    return pa.table(
        {
            "source_code": pairs.sources.take(pa.array(all_sources[order])),
            "cluster": pa.array(cluster[order], pa.int32()),
            "target_code": pairs.targets.take(pa.array(all_targets[order])),
            **{name: pa.array(each[order], pa.int32()) for name, each in numbers.items()},
        }
    )
