"""Clusters: every complete alternative of a mapping, one code from each choice list of a scenario."""

from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.chains.completed import MOST_ALTERNATIVES
from pipeline.crosswalk.chains.steps import LOOSE, PART
from pipeline.crosswalk.describe.pairs import Pairs, distinct_sorted, number_pairs
from pipeline.run.sql import query_tables

_HERE = Path(__file__).parent

SET_COLUMNS: Final = ["source_code", "target_code", "scenario", "choice_list", "bits"]


def derive_clusters(rows: pa.Table) -> pa.Table:
    """One row per member of a cluster of one crosswalk, sorted by source, cluster and target: source_code, cluster,
    target_code, scenario, size, alternatives.

    `rows` are those of `mappings`, with SET_COLUMNS. Codes outside a scenario are clusters of one; a part not in
    a scenario stands for nothing alone and is in none, and neither is what only a loose path leads to. `alternatives`
    counts the choices of the scenario, spelt out or not; of codes that stand alone, them all.
    """
    columns = SET_COLUMNS[:4]
    alone = np.asarray(rows["scenario"]) == 0
    is_part = (np.asarray(rows["bits"]) & (PART | LOOSE)) > 0
    has_target = np.asarray(pc.is_valid(rows["target_code"]))
    single = rows.select(columns).filter(pa.array(alone & has_target & ~is_part))
    sets = query_tables(
        _HERE / "clusters.sql",
        {"largest": MOST_ALTERNATIVES},
        rows=rows.select(columns).filter(pa.array(~alone & has_target)),
    )
    pairs = number_pairs(pa.concat_tables([single.select(columns[:2]), sets.select(columns[:2])]))
    return _put_together(pairs, len(single), sets)


def _put_together(pairs: Pairs, singles: int, sets: pa.Table) -> pa.Table:
    """Single targets and sets in one numbering: those that stand alone first."""
    source, target = pairs.source[:singles], pairs.target[:singles]
    unique = distinct_sorted(source * max(len(pairs.targets), 1) + target)
    source, target = unique // max(len(pairs.targets), 1), unique % max(len(pairs.targets), 1)
    counts = np.bincount(source, minlength=len(pairs.sources))
    first = np.cumsum(counts) - counts
    of_set = pairs.source[singles:]
    cluster = np.concatenate([np.arange(len(unique)) - first[source] + 1, np.asarray(sets["cluster"]) + counts[of_set]])
    all_sources, all_targets = np.append(source, of_set), np.append(target, pairs.target[singles:])
    # Both halves are in order already, so that a stable sort only puts them together.
    order = np.argsort(all_sources * (cluster.max(initial=0) + 1) + cluster, kind="stable")
    numbers = {
        "scenario": np.append(np.zeros(len(unique), np.int32), np.asarray(sets["scenario"])),
        "size": np.append(np.ones(len(unique), np.int32), np.asarray(sets["size"])),
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
