"""How well words find codes: the questions beside the official files, which are test data and not in the repository.

A question has the words, a system (or any), and the codes of which one is enough; `X*` is X and all below it. The
figures by kind are in the file of `--junit-xml`.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.ask.build import open_build
from pipeline.ask.search import search_codes
from tests.conftest import find_official_raw

AT_10, AT_1 = 0.85, 0.55  # of the questions, at least
Question = dict[str, str]


def read_questions() -> list[Question]:
    found = find_official_raw()
    files = sorted((found.parent.parent / "bench" / "search").glob("*.csv")) if found else []
    if not files:
        pytest.skip("no questions are beside the official files: bench/search/*.csv")
    return [row for path in files for row in csv.DictReader(path.read_text("utf-8").splitlines())]


def bare_name_of(system: str) -> str:
    return "".join(each for each in system.upper() if each.isalnum())


def accepted(question: Question) -> Iterator[tuple[str, str, bool]]:
    for token in question["expected"].split("|"):
        system, _, code = token.rpartition(":")
        yield bare_name_of(system or question["system"]), code.rstrip("*").replace(".", ""), code.endswith("*")


def rank_of(question: Question, found: list[tuple[str, str]]) -> int | None:
    """The place of the first code that is accepted, from 1."""
    for rank, (system, code) in enumerate(found, 1):
        for own, wanted, with_below in accepted(question):
            if bare_name_of(system) == own and (code == wanted or (with_below and code.startswith(wanted))):
                return rank
    return None


def test_most_questions_find_a_right_code_first_and_nearly_all_among_ten(
    official_build: Path, record_property: Callable[[str, object], None]
) -> None:
    ranks: dict[str, list[int | None]] = defaultdict(list)
    with open_build(official_build) as build:
        for question in read_questions():
            system = None if question["system"] == "any" else question["system"]
            answer = search_codes(build, question["query"], system)
            rank = rank_of(question, [(each.system, each.code) for each in answer.codes])
            for kind in (question["kind"], "all"):
                ranks[kind].append(rank)
    for kind, own in ranks.items():
        record_property(kind, f"{len(own)} questions, at 1 {_share(own, 1):.2f}, at 10 {_share(own, 10):.2f}")
    assert _share(ranks["all"], 10) >= AT_10
    assert _share(ranks["all"], 1) >= AT_1


def _share(ranks: list[int | None], within: int) -> float:
    return sum(rank is not None and rank <= within for rank in ranks) / len(ranks)


@pytest.mark.parametrize(
    ("words", "code"),
    [("high blood pressure", "I10"), ("stroke", "I639"), ("diabetes", "E11"), ("gout", "M10")],
)
def test_a_code_that_is_said_to_be_the_words_comes_first(official_build: Path, words: str, code: str) -> None:
    """Titles, terms and what a code includes are its publisher's own words."""
    with open_build(official_build) as build:
        assert search_codes(build, words, "ICD10CM").codes[0].code == code


@pytest.mark.parametrize(
    ("expected", "found", "rank"),
    [
        ("E11*", [("ICD10CM", "E10"), ("ICD10CM", "E119")], 2),
        ("E11.9", [("ICD10CM", "E1190")], None),
        ("ICD9CM:250.00|HCPCS:E0607", [("HCPCS", "E0607")], 1),
    ],
)
def test_the_first_accepted_code_counts(expected: str, found: list[tuple[str, str]], rank: int | None) -> None:
    assert rank_of({"system": "ICD10CM", "expected": expected}, found) == rank
