"""Codes of published maps that no listing has are declared, and no more than were declared."""

import pyarrow as pa
import pytest

from pipeline.crosswalk.unlisted import DeclaredUnlisted, fitting_codes
from pipeline.gate.undeclared import LOOKED_UP, find_unlisted

GEM = "gem_icd9cm_icd10cm"


def table_of(name, *rows):
    schema = pa.schema([(column, pa.string()) for column in LOOKED_UP[name]])
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)


def mapping(source, target):
    return GEM, "ICD9CM", source, "ICD10CM", target, "I9gem.txt"


@pytest.fixture
def tables():
    """A map of two codes: both sides of the first are listed, the source of the second is declared."""
    return {
        "mappings": table_of("mappings", mapping("0010", "A000"), mapping("0019", "A000"), mapping("0010", None)),
        "crosswalks": table_of("crosswalks", (GEM, "ICD10CM")),
        "categories": table_of("categories"),
        "crosswalk_exceptions": table_of("crosswalk_exceptions", (GEM, "unlisted_source", "0019", None)),
        "code_history": table_of("code_history", ("ICD9CM", "0010"), ("ICD10CM", "A000")),
    }


def test_listed_and_declared_codes_are_no_findings(tables):
    assert find_unlisted(tables, [DeclaredUnlisted("source", "ended early", 1)]) == []


@pytest.mark.parametrize(
    ("row", "said"), [(mapping("9999", "A000"), "source 9999"), (mapping("0010", "ZZZ"), "target ZZZ")]
)
def test_a_code_that_is_neither_listed_nor_declared_is_found(tables, row, said):
    tables["mappings"] = pa.concat_tables([tables["mappings"], table_of("mappings", row)])
    (finding,) = find_unlisted(tables, [])
    assert f"{GEM}: {said} of I9gem.txt is in no listing" in finding
    assert "declare them in pipeline/crosswalk/unlisted.toml" in finding


def test_a_category_of_a_grouping_needs_no_listing(tables):
    tables["code_history"] = table_of("code_history", ("ICD9CM", "0010"))
    tables["categories"] = table_of("categories", (GEM, "A000"))
    assert find_unlisted(tables, []) == []


def test_more_codes_than_an_entry_allows_are_found_with_its_reason(tables):
    more = table_of(
        "crosswalk_exceptions", (GEM, "unlisted_source", "0018", None), (GEM, "unlisted_target", None, "A0")
    )
    tables["crosswalk_exceptions"] = pa.concat_tables([tables["crosswalk_exceptions"], more])
    assert find_unlisted(tables, [DeclaredUnlisted("source", "ended early", 2)]) == []
    (finding,) = find_unlisted(tables, [DeclaredUnlisted("source", "ended early", 1, (GEM,))])
    assert f"{GEM}: 2 codes that no listing has, 1 are declared: ended early" in finding
    assert "unlisted.toml" in finding


def test_a_build_that_lacks_a_table_has_nothing_to_compare(tables):
    del tables["code_history"]
    assert find_unlisted(tables, []) == []


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        (DeclaredUnlisted("source", "r", 1), [True, True, False]),
        (DeclaredUnlisted("source", "r", 1, ("one",)), [True, False, False]),
        (DeclaredUnlisted("target", "r", 1), [False, False, True]),
        (DeclaredUnlisted("source", "r", 1, codes="E1"), [False, False, False]),
        (DeclaredUnlisted("source", "r", 1, codes="E1[01]"), [True, False, False]),
    ],
)
def test_an_entry_speaks_of_its_crosswalks_its_side_and_whole_codes(entry, fits):
    columns = [pa.chunked_array([each]) for each in (["one", "two", "one"], ["source", "source", "target"])]
    codes = pa.chunked_array([["E10", "E110", "E10"]])
    assert fitting_codes(entry, *columns, codes).tolist() == fits
