"""The script in DuckDB and in PostgreSQL: row for row what a build's own macros say."""

from pathlib import Path

import duckdb
import pytest

from tests.warehouse.engines import answer_in_duckdb, answer_in_postgres, find_postgres, postgres_server, rows_of
from tests.warehouse.questions import MACROS, QUESTIONS, write_questions

NEEDS_POSTGRES = pytest.mark.skipif(
    find_postgres() is None, reason="NOT TESTED ON POSTGRESQL: it is missing (apt install postgresql)"
)


@pytest.fixture(scope="module")
def answered(excerpt_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the questions, answered by the build and by the script in DuckDB."""
    folder = tmp_path_factory.mktemp("warehouse")
    folder.chmod(0o755)
    write_questions(excerpt_build, folder)
    answer_in_duckdb(excerpt_build, folder)
    return folder


@pytest.mark.parametrize("question", MACROS)
def test_the_views_say_what_the_macros_of_a_build_say(answered: Path, question: str) -> None:
    with duckdb.connect(str(answered / "answers.duckdb"), read_only=True) as database:
        expected = database.execute(f'from "{question}" order by all').fetchall()
    assert len(expected) > 30
    assert rows_of(f"{answered}/duckdb/{question}.parquet") == expected


@pytest.mark.slow
@NEEDS_POSTGRES
def test_postgresql_says_the_same_row_for_row(answered: Path, excerpt_build: Path) -> None:
    programs = find_postgres()
    assert programs is not None
    with postgres_server(programs) as psql:
        answer_in_postgres(psql, excerpt_build, answered)
    for question in QUESTIONS:
        own = f"{answered}/duckdb/{question}.parquet"
        assert rows_of(f"{answered}/postgres/{question}.csv", like=own) == rows_of(own)
