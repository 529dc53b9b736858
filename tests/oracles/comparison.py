"""Facts of a build against facts of somebody else: what agrees, what differs and why, and whether an error is seen.

A fact is a row of text: a code that is valid on a day, a code and its heading, a source and its target. Two sides state
the same thing where they have the same facts. Nothing here knows a package; that is why it is tested without one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

SEED = 20_151_001
SEEDED = 10
OURS, THEIRS = "ours", "theirs"

State = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Reason:
    """Why some differences are none of our errors: which rows they are, and the reason.

    `holds` takes the differences (the columns of the facts, and `side`: ours or theirs) and says of each whether it is
    one of them. It asks what the rows are and never lists codes, so that an error of ours is not excused with them. A
    reason that is not checked row by row is `assumed`.
    """

    text: str
    holds: Callable[[pd.DataFrame], pd.Series]
    assumed: bool = False


@dataclass(frozen=True)
class Comparison:
    """One question put to both sides.

    `table` holds the rows of ours that answer it; `state` makes facts of them, of each row by itself; `theirs` are the
    facts of the other side. `changed` is the column of `table` in which errors are seeded.
    """

    question: str
    oracle: str
    table: pd.DataFrame
    state: State
    theirs: pd.DataFrame
    changed: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What came out: counts of facts, the differences with their reasons, and how many seeded errors were seen."""

    comparison: Comparison
    ours: int
    theirs: int
    agreed: int
    differences: pd.DataFrame
    seeded: int
    seen: int

    @property
    def unexplained(self) -> pd.DataFrame:
        """The differences that no reason covers."""
        return self.differences[self.differences["reason"].isna()]

    @property
    def is_sound(self) -> bool:
        """Whether every difference is explained and every seeded error was seen."""
        return self.unexplained.empty and self.seen == self.seeded > 0


def differences_of(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """The facts that only one side has, with `side`."""
    both = ours.drop_duplicates().merge(theirs.drop_duplicates(), how="outer", indicator="side", validate="one_to_one")
    apart = both[both["side"] != "both"]
    named = apart["side"].map({"left_only": OURS, "right_only": THEIRS}).astype(object)
    return apart.assign(side=named).reset_index(drop=True)


def explain(differences: pd.DataFrame, reasons: tuple[Reason, ...]) -> pd.DataFrame:
    """The differences with `reason`: the first that holds, missing where none does."""
    found = pd.Series(None, index=differences.index, dtype=object)
    for reason in reasons:
        found[found.isna() & reason.holds(differences).astype(bool)] = reason.text
    return differences.assign(reason=found)


def draw_rows(table: pd.DataFrame, count: int = SEEDED, seed: int = SEED) -> pd.Index:
    """The labels of `count` rows drawn at random, the same ones each time."""
    return table.sample(min(count, len(table)), random_state=seed).index


def seed_errors(table: pd.DataFrame, column: str, rows: pd.Index, seed: int = SEED) -> pd.DataFrame:
    """The table with `column` changed in the rows: true for false, else the value of another row, drawn at random."""
    wrong = table[column].copy()
    if wrong.dtype == bool:
        wrong[rows] = ~wrong[rows]
        return table.assign(**{column: wrong})
    others = table[column].dropna().drop_duplicates().sample(frac=1, random_state=seed).tolist()
    for row in rows:  # ten rows: each takes a value that differs from its own
        wrong[row] = next(each for each in others if each != wrong[row])
    return table.assign(**{column: wrong})


def judge(comparison: Comparison) -> Verdict:
    """Compares both sides, and once more with errors seeded into ours: each must make a difference of its own."""
    ours = comparison.state(comparison.table).drop_duplicates()
    apart = differences_of(ours, comparison.theirs)
    rows = draw_rows(comparison.table)
    wrong = seed_errors(comparison.table, comparison.changed, rows)
    new = facts_of(differences_of(comparison.state(wrong), comparison.theirs)) - facts_of(apart)
    seen = sum(bool(new & facts_of(_made_by(comparison, wrong, row))) for row in rows)
    return Verdict(
        comparison=comparison,
        ours=len(ours),
        theirs=len(comparison.theirs.drop_duplicates()),
        agreed=len(ours) - int((apart["side"] == OURS).sum()),
        differences=explain(apart, comparison.reasons),
        seeded=len(rows),
        seen=seen,
    )


def _made_by(comparison: Comparison, wrong: pd.DataFrame, row: object) -> pd.DataFrame:
    return differences_of(comparison.state(wrong.loc[[row]]), comparison.state(comparison.table.loc[[row]]))


def facts_of(differences: pd.DataFrame) -> set[tuple[str, ...]]:
    """The differences as tuples, to be counted and compared."""
    return set(differences.itertuples(index=False, name=None))
