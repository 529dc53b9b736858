"""The two questions that touch the claims themselves, in plain SQL that is the same in DuckDB, Spark and warehouses.

`distinct_sql` asks for the distinct written codes, `joined_sql` gives each written code its answer: one equi-join, and
the day within the answer's run of days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.ask.claims.claim_days import day_of
from pipeline.ask.claims.code_columns import ClaimColumns, CodeColumn

# In the place of the day where there is none, so that the join stays an equality and a range. No claim has it: where it
# is written, some other program had it in the place of none.
NO_DAY: Final = "date '0001-01-01'"
SAID_OF_CODES: Final = ("status", "system", "code", "answer")
CODES_COLUMNS: Final = ("column", "day", "text", *SAID_OF_CODES)


@dataclass(frozen=True)
class ClaimsTable:
    """Claims as a table that SQL can name: its name, columns with their types, and the forms of days in each."""

    name: str
    types: Mapping[str, str]
    day_forms: Mapping[str, tuple[str, ...]]


def quoted(name: str) -> str:
    """A name as SQL writes it whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def kept_names(columns: Sequence[str]) -> dict[str, str]:
    """Columns of the input that go through, each with its name in the result: another where the result has one of that
    name.

    >>> kept_names(["claim", "day"])
    {'claim': 'claim', 'day': 'input_day'}
    """
    return {each: f"input_{each}" if each.lower() in CODES_COLUMNS else each for each in columns}


def written_codes_sql(table: ClaimsTable, columns: ClaimColumns, kept: Sequence[str]) -> str:
    """A row for each written code: what goes through, column, day, text, field, flag and numbers. Nothing is ''."""
    selects = [_written_in(table, each, kept) for each in columns.codes]
    return "\nunion all\n".join(selects)


def _written_in(table: ClaimsTable, each: CodeColumn, kept: Sequence[str]) -> str:
    days = [day_of(quoted(name), table.types[name], table.day_forms.get(name, ())) for name in each.day]
    days = [f"nullif({each}, {NO_DAY})" for each in days]
    day = "cast(null as date)" if not days else days[0] if len(days) == 1 else f"coalesce({', '.join(days)})"
    own = [f"{quoted(name)} as {quoted(new)}" for name, new in kept_names(kept).items()]
    parts = [
        *own,
        f"{literal(each.column)} as {quoted('column')}",
        f"{day} as {quoted('day')}",
        f"coalesce({as_text(table, each.column)}, '') as {quoted('text')}",
        f"{_or_nothing(table, each.field_in) if each.field_in else literal(each.field)} as field",
        f"{_or_nothing(table, each.flag) if each.flag else literal(each.flag_is)} as flag",
        f"{literal(each.numbers)} as numbers",
    ]
    return f"select {', '.join(parts)} from {table.name}"


def as_text(table: ClaimsTable, name: str) -> str:
    """SQL for what a column has, as a text."""
    is_text = table.types[name].upper() in {"VARCHAR", "STRING"}
    return quoted(name) if is_text else f"cast({quoted(name)} as varchar)"


def _or_nothing(table: ClaimsTable, name: str) -> str:
    return f"coalesce({as_text(table, name)}, '')"


def told_apart_by(columns: ClaimColumns) -> list[str]:
    """What two written codes of the same text may differ in, in these claims; the rest is the same everywhere."""
    codes = columns.codes
    differ = {
        "field": any(each.field_in for each in codes) or len({each.field for each in codes}) > 1,
        "flag": any(each.flag for each in codes) or len({each.flag_is for each in codes}) > 1,
        "numbers": len({each.numbers for each in codes}) > 1,
    }
    return [name for name, does in differ.items() if does]


def distinct_sql(table: ClaimsTable, columns: ClaimColumns) -> str:
    """The distinct written codes: text, field, flag, numbers, their first_day and last_day, rows, and no_day where any
    of these has none."""
    apart = told_apart_by(columns)
    one = columns.codes[0]
    same = {"field": one.field, "flag": one.flag_is, "numbers": one.numbers}
    said = ", ".join(name if name in apart else f"{literal(same[name])} as {name}" for name in same)
    keys = ", ".join([quoted("text"), *apart])
    day = quoted("day")
    return (
        f"select {quoted('text')}, {said}, min({day}) as first_day, max({day}) as last_day, "
        f"count(*) as {quoted('rows')}, count(*) > count({day}) as no_day\n"
        f"from (\n{written_codes_sql(table, columns, ())}\n) as written\n"
        f"group by {keys}"
    )


def joined_sql(table: ClaimsTable, columns: ClaimColumns, kept: Sequence[str], answers: str) -> str:
    """Each written code with its answer: what goes through, column, day, text, status, system, code, answer.

    `answers` is a table with text, field, flag, numbers, day_from and day_to, which are NO_DAY where there is no day.
    """
    day, text = quoted("day"), quoted("text")
    own = [f"c.{quoted(new)}" for new in kept_names(kept).values()]
    said = [f"c.{quoted(each)}" for each in ("column", "day", "text")] + [f"a.{quoted(each)}" for each in SAID_OF_CODES]
    same = " and ".join(f"c.{name} = a.{name}" for name in [text, *told_apart_by(columns)])
    return (
        f"select {', '.join([*own, *said])}\n"
        f"from (\n{written_codes_sql(table, columns, kept)}\n) as c\n"
        f"join {answers} as a on {same}\n"
        f"    and coalesce(c.{day}, {NO_DAY}) between a.day_from and a.day_to"
    )


def transpiled(sql: str, dialect: str) -> str:
    """A question in the SQL of another engine: spark, snowflake, bigquery, databricks, redshift, tsql, ..."""
    import sqlglot  # noqa: PLC0415  # 0.2 s that only who asks for it waits for

    return sqlglot.transpile(sql, read="duckdb", write=dialect, pretty=True)[0]
