"""Claims on Spark: the same rows as here. Skipped, loudly, where pyspark or Java is missing."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipeline import PROJECT
from pipeline.ask.build import Build
from pipeline.ask.claims.code_columns import ClaimRoles
from pipeline.ask.claims.spark_engine import is_spark_frame, open_spark
from pipeline.errors import UsageError
from tests.ask.claims.claim_files import LONG_HEAD, WIDE, long_roles, rows_of, run, write_text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HAS_SPARK = importlib.util.find_spec("pyspark") is not None
HAS_JAVA = bool(os.environ.get("JAVA_HOME") or shutil.which("java"))
MISSING = "pyspark (the extra `spark`)" if not HAS_SPARK else "Java 17 or 21"
needs_spark = pytest.mark.skipif(not (HAS_SPARK and HAS_JAVA), reason=f"NOT TESTED ON SPARK: {MISSING} IS MISSING")
ROWS = 200_000
# Every text of the excerpt's codes and of faults, on days of twenty years, in each field, with flags and without.
MANY = f"""
    select
        i as claim, if(i % 997 = 0, null, date '2006-01-01' + (i * 7919 % 7300)::int) as day,
        ['dx', 'px', 'hcpcs', 'any'][1 + i % 4] as field, [null, '9', '0', 'X'][1 + i // 7 % 4] as flag,
        case i % 11 when 0 then lower(code) when 1 then ' ' || code when 2 then ltrim(code, '0')
            when 3 then code || '.0' when 4 then code || '?' when 5 then null else code end as text
    from (select range as i from range({ROWS})) join codes on n = 1 + i * 31 % (select count(*) from codes)
"""


@pytest.fixture(scope="module")
def spark() -> Iterator["SparkSession"]:
    """A session in local mode."""
    session = open_spark()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture
def many(excerpt_build: Path, tmp_path: Path) -> Path:
    """Many written codes as Parquet."""
    path = tmp_path / "many.parquet"
    with duckdb.connect() as connection:
        codes = f"'{excerpt_build}/parquet/codes.parquet'"
        connection.execute(
            f"create table codes as select code, row_number() over (order by system, code) as n from {codes}"
        )
        connection.execute(f"copy ({MANY}) to '{path}'")
    return path


@pytest.mark.slow
@needs_spark
def test_every_row_is_the_same_on_spark(opened: Build, tmp_path: Path, many: Path, spark: "SparkSession") -> None:
    here = run(opened, many, tmp_path / "here", roles=long_roles(), to="ICD9CM")
    there = run(opened, spark.read.parquet(str(many)), tmp_path / "there", roles=long_roles(), to="ICD9CM")
    assert LONG_HEAD[0] in here.codes.columns
    assert here.codes.aggregate("count(*)").fetchall() == [(ROWS,)]
    for name in ("codes", "answers", "report"):
        own, other = rows_of(getattr(here, name)), rows_of(getattr(there, name))
        assert own == other


@pytest.mark.slow
@needs_spark
def test_files_are_read_by_spark_as_they_are_here(opened: Build, tmp_path: Path, spark: "SparkSession") -> None:
    assert spark.version
    source = write_text(tmp_path / "wide.csv", WIDE.replace("2010-03-04", "04-Mar-2010"))
    here = run(opened, source, keep=True, roles=ClaimRoles(keys=("id",)))
    there = run(opened, source, tmp_path / "out", keep=True, roles=ClaimRoles(keys=("id",)), on_spark=True)
    assert rows_of(there.codes) == rows_of(here.codes)
    assert is_spark_frame(spark.range(1))


@pytest.mark.skipif(HAS_SPARK, reason="pyspark is here")
def test_what_spark_needs_is_said_where_it_is_missing(opened: Build, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"pip install 'crosswalk-codes\[spark\]'"):
        run(opened, write_text(tmp_path / "wide.csv", WIDE), tmp_path / "out", on_spark=True)


@pytest.mark.skipif(not HAS_SPARK, reason=f"NOT TESTED ON SPARK: {MISSING} IS MISSING")
def test_whoever_has_pyspark_does_not_load_it_with_the_tables() -> None:
    program = "import sys, pipeline.build; print([each for each in sys.modules if each.startswith('pyspark')])"
    told = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert (told.stdout, told.stderr) == ("[]\n", "")


def test_a_table_of_pandas_is_no_frame_of_spark() -> None:
    assert not is_spark_frame(object())
