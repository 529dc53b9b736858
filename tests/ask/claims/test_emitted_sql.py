"""The two questions for another engine: asked there, with the rules here, they give what a run here gives."""

from pathlib import Path

import duckdb
import pytest

from pipeline.ask.build import Build
from pipeline.ask.claims.claim_days import DAY_FORMS, day_of, forms_in
from pipeline.ask.claims.claims_sql import transpiled
from pipeline.ask.claims.code_columns import ClaimRoles
from pipeline.ask.claims.emitted_sql import emit_questions
from pipeline.errors import UsageError
from tests.ask.claims.claim_files import WIDE, rows_of, run, write_text

DIALECTS = ("spark", "databricks", "snowflake", "bigquery", "redshift", "tsql", "postgres", "trino", "duckdb")


def test_a_warehouse_and_a_run_here_give_the_same(opened: Build, tmp_path: Path) -> None:
    source = write_text(tmp_path / "wide.csv", WIDE)
    here = run(opened, source, tmp_path / "here")
    distinct, joined = emit_questions([str(source)], ClaimRoles(), False, "duckdb").split(";\n")[:2]
    with duckdb.connect() as warehouse:
        warehouse.execute(f"create table claims as from read_csv('{source}', all_varchar = true)")
        warehouse.execute(f"copy ({distinct}) to '{tmp_path}/keys.parquet'")
        run(opened, tmp_path / "keys.parquet", tmp_path / "judged", roles=ClaimRoles(layout="keys"))
        warehouse.execute(f"create table claim_answers as from '{tmp_path}/judged/answers.parquet'")
        there = rows_of(warehouse.sql(joined.partition("answer:\n")[2]))
    assert there == rows_of(here.codes)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_both_questions_can_be_written_for_a_warehouse(tmp_path: Path, dialect: str) -> None:
    text = emit_questions([str(write_text(tmp_path / "wide.csv", WIDE))], ClaimRoles(), True, dialect)
    assert text.count("SELECT") > 10
    assert "claim_answers" in text


def test_a_dialect_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--emit-sql klingon"):
        emit_questions([str(write_text(tmp_path / "wide.csv", WIDE))], ClaimRoles(), False, "klingon")


def test_keys_that_are_none_are_refused(opened: Build, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not of layout keys: no column text"):
        run(opened, write_text(tmp_path / "wide.csv", WIDE), roles=ClaimRoles(layout="keys"))


def test_the_days_of_every_form_can_be_written_for_spark() -> None:
    for form in DAY_FORMS:
        assert "TRY_CAST" in transpiled(f"select {day_of('x', 'VARCHAR', (form,))} from claims", "spark")
    assert "`a b`" in transpiled(forms_in("claims", '"a b"'), "spark")
