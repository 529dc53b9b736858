"""What a written code on a claim means: readings, repairs that compete, statuses, and runs of days."""

from datetime import date
from typing import Any

import duckdb
import pytest

from pipeline.ask.build import Build
from pipeline.ask.claims.judged import judged
from pipeline.ask.claims.rules import NotRepaired, Repair, fields, forms, never_repaired, repairs, statuses
from pipeline.ask.code_text import split_codes
from pipeline.ask.resolve_codes import resolve_codes
from pipeline.errors import UsageError
from tests.ask.claims.judging import KEYS, Written, judge_row, judge_rows, on

PLAIN = {each.name for each in repairs() if each.kind == "plain"}
IN_2010, IN_2016, IN_2023 = date(2010, 3, 1), date(2016, 3, 1), date(2023, 3, 1)


def told(answer: dict[str, Any]) -> tuple[str, ...]:
    """Status, system, code, repairs and basis of an answer, empty where there is none."""
    return tuple(answer[name] or "" for name in ("status", "system", "code", "repairs", "basis"))


@pytest.mark.parametrize("repair", repairs(), ids=lambda each: each.name)
def test_the_example_of_a_repair_is_repaired_by_it_alone(opened: Build, repair: Repair) -> None:
    given = dict(repair.example)
    code = given.pop("code")
    answer = judge_row(opened, on(**given))
    assert (answer["status"], answer["code"], answer["repairs"]) == ("valid", code, repair.name)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (on(IN_2010, "25000", "dx"), ("valid", "ICD9CM", "25000", "", "code")),
        (on(IN_2010, "250.00", "dx", "9"), ("valid", "ICD9CM", "25000", "", "flag")),
        (on(IN_2016, "E11.9", "dx", "0"), ("valid", "ICD10CM", "E119", "", "flag")),
        (on(IN_2016, "E11.9", "any", "icd10cm"), ("valid", "ICD10CM", "E119", "", "named")),
        (on(IN_2016, "E11.9", "ICD10CM"), ("valid", "ICD10CM", "E119", "", "named")),
        (on(IN_2016, "'I10", "dx", "nonsense"), ("valid", "ICD10CM", "I10", "quotes", "code")),
        (on(IN_2016, "“E11.9”\u200b", "dx"), ("valid", "ICD10CM", "E119", "blanks quotes", "code")),
        (on(IN_2016, "E11.9.", "dx"), ("valid", "ICD10CM", "E119", "punctuation", "code")),
        (on(IN_2010, "250-00", "dx"), ("valid", "ICD9CM", "25000", "punctuation", "code")),
        (on(IN_2010, "81.51", "px"), ("valid", "ICD9Proc", "8151", "", "code")),
        (on(IN_2023, "ODTJ4ZZ", "px"), ("valid", "ICD10PCS", "0DTJ4ZZ", "letter_digit", "code")),
        (on(IN_2010, "99.04", "dx"), ("valid", "ICD9Proc", "9904", "other_field", "code")),
        (on(IN_2023, "LT", "modifier"), ("valid", "HCPCS", "LT", "", "code")),
    ],
)  # fmt: skip
def test_a_code_is_read_with_what_it_took(opened: Build, row: Written, expected: tuple[str, ...]) -> None:
    assert told(judge_row(opened, row)) == expected


@pytest.mark.parametrize("text", [None, "", "  ", "NULL", "n/a", "-------", "00000", "\u00a0", "-9", "-1"])
def test_nothing_written_is_empty(opened: Build, text: str | None) -> None:
    assert told(judge_row(opened, on(IN_2010, text, "dx"))) == ("empty", "", "", "", "")


@pytest.mark.parametrize("never", never_repaired(), ids=lambda each: each.text)
def test_what_is_never_repaired_stays_as_it_is(opened: Build, never: NotRepaired) -> None:
    answer = judge_row(opened, on(never.day, never.text, never.field))
    assert (answer["status"], {*(answer["repairs"] or "").split()} <= PLAIN) == (never.status, True)


@pytest.mark.parametrize(
    ("text", "field", "flag"),
    [
        ("2500O", "hcpcs", None),  # what is inferred is not inferred in another field as well
        ("G0438", "dx", "0"),  # a version flag says ICD, so never HCPCS
        ("E11.9", "ICD9CM", None),  # what is named is strict
        ("E11.9", "dx", "ICD9CM"),
        ("99213", "modifier", None),
    ],
)
def test_what_is_told_of_the_systems_is_never_overruled(opened: Build, text: str, field: str, flag: str | None) -> None:
    assert told(judge_row(opened, on(IN_2016, text, field, flag)))[:3] == ("unknown", "", "")


@pytest.mark.parametrize(
    ("row", "candidates"),
    [
        (on(IN_2010, "25000", "any"), "CPT4:25000 ICD9CM:25000"),
        (on(IN_2010, "4011", "any"), "ICD9CM:4011 ICD9Proc:4011"),
        (on(IN_2010, "4011", "px"), None),  # as written it is one of the field
        (on(IN_2016, "25000", "any"), None),  # ICD-9-CM had ended
        (on(None, "4011", "any"), "ICD9CM:4011 ICD9Proc:4011"),
    ],
)
def test_several_codes_of_the_best_class_are_ambiguous(opened: Build, row: Written, candidates: str | None) -> None:
    answer = judge_row(opened, row)
    assert (answer["status"] == "ambiguous", answer["candidates"]) == (candidates is not None, candidates)


def test_a_zero_behind_is_read_only_where_a_column_was_stored_as_numbers(opened: Build) -> None:
    assert told(judge_row(opened, on(IN_2010, "780.6", "dx")))[:3] == ("heading", "ICD9CM", "7806")
    assert told(judge_row(opened, on(IN_2010, "780.6", "dx", numbers="dotted")))[:3] == ("valid", "ICD9CM", "78060")
    assert told(judge_row(opened, on(date(2006, 5, 1), "780.6", "dx", numbers="dotted")))[:3] == (
        "valid",
        "ICD9CM",
        "7806",
    )


def test_what_is_inferred_is_believed_only_on_days_on_which_the_code_was_listed(opened: Build) -> None:
    rows = judge_rows(opened, [Written("I10X", "dx", date(2015, 9, 1), date(2015, 11, 1))])
    assert [(row["day_from"], row["day_to"], row["status"], row["code"]) for row in rows] == [
        (date(2015, 9, 1), date(2015, 9, 30), "unknown", None),
        (date(2015, 10, 1), date(2015, 11, 1), "valid", "I10"),
    ]


def test_what_is_inferred_is_not_believed_on_a_day_before_the_code_was_listed(opened: Build) -> None:
    assert told(judge_row(opened, on(IN_2016, "U07.1X")))[:2] == ("unknown", "")
    assert told(judge_row(opened, on(IN_2023, "U07.1X")))[:4] == ("valid", "ICD10CM", "U071", "x_filler")


def test_without_a_day_headings_of_several_systems_are_candidates_too(opened: Build) -> None:
    answer = judge_row(opened, on(None, "10", "any", numbers="bare"))
    assert answer["candidates"] == "ICD9CM:0010 ICD9CM:010 ICD9Proc:0010"


def test_a_flag_is_overruled_only_where_there_is_a_day(opened: Build) -> None:
    assert told(judge_row(opened, on(IN_2016, "E11.9", "dx", "9")))[:4] == (
        "valid",
        "ICD10CM",
        "E119",
        "flag_overruled",
    )
    assert told(judge_row(opened, on(None, "E11.9", "dx", "9")))[:2] == ("unknown", "")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (on(date(2020, 3, 31), "U07.1", "dx", "0"), ("not_valid_on_day", "ICD10CM", "U071")),
        (on(date(2020, 4, 1), "U07.1", "dx", "0"), ("valid", "ICD10CM", "U071")),
        (on(date(2015, 9, 30), "I10", "dx", "0"), ("system_not_in_use", "ICD10CM", "I10")),
        (on(date(2164, 10, 23), "995.91", "dx", "9"), ("system_not_in_use", "ICD9CM", "99591")),
        (on(date(2026, 11, 1), "I10", "dx"), ("not_known_yet", "ICD10CM", "I10")),
        (on(date(2026, 11, 1), "Z3A.99", "dx"), ("not_known_yet", "ICD10CM", "")),
        (on(IN_2016, "Z3A.99", "dx"), ("unknown", "", "")),
        (on(date(2004, 6, 22), "401.9", "dx"), ("not_known_then", "ICD9CM", "4019")),
        (on(None, "I10", "dx", "0"), ("no_day", "ICD10CM", "I10")),
        (on(IN_2010, "401", "dx"), ("heading", "ICD9CM", "401")),
        (on(IN_2016, "D9222", "hcpcs"), ("not_in_build", "CDT", "D9222")),
        (on(IN_2016, "99499", "hcpcs"), ("not_in_build", "CPT4", "99499")),
        (on(IN_2016, "100.0", "hcpcs"), ("valid", "CPT4", "00100")),
        (on(IN_2023, "YY", "modifier"), ("unknown", "", "")),
    ],
)  # fmt: skip
def test_a_status_says_what_is_known_of_the_day(opened: Build, row: Written, expected: tuple[str, ...]) -> None:
    assert told(judge_row(opened, row))[:3] == expected


def test_a_text_that_may_be_of_two_systems_without_a_list_of_the_day_is_unknown(opened: Build) -> None:
    before_lists = date(2004, 6, 1)
    assert told(judge_row(opened, on(before_lists, "7777", "any")))[:2] == ("unknown", "")
    assert told(judge_row(opened, on(before_lists, "7777", "px")))[:2] == ("not_known_then", "ICD9Proc")


def test_runs_of_days_begin_where_the_answer_changes_and_nowhere_else(opened: Build) -> None:
    rows = judge_rows(opened, [Written("E119", "dx", date(2010, 1, 1), date(2026, 12, 31))])
    assert [(row["day_from"], row["status"]) for row in rows] == [
        (date(2010, 1, 1), "system_not_in_use"),
        (date(2015, 10, 1), "valid"),
        (date(2026, 4, 1), "not_known_yet"),
    ]
    assert rows[-1]["day_to"] == date(2026, 12, 31)


def test_a_text_with_days_and_without_has_answers_for_both(opened: Build) -> None:
    rows = [Written("E119", "dx", IN_2016, IN_2016), Written("E119", "dx")]
    assert [(row["day_from"], row["status"]) for row in judge_rows(opened, rows)] == [
        (IN_2016, "valid"), (None, "no_day"),
    ]  # fmt: skip


def test_a_field_that_is_none_is_named(opened: Build) -> None:
    with pytest.raises(UsageError, match="diagnoses: no field of claims"):
        judge_row(opened, on(IN_2016, "E119", "diagnoses"))


def test_nothing_but_the_answers_is_left_on_the_connection(opened: Build) -> None:
    with duckdb.connect() as connection:
        connection.execute(KEYS)
        judged(connection, opened, "written_keys")
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    assert sorted(name for (name,) in tables) == ["answers", "written_keys"]


def test_memory_of_the_caller_is_enough(opened: Build) -> None:
    rows = [Written(f"V58.{number}", "dx", IN_2010, IN_2010) for number in range(2000)]
    assert len(judge_rows(opened, rows, "set memory_limit='150MB'")) == len(rows)


def test_what_the_rules_name_is_there(opened: Build) -> None:
    named = {system for each in fields().values() for system in each.systems} | {each.system for each in forms()}
    assert named - {*opened.systems} == {"CDT"}
    assert {"empty", "ambiguous", "unknown", "valid"} <= {each.name for each in statuses()}


@pytest.mark.parametrize(
    "text", [" e11.9 ", "E11,9", '="E119"', "“E11.9”", "E11.9.", "e11-9", "'E119", "E11 .9", "EO39", "I10X", "E1O.9"]
)
def test_a_look_up_and_a_claim_read_the_same_in_the_same_text(opened: Build, text: str) -> None:
    (looked_up,) = resolve_codes(opened, split_codes(text), "ICD10CM", IN_2016)
    claimed = judge_row(opened, on(IN_2016, text, "ICD10CM"))
    is_inferred = set((claimed["repairs"] or "").split()) & {each.name for each in repairs() if each.kind == "inferred"}
    assert (looked_up.code is not None) == (claimed["code"] is not None and not is_inferred)
    assert looked_up.code in {claimed["code"], None}


def test_three_hundred_texts_are_read_alike_by_look_ups_and_claims(opened: Build) -> None:
    """Ways to write a code, on codes of every system drawn by their order; what only a claim infers is no code of a
    look-up, which suggests it."""
    ways = [
        "{}",
        " {} ",
        "{}.",
        "'{}",
        '="{}"',
        "“{}”",
        "{}*",
        "\u200b{}",
        "{};",
        "\u00a0{}",
        "{}\u2020",
        "-{}",
        "{}X",
        "{}-",
    ]
    listed = opened.rows(
        "select system, code, code_dotted from codes where system not in ('ICD9', 'ICD10') order by all"
    )
    codes = [row for row in listed if len(row["code"]) > 2 or row["system"] in {"ICD9Proc"}]  # modifiers are a field
    texts = [
        (row["system"], ways[at % len(ways)].format([row["code"], row["code_dotted"], row["code"].lower()][at % 3]))
        for at, row in enumerate(codes[:: max(len(codes) // 300, 1)])
    ]
    told = {
        (row["field"], row["text"]): row for row in judge_rows(opened, {on(IN_2016, text, of) for of, text in texts})
    }
    inferred = {each.name for each in repairs() if each.kind != "plain"}
    assert len(told) >= 300
    for system in {of for of, _ in texts}:
        own = [text for of, text in texts if of == system]
        for text, looked_up in zip(own, resolve_codes(opened, own, system, IN_2016), strict=True):
            claimed = told[system, text]
            is_inferred = bool(inferred & {*(claimed["repairs"] or "").split()})
            assert (text, looked_up.code) == (text, None if is_inferred else claimed["code"])
