"""The three steps in DuckDB: distinct written codes, the rules on them, and each written code with its answer.

Only the first and the last touch the claims. Tables that they make: `written_keys`, `judged_answers` and
`joined_answers`, then the file of codes and `counted_rows`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.ask.build import Build, DuckConnection
from pipeline.ask.claims.claim_days import FORMS, forms_in, is_typed
from pipeline.ask.claims.claims_database import count_rows_of, read_question, write_table
from pipeline.ask.claims.claims_source import CLAIMS
from pipeline.ask.claims.claims_sql import NO_DAY, ClaimsTable, distinct_sql, joined_sql, quoted
from pipeline.ask.claims.code_columns import FRACTION, ClaimColumns
from pipeline.ask.claims.judged import judged
from pipeline.ask.claims.rules import repairs
from pipeline.errors import UsageError

ALL, PLAIN, NONE = "all", "plain", "none"  # of the repairs
KEYS: Final = "written_keys"
ANSWERS: Final = "judged_answers"
JOINED: Final = "joined_answers"
COUNTED: Final = "counted_rows"
UNREADABLE_AT_MOST: Final = 0.5  # of the days of a column; more, and it is none of days
IN_ORDER: Final = "text, field, flag, numbers, day_from nulls first"


def read_day_forms(
    database: DuckConnection, columns: ClaimColumns, types: Mapping[str, str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
    """The forms of days in each column of them that is no column of days by its type, and how much of it is no day.

    Raises UsageError where that is more than half.
    """
    forms, not_read = {}, {}
    for name in dict.fromkeys(name for each in columns.codes for name in each.day):
        if not is_typed(types[name]):
            forms[name], not_read[name] = _forms_of(database, name)
    return forms, not_read


def _forms_of(database: DuckConnection, name: str) -> tuple[tuple[str, ...], int]:
    row = database.execute(forms_in(CLAIMS, quoted(name))).fetchone() or (0,)
    written, *read = map(int, row)
    lost = written - sum(read)
    if lost > written * UNREADABLE_AT_MOST:
        raise UsageError(
            f"{name}: {lost:,} of {written:,} are no day\n  expected: {', '.join(FORMS)}\n"
            "  next:     name the column of days: --day COL, or --no-days"
        )
    return tuple(form for form, rows in zip(FORMS, read, strict=True) if rows), lost


def settle_numbers(database: DuckConnection, columns: ClaimColumns, types: Mapping[str, str]) -> ClaimColumns:
    """The same columns; of a type with fractions, whole numbers alone were bare, in a column with gaps."""
    codes = tuple(
        replace(each, numbers="bare")
        if FRACTION.fullmatch(types[each.column]) and not _has_fractions(database, each.column)
        else each
        for each in columns.codes
    )
    return replace(columns, codes=codes)


def _has_fractions(database: DuckConnection, name: str) -> bool:
    question = f"select 1 from {CLAIMS} where {quoted(name)} <> floor({quoted(name)}) limit 1"
    return database.execute(question).fetchone() is not None


def make_keys(database: DuckConnection, table: ClaimsTable, columns: ClaimColumns) -> int:
    """Step 1: the distinct written codes as KEYS; returns how many there are."""
    database.execute(f"create table {KEYS} as {distinct_sql(table, columns)}")
    return count_rows_of(database, KEYS)


def make_answers(database: DuckConnection, build: Build, allowed: str = ALL) -> int:
    """Step 2: the rules on the distinct written codes; returns how many answers there are.

    ANSWERS has what they say, numbered in the order of the texts, so that it does not depend on that of the claims;
    JOINED what step 3 needs. `allowed` are the repairs that are: all, plain (which change nothing said) or none.
    """
    said = judged(database, build, KEYS)
    values = {"plain": [each.name for each in repairs() if each.kind == PLAIN and allowed == PLAIN]}
    sql = read_question("answers_allowed.sql") if allowed != ALL else f"select * from {said}"
    database.execute(
        f"create table {ANSWERS} as select row_number() over (order by {IN_ORDER})::integer as answer, "
        f"text, field, flag, numbers, day_from, day_to, status, system, code, repairs, basis, candidates from ({sql})",
        values if allowed != ALL else {},
    )
    database.execute(f"drop table {said}")
    _make_joined(database)
    return count_rows_of(database, ANSWERS)


def _make_joined(database: DuckConnection) -> None:
    """Status, system and code as enumerations: they are joined as numbers, and written as dictionaries."""
    for name in ("status", "system", "code"):
        database.execute(
            f"create type said_{name} as enum (select distinct {name}::varchar as said from {ANSWERS} "
            f"where {name} is not null order by said)"
        )
    said = ", ".join(f"{name}::varchar::said_{name} as {name}" for name in ("status", "system", "code"))
    database.execute(
        f"create table {JOINED} as select answer, text, field, flag, numbers, coalesce(day_from, {NO_DAY}) as day_from,"
        f" coalesce(day_to, {NO_DAY}) as day_to, {said} from {ANSWERS}"
    )


def write_codes(
    database: DuckConnection, table: ClaimsTable, columns: ClaimColumns, kept: Sequence[str], path: Path
) -> int:
    """Step 3: a file with a row for each written code; returns how many there are."""
    write_table(database, joined_sql(table, columns, kept, JOINED), path)
    return count_rows_of(database, f"'{_escaped(path)}'")


def count_answers(database: DuckConnection, path: Path) -> None:
    """Rows by column, year and answer, as COUNTED, from the file of codes."""
    database.execute(
        f"create table {COUNTED} as select {quoted('column')}, year({quoted('day')})::integer as year, answer, "
        f"count(*) as rows from '{_escaped(path)}' group by all"
    )


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
