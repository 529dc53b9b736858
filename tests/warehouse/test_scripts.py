"""The script as text: every statement is one of its dialect, and no code loses a zero in it."""

import pytest
import sqlglot
from sqlglot import exp
from typer.testing import CliRunner

from pipeline import PROJECT
from pipeline.cli import app
from pipeline.warehouse.dialects import choose_dialect, read_dialects
from pipeline.warehouse.script import create_views, statements_of, write_script
from pipeline.warehouse.views import WAREHOUSE_VIEWS
from schemas import TABLES

RUN_BY_TESTS = {"duckdb", "postgres", "spark"}
BY_PARSER = {"copy": exp.Copy, "create": exp.Create, "insert": exp.Insert, "comment": exp.Comment, "drop": exp.Drop}


@pytest.mark.parametrize("name", sorted(read_dialects().keys() - RUN_BY_TESTS))
def test_every_statement_is_one_of_its_dialect(name: str) -> None:
    for statement in statements_of(choose_dialect(name), "files"):
        first = statement.split()[0]
        if first == "load":  # BigQuery's, which sqlglot knows by its first words alone
            continue
        parsed = sqlglot.parse_one(statement, read=name)
        assert isinstance(parsed, BY_PARSER[first])


@pytest.mark.parametrize("name", read_dialects())
def test_views_have_no_word_that_the_dialect_lacks(name: str) -> None:
    sql = list(create_views(choose_dialect(name)))
    views = [each for each in sql if "view" in each.split("\n")[0] and each.startswith("create")]
    assert len(views) == len(WAREHOUSE_VIEWS)
    for each in views:
        again = sqlglot.transpile(each, read=name, write=name, unsupported_level=sqlglot.ErrorLevel.RAISE)
        assert len(again) == 1
        assert not sqlglot.parse_one(each, read=name).find(exp.Command, exp.Anonymous)


@pytest.mark.parametrize("name", read_dialects())
def test_every_table_is_made_and_filled(name: str) -> None:
    text = write_script(choose_dialect(name), "/somewhere/")
    for table in TABLES:
        assert f"/somewhere/parquet/{table}.parquet" in text or f"/somewhere/csv/{table}.csv" in text


@pytest.mark.parametrize("name", read_dialects())
def test_no_column_has_a_reserved_word_without_quotes(name: str) -> None:
    dialect = choose_dialect(name)
    for statement in filter(lambda each: each.startswith(("create", "comment")), statements_of(dialect, "files")):
        written = {
            each.this.upper()
            for each in sqlglot.parse_one(statement, read=name).find_all(exp.Identifier)
            if not each.quoted
        }
        assert written.isdisjoint(dialect.reserved)


def test_snowflake_quotes_what_it_reserves_in_the_letters_of_names_without_quotes() -> None:
    assert '    "ROWS" integer' in write_script(choose_dialect("snowflake"))


def test_bigquery_names_the_dataset_everywhere_and_lists_take_no_not_null() -> None:
    for statement in statements_of(choose_dialect("bigquery"), "gs://files"):
        if statement.startswith("create"):
            parsed = sqlglot.parse_one(statement, read="bigquery")
            own = {each.alias for each in parsed.find_all(exp.CTE)}
            assert {each.db for each in parsed.find_all(exp.Table) if each.name not in own} == {"crosswalk"}
            lists = [
                each
                for each in parsed.find_all(exp.ColumnDef)
                if each.kind and each.kind.this == exp.DataType.Type.ARRAY
            ]
            assert not any(each.find(exp.NotNullColumnConstraint) for each in lists)
        else:
            assert statement.startswith("load data into crosswalk.")


def test_a_place_that_spark_would_look_for_elsewhere_is_refused() -> None:
    run = CliRunner().invoke(app, ["sql", "--dialect", "spark", "--files", "output/latest"])
    assert run.exit_code == 2
    assert "--files output/latest: Spark 4 looks for it below its own warehouse" in run.output


@pytest.mark.parametrize("name", ["spark", "databricks", "snowflake"])
def test_the_function_of_a_day_returns_the_types_of_its_view(name: str) -> None:
    dialect = choose_dialect(name)
    function = next(each for each in statements_of(dialect, "files") if " function " in each)
    assert f"code_dotted {dialect.text}, billable {dialect.flag}, kind {dialect.text}" in function
    assert f"valid_from {dialect.date}, valid_through {dialect.date})" in function


@pytest.mark.parametrize("name", read_dialects())
def test_codes_are_texts(name: str) -> None:
    dialect = choose_dialect(name)
    kinds = {"code": 0, "source_code": 0, "target_code": 0}
    for statement in statements_of(dialect, "files"):
        if statement.startswith("create") and " table " in statement.split("(")[0]:
            for column in sqlglot.parse_one(statement, read=name).find_all(exp.ColumnDef):
                if column.name.lower() in kinds:
                    assert column.kind is not None
                    assert column.kind.this in exp.DataType.TEXT_TYPES
                    kinds[column.name.lower()] += 1
    assert min(kinds.values()) > 0


def test_a_dialect_that_is_none_is_said() -> None:
    run = CliRunner().invoke(app, ["sql", "--dialect", "klingon"])
    assert run.exit_code == 2
    assert "--dialect klingon: no such dialect\n  next:     one of duckdb, spark, postgres" in run.output


def test_the_page_has_every_dialect_and_every_view() -> None:
    page = (PROJECT / "docs" / "warehouses.md").read_text(encoding="utf-8")
    assert [name for name in read_dialects() if f"| {name} |" not in page] == []
    assert [view.name for view in WAREHOUSE_VIEWS if f"| `{view.name}` |" not in page] == []
