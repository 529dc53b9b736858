"""The two questions that touch the claims, written for another engine: how a warehouse is used."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pipeline.ask.claims.claim_days import DAY_FORMS, is_typed
from pipeline.ask.claims.claims_database import open_database
from pipeline.ask.claims.claims_source import open_source
from pipeline.ask.claims.claims_sql import NO_DAY, ClaimsTable, distinct_sql, joined_sql, transpiled
from pipeline.ask.claims.code_columns import ClaimColumns, ClaimRoles, find_columns
from pipeline.errors import UsageError

SQL_HEAD: Final = """-- 1. The distinct written codes. Store them as WRITTEN_KEYS.parquet, and judge them:
-- crosswalk claims WRITTEN_KEYS.parquet --layout keys --out DIR
{distinct};

-- 2. Load answers.parquet as claim_answers; each written code with its answer:
{joined};
"""


def emit_questions(files: Sequence[str], roles: ClaimRoles, keep: bool, dialect: str) -> str:
    """The SQL of both questions for claims with the columns of some files, which the warehouse has as `claims`.

    Raises UsageError for a dialect that is none.
    """
    with tempfile.TemporaryDirectory() as scratch, open_database(Path(scratch)) as database:
        given = open_source(database, list(files))
    columns = find_columns(given.types, given.files, roles)
    forms = {name: tuple(DAY_FORMS) for name, kind in given.types.items() if not is_typed(kind)}
    kept = (*columns.keys, *(columns.others if keep else ()))
    table = ClaimsTable("claims", given.types, forms)
    return SQL_HEAD.format(
        distinct=_written_for(dialect, distinct_sql(table, columns)),
        joined=_written_for(dialect, _joined(table, columns, kept)),
    )


def _joined(table: ClaimsTable, columns: ClaimColumns, kept: Sequence[str]) -> str:
    days = f"coalesce(day_from, {NO_DAY}) as day_from, coalesce(day_to, {NO_DAY}) as day_to"
    answers = f"(select answer, text, field, flag, numbers, status, system, code, {days} from claim_answers)"
    return joined_sql(table, columns, kept, answers)


def _written_for(dialect: str, sql: str) -> str:
    try:
        return transpiled(sql, dialect)
    except ValueError as problem:
        raise UsageError(
            f"--emit-sql {dialect}: {problem}\n  next:     duckdb, spark, snowflake, bigquery, ..."
        ) from problem
