"""Writes docs/ROBUSTNESS.md; exit code 1 where a mutation is silent and not declared, or declared and not silent."""

import sys

from pipeline import PROJECT
from tests.mutations.declared import read_visible
from tests.mutations.outcomes import SEEDS, every_layout, try_layout, visible_of
from tests.mutations.page import render

PAGE = PROJECT / "docs" / "ROBUSTNESS.md"


def main() -> int:
    """Exit code 0 where the page is written."""
    tried = [each for layout in every_layout() for each in try_layout(layout, SEEDS)]
    visible, declared = visible_of(tried), set(read_visible())
    for sample, mutation in sorted(visible - declared):
        sys.stderr.write(f"not declared in visible.csv: {sample},{mutation}\n")
    for sample, mutation in sorted(declared - visible):
        sys.stderr.write(f"declared in visible.csv, and not visible: {sample},{mutation}\n")
    if visible != declared:
        return 1
    PAGE.write_text(render(tried), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
