"""Codes by words, on the excerpt: what is found, in which order, and what is said of it."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, cast

import pytest
from typer.testing import CliRunner, Result

from pipeline.ask.build import Build, open_build
from pipeline.ask.lookup import look_up
from pipeline.ask.search import search_codes
from pipeline.ask.search.found_codes import SearchAnswer, Today
from pipeline.ask.search.search_text import SEARCH_FORMATS
from pipeline.ask.search.text_index import FURTHER_KINDS, INDEX_FILE, TextIndex
from pipeline.ask.search.wording import read_wording
from pipeline.cli import app
from pipeline.errors import UnreadableBuild, UsageError
from pipeline.export.search_index import FURTHER_TEXTS


@pytest.fixture(scope="module")
def build(excerpt_build: Path) -> Iterator[Build]:
    with open_build(excerpt_build) as opened:
        yield opened


def codes_of(build: Build, words: str, **asked: object) -> list[str]:
    return [each.code_dotted for each in search_codes(build, words, **asked).codes]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("type 2 diabetes mellitus", "E11"),
        ("Type II diabetes", "E11"),
        ("MSSA sepsis", "A41.01"),  # an inclusion term
        ("diabetes NOS", "E11"),  # what it includes
        ("merkel cell carcinoma NOS", "C4A.9"),
    ],
)
def test_titles_terms_and_notes_are_looked_in(build: Build, words: str, code: str) -> None:
    assert codes_of(build, words, system="ICD10CM")[0] == code


def test_a_text_of_the_words_and_no_others_comes_first_whatever_its_kind(build: Build) -> None:
    """S72.00 is the fracture of a hip by its term; the title of S72.0 is what a broken hip means."""
    found = [(each.code, each.found_in) for each in search_codes(build, "broken hip").codes]
    assert found[:2] == [("S7200", "inclusion term"), ("S720", "title")]
    assert search_codes(build, "diabetes").codes[0].code == "E11"


def test_kinds_of_texts_cost_as_much_as_the_index_was_written_with() -> None:
    kinds = re.findall(r"select number, '([a-z ]+)'[a-z_ ]*, (\d)", FURTHER_TEXTS.read_text(encoding="utf-8"))
    assert ("inclusion term", "0") in kinds
    assert {name: int(further) for name, further in kinds if further != "0"} == FURTHER_KINDS


def test_it_is_told_where_the_words_were_found(build: Build) -> None:
    found = {each.code: each.found_in for each in search_codes(build, "staphylococcus aureus sepsis").codes}
    assert found["A4101"] == "inclusion term"
    assert search_codes(build, "Type 2 diabetes mellitus", "ICD10CM").codes[0].found_in == "title"


def test_a_slip_of_a_letter_is_forgiven_and_told(build: Build) -> None:
    for slip in ("diabetis", "diabtes", "diabetees", "daibetes"):
        answer = search_codes(build, f"{slip} mellitus", "ICD10CM")
        assert answer.codes[0].code.startswith("E"), slip
        assert answer.corrected == {slip: "diabetes"}


def test_a_part_of_a_word_finds_what_starts_with_it_behind_whole_words(build: Build) -> None:
    assert codes_of(build, "diabet melli", system="ICD10CM")
    answer = search_codes(build, "retinop", "ICD10CM")
    assert all("retinopathy" in each.title.lower() for each in answer.codes if each.found_in == "title")
    assert answer.corrected == {}


def test_valid_codes_come_before_those_that_have_ended(build: Build) -> None:
    statuses = [each.status for each in search_codes(build, "diabetes", limit=100).codes if each.has_all_words]
    usable = [each in {"valid", "heading"} for each in statuses]
    assert usable == sorted(usable, reverse=True)
    assert {"ended", "valid"} <= set(statuses)


def test_on_a_day_the_codes_of_that_day_come_first(build: Build) -> None:
    found = search_codes(build, "diabetes mellitus", "ICD9CM", date(2010, 1, 1)).codes
    assert found[0].status in {"valid", "heading"}
    later = search_codes(build, "diabetes mellitus", "ICD9CM", date(2020, 1, 1)).codes
    assert {each.status for each in later} == {"invalid"}


def test_a_day_beyond_the_newest_release_is_not_known(build: Build) -> None:
    found = search_codes(build, "type 2 diabetes mellitus", "ICD10CM", date(2035, 1, 1)).codes
    assert {each.status for each in found} == {"not_known"}


def test_of_an_ended_code_it_is_told_what_it_is_today(build: Build) -> None:
    (found,) = [
        each for each in search_codes(build, "diabetes mellitus", "ICD9CM", limit=100).codes if each.code == "25000"
    ]
    assert found.status == "ended"
    assert ("ICD10CM", "E119") in [(each.system, each.code) for each in found.today]


def test_of_an_ended_code_that_is_asked_for_its_successors_are_told(build: Build) -> None:
    """T40.4X1A was divided in October 2020: nobody's map leads on, its own system does from year to year."""
    (found,) = search_codes(build, "T40.4X1A", "ICD10CM").codes
    assert found.status == "ended"
    assert {each.code_dotted for each in found.today} == {"T40.411A"}


def test_more_codes_of_today_than_a_line_takes_are_counted(build: Build) -> None:
    today = tuple(Today("ICD10CM", f"A0{number}", f"A0{number}", "A title, long") for number in range(5))
    (own,) = search_codes(build, "T40.4X1A", "ICD10CM").codes
    answer = SearchAnswer("T40.4X1A", [replace(own, today=today)], {})
    line = SEARCH_FORMATS["table"](answer).splitlines()[1]
    assert line.endswith("A02 (ICD10CM) A title, long; and 2 more")
    assert SEARCH_FORMATS["csv"](answer).count("(ICD10CM)") == len(today)


def test_texts_that_lack_a_word_come_last_and_say_so(build: Build) -> None:
    found = search_codes(build, "diabetes mellitus locomotive", "ICD10CM").codes
    assert found
    assert not any(each.has_all_words for each in found)


def test_a_system_is_named_as_people_name_it(build: Build) -> None:
    assert {each.system for each in search_codes(build, "diabetes", "icd-10-cm").codes} == {"ICD10CM"}
    with pytest.raises(UsageError, match="there is no such system"):
        search_codes(build, "diabetes", "ICD11")


def test_no_more_than_were_asked_for(build: Build) -> None:
    assert len(codes_of(build, "diabetes", limit=3)) == 3


@pytest.mark.parametrize("words", ["", "  ", "-- ?"])
def test_no_word_is_wrong_usage(build: Build, words: str) -> None:
    with pytest.raises(UsageError, match="no word was given"):
        search_codes(build, words)


@pytest.mark.parametrize("words", ['"', "diabetes OR NOT", "NEAR(diabetes)", "title:diabetes*", "dia'betes", "{}^"])
def test_words_are_never_read_as_the_language_of_the_index(build: Build, words: str) -> None:
    if any(each.isalnum() for each in words):
        search_codes(build, words)


@pytest.mark.parametrize(
    ("is_described", "says"),
    [(False, "made by an older version"), (True, r"damaged: .*search\.sqlite: the file is gone")],
)
def test_a_build_without_an_index_is_older_or_has_lost_it(
    tmp_path: Path, excerpt_build: Path, is_described: bool, says: str
) -> None:
    place = tmp_path / "build"
    place.mkdir()
    (place / "parquet").symlink_to(excerpt_build / "parquet")
    package = json.loads((excerpt_build / "datapackage.json").read_text("utf-8"))
    if not is_described:
        package["resources"] = [each for each in package["resources"] if each.get("path") != "search.sqlite"]
    (place / "datapackage.json").write_text(json.dumps(package), "utf-8")
    with open_build(place) as build, pytest.raises(UnreadableBuild, match=says):
        search_codes(build, "diabetes")


def test_a_damaged_index_is_told_with_its_file(tmp_path: Path, excerpt_build: Path) -> None:
    place = tmp_path / "build"
    place.mkdir()
    for name in ("parquet", "datapackage.json"):
        (place / name).symlink_to(excerpt_build / name)
    raw = bytearray((excerpt_build / "search.sqlite").read_bytes())
    raw[100:4096] = bytes(3996)
    (place / "search.sqlite").write_bytes(raw)
    with open_build(place) as spoilt, pytest.raises(UnreadableBuild, match=r"damaged: .*search\.sqlite"):
        search_codes(spoilt, "diabetes")


def test_an_index_whose_numbers_lead_nowhere_is_told_as_damaged(tmp_path: Path, excerpt_build: Path) -> None:
    place = tmp_path / "build"
    place.mkdir()
    for name in ("parquet", "datapackage.json"):
        (place / name).symlink_to(excerpt_build / name)
    shutil.copy(excerpt_build / "search.sqlite", place)
    with sqlite3.connect(place / "search.sqlite") as index:
        index.execute("update columns_of_texts set numbers = zeroblob(0) where name = 'number'")
    with open_build(place) as spoilt, pytest.raises(UnreadableBuild, match=r"damaged: .*search\.sqlite"):
        search_codes(spoilt, "diabetes")


# The command


def run(excerpt_build: Path, *arguments: str) -> Result:
    output = excerpt_build.parent
    return CliRunner().invoke(app, ["search", "--output", str(output), *arguments])


def test_the_table_has_a_line_for_each_code(excerpt_build: Path) -> None:
    result = run(excerpt_build, "staphylococcus", "aureus", "sepsis", "--limit", "1")
    assert result.exit_code == 0
    assert "A41.01  ICD10CM" in result.output
    assert "found in an inclusion term" in result.output


def test_csv_and_json_say_the_same(excerpt_build: Path) -> None:
    csv = run(excerpt_build, "diabetes", "--format", "csv").output.splitlines()
    found = json.loads(run(excerpt_build, "diabetes", "--format", "json").output)
    assert len(csv) == len(found["codes"]) + 1
    assert [line.split(",")[3].strip('"') for line in csv[1:]] == [each["code"] for each in found["codes"]]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["diabetes"], 0),
        (["xyzzyqqqq"], 1),
        (["type 2 diabetes", "--system", "ICD10CM", "--on", "2035-01-01"], 8),
        (["diabetes", "--system", "ICD11"], 2),
        (["--", "?"], 2),
    ],
)
def test_the_exit_code_says_how_it_went(excerpt_build: Path, arguments: list[str], code: int) -> None:
    assert run(excerpt_build, *arguments).exit_code == code


def test_the_index_holds_no_text_of_a_licensed_system(excerpt_build: Path) -> None:
    """Its words are those of titles, and titles of such systems are in no build without a licence."""
    with sqlite3.connect(f"file:{excerpt_build / 'search.sqlite'}?mode=ro", uri=True) as index:
        assert index.execute("select count(*) from texts where texts match 'cpt4'").fetchone() == (0,)


def test_on_a_day_of_the_past_codes_that_were_valid_then_come_before_all_of_today(build: Build) -> None:
    """However many texts of today have the words, and whatever kind of code it is today."""
    found = search_codes(build, "diabetes", on=date(2014, 1, 1), limit=50).codes
    statuses = [each.status in {"valid", "heading"} for each in found if each.has_all_words]
    assert statuses == sorted(statuses, reverse=True)
    assert found[0].system == "ICD9CM"


def test_what_is_said_of_a_day_is_what_a_look_up_says(build: Build) -> None:
    days = [date(2014, 1, 1), date(2016, 1, 1), date(2022, 6, 1), date(2035, 1, 1)]
    for on in days:
        found = search_codes(build, "diabetes", on=on, limit=100).codes
        said = {
            (each.system, each.code): look_up(build, [each.code], each.system, on)[0].reading.status for each in found
        }
        told = {key: "valid" if status == "resolved" else status for key, status in said.items()}
        assert {(each.system, each.code): each.status for each in found} == told


def test_what_is_written_as_a_code_finds_it(build: Build) -> None:
    for written in ("E11.9", "e119", " E11.9 "):
        found = search_codes(build, written).codes
        assert {each.code_dotted for each in found} == {"E11.9"}
        assert found[0].system == "ICD10CM"
        assert {each.found_in for each in found} == {"code"}
    assert codes_of(build, "E11.9", system="ICD9CM") != ["E11.9"]


def test_a_word_that_is_repeated_counts_once(build: Build) -> None:
    assert codes_of(build, "diabetes mellitus " * 50) == codes_of(build, "diabetes mellitus")


def test_more_words_than_a_search_takes_are_refused(build: Build) -> None:
    with pytest.raises(UsageError, match="10000 words"):
        search_codes(build, " ".join(f"word{each}" for each in range(10_000)))


def test_a_word_of_any_length_is_answered(build: Build) -> None:
    assert search_codes(build, "x" * 100_000).codes == []


class FewWords:
    """Stands in for an index: some words, each with how often it stands."""

    times: Final = {"fire": 50, "fiber": 5, "sulfonamide": 2, "emia": 90, "anemia": 4}

    def frequency(self, words: list[str]) -> dict[str, int]:
        return {each: self.times[each] for each in words if each in self.times}

    def matching(self, expression: str, at_most: int) -> list[int]:
        return []

    def starting_with(self, part: str, at_most: int) -> list[str]:
        return [each for each in self.times if each.startswith(part)]


@pytest.mark.parametrize(
    ("british", "american"),
    [("fibre", "fiber"), ("sulphonamide", "sulfonamide"), ("anaemia", "anemia")],
)
def test_a_british_spelling_is_no_slip_of_a_more_frequent_word(british: str, american: str) -> None:
    index = cast(TextIndex, FewWords())
    assert read_wording(index, british).segments[0].spellings == (american,)


def test_the_index_of_another_build_is_told(excerpt_build: Path, tmp_path: Path) -> None:
    shutil.copytree(excerpt_build, tmp_path / "build")
    with closing(sqlite3.connect(tmp_path / "build" / INDEX_FILE)) as index:
        ((numbers,),) = index.execute("select numbers from columns_of_texts where name = 'number'")
        index.execute("update columns_of_texts set numbers = ? where name = 'number'", (b"\xff" * len(numbers),))
        index.commit()
    with open_build(tmp_path / "build") as build, pytest.raises(UnreadableBuild, match="that of another build"):
        search_codes(build, "diabetes")
