"""What is said of every two systems, in both orders: laws that no answer may break."""

import json
import re
from itertools import permutations
from pathlib import Path

import pytest

from pipeline.ask.claim_kinds import claim_kinds, claims_with
from pipeline.ask.compare.profiles import Profile
from pipeline.normalise.systems import read_systems
from tests.samples import run

SYSTEMS = ("ICD9CM", "ICD9Proc", "ICD10CM", "ICD10PCS", "CPT4", "HCPCS", "ICD10", "ICD9")
PAIRS = [*permutations(SYSTEMS, 2)]
DEATHS = {"ICD10", "ICD9"}
SUCCESSORS = {("ICD9CM", "ICD10CM"), ("ICD9Proc", "ICD10PCS"), ("ICD9", "ICD10")}
SUPPLY = {"HCPCS"}  # the only one of them that names supplies, equipment and devices
SENTENCE = re.compile(r"(?<=[.:])\s")


@pytest.fixture(scope="module")
def answers(excerpt_build: Path) -> dict[tuple[str, str], dict[str, list[str]]]:
    """The paragraphs of every ordered pair, by title."""
    found = {}
    for pair in PAIRS:
        result = run("compare", *pair, "--format", "json", "--output", str(excerpt_build.parent))
        assert result.exit_code == 0, result.output
        told = json.loads(result.stdout)
        found[pair] = {name: told[name] for name in ("differences", "claims", "connections", "worked_example")}
    return found


def text_of(told: dict[str, list[str]], *names: str) -> str:
    return " ".join(line for name in names or told for line in told[name])


def test_all_ordered_pairs_are_answered(answers: dict) -> None:
    assert len(answers) == 56
    assert all(told["differences"] and told["claims"] for told in answers.values())


def test_every_paragraph_ends_with_a_full_stop_and_begins_with_its_subject(answers: dict) -> None:
    paragraphs = {line for told in answers.values() for lines in told.values() for line in lines}
    # the head of a worked example names the claims that follow it
    assert [line for line in paragraphs if not line.endswith((".", "translate nothing."))] == []
    assert [line for line in paragraphs if "  " in line or ".." in line or " ." in line or "None" in line] == []


def test_a_system_that_ended_before_another_began_is_never_on_a_claim_with_it(answers: dict) -> None:
    registry = read_systems()
    for (a, b), told in answers.items():
        days = sorted([registry[a], registry[b]], key=lambda each: str(each.in_use_to or "9999"))
        text = text_of(told, "differences", "connections")
        if days[0].in_use_to and days[1].in_use_from and days[0].in_use_to < days[1].in_use_from:
            assert "may carry both" not in text, text
            assert "rarely carries both" not in text, text
            meet = {*days[0].settings} & {*days[1].settings}
            assert (f"{days[0].system} ended on {days[0].in_use_to}, {days[1].system} began on" in text) == bool(meet)
            assert ("stands on" in text) != bool(meet), "what never meets is kept apart by its claims, not by days"
            assert "complete each other" not in text, text


def test_what_a_claim_may_carry_of_a_system_that_ended_has_its_last_day(answers: dict) -> None:
    registry = read_systems()
    for (a, b), told in answers.items():
        ends = [str(each.in_use_to) for each in (registry[a], registry[b]) if each.in_use_to]
        for sentence in re.findall(r"[^.]*(?:may carry|rarely carries) both", text_of(told, "differences")):
            assert ("through" in sentence) == bool(ends), sentence
            assert not ends or f"through {min(ends)}" in sentence, sentence


def test_the_last_day_of_a_system_is_said_once(answers: dict) -> None:
    for told in answers.values():
        ended = re.findall(r"\w+ ended on [-0-9]+", text_of(told, "differences"))
        assert len(ended) == len({*ended}), ended


def test_nothing_came_after_what_serves_another_purpose(answers: dict) -> None:
    for (a, b), told in answers.items():
        is_succession = (a, b) in SUCCESSORS or (b, a) in SUCCESSORS
        assert ("came after" in text_of(told)) == is_succession, text_of(told)
        before, after = (a, b) if (a, b) in SUCCESSORS else (b, a)
        assert not is_succession or f"{after} came after {before}, on " in text_of(told)


def test_deaths_have_no_service_no_discharge_and_no_claim(answers: dict) -> None:
    for (a, b), told in answers.items():
        if {a, b} <= DEATHS:
            assert not re.search(r"service|discharge|billable|claim", text_of(told).replace("claims/", "")), (a, b)
        if {a, b} & DEATHS and not {a, b} <= DEATHS:
            assert "No claim or death certificate carries both" in text_of(told, "differences")
            assert not told["worked_example"]


def test_only_days_of_claims_on_which_one_of_them_stands_are_named(answers: dict) -> None:
    for (a, b), told in answers.items():
        days = {kind.day for kind in claim_kinds() if {a, b} & {*kind.carries}}
        named = {kind.day for kind in claim_kinds() if kind.day in text_of(told, "differences", "claims")}
        assert named <= days | {kind.day for kind in claim_kinds() if {a, b} & {*kind.systems}}, (a, b)
    for pair in (("ICD9Proc", "ICD10PCS"), ("ICD10PCS", "ICD9Proc")):
        assert "day of service" not in text_of(answers[pair], "differences", "claims")


def test_nothing_is_supplied_by_systems_that_name_no_supplies(answers: dict) -> None:
    for (a, b), told in answers.items():
        assert ("supplied" in text_of(told, "differences")) == bool({a, b} & SUPPLY), (a, b)


def test_both_orders_say_the_same_facts(answers: dict) -> None:
    """Sentences may name the two the other way round; days, numbers, claims and what meets are the same."""
    for (a, b), told in answers.items():
        words = [sorted(re.findall(r"[\w@-]+", text_of(each).lower())) for each in (told, answers[b, a])]
        assert words[0] == words[1], (a, b)


def test_where_both_stand_on_a_claim_as_a_rule_is_where_the_registry_has_both(answers: dict) -> None:
    for (a, b), told in answers.items():
        sentence = next(iter(re.findall(r"(An? [^.]*) may carry both", text_of(told, "differences"))), "")
        shared = [each.claim for each in claims_with(a) if each in claims_with(b)]
        if sentence:
            assert shared == re.findall(r"\b[Aa]n? ([a-z ]+?(?:claim|certificate))\b", sentence)


def test_no_ended_system_is_said_to_be_in_use(answers: dict, profiles: dict[str, Profile]) -> None:
    for (a, b), told in answers.items():
        text = text_of(told, "differences")
        for each in (profiles[a], profiles[b]):
            assert not each.in_use_to or (f"{each.system} is in use" not in text and "Both are in use" not in text)
            assert not each.in_use_to or str(each.in_use_to) in text


@pytest.fixture(scope="module")
def profiles(excerpt_build: Path) -> dict[str, Profile]:
    from pipeline.ask.build import open_build
    from pipeline.ask.compare.profiles import read_profiles

    with open_build(excerpt_build) as build:
        return read_profiles(build)
