"""What lies around the rules: forms of days, numbers, and the answers as both engines join them.

Tables that are made in the database: `written_keys` by an engine, `judged_answers` and `joined_answers` here, then
`counted_rows` by an engine again.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pipeline.ask.build import Build, DuckConnection
from pipeline.ask.claims.claim_categories import NOTHING_BESIDE, AskedBeside
from pipeline.ask.claims.claim_days import DAY_FORMS, forms_in, is_typed
from pipeline.ask.claims.claims_database import count_rows_of, make_table
from pipeline.ask.claims.claims_engine import SOURCE_CLAIMS, WRITTEN_KEYS, ClaimsEngine
from pipeline.ask.claims.claims_sql import NO_DAY, quoted
from pipeline.ask.claims.code_columns import FRACTION, ClaimColumns
from pipeline.ask.claims.cut_days import cut_answers
from pipeline.ask.claims.judged import judged
from pipeline.errors import UsageError

ALL_REPAIRS, PLAIN_REPAIRS, NO_REPAIRS = REPAIRS_ALLOWED = ("all", "plain", "none")
JUDGED: Final = "judged_answers"
JOINED_ANSWERS: Final = "joined_answers"
UNREADABLE_AT_MOST: Final = 0.5  # of the days of a column; more, and it is none of days


def read_day_forms(
    engine: ClaimsEngine, columns: ClaimColumns, types: Mapping[str, str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
    """The forms of days in each column of them that is no column of days by its type, and how much of it is no day.

    Raises UsageError where that is more than half.
    """
    forms, not_read = {}, {}
    for name in dict.fromkeys(name for each in columns.codes for name in each.day):
        if not is_typed(types[name]):
            forms[name], not_read[name] = _forms_of(engine, name)
    return forms, not_read


def _forms_of(engine: ClaimsEngine, name: str) -> tuple[tuple[str, ...], int]:
    ((written, *read),) = engine.ask(forms_in(SOURCE_CLAIMS, quoted(name)))
    lost = written - sum(read)
    if lost > written * UNREADABLE_AT_MOST:
        raise UsageError(
            f"{name}: {lost:,} of {written:,} are no day\n  expected: {', '.join(DAY_FORMS)}\n"
            "  next:     name the column of days: --day COL, or --no-days"
        )
    return tuple(form for form, rows in zip(DAY_FORMS, read, strict=True) if rows), int(lost)


def settle_numbers(engine: ClaimsEngine, columns: ClaimColumns, types: Mapping[str, str]) -> ClaimColumns:
    """The same columns; of a type with fractions, whole numbers alone were bare, in a column with gaps."""
    codes = tuple(
        replace(each, numbers="bare")
        if each.numbers and FRACTION.fullmatch(types[each.column]) and not _has_fractions(engine, each.column)
        else each
        for each in columns.codes
    )
    return replace(columns, codes=codes)


def _has_fractions(engine: ClaimsEngine, name: str) -> bool:
    return bool(engine.ask(f"select 1 from {SOURCE_CLAIMS} where {quoted(name)} <> floor({quoted(name)}) limit 1"))


def make_answers(
    database: DuckConnection, build: Build, allowed: str = ALL_REPAIRS, beside: AskedBeside = NOTHING_BESIDE
) -> int:
    """Step 2: the rules on the distinct written codes; returns how many answers there are.

    JUDGED has what they say; JOINED_ANSWERS what step 3 needs. `allowed` are the repairs that are: all, plain (nothing
    said changes) or none. Runs of days are cut where what is asked for `beside` the codes changes.
    """
    said = judged(database, build, WRITTEN_KEYS, as_written=allowed != ALL_REPAIRS)
    if allowed == NO_REPAIRS:
        make_table(database, JUDGED, "answers_unrepaired.sql")
        database.execute(f"drop table {said}")
    else:
        database.execute(f"alter table {said} rename to {JUDGED}")
    database.execute(f"drop table {WRITTEN_KEYS}")
    cut_answers(database, build, beside)
    _make_joined(database)
    return count_rows_of(database, JUDGED)


def _make_joined(database: DuckConnection) -> None:
    """Status, system and code as texts: DuckDB 2.0.0 writes of an enumeration '' for a value now and then, one of ten
    million, where it is rare in its row group of a Parquet file."""
    said = ", ".join(f"{name}::varchar as {name}" for name in ("status", "system", "code"))
    database.execute(
        f"create table {JOINED_ANSWERS} as select answer, text, field, flag, numbers, "
        f"coalesce(day_from, {NO_DAY}) as day_from, coalesce(day_to, {NO_DAY}) as day_to, {said} from {JUDGED}"
    )
