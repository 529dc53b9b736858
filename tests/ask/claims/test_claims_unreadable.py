"""Claims, and builds, that cannot be read as they are: a message that names them, and days that are none."""

import shutil
import time
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.ask.build import Build, DuckConnection, open_build
from pipeline.ask.claims import claims_engine, claims_run
from pipeline.ask.claims.claims_database import write_table
from pipeline.errors import UnreadableBuild, UnreadableClaims
from tests.ask.claims.claim_files import WIDE, rows_of, run, status_of, write_text


def test_a_day_that_stands_for_none_is_none(opened: Build) -> None:
    """The first day that there is: other programs write it where there is none, and it stands beside true gaps."""
    days = [date(1, 1, 1), None, date(2010, 3, 4)]
    result = run(opened, pa.table({"id": [1, 2, 3], "dx1": ["25000"] * 3, "day": days}))
    assert status_of(result) == {(1, "dx1"): "no_day", (2, "dx1"): "no_day", (3, "dx1"): "valid"}


def test_the_day_of_a_moment_does_not_depend_on_the_machine(
    opened: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    moment = pa.array([datetime(2010, 3, 4)], pa.timestamp("us", "UTC"))
    pq.write_table(pa.table({"id": [1], "dx1": ["25000"], "day": moment}), tmp_path / "claims.parquet")
    result = run(opened, tmp_path / "claims.parquet")
    monkeypatch.undo()
    time.tzset()
    assert [row["day"] for row in rows_of(result.codes)] == [date(2010, 3, 4)]


def test_a_claims_file_whose_pages_are_damaged_is_named(opened: Build, tmp_path: Path) -> None:
    path = tmp_path / "claims.parquet"
    pq.write_table(pa.table({"id": [1, 2], "dx1": ["25000", "4019"], "day": [date(2010, 3, 4)] * 2}), path)
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + bytes(40) + whole[44:])
    with pytest.raises(UnreadableClaims, match=r"claims\.parquet"):
        run(opened, path)


def test_files_whose_days_have_no_type_in_common_are_named(opened: Build, tmp_path: Path) -> None:
    for name, day in (("a", 20100304), ("b", date(2010, 3, 4))):
        pq.write_table(pa.table({"id": [1], "dx1": ["25000"], "day": [day]}), tmp_path / f"{name}.parquet")
    with pytest.raises(UnreadableClaims, match="the same types of columns"):
        run(opened, tmp_path)


def test_no_line_is_passed_over_to_find_the_names(opened: Build, tmp_path: Path) -> None:
    longer = write_text(tmp_path / "claims.csv", "id,day,dx1\n1,2010-03-04,25000\n2,2010-03-04,25000,more\n")
    with pytest.raises(UnreadableClaims, match="rows with the fields of the first line"):
        run(opened, longer)


def test_pages_of_a_damaged_build_are_said_to_be_the_build_s(excerpt_build: Path, tmp_path: Path) -> None:
    build = shutil.copytree(excerpt_build, tmp_path / "build", symlinks=False)
    path = build / "parquet" / "code_history.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + bytes(len(whole) // 2) + whole[4 + len(whole) // 2 :])
    claims = write_text(tmp_path / "wide.csv", WIDE)
    with open_build(build) as damaged, pytest.raises(UnreadableBuild, match=r"code_history\.parquet.*other bytes"):
        run(damaged, claims)


def test_no_result_is_written_of_an_enumeration(opened: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB 2.0.0 loses a rare value of one, now and then."""
    asked: list[str] = []

    def look(database: DuckConnection, question: str, path: Path, values: object = None) -> None:
        asked.extend(str(row[1]) for row in database.execute(f"describe {question}").fetchall())
        write_table(database, question, path)

    monkeypatch.setattr(claims_engine, "write_table", look)
    monkeypatch.setattr(claims_run, "write_table", look)
    run(opened, write_text(tmp_path / "wide.csv", WIDE))
    assert "VARCHAR" in asked
    assert [each for each in asked if each.startswith("ENUM")] == []
