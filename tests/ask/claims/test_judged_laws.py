"""Laws that hold for whatever is written."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ask.build import Build
from pipeline.ask.claims.rules import fields
from pipeline.ask.claims.scopes import flags_by_writing
from tests.ask.claims.judging import Written, judge_rows, on

DAYS = st.dates(date(2003, 1, 1), date(2027, 12, 31))
LAW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ONE_DAY = timedelta(days=1)
SPOILT = ["{}", " {} ", "{}.", "{}.0", "'{}", '="{}"', "{}X", "0{}", "{}-", "{},"]


@pytest.fixture(scope="session")
def listed(opened: Build) -> list[tuple[str, str, str]]:
    """Every code of the excerpt that claims carry: system, bare, dotted."""
    rows = opened.rows("select system, code, code_dotted from codes where system not in ('ICD9', 'ICD10')")
    return [(row["system"], row["code"], row["code_dotted"]) for row in rows]


@st.composite
def written_rows(draw: st.DrawFn, listed: list[tuple[str, str, str]]) -> Written:
    """A row of a code that is listed, as it is or spoilt, or of anything."""
    _, bare, dotted = draw(st.sampled_from(listed))
    code = draw(st.sampled_from([bare, dotted, bare.lower(), dotted.lstrip("0"), bare.replace("0", "O"), bare[:-1]]))
    text = draw(st.one_of(st.sampled_from(SPOILT).map(lambda each: each.format(code)), st.text(max_size=8)))
    days = sorted([draw(DAYS), draw(DAYS)]) if draw(st.integers(0, 9)) else [None, None]
    flag = draw(st.sampled_from([None, None, "foo", *flags_by_writing()]))
    numbers = draw(st.sampled_from([None, None, "bare", "dotted"]))
    return Written(text, draw(st.sampled_from([*fields()])), days[0], days[1], flag, numbers)


def several_rows(listed: list[tuple[str, str, str]]) -> st.SearchStrategy[list[Written]]:
    """Rows with different keys."""
    return st.lists(
        written_rows(listed), max_size=30, unique_by=lambda row: (row.text, row.field, row.flag, row.numbers)
    )


@LAW
@given(data=st.data())
def test_a_published_code_is_always_itself(
    opened: Build, listed: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    day = data.draw(DAYS)
    codes = data.draw(st.lists(st.sampled_from(listed), max_size=30, unique=True))
    rows = {
        on(day, text, field_of(system, bare), system): bare for system, bare, *texts in codes for text in (bare, *texts)
    }
    for answer in judge_rows(opened, rows):
        bare = rows[on(day, answer["text"], answer["field"], answer["flag"])]
        is_filler = answer["status"] == "empty" and set(bare) == {"0"}  # zeros alone are nothing on a claim
        assert is_filler or [answer["system"], answer["code"], answer["repairs"]] == [answer["flag"], bare, None]


@LAW
@given(data=st.data())
def test_what_was_repaired_needs_no_repair_again(
    opened: Build, listed: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    answers = judge_rows(opened, data.draw(several_rows(listed)))
    found = {
        on(each["day_from"], each["code"], field_of(each["system"], each["code"]), each["system"])
        for each in answers
        if each["code"] and each["system"] != "CDT"
    }
    for again in judge_rows(opened, found):
        is_filler = again["status"] == "empty" and set(again["text"]) == {"0"}  # 00 with a dot behind is the heading 00
        assert is_filler or [again["system"], again["code"], again["repairs"]] == [again["flag"], again["text"], None]


@LAW
@given(data=st.data())
def test_no_answer_names_a_code_that_the_build_lacks(
    opened: Build, listed: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    known = {(system, bare) for system, bare, _ in listed}
    for answer in judge_rows(opened, data.draw(several_rows(listed))):
        is_known = answer["code"] is None or (answer["system"], answer["code"]) in known
        assert is_known == (answer["status"] != "not_in_build")


@LAW
@given(data=st.data())
def test_the_order_of_keys_does_not_matter(
    opened: Build, listed: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    rows = data.draw(several_rows(listed))
    assert judge_rows(opened, rows) == judge_rows(opened, data.draw(st.permutations(rows)))


@LAW
@given(data=st.data())
def test_runs_cover_the_days_and_splitting_them_changes_nothing(
    opened: Build, listed: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    rows = [row for row in data.draw(several_rows(listed)) if row.first_day and row.last_day]
    runs = defaultdict(list)
    for run in judge_rows(opened, rows):
        runs[key_of(run)].append(run)
    days = {row: data.draw(st.dates(row.first_day, row.last_day)) for row in rows if row.first_day and row.last_day}
    alone = {
        key_of(each): each for each in judge_rows(opened, [on(day, *row[:2], *row[4:]) for row, day in days.items()])
    }
    for row, day in days.items():
        own = runs[row.text, row.field, row.flag, row.numbers]
        assert [each["day_from"] for each in own] == [row.first_day, *(each["day_to"] + ONE_DAY for each in own[:-1])]
        assert own[-1]["day_to"] == row.last_day
        assert all(said(one) != said(other) for one, other in pairwise(own))
        (within,) = (each for each in own if each["day_from"] <= day <= each["day_to"])
        assert said(within) == said(alone[row.text, row.field, row.flag, row.numbers])


def field_of(system: str, code: str) -> str:
    """A field in which a system may be named: modifiers have one of their own."""
    return "modifier" if system in {"HCPCS", "CPT4"} and len(code) == 2 else "any"


def key_of(answer: dict[str, Any]) -> tuple[Any, ...]:
    """What an answer is to."""
    return tuple(answer[name] for name in ("text", "field", "flag", "numbers"))


def said(answer: dict[str, Any]) -> list[Any]:
    """All that an answer says, without its days."""
    return [answer[name] for name in ("status", "system", "code", "repairs", "basis", "candidates")]
