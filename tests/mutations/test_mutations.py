"""No damaged file is read without a word, unless that is declared with a reason, and none ends in a traceback."""

import re
from functools import cache

import pytest

from pipeline import PROJECT
from pipeline.layouts import LAYOUTS
from tests.mutations.declared import read_reasons, read_visible
from tests.mutations.edits import mutations_of
from tests.mutations.outcomes import (
    MUTATIONS,
    SEEDS,
    Outcome,
    Tried,
    every_layout,
    mutated,
    try_layout,
    visible_of,
)
from tests.mutations.page import render
from tests.mutations.samples import samples_of


@cache
def tried_of(layout: str) -> tuple[Tried, ...]:
    """Every mutation of a layout with every seed."""
    return tuple(try_layout(layout, SEEDS))


@pytest.mark.parametrize("layout", every_layout())
def test_no_mutation_is_silent_that_is_not_declared(layout: str) -> None:
    tried = list(try_layout(layout, SEEDS[:1]))
    assert sorted(visible_of(tried) - set(read_visible())) == []
    assert any(each.outcome in {Outcome.REFUSED, Outcome.REFUSED_WITH_LINE} for each in tried)


@pytest.mark.slow
@pytest.mark.parametrize("layout", every_layout())
def test_what_is_declared_is_what_is_silent(layout: str) -> None:
    own = {key for key in read_visible() if key[0].partition(".")[0] == layout}
    assert sorted(visible_of(tried_of(layout)) ^ own) == []


@pytest.mark.slow
def test_the_page_of_outcomes_is_up_to_date() -> None:
    page = (PROJECT / "docs" / "ROBUSTNESS.md").read_text(encoding="utf-8")
    assert page == render(each for layout in every_layout() for each in tried_of(layout)), "python -m tests.mutations"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_part_of_a_layout_has_a_sample(layout: str) -> None:
    """A file of the excerpt is found by itself; a part that the excerpt lacks needs a row in `made_samples`."""
    assert {each.part for each in samples_of(layout)} == set(LAYOUTS[layout].readers)


@pytest.mark.parametrize("layout", every_layout())
def test_a_sample_is_read_as_it_is(layout: str) -> None:
    assert [each.name for each in samples_of(layout) if not len(each.read(each.where, each.raw))] == []


def test_every_mutation_changes_something() -> None:
    samples = [sample for layout in every_layout() for sample in samples_of(layout)]
    at_work = {
        mutation.name
        for mutation in MUTATIONS
        for sample in samples
        if sample.form in mutation.forms and mutated(sample, mutation, 0) != sample.raw
    }
    assert {each.name for each in MUTATIONS} - at_work == set()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_edit_of_flags_and_days_changes_something(layout: str) -> None:
    idle = {each.name for each in mutations_of(layout)} - {
        edit.name
        for edit in mutations_of(layout)
        for sample in samples_of(layout)
        for seed in SEEDS
        if sample.form in edit.forms and mutated(sample, edit, seed) != sample.raw
    }
    assert idle == set()


def test_the_same_seed_gives_the_same_bytes() -> None:
    (sample,) = samples_of("reimbursement")
    of_text = [each for each in MUTATIONS if "text" in each.forms]
    assert [mutated(sample, each, 1) for each in of_text] == [mutated(sample, each, 1) for each in of_text]
    assert len({mutated(sample, each, seed) for each in of_text for seed in SEEDS}) > 2 * len(of_text)


def test_every_reason_is_used_and_known() -> None:
    assert set(read_visible().values()) == set(read_reasons())


def test_the_tests_of_other_guards_that_a_reason_names_are_there() -> None:
    named = [test for reason in read_reasons().values() for test in reason.tests]
    missing = [
        test
        for path, _, name in (each.partition("::") for each in named)
        for test in [f"{path}::{name}"]
        if not re.search(rf"(?m)^def {name}\(", (PROJECT / path).read_text(encoding="utf-8"))
    ]
    assert named
    assert missing == []
