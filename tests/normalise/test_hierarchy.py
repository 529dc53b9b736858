"""Separators, parents and levels, as laws."""

import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalise.hierarchy import bare, dotted, find_parents, heading_lengths, is_leaf, levels
from pipeline.normalise.systems import read_systems
from tests.normalise.frames import PACKAGES

LAW = settings(derandomize=True, deadline=None, max_examples=50)
SYSTEMS = {**read_systems(), PACKAGES.system: PACKAGES}
WITHOUT_LOOKING = st.sampled_from(sorted(SYSTEMS))
# Few characters, so that codes often start with other codes.
CODES = st.lists(st.text("A01X", min_size=1, max_size=7), unique=True, min_size=1, max_size=30)


def codes_of(system: str) -> st.SearchStrategy[list[str]]:
    pattern = SYSTEMS[system].code_pattern.removeprefix("^").removesuffix("$")
    return st.lists(st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii")), max_size=20)


@LAW
@given(WITHOUT_LOOKING.flatmap(lambda system: st.tuples(st.just(system), codes_of(system))))
def test_written_form_without_separators_is_the_bare_code(drawn: tuple[str, list[str]]) -> None:
    system, codes = SYSTEMS[drawn[0]], drawn[1]
    written = dotted(pa.array(codes, pa.string()), system)
    assert bare(written, system).to_pylist() == codes
    assert all(code[0] not in system.separators and code[-1] not in system.separators for code in written.to_pylist())


@LAW
@given(WITHOUT_LOOKING.flatmap(lambda system: st.tuples(st.just(system), codes_of(system))))
def test_every_code_of_the_pattern_is_written_as_one_of_the_pictures(drawn: tuple[str, list[str]]) -> None:
    system, codes = SYSTEMS[drawn[0]], drawn[1]
    for code in dotted(pa.array(codes, pa.string()), system).to_pylist():
        special = [picture for picture in system.pictures[1:] if code.startswith(picture.first)]
        (picture,) = special or system.pictures[:1]
        assert re.fullmatch(picture.pattern, code)


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        ("ICD9CM", "0031", "003.1"),
        ("ICD9CM", "V010", "V01.0"),
        ("ICD9CM", "E8000", "E800.0"),
        ("ICD9CM", "E800", "E800"),
        ("ICD9Proc", "0001", "00.01"),
        ("ICD9Proc", "17", "17"),
        ("ICD10CM", "E0837X1", "E08.37X1"),
        ("ICD10CM", "A00", "A00"),
        ("ICD10PCS", "0016070", "0016070"),
        ("ICD10", "U011", "U01.1"),
        ("ICD9", "E8100", "E810.0"),
        ("HCPCS", "J1440", "J1440"),
        ("CPT4", "99213", "99213"),
        ("NDC", "00002322730", "00002-3227-30"),
        ("NDC", "000023227", "00002-3227"),
        ("NDC", "00002", "00002"),
    ],
)
def test_separators_stand_where_people_write_it(system: str, code: str, expected: str) -> None:
    assert dotted(pa.array([code]), SYSTEMS[system]).to_pylist() == [expected]


@pytest.mark.parametrize(
    ("system", "written", "expected"),
    [
        ("ICD10CM", " A00.0 ", "A000"),
        ("ICD9CM", "001", "001"),
        ("ICD10CM", "A00-A09", "A00-A09"),
        ("NDC", "00002-3227-30", "00002322730"),
        ("NDC", "00002.3227.30", "00002.3227.30"),
    ],
)
def test_bare_codes_lose_the_separators_of_their_own_system_alone(system: str, written: str, expected: str) -> None:
    assert bare(pa.array([written]), SYSTEMS[system]).to_pylist() == [expected]


@LAW
@given(CODES)
def test_leaf_is_what_no_other_code_starts_with(codes: list[str]) -> None:
    for code, leaf in zip(codes, is_leaf(pa.array(codes)).to_pylist(), strict=True):
        assert leaf == (not any(other.startswith(code) and other != code for other in codes))


def test_headings_can_be_one_character_shorter_than_the_longest_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(heading_lengths()) == [1, 2, 3, 4, 5, 6]
    monkeypatch.setattr("pipeline.normalise.hierarchy.read_systems", lambda: SYSTEMS)
    assert max(heading_lengths()) == 10


@LAW
@given(CODES)
def test_parent_is_a_proper_prefix_and_the_longest_that_exists(codes: list[str]) -> None:
    for code, parent in zip(codes, find_parents(pa.array(codes)).to_pylist(), strict=True):
        prefixes = [other for other in codes if code.startswith(other) and other != code]
        assert parent == max(prefixes, key=len, default=None)


@LAW
@given(CODES)
def test_level_is_one_more_than_that_of_the_parent(codes: list[str]) -> None:
    parents = find_parents(pa.array(codes))
    level = dict(zip(codes, levels(pa.array(codes), parents).to_pylist(), strict=True))
    for code, parent in zip(codes, parents.to_pylist(), strict=True):
        assert level[code] == (1 if parent is None else 1 + level[parent])


def test_placeholder_rows_that_are_never_listed_are_passed_over() -> None:
    codes = pa.array(["E08", "E083", "E0837", "E0837X1"])
    parents = find_parents(codes)
    assert parents.to_pylist() == [None, "E08", "E083", "E0837"]
    assert levels(codes, parents).to_pylist() == [1, 2, 3, 4]


def test_no_codes_have_no_parents() -> None:
    none = pa.array([], pa.string())
    assert len(find_parents(none)) == len(levels(none, find_parents(none))) == 0
