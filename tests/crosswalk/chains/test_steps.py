"""How the ends of a path are related, and which steps there are."""

from datetime import date
from itertools import chain, combinations, product

import pyarrow as pa

from pipeline import PROJECT
from pipeline.crosswalk.chains.steps import (
    BROAD,
    CLOSE,
    EXACT,
    LOOSE,
    NARROW,
    PART,
    along_path,
    derive_ends,
    derive_steps,
)
from pipeline.normalise.systems import read_systems
from tests.crosswalk.frames import BILLABLE_EPISODES, PREDECESSORS

PATIENTS = (1, 2, 3)
CODES = [set(each) for each in chain.from_iterable(combinations(PATIENTS, size) for size in (1, 2, 3))]
RELATIONS = (EXACT, NARROW, BROAD, NARROW | BROAD)


def holds(bits: int, one: set[int], other: set[int]) -> bool:
    """Whether a relation is true of two codes, each the patients that it stands for."""
    if bits & LOOSE:
        return True
    if bits & (NARROW | BROAD) == NARROW | BROAD:
        return bool(one & other)
    return other <= one if bits & NARROW else one <= other if bits & BROAD else one == other


def test_a_path_never_claims_what_its_steps_do_not_imply():
    for first, second in product(RELATIONS, RELATIONS):
        for one, middle, other in product(CODES, CODES, CODES):
            if holds(first, one, middle) and holds(second, middle, other):
                assert holds(along_path(first, second), one, other), (first, second, one, middle, other)


def test_a_path_is_loose_only_where_its_ends_may_have_nothing_in_common():
    for first, second in product(RELATIONS, RELATIONS):
        apart = any(
            not one & other and holds(first, one, middle) and holds(second, middle, other)
            for one, middle, other in product(CODES, CODES, CODES)
        )
        assert bool(along_path(first, second) & LOOSE) == apart, (first, second)


def test_the_order_in_which_steps_are_put_together_makes_no_difference():
    marks = (CLOSE, CLOSE | NARROW, CLOSE | BROAD, CLOSE | NARROW | BROAD, CLOSE | PART, CLOSE | PART | LOOSE)
    for a, b, c in product(marks, marks, marks):
        assert along_path(along_path(a, b), c) == along_path(a, along_path(b, c))


def test_a_part_and_what_is_loose_stay_so():
    for bits in RELATIONS:
        assert along_path(PART, bits) & along_path(bits, PART) & PART
        assert along_path(LOOSE, bits) & along_path(bits, LOOSE) & LOOSE


def episodes(*rows: tuple[str, str, date, date | None]) -> pa.Table:
    return pa.Table.from_pylist(
        [dict(zip(BILLABLE_EPISODES.names, row, strict=True)) for row in rows], BILLABLE_EPISODES
    )


def test_a_code_of_icd9cm_that_was_subdivided_leads_to_its_subdivisions():
    """780.6, fever, was billable until October 2008; no conversion table is needed to see what it became."""
    fever = episodes(
        ("ICD9CM", "7806", date(2005, 10, 1), date(2008, 9, 30)),
        ("ICD9CM", "78060", date(2008, 10, 1), None),
        ("ICD9CM", "78061", date(2008, 10, 1), None),
        ("ICD9CM", "7807", date(2008, 10, 1), None),
        ("ICD9CM", "78069", date(2009, 10, 1), None),
    )
    steps = derive_steps(PREDECESSORS.empty_table(), fever).to_pylist()
    assert {(row["earlier"], row["later"]) for row in steps} == {("7806", "78060"), ("7806", "78061")}
    assert {(row["kind"], row["forward"], row["backward"]) for row in steps} == {
        ("hierarchy", CLOSE | NARROW, CLOSE | BROAD)
    }


DAY_BEFORE, DAY = date(2020, 9, 30), date(2020, 10, 1)
# What the conversion table says of another code, and what it says of a code that was a heading before.
OTHER_ROW = {
    "system": "ICD10CM", "code": "A000", "effective_from": date(2018, 10, 1), "form": "none", "part": 1, "parts": 1,
    "change": "New", "file": "table.xlsx", "line": 1, "rows": 1, "printed": "None",
}  # fmt: skip
OF_A_HEADING = {**OTHER_ROW, "code": "S0900XA", "effective_from": DAY, "previous": "S09", "form": "code"}


def pairs_of(billable: pa.Table, *rows: dict[str, object]) -> set[tuple[str, str]]:
    steps = derive_steps(pa.Table.from_pylist([*rows], PREDECESSORS), billable)
    return {(row["earlier"], row["later"]) for row in steps.to_pylist()}


def test_a_placeholder_that_becomes_a_character_is_a_step_to_the_same_encounter():
    turned = episodes(
        ("ICD10CM", "T400X1A", date(2015, 10, 1), DAY_BEFORE),
        ("ICD10CM", "T40011A", DAY, None),
        ("ICD10CM", "S0100XA", date(2015, 10, 1), DAY_BEFORE),
        ("ICD10CM", "S01001A", DAY, None),
        ("ICD10CM", "S01001D", DAY, None),
        ("ICD10CM", "S01011A", DAY, None),
    )
    assert pairs_of(turned, OTHER_ROW) == {("S0100XA", "S01001A")}


def test_of_a_system_in_use_nothing_is_told_by_the_form_of_codes_without_its_conversion_table():
    subdivided = episodes(("ICD10CM", "A09", date(2015, 10, 1), DAY_BEFORE), ("ICD10CM", "A090", DAY, None))
    assert pairs_of(subdivided, OTHER_ROW) == {("A09", "A090")}
    assert pairs_of(subdivided) == set()


def test_a_heading_stands_for_the_codes_below_it_of_the_same_encounter():
    below = episodes(
        ("ICD10CM", "S0990XA", date(2015, 10, 1), None),
        ("ICD10CM", "S0990XD", date(2015, 10, 1), None),
        ("ICD10CM", "S0900XA", DAY, None),
    )
    assert pairs_of(below, OF_A_HEADING) == {("S0990XA", "S0900XA")}


def test_a_code_whose_last_character_is_no_encounter_may_come_from_one_with_another():
    below = episodes(("ICD10PCS", "0010ZZ1", date(2015, 10, 1), None), ("ICD10PCS", "0011ZZ2", DAY, None))
    row = {**OF_A_HEADING, "system": "ICD10PCS", "code": "0011ZZ2", "previous": "001"}
    assert pairs_of(below, row) == {("0010ZZ1", "0011ZZ2")}


def test_no_rule_in_sql_names_a_system():
    """What is true of one system alone is a property of it, in systems.toml."""
    files = (PROJECT / "pipeline" / "crosswalk").rglob("*.sql")
    named = [(path.name, name) for path in files for name in read_systems() if f"'{name}'" in path.read_text("utf-8")]
    assert named == []


def test_what_a_table_says_of_a_code_that_began_is_not_said_of_its_number_that_ended_the_day_before():
    first, last, again = date(2010, 10, 1), date(2012, 9, 30), date(2012, 10, 1)
    row = dict.fromkeys(PREDECESSORS.names) | {"system": "HCPCS", "code": "J1440", "effective_from": again}
    predecessors = pa.Table.from_pylist([row | {"form": "none", "line": 1, "printed": "None"}], PREDECESSORS)
    lives = {"J1440": [(first, last), (again, None)], "J1441": [(first, None)]}
    listed = [
        {"system": "HCPCS", "code": code, "valid_from": start, "valid_to": end}
        for code, days in lives.items()
        for start, end in days
    ]
    episodes = pa.Table.from_pylist(listed, BILLABLE_EPISODES)
    ends = derive_ends(derive_steps(predecessors, episodes), predecessors, episodes).to_pylist()
    told = [(each["earlier"], each["later"], each["is_told"], each["printed"]) for each in ends]
    assert told == [("J1440", None, False, None), (None, "J1440", True, "None")]
