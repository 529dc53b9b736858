"""What is said of a crosswalk beside its systems goes by its relation."""

import pytest

from pipeline.ask.compare.profiles import Connection
from pipeline.ask.compare.words import COVERED_CODES, describe_connection
from pipeline.ask.relations import RELATION_MEANINGS


def words_of(relation: str, **counts: int) -> str:
    names = ("billable", "covered", "exact", "approximate", "no_map", "several")
    measured = dict.fromkeys(names, 0) | counts
    return describe_connection(
        Connection("m", "HCPCS", "ICD10CM", relation, "published", "2026", "", 2, 2, 2, "2026-01-01", **measured)
    )


@pytest.mark.parametrize("relation", ["equivalence", "succession"])
def test_targets_that_stand_for_a_code_are_exact_or_approximate(relation: str) -> None:
    text = words_of(relation, billable=4, covered=3, exact=1, approximate=1, no_map=1, several=1)
    assert "Covers 3 of the 4 codes of HCPCS billable on 2026-01-01 (75.0%)" in text
    assert "1 exact, 1 approximate, 1 without equivalent; 1 have more than one target." in text


def test_a_code_of_a_grouping_has_a_category_and_only_the_publisher_says_that_it_has_none() -> None:
    text = words_of("grouping", billable=4, covered=3, approximate=2, no_map=1, several=1)
    assert "(75.0%): 2 have a category, 1 of them more than one; 1 are said to have none." in text


@pytest.mark.parametrize("relation", sorted(RELATION_MEANINGS.keys() - COVERED_CODES))
def test_of_a_policy_and_its_like_it_is_said_that_it_speaks_of_codes(relation: str) -> None:
    text = words_of(relation, billable=4, covered=1, approximate=1)
    assert "Speaks of 1 of the 4 codes of HCPCS billable on 2026-01-01 (25.0%)" in text
    assert text.endswith(RELATION_MEANINGS[relation].words)
    assert "exact" not in text
    assert "approximate" not in text


def test_of_two_groupings_joined_the_pairs_are_told_and_no_coverage() -> None:
    text = words_of("same_category", billable=0)
    assert "2 pairs of codes in one category. Rows join codes that share a category: none stands for another." in text
    assert "not known" not in text


def test_nothing_is_called_approximate_of_a_relation_that_is_not_known() -> None:
    text = words_of("newer", billable=4, covered=1, approximate=1)
    assert text.endswith("What its rows claim is not known to this version.")
    assert "approximate" not in text
