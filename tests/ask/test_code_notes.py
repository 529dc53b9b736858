"""What tabular lists say of codes, as look-ups show it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.ask.build import Build, open_build
from pipeline.ask.code_notes import CodeNote, NotesOfCodes, notes_in_words
from pipeline.ask.lookup import CodeAnswer, look_up
from pipeline.ask.lookup_formats import LOOKUP_FORMATS
from pipeline.ask.lookup_text import describe_code
from pipeline.ask.resolve_codes import DayOrDays
from pipeline.cli import app

INSULIN = CodeNote("use_additional_code", "code to identify control using:", "insulin (Z79.4)", "E11")


@pytest.fixture(scope="module")
def build(excerpt_build: Path) -> Iterator[Build]:
    with open_build(excerpt_build) as opened:
        yield opened


def notes_of(build: Build, code: str) -> list[CodeNote]:
    return NotesOfCodes(build, [("ICD10CM", code)]).of("ICD10CM", code)


def test_notes_of_a_heading_hold_for_the_codes_below_it(build: Build) -> None:
    notes = notes_of(build, "E119")
    assert INSULIN in notes
    assert {each.place for each in notes} == {"E11"}


def test_a_note_that_leads_in_is_told_with_those_that_follow_it(build: Build) -> None:
    notes = notes_of(build, "E119")
    assert "code to identify control using:" not in [each.text for each in notes]
    (line,) = [each for each in notes_in_words("E119", notes) if each.startswith("use additional")]
    assert line == (
        "use additional code (at E11): code to identify control using: "
        "insulin (Z79.4); oral antidiabetic drugs (Z79.84)"
    )


def test_a_term_is_told_of_its_code_and_of_none_below(build: Build) -> None:
    assert ("inclusion_term", "MSSA sepsis") in [(each.kind, each.text) for each in notes_of(build, "A4101")]
    assert "inclusion_term" not in {each.kind for each in notes_of(build, "A4101X") + notes_of(build, "A410")}


def test_more_notes_than_are_shown_are_counted(build: Build) -> None:
    notes = notes_of(build, "E11")
    (line,) = [each for each in notes_in_words("E11", notes) if each.startswith("excludes1")]
    assert line.startswith("excludes1: diabetes mellitus due to underlying condition (E08.-); ")
    assert line.endswith("; and 5 more")


def test_a_look_up_shows_them_and_json_has_all_of_them(build: Build) -> None:
    (found,) = look_up(build, ["E11.9"], "ICD10CM")
    assert "  excludes1 (at E11): " in describe_code(found)
    (episode, *_) = json.loads(LOOKUP_FORMATS["json"].one(found))["episodes"]
    assert len([each for each in episode["notes"] if each["kind"] == "excludes1"]) == 8


def test_notes_are_looked_for_only_where_they_are_shown(excerpt_build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def look_up_too(
        build: Build, codes: list[str], system: str | None, on: DayOrDays, *, with_notes: bool
    ) -> list[CodeAnswer]:
        asked.append(with_notes)
        return look_up(build, codes, system, on, with_notes)

    monkeypatch.setattr("pipeline.ask.lookup.look_up", look_up_too)
    for options in ([], ["--format", "json"], ["--format", "csv"], ["--on", "2022-01-01"]):
        CliRunner().invoke(app, ["lookup", "A41.01", *options, "--output", str(excerpt_build.parent)])
    assert asked == [True, True, False, False]


def test_without_notes_none_are_told(build: Build) -> None:
    (found,) = look_up(build, ["E11.9"], "ICD10CM", with_notes=False)
    assert "excludes1" not in describe_code(found)
