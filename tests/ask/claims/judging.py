"""Rows of written codes put to `judged`, and its answers as rows."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import duckdb

from pipeline.ask.build import Build
from pipeline.ask.claims.judged import judged

KEYS = """
    create temp table written_keys (
        text varchar, field varchar, flag varchar, numbers varchar, first_day date, last_day date, rows bigint,
        no_day boolean
    )
"""
SAID = "status, system, code, repairs, basis, candidates"
ANSWER_ROWS = f"""
    select text, field, flag, numbers, day_from, day_to, {SAID.replace("status,", "status::varchar as status,")}
    from answers order by answer
"""


class Written(NamedTuple):
    """A text as it stands on claims: from its first to its last day, None where it has none."""

    text: str | None
    field: str = "dx"
    first_day: date | None = None
    last_day: date | None = None
    flag: str | None = None
    numbers: str | None = None


def judge_rows(build: Build, rows: Iterable[Written], settings: str = "") -> list[dict[str, Any]]:
    """The answers to some rows, in the order of their numbers, each as a dict."""
    with duckdb.connect() as connection:
        connection.execute(settings or "select 1")
        connection.execute(KEYS)
        keys = [
            (row.text, row.field, row.flag, row.numbers, row.first_day, row.last_day, 1, row.first_day is None)
            for row in rows
        ]
        if keys:
            connection.executemany("insert into written_keys values (?, ?, ?, ?, ?, ?, ?, ?)", keys)
        judged(connection, build, "written_keys")
        answer = connection.execute(ANSWER_ROWS)
        names = [column[0] for column in answer.description or []]
        return [dict(zip(names, record, strict=True)) for record in answer.fetchall()]


def judge_row(build: Build, row: Written) -> dict[str, Any]:
    """The one answer to a text on one day, or without a day."""
    (answer,) = judge_rows(build, [row])
    return answer


def on(
    day: date | None, text: str | None, field: str = "dx", flag: str | None = None, numbers: str | None = None
) -> Written:
    """A text as it stands on claims of one day, or without a day."""
    return Written(text, field, day, day, flag, numbers)
