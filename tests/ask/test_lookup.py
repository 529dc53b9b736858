"""Look-ups and comparisons on a published build, and the words in which they are answered."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.ask.answers import LAYOUTS, describe_code
from pipeline.ask.lookup import find_differences, find_episodes
from pipeline.errors import UsageError


@pytest.mark.parametrize("asked", ["E11.9", "e11.9", "E119", " e11 .9 "])
def test_a_code_is_found_with_or_without_its_dot_in_capitals_or_not(excerpt_build: Path, asked: str) -> None:
    (episode,) = find_episodes(excerpt_build, asked, "ICD10CM")
    assert (episode.code_dotted, episode.billable) == ("E11.9", True)


def test_a_bare_code_of_several_systems_is_shown_in_each_and_says_so(excerpt_build: Path) -> None:
    text = describe_code(find_episodes(excerpt_build, "8020"))
    assert text.startswith("A code of 2 systems: ICD9CM (802.0), ICD9Proc (80.20). --system picks one.")
    assert "Closed fracture of nasal bones" in text
    assert "Arthroscopy, unspecified site" in text


def test_the_dot_tells_systems_apart(excerpt_build: Path) -> None:
    assert {each.system for each in find_episodes(excerpt_build, "80.20")} == {"ICD9Proc"}
    assert {each.system for each in find_episodes(excerpt_build, "802.0")} == {"ICD9CM"}


def test_a_reused_code_shows_both_meanings_and_on_a_day_the_one_of_that_day(excerpt_build: Path) -> None:
    episodes = find_episodes(excerpt_build, "J1440")
    text = describe_code(episodes)
    assert "from 1994-01-01 to 2013-12-31" in text
    assert "from 2023-07-01 on" in text
    assert "filgrastim" in describe_code(episodes, date(2013, 12, 31))
    assert "not valid on 2020-01-01" in describe_code(episodes, date(2020, 1, 1))


def test_a_left_censored_start_is_said_to_be_earlier(excerpt_build: Path) -> None:
    assert "from before 2005-10-01 to 2015-09-30" in describe_code(find_episodes(excerpt_build, "250.00"))


def test_missing_text_is_explained_by_the_licence(excerpt_build: Path) -> None:
    assert "AMA copyright" in describe_code(find_episodes(excerpt_build, "99397"))


@pytest.mark.parametrize(
    ("code", "system", "says"),
    [("ZZZ9", None, "no such code in any system"), ("E119", "foo", "no such system"), (" ", None, "no code was given")],
)
def test_what_does_not_exist_is_wrong_usage(excerpt_build: Path, code: str, system: str | None, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        find_episodes(excerpt_build, code, system)


def test_no_build_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no build here"):
        find_episodes(tmp_path, "E119")


def test_differences_between_two_days(excerpt_build: Path) -> None:
    rows = find_differences(excerpt_build, "icd10cm", date(2020, 10, 1), date(2021, 1, 1))
    assert {(change, code) for change, code, *_ in rows} == {
        ("added", "J12.82"), ("added", "M35.81"), ("added", "M35.89"), ("added", "Z20.822"), ("became_header", "M35.8"),
    }  # fmt: skip
    assert find_differences(excerpt_build, "ICD10CM", date(2021, 1, 1), date(2021, 1, 1)) == []


def test_a_code_that_turned_heading_is_not_also_reworded(excerpt_build: Path) -> None:
    rows = find_differences(excerpt_build, "ICD9CM", date(2009, 10, 1), date(2011, 10, 1))
    assert {change for change, code, *_ in rows if code == "041.4"} == {"became_header"}


def test_differences_are_printed_as_table_csv_and_markdown(excerpt_build: Path) -> None:
    rows = find_differences(excerpt_build, "ICD10CM", date(2015, 10, 1), date(2016, 10, 1))
    assert LAYOUTS["table"](rows).startswith("added ")
    assert LAYOUTS["csv"](rows).splitlines()[0] == '"change","code","before","after"'
    assert len(LAYOUTS["csv"](rows).splitlines()) == len(rows) + 1
    assert "| became_billable | I60.2 |" in LAYOUTS["md"](rows)
    assert LAYOUTS["table"]([]) == "nothing changed\n\n"


@pytest.mark.parametrize(
    ("system", "before", "after", "says"),
    [
        ("foo", date(2020, 1, 1), date(2021, 1, 1), "no such system"),
        ("ICD10CM", date(2021, 1, 1), date(2020, 1, 1), "is before"),
        ("ICD10CM", date(2012, 1, 1), date(2020, 1, 1), "the oldest release here is of 2015-10-01"),
    ],
)
def test_days_of_which_nothing_is_known_are_wrong_usage(excerpt_build: Path, system, before, after, says) -> None:
    with pytest.raises(UsageError, match=says):
        find_differences(excerpt_build, system, before, after)
