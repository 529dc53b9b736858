"""Compares a build with the oracles and writes docs/TRUTH.md; exit code 1 where something is unexplained or unseen."""

import argparse
import sys
from pathlib import Path

from pipeline import PROJECT
from tests.oracles.carried import describe_carried, score_versions
from tests.oracles.comparison import judge
from tests.oracles.editor import compare_invalid_codes
from tests.oracles.lists import compare_gems, compare_groupings, compare_titles
from tests.oracles.tree import compare_tree
from tests.oracles.truth import render_truth

COMPARISONS = (compare_invalid_codes, compare_tree, compare_titles, compare_gems, compare_groupings)
TRUTH = PROJECT / "docs" / "TRUTH.md"


def main(arguments: list[str]) -> int:
    """Exit code 0 where every difference is explained and every seeded error was seen, else 1."""
    options = argparse.ArgumentParser(prog="python -m tests.oracles", description=__doc__)
    options.add_argument("--build", type=Path, default=PROJECT / "output" / "latest", help="the build to compare")
    options.add_argument("--write", type=Path, default=TRUTH, help="the document to write")
    chosen = options.parse_args(arguments)
    verdicts = []
    for compare in COMPARISONS:
        for comparison in compare(chosen.build):
            verdicts.append(judge(comparison))
            last = verdicts[-1]
            sys.stdout.write(
                f"{last.comparison.question} {last.agreed:,} agree, {len(last.differences):,} differ, "
                f"{len(last.unexplained):,} not explained, {last.seen} of {last.seeded} errors seen\n"
            )
    carried = describe_carried(score_versions(chosen.build))
    chosen.write.write_text(f"{render_truth(chosen.build, verdicts)}\n{carried}", encoding="utf-8")
    return 0 if all(each.is_sound for each in verdicts) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
