"""Inclusion terms, notes and seventh characters of the excerpt, and the views that carry notes to codes."""

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipeline.export import DATABASE
from tests.conftest import ReadTable

OF_2021 = "system = 'ICD10CM' and release_to = '2021-01-01'"


def ask(build: Path, question: str) -> list[Any]:
    with duckdb.connect(str(build / DATABASE), read_only=True) as database:
        return database.execute(question).fetchall()


def at(table: pd.DataFrame, place: str) -> pd.DataFrame:
    return table[(table["system"] == "ICD10CM") & (table["place"] == place)].sort_values("position")


def test_notes_of_type_2_diabetes(excerpt_build: Path, read_table: ReadTable) -> None:
    notes = at(read_table(excerpt_build, "notes"), "E11")
    assert notes["kind"].tolist() == ["includes"] * 3 + ["use_additional_code"] * 3 + ["excludes1"] * 8
    named = [[*codes] for codes in notes["named_codes"].dropna()]
    assert named == [["Z794"], ["Z7984"], ["E08"], ["E09"], ["O244"], ["P702"], ["E13"], ["E13"], ["E13"], ["E10"]]
    assert notes["lead_in"].dropna().tolist() == ["code to identify control using:"] * 2


def test_a_term_is_of_its_code_alone(excerpt_build: Path, read_table: ReadTable) -> None:
    terms = at(read_table(excerpt_build, "terms"), "A4101")
    assert terms["term"].tolist() == ["MSSA sepsis", "Staphylococcus aureus sepsis NOS"]
    assert set(terms["level"]) == {"code"}


def test_seventh_characters_of_an_eye(excerpt_build: Path, read_table: ReadTable) -> None:
    characters = read_table(excerpt_build, "seventh_characters")
    own = characters[characters["place"] == "E1132"]
    assert dict(zip(own["character"], own["meaning"], strict=True)) == {
        "1": "right eye",
        "2": "left eye",
        "3": "bilateral",
        "9": "unspecified eye",
    }


def test_notes_of_headings_blocks_and_chapters_come_down_to_a_code(excerpt_build: Path) -> None:
    found = ask(excerpt_build, f"select place, kind, text from code_notes where {OF_2021} and code = 'A4101'")
    assert ("1", "includes", "diseases generally recognized as communicable or transmissible") in found
    own = ask(excerpt_build, f"select distinct place from code_notes where {OF_2021} and code = 'E119'")
    assert ("E11",) in own


def test_no_note_comes_down_to_a_code_of_another_place(excerpt_build: Path) -> None:
    wrong = f"select code from code_notes where {OF_2021} and level = 'code' and not starts_with(code, place)"
    assert ask(excerpt_build, wrong) == []
    own_block = ask(excerpt_build, f"select code from code_notes where {OF_2021} and level = 'chapter' and place = '1'")
    assert {code[0] for (code,) in own_block} <= {"A", "B"}


def test_codes_that_a_note_names_are_those_of_its_edition(excerpt_build: Path) -> None:
    of_note = f"select code from note_codes where {OF_2021} and place = 'E11' and named = 'E08' order by code"
    known = (
        "select code from codes_on(date '2021-01-01') where system = 'ICD10CM' and starts_with(code, 'E08') order by 1"
    )
    found = ask(excerpt_build, of_note)
    assert found
    assert found == ask(excerpt_build, known)
