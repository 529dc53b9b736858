"""Codes of maps while a listing is not here: some may be in it, a misread column is still found."""

from datetime import date

import pyarrow as pa
import pytest

from pipeline.crosswalk.unlisted import AbsentListings, DeclaredUnlisted, declare_absent, declare_later
from pipeline.gate.undeclared import find_unlisted
from pipeline.normalise.conversions import CONVERSION_COLUMNS

CROSSWALK = "gem_icd9cm_icd10cm"
ONE, NONE_HERE = AbsentListings(1, is_listed=True), AbsentListings(1, is_listed=False)


def tables(unlisted: int, of: int = 100) -> dict[str, pa.Table]:
    """A crosswalk of so many source codes, of which the first so many are in no listing and told as exceptions."""
    codes = [f"{number:03}" for number in range(of)]
    mappings = {
        "crosswalk": [CROSSWALK] * of,
        "source_system": ["ICD9CM"] * of,
        "source_code": codes,
        "target_system": ["ICD10CM"] * of,
        "target_code": ["A00"] * of,
        "source_file": ["a.txt"] * of,
    }
    exceptions = {
        "crosswalk": [CROSSWALK] * unlisted,
        "exception": ["unlisted_source"] * unlisted,
        "source_code": codes[:unlisted],
        "target_code": pa.nulls(unlisted, pa.string()),
    }
    listed = [("ICD9CM", code) for code in codes[unlisted:]] + [("ICD10CM", "A00")]
    none = {"crosswalk": pa.array([], pa.string()), "category": pa.array([], pa.string())}
    return {
        "mappings": pa.table(mappings),
        "crosswalks": pa.table({"crosswalk": [CROSSWALK], "target_system": ["ICD10CM"]}),
        "categories": pa.table(none),
        "crosswalk_exceptions": pa.table(exceptions),
        "code_history": pa.table({"system": [each for each, _ in listed], "code": [each for _, each in listed]}),
    }


@pytest.mark.parametrize(("unlisted", "is_refused"), [(10, False), (11, True), (100, True)])
def test_a_tenth_may_be_of_a_listing_that_is_not_here(unlisted: int, is_refused: bool) -> None:
    found = find_unlisted(tables(unlisted), declare_absent({"ICD9CM": ONE}))
    assert bool(found) == is_refused
    assert all(CROSSWALK in each for each in found)


@pytest.mark.parametrize(("count", "allowed"), [(1, 10), (5, 10), (15, 30), (200, 50)])
def test_each_of_many_listings_that_are_not_here_may_add_some_up_to_half_of_all(count: int, allowed: int) -> None:
    """The condition categories of 2026 name no day of a code: with the list of 2015 alone a sixth is in none."""
    absent = declare_absent({"ICD9CM": AbsentListings(count, is_listed=True)})
    assert find_unlisted(tables(allowed), absent) == []
    assert len(find_unlisted(tables(allowed + 1), absent)) == 1


def test_all_may_be_where_the_system_has_no_listing_here() -> None:
    assert find_unlisted(tables(100), declare_absent({"ICD9CM": NONE_HERE})) == []


def test_absent_listing_of_another_system_explains_nothing() -> None:
    by_hand = DeclaredUnlisted("source", "by hand", 0)
    assert len(find_unlisted(tables(5), [by_hand, *declare_absent({"ICD10PCS": NONE_HERE, "ICD10CM": NONE_HERE})])) == 1


def test_what_is_declared_by_hand_may_be_so_many_more() -> None:
    by_hand = DeclaredUnlisted("source", "by hand", 5)
    absent = declare_absent({"ICD9CM": ONE})
    assert find_unlisted(tables(15), [by_hand, *absent]) == []
    assert len(find_unlisted(tables(16), [by_hand, *absent])) == 1


def later(*codes: str, day: date = date(2016, 10, 1)) -> pa.Table:
    """The rows of a conversion table that has these codes from a day on."""
    rows = [{"system": "ICD10CM", "code": code, "effective_from": day, "previous": "None"} for code in codes]
    return pa.Table.from_pylist(rows, CONVERSION_COLUMNS)


def test_codes_of_days_after_the_newest_listing_are_in_none() -> None:
    (declared,) = declare_later(later("A00", "B00"), {"ICD10CM": date(2015, 10, 1)})
    assert (declared.side, declared.crosswalks, declared.codes) == ("source", ("conversion_icd10cm",), "A00|B00")


def test_codes_of_days_that_a_listing_is_of_must_be_in_it() -> None:
    assert declare_later(later("A00"), {"ICD10CM": date(2016, 10, 1)}) == ()


@pytest.mark.parametrize(("unlisted", "is_refused"), [(3, False), (13, False), (14, True)])
def test_later_codes_count_for_themselves_alone(unlisted: int, is_refused: bool) -> None:
    three = DeclaredUnlisted("source", "later", 0, (CROSSWALK,), "000|001|002", share=1)
    found = find_unlisted(tables(unlisted), [three, *declare_absent({"ICD9CM": ONE})])
    assert bool(found) == is_refused
