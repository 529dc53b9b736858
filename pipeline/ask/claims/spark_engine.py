"""Claims in Spark: its SQL asks the two questions, in local mode or on the cluster of the user's session.

The rules run in DuckDB in this process, on the distinct written codes, which are brought here; the answers go back.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.ask.build import DuckConnection
from pipeline.ask.claims.claims_database import count_rows_of, open_database
from pipeline.ask.claims.claims_engine import COUNTED_ROWS, SOURCE_CLAIMS, WRITTEN_KEYS, counted_sql
from pipeline.ask.claims.claims_source import open_source
from pipeline.ask.claims.claims_sql import transpiled
from pipeline.ask.claims.claims_steps import JOINED_ANSWERS
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DIALECT: Final = "spark"
# Types of Spark whose names are not those of DuckDB.
TYPES_OF_SPARK: Final = {"string": "VARCHAR"}


def is_spark_frame(source: Any) -> bool:
    """Whether something is a frame of Spark, classic or Connect, without an import of it."""
    return type(source).__module__.startswith("pyspark.sql") and type(source).__name__ == "DataFrame"


class SparkEngine:
    """The engine of a session of Spark, on a frame."""

    def __init__(self, database: DuckConnection, frame: "DataFrame", files: tuple[Path, ...] = ()) -> None:
        self._database = database
        self._frame = frame
        self._spark = frame.sparkSession
        self.types = {name: TYPES_OF_SPARK.get(kind, kind) for name, kind in frame.dtypes}
        self.files = files

    def stage(self, needed: Sequence[str]) -> int:
        """See ClaimsEngine."""
        names = [f"`{each.replace('`', '``')}`" for each in dict.fromkeys(needed)]
        self._frame.select(*names).createOrReplaceTempView(SOURCE_CLAIMS)
        return int(self._sql(f"select count(*) from {SOURCE_CLAIMS}").collect()[0][0])

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """See ClaimsEngine."""
        return [tuple(row) for row in self._sql(question).collect()]

    def store_keys(self, question: str, rows: int) -> int:  # Spark shows a bar of its own
        """See ClaimsEngine."""
        self._bring(WRITTEN_KEYS, self._sql(question))
        return count_rows_of(self._database, WRITTEN_KEYS)

    def write_codes(self, question: str, path: Path, rows: int) -> int:
        """See ClaimsEngine."""
        self.codes(question).write.parquet(path.absolute().as_uri())
        return int(self._spark.read.parquet(path.absolute().as_uri()).count())

    def codes(self, question: str) -> "DataFrame":
        """The answer to a question about SOURCE_CLAIMS and the joined answers, which are sent to every worker."""
        said = ", ".join(f"{name}::varchar as {name}" for name in ("status", "system", "code"))
        with self._database.cursor() as own:
            answers = own.sql(f"select * replace ({said}) from {JOINED_ANSWERS}").to_arrow_table()
        self._spark.createDataFrame(answers).hint("broadcast").createOrReplaceTempView(JOINED_ANSWERS)
        return self._sql(question)

    def count_answers(self, path: Path) -> None:
        """See ClaimsEngine."""
        self._spark.read.parquet(path.absolute().as_uri()).createOrReplaceTempView("written_codes")
        self._bring(COUNTED_ROWS, self._sql(counted_sql("written_codes")))

    def _sql(self, question: str) -> "DataFrame":
        return self._spark.sql(transpiled(question, DIALECT))

    def _bring(self, name: str, frame: "DataFrame") -> None:
        self._database.register(f"of_spark_{name}", frame.toArrow())
        self._database.execute(f"create table {name} as select * from of_spark_{name}")
        self._database.unregister(f"of_spark_{name}")


def open_spark() -> "SparkSession":
    """The session of the user's configuration, in local mode where that names no cluster.

    Raises UsageError where pyspark or java is missing.
    """
    try:
        from pyspark import SparkConf  # noqa: PLC0415  # an extra
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as problem:
        raise UsageError(
            "--engine spark: pyspark is not installed\n  next:     pip install 'crosswalk-codes[spark]'"
        ) from problem
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise UsageError("--engine spark: no java is here\n  next:     install Java 17 or 21, or set JAVA_HOME")
    master = SparkConf().get("spark.master", "local[*]")
    quiet = {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC"}
    builder = SparkSession.builder.appName("crosswalk claims").master(master or "local[*]")
    for key, value in quiet.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def read_frame(source: Any, scratch: Path) -> tuple["DataFrame", tuple[Path, ...]]:
    """Files of claims as a frame: Parquet as it is, text with every column as text."""
    session = open_spark()
    with open_database(scratch) as database:
        given = open_source(database, source)
    if given.delimiters:
        frames = [
            session.read.csv(
                [each.absolute().as_uri() for each in some], sep=delimiter, header=True, escape='"', multiLine=True
            )
            for delimiter, some in given.delimiters.items()
        ]
    else:
        frames = [session.read.parquet(*(each.absolute().as_uri() for each in given.files))]
    frame = frames[0]
    for each in frames[1:]:
        frame = frame.unionByName(each, allowMissingColumns=True)
    return frame, given.files
