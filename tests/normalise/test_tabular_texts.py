"""Inclusion terms, notes and seventh characters of tabular lists, in the columns of their tables."""

from typing import Any

import pyarrow as pa
import pytest

from pipeline.ingest import TextFrame
from pipeline.ingest.tabular import read_tabular_xml
from pipeline.normalise.named_codes import ICD10CM_CODE, find_named_codes, find_restrictions
from pipeline.normalise.tabular_texts import TEXT_COLUMNS, icd10cm_texts, join_editions, lead_ins, with_named_codes
from tests.normalise.frames import delivery_of

XML = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <version>2025</version>
  <chapter>
    <name>4</name>
    <desc>Endocrine diseases (E00-E89)</desc>
    <excludes1><note>newborn disorders (P70-P74)</note></excludes1>
    <sectionIndex><sectionRef first="E08" last="E13" id="E08-E13">Diabetes</sectionRef></sectionIndex>
    <section id="E08-E13"><desc>Diabetes mellitus (E08-E13)</desc>
      <includes><note/><note>sugar  disease</note></includes>
      <diag><name>E11</name><desc>Type 2 diabetes mellitus</desc>
        <useAdditionalCode>
          <note>code to identify control using:</note>
          <note>insulin (Z79.4)</note>
        </useAdditionalCode>
        <useAdditionalCode><note>drug (T36-T50 with fifth or sixth character 5)</note></useAdditionalCode>
        <sevenChrNote><note>One of the following 7th characters is to be added</note></sevenChrNote>
        <sevenChrDef><extension char="A">initial</extension></sevenChrDef>
        <diag><name>E11.0</name><desc>with hyperosmolarity</desc>
          <inclusionTerm><note>one</note></inclusionTerm>
          <inclusionTerm><note>two</note></inclusionTerm>
        </diag>
      </diag>
    </section>
  </chapter>
</ICD10CM.tabular>
"""


@pytest.fixture(scope="module")
def texts() -> dict[str, pa.Table]:
    frame = TextFrame("tabular", "x.xml", read_tabular_xml("x.xml", XML.encode()))
    return icd10cm_texts(delivery_of("icd10cm_tabular"), {"tabular": frame})


def rows_of(table: pa.Table, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in table.to_pylist()]


def test_a_note_has_its_place_and_holds_for_the_codes_below_it(texts: dict[str, pa.Table]) -> None:
    assert rows_of(texts["notes"], "level", "place", "position", "kind", "first", "last", "line") == [
        ("chapter", "4", 1, "excludes1", "E00", "E89", 7),
        ("block", "E08-E13", 1, "includes", "E08", "E13", 10),
        ("code", "E11", 1, "use_additional_code", "E11", "E11", 13),
        ("code", "E11", 2, "use_additional_code", "E11", "E11", 14),
        ("code", "E11", 3, "use_additional_code", "E11", "E11", 16),
        ("code", "E11", 4, "seventh_character", "E11", "E11", 17),
    ]


def test_an_empty_note_is_none_and_runs_of_blanks_are_one(texts: dict[str, pa.Table]) -> None:
    assert "sugar disease" in texts["notes"]["text"].to_pylist()
    assert "" not in texts["notes"]["text"].to_pylist()


def test_a_lead_in_belongs_to_the_notes_of_its_own_element(texts: dict[str, pa.Table]) -> None:
    lead_in = "code to identify control using:"
    assert texts["notes"]["lead_in"].to_pylist() == [None, None, None, lead_in, None, None]


def test_a_later_lead_in_takes_the_place_of_the_first() -> None:
    element = pa.chunked_array([[1, 1, 1, 1]])
    assert lead_ins(element, pa.array(["one:", "a", "two:", "b"])).to_pylist() == [None, "one:", "one:", "two:"]


def test_a_note_names_codes_and_says_which_of_them(texts: dict[str, pa.Table]) -> None:
    assert rows_of(with_named_codes(texts["notes"]), "named_codes", "restriction") == [
        (["P70-P74"], None),
        (None, None),
        (None, None),
        (["Z794"], None),
        (["T36-T50"], "with fifth or sixth character 5"),
        (None, None),
    ]


def test_notes_of_each_system_name_codes_as_it_prints_them() -> None:
    printed = [
        ("ICD9CM", "tuberculosis of 2 years (010.0-018.9)", ["0100-0189"]),
        ("ICD10CM", "insulin (Z79.4)", ["Z794"]),
        ("ICD9CM", "diabetes 250.01", None),
        ("ICD9Proc", "Code also (39.61)", ["3961"]),
    ]
    schema = TEXT_COLUMNS["notes"]
    rows = [dict.fromkeys(schema.names) | {"system": system, "text": text} for system, text, _ in printed]
    found = with_named_codes(pa.Table.from_pylist(rows, schema))
    assert rows_of(found, "system", "text", "named_codes") == printed


def test_terms_of_two_elements_are_numbered_on(texts: dict[str, pa.Table]) -> None:
    assert rows_of(texts["terms"], "place", "position", "term") == [("E110", 1, "one"), ("E110", 2, "two")]


def test_seventh_characters_stand_at_their_code(texts: dict[str, pa.Table]) -> None:
    found = rows_of(texts["seventh_characters"], "place", "code_position", "character", "meaning")
    assert found == [("E11", 7, "A", "initial")]


def in_editions(*printed: str) -> list[tuple[Any, ...]]:
    """The runs of terms of one code, given as the terms of each edition: `ab` are the terms a and b."""
    schema = TEXT_COLUMNS["terms"]
    rows = [
        dict.fromkeys(schema.names) | {"system": "ICD9CM", "release_from": str(year), "release_to": str(year)}
        | {"level": "code", "place": "250", "position": number, "term": term, "line": 100 * year + number}
        for year, terms in enumerate(printed)
        for number, term in enumerate(terms, 1)
    ]  # fmt: skip
    joined = join_editions(pa.Table.from_pylist(rows, schema))
    return sorted(rows_of(joined, "term", "release_from", "release_to", "position"))


def test_a_term_of_editions_one_after_the_other_is_one_row_with_its_place_in_the_last() -> None:
    assert in_editions("ab", "xab") == [("a", "0", "1", 2), ("b", "0", "1", 3), ("x", "1", "1", 1)]


def test_a_term_that_an_edition_lacks_has_two_rows() -> None:
    assert in_editions("ab", "b", "ab") == [("a", "0", "0", 1), ("a", "2", "2", 1), ("b", "0", "2", 2)]


def test_no_list_makes_no_rows() -> None:
    assert in_editions() == []


def test_a_term_that_is_printed_twice_stays_twice() -> None:
    assert in_editions("aa", "aa") == [("a", "0", "1", 1), ("a", "0", "1", 2)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("other diabetes (E08.-)", ["E08"]),
        ("hypertension complicating pregnancy (O10-O11, O13-O16)", ["O10-O11", "O13-O16"]),
        ("fracture (S12.0--S12.3-)", ["S120-S123"]),
        ("drug dependence (F10.- -F19.-)", ["F10-F19"]),
        ("subcategories S06.1- to S06.6-, and S06.81- to S06.89-, code to", ["S061-S066", "S0681-S0689"]),
        ("cognitive deficits (I69.01-I69.11-, I69.81- I69.91-)", ["I6901-I6911", "I6981-I6991"]),
        ("cerebral hemorrhage (I60.-. I61.-, I62.-)", ["I60", "I61", "I62"]),
        ("fluency disorder (I69. with final characters -23)", ["I69"]),
        ("vitamin B12 deficiency anemia (D51.-)", ["D51"]),
        ("Merkel cell carcinoma (C4A.-)", ["C4A"]),
        ("hemoglobin A1C above 7", None),
        ("sepsis NOS", None),
    ],
)
def test_codes_are_found_however_they_are_printed(text: str, codes: list[str] | None) -> None:
    assert find_named_codes(pa.array([text]), ICD10CM_CODE).to_pylist() == [codes]


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("diabetes (E08-E13 with .51-.52)", "with .51-.52"),
        ("open skull fracture (S02.- with 7th character B)", "with 7th character B"),
        ("arthritis with fever (M13.-)", None),
    ],
)
def test_what_narrows_the_named_codes_is_told_in_the_words_of_the_note(text: str, only: str | None) -> None:
    assert find_restrictions(pa.array([text])).to_pylist() == [only]
