"""Questions to tables in memory."""

from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.run.sql import one_thread_each, query_tables


def threads_of_a_question(folder: Path) -> int:
    sql = folder / "threads.sql"
    sql.write_text("select current_setting('threads')::int as threads from nothing", encoding="utf-8")
    threads: int = query_tables(sql, nothing=pa.table({"one": [1]}))["threads"][0].as_py()
    return threads


def test_questions_have_one_thread_each_meanwhile_and_as_many_as_duckdb_takes_behind(tmp_path: Path) -> None:
    with duckdb.connect() as untouched:
        usual = untouched.execute("select current_setting('threads')").fetchall()[0][0]
    with one_thread_each():
        assert threads_of_a_question(tmp_path) == 1
    assert threads_of_a_question(tmp_path) == usual
