"""The rules against a plain reading of their contract, one code at a time, and rows that were decided by hand."""

import csv
import importlib.util
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

from pipeline import PROJECT
from pipeline.ask.build import open_build
from pipeline.ask.claims.judged import judged
from tests.ask.claims.judging import Written, judge_rows, on
from tests.conftest import find_official_raw

BENCH = PROJECT.parent / "shared" / "bench" / "claims"
SAID = ("status", "system", "code", "repairs", "basis", "candidates")
ROWS = 20_000
# Each generated row as it is, and as it would stand elsewhere: with other flags, in other fields, without its zeros in
# a column of numbers, as a modifier, without a day, with a dot at a place of its own.
WRITTEN = """
    create temp table written as
    with generated as (
        (select * from '{path}' where fault = 'none' order by hash(claim, text) limit {rows} // 2)
        union all (select * from '{path}' where fault <> 'none' order by hash(claim, text) limit {rows} // 2)
    ), varied as (
        select *, ['dx', 'px', 'hcpcs', 'procedure', 'modifier', 'any'][1 + (hash(text, day) % 6)::int] as elsewhere,
            [null, '9', '0', 'BK', 'icd10', 'HCPCS', 'CPT4', 'ICD9CM', 'foo'][1 + (hash(day, text) % 9)::int] as said,
            ['bare', 'dotted'][1 + (hash(text, day, 4) % 2)::int] as stored,
            1 + (hash(text) % 4)::int as place
        from generated
    )
    select day, field, flag, text, null::varchar as numbers from varied
    union all select day, elsewhere, said, text, null from varied
    union all select day, elsewhere, flag, ltrim(text, '0'), stored from varied
    union all select day, 'modifier', flag, text[:2], null from varied
    union all select null, elsewhere, flag, text, null from varied
    union all select day, elsewhere, flag, text[:place] || '.' || text[place + 1:], null from varied
"""
KEYS_OF_WRITTEN = """
    create temp table written_keys as
    select text, field, flag, numbers, min(day) as first_day, max(day) as last_day, count(*) as rows,
        bool_or(day is null) as no_day
    from written group by all
"""
ANSWERED = f"""
    select distinct w.text, w.field, w.flag, w.numbers, w.day, {", ".join(f"a.{name}::varchar" for name in SAID)}
    from written as w
    left join answers as a
        on a.text is not distinct from w.text and a.field = w.field and a.flag is not distinct from w.flag
        and a.numbers is not distinct from w.numbers
        and (w.day between a.day_from and a.day_to or (w.day is null and a.day_from is null))
"""

pytestmark = [
    pytest.mark.official,
    pytest.mark.skipif(not BENCH.is_dir(), reason=f"NO CONTRACT OF CLAIMS to compare with in {BENCH}"),
]


@pytest.fixture(scope="module")
def reference(official_build: Path) -> ModuleType:
    """The plain reading, of the build of the official files."""
    os.environ["BUILD"] = str(official_build)  # it reads its build where it is loaded
    spec = importlib.util.spec_from_file_location("reference", BENCH / "reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expected_rows(name: str) -> list[dict[str, str]]:
    """A file of rows that were decided by hand."""
    with (BENCH / "dev" / name).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def judge_row_by_row(build: Path, rows: list[Written]) -> list[tuple[str, ...]]:
    """What is said of each row, in their order."""
    with open_build(build) as opened:
        answers = judge_rows(opened, dict.fromkeys(rows))
    found = {
        on(each["day_from"], *(each[name] for name in ("text", "field", "flag", "numbers"))): told(each)
        for each in answers
    }
    return [found[row] for row in rows]


def told(answer: dict[str, Any]) -> tuple[str, ...]:
    """All that an answer says, empty where it says nothing."""
    return tuple(answer[name] or "" for name in SAID)


def as_day(text: str) -> date | None:
    """A day that is written, None where nothing is."""
    return date.fromisoformat(text) if text else None


def test_codes_decided_by_hand_come_out(official_build: Path) -> None:
    rows = expected_rows("codes.csv")
    written = [
        on(as_day(each["day"]), each["text"], each["field"], each["flag"] or None, each["numbers"] or None)
        for each in rows
    ]
    answers = zip(rows, judge_row_by_row(official_build, written), strict=True)
    expected = [(each, tuple(each[f"expected_{name}"] for name in SAID), answer) for each, answer in answers]
    assert len(expected) > 70
    assert [each for each in expected if each[1] != each[2]] == []


def test_wide_claims_decided_by_hand_come_out(official_build: Path) -> None:
    versions = {each["id"]: each["dxver"] for each in expected_rows("wide.csv")}
    rows = expected_rows("wide_expected.csv")
    written = [
        on(as_day(each["day"]), each["text"], each["field"], None if each["field"] == "hcpcs" else versions[each["id"]])
        for each in rows
    ]
    answers = zip(rows, judge_row_by_row(official_build, written), strict=True)
    expected = [(each, tuple(each[name] for name in SAID), answer) for each, answer in answers]
    assert len(expected) > 30
    assert [each for each in expected if each[1] != each[2]] == []


def test_generated_claims_are_read_as_the_contract_reads_them(
    official_build: Path, reference: ModuleType, tmp_path: Path
) -> None:
    path = tmp_path / "claims.parquet"
    environment = {**os.environ, "BUILD": str(official_build), "BETOS": f"{find_official_raw()}/betos"}
    subprocess.run([sys.executable, BENCH / "gen.py", path, str(20 * ROWS)], env=environment, check=True)
    with open_build(official_build) as build, duckdb.connect() as connection:
        connection.execute(WRITTEN.format(path=path, rows=ROWS))
        connection.execute(KEYS_OF_WRITTEN)
        judged(connection, build, "written_keys")
        answers = connection.execute(ANSWERED).fetchall()
    tables, differences = reference.Tables(), []
    for text, field, flag, numbers, day, *said in answers:
        expected = reference.judge(tables, text, field, flag, day, numbers)
        if [each or "" for each in said] != [expected[name] for name in SAID]:
            differences.append(((text, field, flag, numbers, day), said, expected))
    assert len(answers) > 4 * ROWS
    assert differences == []
