"""What changed in a system between two days, and how it is printed."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Final

from pipeline.ask.answers import as_csv, as_json
from pipeline.ask.build import Build
from pipeline.ask.known_days import read_known_days
from pipeline.errors import UsageError
from pipeline.run.printable import as_markdown

DIFF_HEAD = ("change", "code", "before", "after")
DIFFERENCES: Final = """
    with episodes as (
        select code, billable, short_description, description, valid_from, valid_to
        from code_history where system = $system
    ),
    runs as (select code, valid_from, valid_through from validity where system = $system),
    before as (
        from episodes where $before between valid_from and coalesce(valid_to, date '9999-12-31')
            and code in (select code from runs where $before between valid_from and valid_through)
    ),
    after as (
        from episodes where $after between valid_from and coalesce(valid_to, date '9999-12-31')
            and code in (select code from runs where $after between valid_from and valid_through)
    ),
    unsure as (
        select distinct code
        from code_history, (select unnest([$before, $after]) as day)
        where system = $system
            and ((day >= valid_from_earliest and day < valid_from) or (day > valid_to_earliest and day <= valid_to))
    ),
    pairs as (
        select coalesce(b.code, a.code) as code, b.code is null as is_new, a.code is null as is_gone,
            b.billable as was_billable, a.billable as is_billable,
            coalesce(b.description, b.short_description) as was, coalesce(a.description, a.short_description) as "is",
            (b.description is not null and a.description is not null and b.description <> a.description)
                or b.short_description <> a.short_description as is_revised,
            b.short_description as was_short, a.short_description as is_short
        from before b full join after a using (code)
        where coalesce(b.code, a.code) not in (from unsure)
    ),
    changes as (
        select 1 as rank, 'added' as change, code, null as was, "is" from pairs where is_new
        union all select 2, 'removed', code, was, null from pairs where is_gone
        union all select 3, 'became_header', code, was, "is" from pairs where was_billable and not is_billable
        union all select 4, 'became_billable', code, was, "is" from pairs where not was_billable and is_billable
        union all select 5, 'description_revised', code,
            case when was is distinct from "is" then was else was_short end,
            case when was is distinct from "is" then "is" else is_short end
        from pairs where is_revised and was_billable = is_billable
        union all select 6, 'not_known', code, null, null from unsure
    )
    select change, code_dotted, was, "is" from changes
    join codes c using (code) where c.system = $system order by rank, code
"""
Difference = tuple[str, str, str | None, str | None]


def find_differences(build: Build, system: str, before: date, after: date) -> list[Difference]:
    """What changed in a system between two days: change, code as it is written, meaning before, meaning after.

    Of a code that may have begun, ended or been reworded by one of them, but need not have, the change is not_known.

    Raises UsageError where there is no such system, or the first day is the later one; NotKnown where nothing is known
    of one of the days: before the oldest release, beyond the horizon, or without a listing.
    """
    name = build.system_called(system)
    if after < before:
        raise UsageError(f"{after} is before {before}\n  next:     name the earlier day first")
    known = read_known_days(build)[name]
    known.require(before)
    known.require(after)
    return build.ask(DIFFERENCES, system=name, before=before, after=after).records


def diff_as_table(rows: list[Difference]) -> str:
    """The changes as aligned lines, counts first."""
    first, second = (max((len(str(row[at])) for row in rows), default=0) for at in (0, 1))
    lines = [f"{change:<{first}}  {code:<{second}}  {_arrow(was, now)}" for change, code, was, now in rows]
    return "\n".join([_counts(rows), "", *lines]) + "\n"


def diff_as_csv(rows: list[Difference]) -> str:
    """The changes as CSV with a header."""
    return as_csv([DIFF_HEAD, *rows])


def diff_as_json(rows: list[Difference]) -> str:
    """The changes as a JSON list, an object with the columns of the CSV on a line for each."""
    told = ",\n".join(as_json(dict(zip(DIFF_HEAD, row, strict=True))) for row in rows)
    return f"[\n{told}\n]\n"


def diff_as_markdown(rows: list[Difference]) -> str:
    """The changes as a Markdown table, counts first."""
    cells = [DIFF_HEAD, ("---",) * len(DIFF_HEAD), *([as_markdown(cell or "") for cell in row] for row in rows)]
    return "\n".join([_counts(rows), "", *(f"| {' | '.join(row)} |" for row in cells)]) + "\n"


def _arrow(was: str | None, now: str | None) -> str:
    return f"{was} -> {now}" if was and now and was != now else (now or was or "")


def _counts(rows: list[Difference]) -> str:
    counts = Counter(change for change, *_ in rows)
    return ", ".join(f"{change} {count:,}" for change, count in counts.items()) or "nothing changed"


DIFF_FORMATS: dict[str, Callable[[list[Difference]], str]] = {
    "table": diff_as_table,
    "csv": diff_as_csv,
    "json": diff_as_json,
    "md": diff_as_markdown,
}
