"""docs/ROBUSTNESS.md: the outcomes of the mutations, sample by sample."""

from collections.abc import Iterable

from tests.mutations.declared import read_reasons, read_visible
from tests.mutations.outcomes import SEEDS, Outcome, Tried, worst_of

HEAD = """# What damaged files do

Written by `make dictionary`; `make test-slow` fails when it is stale. A sample of every part of every layout is cut,
shifted, swapped, doubled and damaged in {mutations} ways, {seeds} times at places drawn by a seed: {tried:,} files.
Each is refused, or gives the same rows, or is declared here with a reason. None ends in a traceback. Where the {seeds}
outcomes of a mutation differ, the one to worry about most counts.

A mutation that a row does not name is refused with its line; `-` stands for none. What is refused with the file alone
has no line of which it is true: it is empty, in another encoding, or no archive. Numbers are the reasons' below.

| sample | refused with the line | refused with the file | the same rows | visible, with its reason |
|---|---:|---|---|---|
"""
REASONS = "\n## Why nothing is said\n\n"
MUTATIONS = "\n## The mutations, by the form of a file\n\n"


def render(tried: Iterable[Tried]) -> str:
    """The page."""
    tried = [each for each in tried if each.outcome > Outcome.NOTHING_TO_DO]
    outcomes, numbers = worst_of(tried), {key: number for number, key in enumerate(read_reasons(), 1)}
    samples = list(dict.fromkeys(sample for sample, _ in outcomes))
    head = HEAD.format(mutations=len({mutation for _, mutation in outcomes}), seeds=len(SEEDS), tried=len(tried))
    rows = "".join(_row(sample, {name: each for (own, name), each in outcomes.items() if own == sample}, numbers)
                   for sample in samples)  # fmt: skip
    return head + rows + REASONS + _reasons(numbers) + MUTATIONS + _mutations(tried)


def _row(sample: str, outcomes: dict[str, Outcome], numbers: dict[str, int]) -> str:
    visible = read_visible()
    named = {
        outcome: "; ".join(
            f"{name} [{numbers[visible[sample, name]]}]" if outcome == Outcome.VISIBLE else name
            for name, own in outcomes.items()
            if own == outcome
        )
        for outcome in (Outcome.REFUSED, Outcome.NO_CHANGE, Outcome.VISIBLE)
    }
    with_line = sum(each == Outcome.REFUSED_WITH_LINE for each in outcomes.values())
    return f"| `{sample}` | {with_line} | {' | '.join(each or '-' for each in named.values())} |\n"


def _reasons(numbers: dict[str, int]) -> str:
    reasons = read_reasons()
    return "".join(
        f"{number}. {reasons[key].why}{' ' + reasons[key].guard if reasons[key].guard else ''}\n"
        for key, number in numbers.items()
    )


def _mutations(tried: Iterable[Tried]) -> str:
    named: dict[str, dict[str, None]] = {}
    for each in tried:
        named.setdefault(each.sample.form, {})[each.mutation] = None
    return "".join(f"- **{form}**: {'; '.join(names)}\n" for form, names in named.items())
