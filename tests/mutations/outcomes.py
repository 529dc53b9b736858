"""The outcome of every mutation on every sample."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from random import Random

import pyarrow as pa

from pipeline.errors import RawFileError
from pipeline.layouts import LAYOUTS
from tests.mutations.archives import ARCHIVE_MUTATIONS, in_member
from tests.mutations.edits import mutations_of
from tests.mutations.marked_text import RTF_MUTATIONS, XML_MUTATIONS
from tests.mutations.mutation import Mutation
from tests.mutations.samples import ARCHIVE, Sample, samples_of
from tests.mutations.sheets import SHEET_MUTATIONS
from tests.mutations.text import TEXT_MUTATIONS

IN_MEMBERS = tuple(
    Mutation(each.name, in_member(each.change), ("archive",)) for each in TEXT_MUTATIONS if "archive" not in each.forms
)
MUTATIONS = (*TEXT_MUTATIONS, *XML_MUTATIONS, *RTF_MUTATIONS, *ARCHIVE_MUTATIONS, *IN_MEMBERS, *SHEET_MUTATIONS)
SEEDS = range(5)
WITH_PLACE = re.compile(r", (?:line|row) \d+")


class Outcome(IntEnum):
    """What becomes of a file that was changed; of several, the one to worry about more is the larger."""

    NOTHING_TO_DO = 0  # the mutation finds nothing to change in this file
    NO_CHANGE = 1  # the same rows are read
    REFUSED_WITH_LINE = 2
    REFUSED = 3  # with the file alone: there is no line of which it is true
    VISIBLE = 4  # other rows are read, and nothing is said


@dataclass(frozen=True)
class Tried:
    """One mutation, with the random numbers of one seed, on one sample."""

    sample: Sample
    mutation: str
    seed: int
    outcome: Outcome


def try_layout(layout: str, seeds: range) -> Iterator[Tried]:
    """Every mutation of the form of each sample of a layout, once for each seed.

    Raises whatever a reader raises that is no RawFileError, with a note of what was tried.
    """
    for sample in samples_of(layout):
        rows = _rows(sample.read(sample.where, sample.raw))
        for mutation in (*MUTATIONS, *mutations_of(layout)):
            if sample.form in mutation.forms:
                for seed in seeds:
                    yield Tried(sample, mutation.name, seed, _try(sample, rows, mutation, seed))


def mutated(sample: Sample, mutation: Mutation, seed: int) -> bytes:
    """The bytes of a sample after a mutation."""
    return mutation.change(sample.raw, Random(f"{sample.layout} {sample.part} {mutation.name} {seed}"))


def _try(sample: Sample, rows: pa.Table, mutation: Mutation, seed: int) -> Outcome:
    raw = mutated(sample, mutation, seed)
    if raw == sample.raw:
        return Outcome.NOTHING_TO_DO
    try:
        found = sample.read(sample.where, raw)
    except RawFileError as problem:
        assert problem.where.startswith(sample.where), f"{mutation.name}, seed {seed}: {problem.where}"
        return Outcome.REFUSED_WITH_LINE if WITH_PLACE.search(problem.where) else Outcome.REFUSED
    except Exception as problem:
        problem.add_note(f"{sample.layout}, {sample.part} ({sample.where}), {mutation.name!r}, seed {seed}")
        raise
    return Outcome.NO_CHANGE if _rows(found).equals(rows, check_metadata=True) else Outcome.VISIBLE


def _rows(table: pa.Table) -> pa.Table:
    """The rows without their lines: an empty line more changes those alone."""
    return table.drop(["line"]).combine_chunks()


def every_layout() -> list[str]:
    """The layouts, and the archive that a release of any of them can be."""
    return [*LAYOUTS, ARCHIVE]


def worst_of(tried: Iterable[Tried]) -> dict[tuple[str, str], Outcome]:
    """By sample and mutation, the outcome to worry about most."""
    outcomes: dict[tuple[str, str], Outcome] = {}
    for each in tried:
        key = each.sample.name, each.mutation
        outcomes[key] = max(each.outcome, outcomes.get(key, each.outcome))
    return outcomes


def visible_of(tried: Iterable[Tried]) -> set[tuple[str, str]]:
    """The samples and mutations of which other rows are read without a word."""
    return {key for key, outcome in worst_of(tried).items() if outcome == Outcome.VISIBLE}
