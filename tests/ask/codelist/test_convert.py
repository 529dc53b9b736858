"""A list in another system, or on another day of its own: what comes in, what is to judge, what is lost, and why."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ask.build import Build, open_arrow
from pipeline.ask.codelist import conversion_text
from pipeline.ask.codelist.conversion_text import CONVERSION_FORMATS
from pipeline.ask.codelist.converted_codes import (
    CONVERSION_REASONS,
    CONVERTED_COLUMNS,
    ENCOUNTER_CHOICES,
    convert_codes,
    convert_frame,
    count_without_translation,
    find_way,
)
from pipeline.ask.codelist.converted_list import convert_list
from pipeline.ask.codelist.list_systems import resolve_list
from pipeline.ask.codelist.list_text import read_list
from pipeline.errors import NotKnown, UsageError

Row = dict[str, Any]
DAY = {"ICD9CM": date(2015, 9, 30), "ICD10CM": date(2025, 10, 1), "ICD9Proc": date(2015, 9, 30)}
# Each example plans a long question anew, 0.2 s: few of them, each of many codes.
BY_EXAMPLE = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def as_codes(codes: Iterable[str], concept: str = "") -> pa.Table:
    """Codes as they are converted."""
    own = [*codes]
    return pa.table({"concept": pa.array([concept] * len(own), pa.string()), "code": pa.array(own, pa.string())})


def converted(build: Build, codes: Iterable[str], listed: str, target: str, **choices: Any) -> list[Row]:
    """The rows of some codes of one system in another."""
    return convert_codes(build, as_codes(codes), find_way(build, listed, target, **choices)).to_pylist()


def told(rows: list[Row]) -> dict[str, tuple[str, str]]:
    """Status and reason of each target code, and of each code of the list without one."""
    return {row["code"] or row["via"][0]: (row["status"], row["reason"]) for row in rows}


def included(rows: list[Row]) -> set[str]:
    """The codes that come in."""
    return {row["code"] for row in rows if row["status"] == "include"}


# Codes of the maps that the excerpt's listings lack, with days of their system; and what two of them translate to.
FURTHER_CODES = {"ICD9CM": ("8208", "V5413", "E9479", "E9502"), "ICD10CM": ("R502",)}
FURTHER_TRANSLATIONS = {"S72001D": "V5413", "S72001S": "V5413"}


def with_rows(table: pa.Table, like: dict[str, object], rows: Iterable[Row]) -> pa.Table:
    """A table and rows more: each as the first that has some values, but for what is said of it."""
    (template, *_) = [row for row in table.to_pylist() if like.items() <= row.items()]
    return pa.concat_tables([table, pa.Table.from_pylist([template | row for row in rows], table.schema)])


@pytest.fixture(scope="module")
def enlarged(excerpt_build: Path) -> Iterator[Build]:
    """The excerpt with codes of its maps in the listings, and with translations of later encounters."""
    tables = {path.stem: pq.read_table(path) for path in excerpt_build.glob("parquet/*.parquet")}
    for system, (like, *_) in {"ICD9CM": ("25050",), "ICD10CM": ("I10",)}.items():
        tables["validity"] = with_rows(
            tables["validity"],
            {"system": system, "code": like, "billable": True},
            [{"code": code} for code in FURTHER_CODES[system]],
        )
    of = {"crosswalk": "icd10cm_icd9cm_current", "source_code": "S72001A"}
    rows = [{"source_code": source, "target_code": target} for source, target in FURTHER_TRANSLATIONS.items()]
    for name in ("mappings", "clusters"):
        tables[name] = with_rows(tables[name], of, rows)
    with open_arrow(tables) as build:
        yield build


def test_half_of_the_alternatives_bring_a_code_in_and_less_than_half_are_to_judge(opened: Build) -> None:
    (two,) = [row for row in converted(opened, ["4010", "4011"], "ICD9CM", "ICD10CM") if row["code"] == "I10"]
    (one,) = [row for row in converted(opened, ["4010"], "ICD9CM", "ICD10CM") if row["code"] == "I10"]
    assert (two["status"], two["reason"], round(two["share"], 2)) == ("include", "broader", 0.67)
    assert (two["via"], two["outside"], two["alternatives"]) == (["4010", "4011"], ["4019"], 3)
    assert (one["status"], one["reason"], round(one["share"], 2)) == ("review", "broader_review", 0.33)


def test_a_combination_comes_in_by_its_first_member_and_by_another_only_where_any_counts(opened: Build) -> None:
    by_first = converted(opened, ["03811"], "ICD9CM", "ICD10CM")
    by_second = converted(opened, ["99591"], "ICD9CM", "ICD10CM")
    by_any = converted(opened, ["99591"], "ICD9CM", "ICD10CM", members="any")
    assert told(by_first)["A4101"] == told(by_any)["A4101"] == ("include", "narrower_combination")
    assert told(by_second)["A4101"] == ("review", "part")
    (row,) = [each for each in by_first if each["code"] == "A4101"]
    assert (row["via"], row["outside"]) == (["03811"], ["99591"])


def test_an_adverse_effect_comes_in_by_its_external_cause_and_an_accident_does_not(enlarged: Build) -> None:
    assert told(converted(enlarged, ["E9479"], "ICD9CM", "ICD10CM"))["R502"] == ("include", "narrower_combination")
    assert told(converted(enlarged, ["E856"], "ICD9CM", "ICD10CM"))["T360X1A"] == ("review", "part")
    assert told(converted(enlarged, ["9600"], "ICD9CM", "ICD10CM"))["T360X1A"] == ("include", "narrower_combination")


@pytest.mark.parametrize(
    ("encounters", "later"),
    [("mapped", None), ("initial", None), ("all", ("include", "later_encounter"))],
)
def test_later_encounters_come_in_where_the_first_stands_only_if_all_are_wanted(
    enlarged: Build, encounters: str, later: tuple[str, str] | None
) -> None:
    found = told(converted(enlarged, ["8208"], "ICD9CM", "ICD10CM", encounters=encounters))
    assert found["S72001A"] == ("include", "narrower")
    assert found.get("S72001D") == later


@pytest.mark.parametrize(
    ("encounters", "later"),
    [
        ("mapped", ("include", "narrower")),
        ("initial", ("review", "later_encounter")),
        ("all", ("review", "later_encounter")),
    ],
)
def test_a_later_encounter_by_its_own_translation_is_to_judge_unless_translations_alone_count(
    enlarged: Build, encounters: str, later: tuple[str, str]
) -> None:
    assert told(converted(enlarged, ["V5413"], "ICD9CM", "ICD10CM", encounters=encounters))["S72001D"] == later


def test_a_code_that_leads_nowhere_has_a_row_that_says_why(opened: Build) -> None:
    rows = converted(opened, ["E9300", "250", "NONE"], "ICD9CM", "ICD10CM")
    assert told(rows) == {"E9300": ("none", "no_map"), "250": ("none", "heading"), "NONE": ("none", "unknown")}
    assert all(row["code"] is None and row["system"] == "ICD10CM" for row in rows)


def test_in_another_year_codes_valid_on_both_days_stand_and_new_ones_come_in_by_what_they_were(opened: Build) -> None:
    days = {"list_day": date(2024, 10, 1), "target_day": date(2025, 10, 1)}
    found = told(converted(opened, ["E119", "I10"], "ICD10CM", "ICD10CM", **days))
    assert found["E119"] == found["I10"] == ("include", "exact")
    assert found["E11A"] == ("include", "narrower")
    split = {"list_day": date(2016, 10, 1), "target_day": date(2018, 10, 1)}
    assert told(converted(opened, ["E1169"], "ICD10CM", "ICD10CM", **split))["E1111"] == (
        "include",
        "narrower_combination",
    )
    assert told(converted(opened, ["R4020"], "ICD10CM", "ICD10CM", **split))["E1111"] == ("review", "part")


def test_a_code_that_ended_without_a_word_of_what_took_its_place_has_ended(opened: Build) -> None:
    days = {"list_day": date(2013, 12, 31), "target_day": date(2025, 1, 1)}
    assert told(converted(opened, ["C1204"], "HCPCS", "HCPCS", **days)) == {"C1204": ("none", "ended")}


def test_whether_a_code_was_valid_between_two_lists_years_apart_is_not_known(opened: Build) -> None:
    """K35.20 is a code in the list of 2021 here, and a heading in the next one, of 2025."""
    days = {"list_day": date(2022, 10, 1), "target_day": date(2025, 10, 1)}
    (row,) = converted(opened, ["K3520"], "ICD10CM", "ICD10CM", **days)
    assert (row["status"], row["reason"]) == ("none", "not_known")


def test_the_first_day_is_that_of_the_target_and_the_path_is_told(opened: Build) -> None:
    (row,) = [each for each in converted(opened, ["25000"], "ICD9CM", "ICD10CM") if each["code"] == "E11A"]
    assert row["first_day"] == date(2025, 10, 1)
    assert row["path"].startswith("E11A conversion@2025-10-01 E119")


def test_every_reason_that_is_told_has_its_meaning(opened: Build) -> None:
    codes = [row["code"] for row in opened.rows("select distinct code from validity where system = 'ICD9CM'")]
    assert {
        row["reason"] for row in converted(opened, codes, "ICD9CM", "ICD10CM", encounters="all")
    } <= CONVERSION_REASONS.keys()


def test_what_cannot_be_converted_is_refused_with_what_can(opened: Build) -> None:
    with pytest.raises(UsageError, match=r"no map leads between HCPCS and ICD10CM(?s:.*)next: "):
        find_way(opened, "HCPCS", "ICD10CM")
    with pytest.raises(UsageError, match=r"ICD9CM was not in use on 2030-01-01(?s:.*)from 1979-01-01 to 2015-09-30"):
        find_way(opened, "ICD10CM", "ICD9CM", target_day=date(2030, 1, 1))
    with pytest.raises(UsageError, match="one of mapped, all, initial"):
        find_way(opened, "ICD9CM", "ICD10CM", encounters="some")
    with pytest.raises(NotKnown, match="not known"):
        find_way(opened, "ICD9CM", "ICD10CM", target_day=date(2050, 1, 1))


def test_how_many_codes_no_map_speaks_of_is_told(opened: Build) -> None:
    codes, without = count_without_translation(opened, find_way(opened, "ICD9CM", "ICD10CM"))
    assert 0 < without < codes


def test_a_written_list_is_converted_with_what_in_it_is_no_code(opened: Build) -> None:
    text = "concept,code\nblood,038.11\nblood,ZZZ%\nheart,401.0\nheart,401.1\n"
    found = convert_list(opened, resolve_list(opened, read_list(text), "ICD9CM"), "ICD10CM")
    by_concept = {(row["concept"], row["code"] or row["via"][0]): row["reason"] for row in found.rows}
    assert by_concept["heart", "I10"] == "broader"
    assert by_concept["blood", "A4101"] == "narrower_combination"
    assert by_concept["blood", "ZZZ%"] == "unknown"
    assert found.exit_code == 1
    assert "encounters: mapped" in found.notes[0]


def test_frames_give_the_rows_of_the_command(opened: Build) -> None:
    frame = pd.DataFrame({"system": ["ICD9CM", "ICD9CM", "ICD10CM"], "code": ["4010", "4011", "I10"]})
    found = convert_frame(opened, frame[:2], "icd10cm")
    rows = pa.Table.from_pandas(found, preserve_index=False).to_pylist()
    assert rows == converted(opened, ["4010", "4011"], "ICD9CM", "ICD10CM")
    assert {*convert_frame(opened, frame.assign(concept="all"), "ICD10CM").system} == {"ICD10CM"}
    assert convert_frame(opened, frame[:0], "ICD10CM").empty


def test_plain_sql_on_the_published_files_gives_the_same_rows(excerpt_build: Path, opened: Build) -> None:
    codes = [row["code"] for row in opened.rows("select distinct code from validity where system = 'ICD9CM'")]
    ours = convert_codes(opened, as_codes(codes), find_way(opened, "ICD9CM", "ICD10CM", encounters="all"))
    with duckdb.connect(str(excerpt_build / "crosswalk.duckdb"), read_only=True) as database:
        database.register("my_list", as_codes(codes))
        theirs = database.sql(
            f"select {', '.join(CONVERTED_COLUMNS)} from convert_list('my_list', 'ICD9CM', 'ICD10CM', "
            "date '2015-09-30', date '2026-03-31', encounters := 'all') order by concept, status, code, via"
        ).to_arrow_table()
    assert theirs.to_pylist() == ours.to_pylist()


@pytest.fixture(scope="session")
def billable(opened: Build) -> dict[str, list[str]]:
    """The codes of two systems that could be reported on their day."""
    question = (
        "select code from validity where system = $system and billable and $day between valid_from and valid_through"
    )
    return {
        system: sorted(row["code"] for row in opened.rows(question, system=system, day=DAY[system]))
        for system in ("ICD9CM", "ICD10CM")
    }


WAYS = [("ICD9CM", "ICD10CM"), ("ICD10CM", "ICD9CM")]


@pytest.mark.parametrize("system", ["ICD9CM", "ICD10CM"])
@given(data=st.data())
@BY_EXAMPLE
def test_the_same_system_on_the_same_day_changes_nothing(
    opened: Build, billable: dict[str, list[str]], system: str, data: st.DataObject
) -> None:
    codes = data.draw(st.sets(st.sampled_from(billable[system])))
    rows = converted(opened, codes, system, system, list_day=DAY[system], target_day=DAY[system])
    assert {row["code"] for row in rows} == codes
    assert {(row["status"], row["reason"]) for row in rows} <= {("include", "exact")}


@pytest.mark.parametrize(("listed", "target"), WAYS)
@given(data=st.data())
@BY_EXAMPLE
def test_no_code_of_a_list_disappears_without_a_row(
    opened: Build, billable: dict[str, list[str]], listed: str, target: str, data: st.DataObject
) -> None:
    codes = data.draw(st.sets(st.sampled_from([*billable[listed], "250", "E11", "0000000"])))
    for encounters in ENCOUNTER_CHOICES:
        rows = converted(opened, codes, listed, target, encounters=encounters)
        assert {code for row in rows for code in [*row["via"], *row["forward_from"]]} == codes


@pytest.mark.parametrize(("listed", "target"), WAYS)
@given(data=st.data())
@BY_EXAMPLE
def test_neither_order_nor_repetition_matters(
    opened: Build, billable: dict[str, list[str]], listed: str, target: str, data: st.DataObject
) -> None:
    codes = data.draw(st.lists(st.sampled_from(billable[listed])))
    shuffled = data.draw(st.permutations(codes))
    assert converted(opened, codes, listed, target) == converted(opened, {*shuffled}, listed, target)


@pytest.mark.parametrize(("listed", "target"), WAYS)
@given(data=st.data())
@BY_EXAMPLE
def test_a_union_has_what_each_part_has_and_more_only_where_a_code_has_several_alternatives(
    opened: Build, billable: dict[str, list[str]], listed: str, target: str, data: st.DataObject
) -> None:
    one, other = (data.draw(st.sets(st.sampled_from(billable[listed]))) for _ in range(2))
    whole = converted(opened, one | other, listed, target, encounters="all")
    parts = included(converted(opened, one, listed, target, encounters="all")) | included(
        converted(opened, other, listed, target, encounters="all")
    )
    assert parts <= included(whole)
    assert all(row["alternatives"] > 1 for row in whole if row["code"] in included(whole) - parts)


def test_a_csv_is_the_same_written_row_by_row_and_column_by_column(
    opened: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "concept,code\nblood,038.11\nheart,401.0\nheart,401.1\n,E930.0\n"
    found = convert_list(opened, resolve_list(opened, read_list(text), "ICD9CM"), "ICD10CM")
    told = CONVERSION_FORMATS["csv"](found)
    monkeypatch.setattr(conversion_text, "WRITTEN_ROW_BY_ROW", 0)
    one, other = (list(csv.DictReader(io.StringIO(each))) for each in (told, CONVERSION_FORMATS["csv"](found)))
    assert [row | {"share": float(row["share"] or -1)} for row in one] == [
        row | {"share": float(row["share"] or -1)} for row in other
    ]


def test_a_person_reads_what_comes_in_what_is_to_judge_and_what_is_lost(opened: Build) -> None:
    text = "401.0\n401.1\n402.01\nE930.0\n"
    told = CONVERSION_FORMATS["table"](convert_list(opened, resolve_list(opened, read_list(text), "ICD9CM"), "ICD10CM"))
    assert "I10    Essential (primary) hypertension  [broader 0.67: 4010 4011, without 4019]" in told
    assert "lead nowhere: 1\n    E9300" in told
    assert "encounters: mapped" in told
