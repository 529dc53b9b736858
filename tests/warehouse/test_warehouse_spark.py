"""The script in Spark: row for row what it gives in DuckDB. Skipped, loudly, where pyspark or Java is missing."""

from pathlib import Path

import pytest

from pipeline.ask.claims.spark_engine import open_spark
from pipeline.warehouse.dialects import choose_dialect
from pipeline.warehouse.script import statements_of
from tests.ask.claims.test_spark import needs_spark
from tests.warehouse.engines import answer_in_duckdb, rows_of
from tests.warehouse.questions import QUESTIONS, write_questions


@pytest.mark.slow
@needs_spark
def test_spark_says_the_same_row_for_row(excerpt_build: Path, tmp_path: Path) -> None:
    write_questions(excerpt_build, tmp_path)
    answer_in_duckdb(excerpt_build, tmp_path)
    session = open_spark()
    try:
        session.conf.set("spark.sql.shuffle.partitions", 2)
        for name in ("claims", "code_lists"):
            session.sql(f"create table {name} using parquet options (path '{tmp_path}/{name}.parquet')")
        for statement in statements_of(choose_dialect("spark"), str(excerpt_build)):
            session.sql(statement)
        for name, query in QUESTIONS.items():
            session.sql(query).coalesce(1).write.parquet(f"{tmp_path}/spark/{name}")
            assert rows_of(f"{tmp_path}/spark/{name}/*.parquet") == rows_of(f"{tmp_path}/duckdb/{name}.parquet")
        assert session.sql("select * from codes_on(date '2020-05-01')").count() > 100
    finally:
        session.stop()
