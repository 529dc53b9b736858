"""Inclusion terms, notes and seventh characters of the excerpt, and the views that carry notes to codes."""

from collections import Counter, defaultdict
from datetime import date
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


def is_valid_in(edition: str, until: str, days: list[tuple[date, date]]) -> bool:
    first, last = date.fromisoformat(edition), date.fromisoformat(until)
    return any(first <= through and last >= since for since, through in days)


def is_below(code: str, stretch: str) -> bool:
    return stretch.split("-", maxsplit=1)[0] <= code <= stretch.rsplit("-", maxsplit=1)[-1] + "~"


def days_of_codes(build: Path) -> dict[tuple[str, str], list[tuple[date, date]]]:
    days: dict[tuple[str, str], list[tuple[date, date]]] = defaultdict(list)
    for system, code, since, through in ask(build, "select system, code, valid_from, valid_through from validity"):
        days[system, code].append((since, through))
    return days


def test_each_note_comes_down_to_every_code_in_its_stretch_and_to_no_other(excerpt_build: Path) -> None:
    """Counted without SQL, but for categories with a letter in their third place, which stand where others put them."""
    days = days_of_codes(excerpt_build)
    notes = ask(
        excerpt_build, "select system, level, place, position, first, last, release_from, release_to from notes"
    )
    ordinary = [key for key in days if not (key[0] == "ICD10CM" and key[1][2:3] > "9")]
    wanted = Counter(
        (system, code, level, place, position, edition, until)
        for system, level, place, position, first, last, edition, until in notes
        for own, code in ordinary
        if own == system and is_below(code, f"{first}-{last}") and is_valid_in(edition, until, days[system, code])
    )
    found = ask(
        excerpt_build,
        "select system, code, level, place, position, release_from, release_to from code_notes"
        " where system <> 'ICD10CM' or substr(code, 3, 1) <= '9'",
    )
    assert wanted
    assert Counter(found) == wanted


def test_each_code_that_a_note_names_or_that_is_below_one_is_told_once(excerpt_build: Path) -> None:
    """Counted without SQL."""
    days = days_of_codes(excerpt_build)
    question = "select system, level, place, position, release_from, release_to, named_codes from notes"
    wanted = Counter(
        (system, level, place, position, edition, until, named, code)
        for system, level, place, position, edition, until, codes in ask(excerpt_build, question)
        for named in codes or ()
        for own, code in days
        if own == system and is_below(code, named) and is_valid_in(edition, until, days[system, code])
    )
    columns = "system, level, place, position, release_from, release_to, named, code"
    assert wanted
    assert Counter(ask(excerpt_build, f"select {columns} from note_codes")) == wanted
