"""The lists of everyday names and of words that mean the same: their form, and that they lead somewhere."""

import csv
from pathlib import Path

import pytest

from pipeline.ask.search import everyday_names
from pipeline.ask.search.everyday_names import in_singular, plain_words, weighty_words

FOLDER = Path(everyday_names.__file__).parent
SOURCES = {"clinical", "coding", "lay", "eponym"}


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("file", "key"), [("everyday_names.csv", "name"), ("same_words.csv", "word")])
def test_rows_are_sorted_each_once_with_a_source(file: str, key: str) -> None:
    rows = rows_of(file)
    names = [row[key] for row in rows]
    assert names == sorted(set(names))
    assert {row["source"] for row in rows} <= SOURCES
    assert all(meaning.strip() == meaning != "" for row in rows for meaning in row["means"].split("|"))


def test_no_name_means_itself_alone() -> None:
    assert [row["name"] for row in rows_of("everyday_names.csv") if row["means"] == row["name"]] == []


def test_names_are_no_longer_than_what_is_looked_for() -> None:
    longest = max(len(weighty_words(row["name"])) for row in rows_of("everyday_names.csv"))
    assert longest <= everyday_names.WORDS_OF_LONGEST_NAME


def test_what_is_called_a_word_is_one() -> None:
    assert [row["word"] for row in rows_of("same_words.csv") if plain_words(row["word"]) != [row["word"]]] == []


def test_a_name_is_known_in_the_plural_and_with_an_apostrophe() -> None:
    assert in_singular(weighty_words("Crohn's")) == in_singular(weighty_words("crohn"))
    assert in_singular(weighty_words("kidney stones")) == in_singular(weighty_words("kidney stone"))
