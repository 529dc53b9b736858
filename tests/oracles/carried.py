"""Carried categories held against their publisher's: those of codes that a version lacks and a later one has.

The later version is hidden: what `carried_categories` makes of the earlier one is scored against it.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipeline.crosswalk.chains.carried_categories import carry_categories
from pipeline.crosswalk.registry import read_crosswalks
from tests.oracles.published import read_published

CHAIN_COLUMNS = {"source_system": "system", "source_code": "source", "target_code": "target"}
HEADING = """## Categories carried to newer codes

A code that is newer than its grouping gets the categories of what it was before, where all agree (`origin` derived).
How often they are those that the publisher gives it later is measured by hiding: the later version is derived from the
earlier one, for the codes that this lacks, and compared. Right is a code whose categories are all the publisher's and
all of them. Precision: right ones among the carried; recall: among all that were hidden.

| crosswalk | derived from | compared with | hidden | carried | candidates alone | right | precision | recall |
|---|---|---|--:|--:|--:|--:|--:|--:|
"""


@dataclass(frozen=True)
class CarriedScore:
    """How many codes were hidden, carried, left with candidates that do not agree, and carried to what is published."""

    crosswalk: str
    before: str
    after: str
    hidden: int
    carried: int
    candidates: int
    right: int

    @property
    def precision(self) -> float:
        """The share of the carried codes that have exactly the publisher's categories."""
        return self.right / self.carried

    @property
    def recall(self) -> float:
        """The share of all hidden codes that were carried to exactly the publisher's categories."""
        return self.right / self.hidden


def score_carried(build: Path, crosswalk: str, before: str, after: str) -> CarriedScore:
    """The codes of one version that an earlier one lacks, derived from that and held against what is published."""
    entry = read_crosswalks()[crosswalk]
    rows = read_published(build, "mappings", crosswalk=crosswalk, origin="published")
    versions = read_published(build, "grouping_versions", crosswalk=crosswalk).set_index("release")
    older, newer = (rows[rows["release_from"].le(name) & rows["release_to"].ge(name)] for name in (before, after))
    hidden = newer[~newer["source_code"].isin(older["source_code"])]
    chains = read_published(build, "mappings", crosswalk=f"{entry.source_system.lower()}_backward")
    found = carry_categories(
        entry,
        _as_table(hidden),
        _as_table(older),
        pa.Table.from_pandas(chains.rename(columns=CHAIN_COLUMNS), preserve_index=False),
        versions.loc[before, "effective_from"],
    ).to_pandas()
    ours, theirs = _categories_of(found[found["agree"]]), _categories_of(hidden)
    return CarriedScore(
        crosswalk,
        before,
        after,
        hidden=len(theirs),
        carried=len(ours),
        candidates=found.loc[~found["agree"], "source_code"].nunique(),
        right=sum(categories == theirs[code] for code, categories in ours.items()),
    )


def _as_table(rows: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(rows[["source_code", "target_code"]], preserve_index=False)


def _categories_of(rows: pd.DataFrame) -> dict[str, frozenset[str]]:
    """The categories of each code."""
    grouped: dict[str, frozenset[str]] = rows.groupby("source_code")["target_code"].agg(frozenset).to_dict()
    return grouped


def score_versions(build: Path) -> list[CarriedScore]:
    """The scores of every two neighbouring versions of groupings that are carried, where later ones have new codes."""
    scores, names_of_maps = [], {*read_published(build, "crosswalks")["crosswalk"]}
    for crosswalk, versions in read_published(build, "grouping_versions").groupby("crosswalk"):
        entry, names = read_crosswalks()[str(crosswalk)], sorted(versions["release"])
        if entry.is_of_every_code and f"{entry.source_system.lower()}_backward" in names_of_maps:
            scores += [score_carried(build, str(crosswalk), *pair) for pair in pairwise(names)]
    return scores


def describe_carried(scores: list[CarriedScore]) -> str:
    """The section of docs/TRUTH.md."""
    rows = [
        f"| {each.crosswalk} | {each.before} | {each.after} | {each.hidden:,} | {each.carried:,} | "
        f"{each.candidates:,} | {each.right:,} | {each.precision:.3f} | {each.recall:.3f} |"
        for each in scores
    ]
    return HEADING + "\n".join(rows) + "\n"
