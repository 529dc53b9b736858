"""What a look-up says of a code's rules on a day, in words and as json, and what is not known."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline.ask.answers import as_csv
from pipeline.ask.build import Build
from pipeline.ask.lookup import CodeAnswer, look_up
from pipeline.ask.lookup_formats import LOOKUP_FORMATS, LOOKUP_HEAD
from pipeline.ask.lookup_text import describe_code
from pipeline.export import DATABASE


def answer(build: Build, code: str, day: str | None) -> CodeAnswer:
    (found,) = look_up(build, [code], None, date.fromisoformat(day) if day else None)
    return found


@pytest.mark.parametrize(
    ("code", "day", "said"),
    [
        ("E11.10", "2025-12-01", "complication or comorbidity: MCC"),
        ("E11.10", "2025-12-01", "hospital-acquired condition: 09: Manifestations of Poor Glycemic Control"),
        ("I10", "2025-12-01", "complication or comorbidity: neither CC nor MCC"),
        ("I10", "2025-12-01", "present on admission: not exempt: the indicator is reported"),
        ("Z23", "2020-12-31", "present on admission: exempt"),
        ("Z23", "2022-05-01", "not known on 2022-05-01, of which no list is here: complication or comorbidity"),
        ("0JH60PZ", "2024-02-02", "operating room procedure: non_or"),
        ("W19.XXXA", "2024-02-02", "external cause: never_principal"),
    ],
)
def test_the_rules_of_the_day_are_said_in_words(opened: Build, code: str, day: str, said: str) -> None:
    assert said in describe_code(answer(opened, code, day))


def test_without_a_day_no_rule_is_said(opened: Build) -> None:
    assert "complication or" not in describe_code(answer(opened, "E11.10", None))


def test_json_has_each_rule_with_its_status(opened: Build) -> None:
    found = json.loads(LOOKUP_FORMATS["json"].one(answer(opened, "I16.1", "2023-12-01")))
    rules = {each["rule"]: (each["status"], each["said"]) for each in found["episodes"][0]["rules"]}
    assert rules["cc"] == ("listed", "CC")
    assert rules["poa_exempt"] == ("not_known", None)
    assert rules["hac"] == ("not_listed", "no")


@pytest.mark.parametrize(
    ("code", "day", "rules"),
    [
        ("I16.1", "2023-12-01", {"cc=CC", "poa_exempt=not_known", "chronic=not_known"}),
        ("I10", "2025-12-01", {"cc=neither CC nor MCC", "poa_exempt=not exempt: the indicator is reported"}),
        ("I16.1", None, set()),
        ("I16", "2023-12-01", set()),
    ],
)
def test_csv_has_the_rules_of_the_day_by_their_names(
    opened: Build, code: str, day: str | None, rules: set[str]
) -> None:
    """Of no day, and of a heading, which no claim carries, nothing."""
    rows = csv.DictReader(io.StringIO(as_csv([LOOKUP_HEAD]) + LOOKUP_FORMATS["csv"].one(answer(opened, code, day))))
    told = {each for row in rows for each in row["rules"].split("; ") if each}
    assert told >= rules if rules else not told


@pytest.fixture(scope="module")
def database(excerpt_build: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(excerpt_build / DATABASE), read_only=True) as opened:
        yield opened


def test_a_rule_is_answered_for_every_code_of_a_day(database: duckdb.DuckDBPyConnection) -> None:
    question = (
        "select code, answer, value from rule_on('poa_exempt', date '{}') where code in ('Z23', 'I10') order by 1"
    )
    assert database.sql(question.format("2025-12-01")).fetchall() == [("I10", "no", None), ("Z23", "yes", "exempt")]
    assert {row[1] for row in database.sql(question.format("2019-12-01")).fetchall()} == {"not_known"}


@pytest.mark.parametrize(
    ("principal", "secondary", "day", "answer"),
    [
        ("E119", "E1110", "2025-12-01", ("MCC", "yes")),
        ("I10", "E1110", "2025-12-01", ("MCC", "no")),
        ("E119", "J1282", "2025-12-01", ("MCC", "no")),
        ("E119", "I10", "2025-12-01", (None, "no")),
        ("E119", "E1110", "2022-12-01", (None, "not_known")),
    ],
)
def test_an_exclusion_is_answered_for_a_day(
    database: duckdb.DuckDBPyConnection, principal: str, secondary: str, day: str, answer: tuple[str | None, str]
) -> None:
    assert database.sql(f"from excludes_cc('{principal}', '{secondary}', date '{day}')").fetchall() == [answer]


def test_what_lists_say_on_a_day_has_titles(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.sql(
        "select rule, title, value from code_rules_on(date '2025-12-01') where code = 'U071'"
    ).fetchall()
    assert ("cc", "complication or comorbidity", "MCC") in rows
    assert ("cc_not_in_msdrgs", "no complication in MS-DRGs", "974-976") in rows
