"""What was found in claims, for who owns them: by column and year, with what is suspicious, as csv and as a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.ask.build import Build, DuckConnection
from pipeline.ask.claims.claims_database import make_table, read_question, write_table
from pipeline.ask.claims.claims_sql import literal
from pipeline.errors import TooManyFaults, UsageError

ENOUGH_TEXTS: Final = 100  # of 100 codes of ICD-9-CM that were drawn at random all lack a zero in front once in 60,000
# Fields whose codes look alike: the same digits, with the dot at another place.
LOOK_ALIKE: Final = (("ICD9CM", "ICD9Proc"), ("ICD9Proc", "ICD9CM"))
FINDING_ORDER: Final = (
    """order by finding <> 'status', finding, "column", year, rows desc, status, system, repairs, note"""
)
NO_FORMULA: Final = r"""if(regexp_matches("column", '^[=+@\t\r-]'), chr(39) || "column", "column")"""
DAYS_NOT_READ: Final = """
    insert into claims_findings
    select 'day_not_read', $name, null, null, null, null, $rows, null, 'is no day, so these have none' where $rows > 0
"""
FLAGS_NOT_READ: Final = """
    insert into claims_findings
    select 'flag_not_read', c."column", c.year, null, null, null, sum(c.rows), count(distinct a.flag),
        'says nothing: ' || array_to_string(list(distinct a.flag order by a.flag)[:5], ', ')
    from counted_rows as c join judged_answers as a on a.answer = c.answer
    where trim(a.flag) <> '' and upper(trim(a.flag)) not in (select unnest($known))
    group by all
"""


@dataclass(frozen=True)
class Limit:
    """How often a status may be at most: a share of the written codes, or a number of them."""

    status: str
    share: float | None
    rows: int | None

    def __str__(self) -> str:
        return f"{self.status}={self.share:.4%}" if self.share is not None else f"{self.status}={self.rows}"


def read_limit(text: str, statuses: Sequence[str]) -> Limit:
    """What unknown=5% or unknown=100 says. Raises UsageError for what is no such thing."""
    status, _, most = text.partition("=")
    try:
        if status not in statuses:
            raise ValueError
        if most.endswith("%"):
            return Limit(status, float(most[:-1]) / 100, None)
        return Limit(status, None, int(most))
    except ValueError as problem:
        raise UsageError(
            f"--fail-on {text}: no limit\n  expected: a status and how much of it, unknown=5% or unknown=100\n"
            f"  next:     one of {', '.join(statuses)}"
        ) from problem


def find_too_many(database: DuckConnection, limits: Sequence[Limit]) -> TooManyFaults | None:
    """What is to be raised where a status is more frequent than a limit allows, of the codes that are not empty."""
    rows = "select status, sum(rows)::bigint from claims_findings where finding = 'status' group by status"
    found: dict[str, int] = dict(database.execute(rows).fetchall())
    written = sum(found.values()) - found.get("empty", 0)
    told = []
    for each in limits:
        own = found.get(each.status, 0)
        most = each.share * written if each.share is not None else each.rows or 0
        if own > most:
            told.append(
                f"{each.status}: {own:,} of {written:,} written codes ({own / max(written, 1):.2%}), over {each}"
            )
    return TooManyFaults("\n".join([*told, "  next:     see the report"])) if told else None


def make_findings(
    database: DuckConnection, build: Build, known_flags: Sequence[str], days_not_read: Mapping[str, int]
) -> None:
    """Table `claims_findings`: finding, column, year, status, system, repairs, rows, distinct, note."""
    build.show_to(database, ("code_history",), "build_")
    pairs = ", ".join(f"({literal(own)}, {literal(other)})" for own, other in LOOK_ALIKE)
    database.execute(f"create table look_alike as select * from (values {pairs}) as t (system, other)")
    make_table(database, "claims_findings", "claims_report.sql")
    database.execute(f"insert into claims_findings {read_question('also_other_field.sql')}")
    look = read_question("stored_as_numbers_look.sql")
    database.execute(f"insert into claims_findings {look}", {"enough": ENOUGH_TEXTS})
    database.execute(FLAGS_NOT_READ, {"known": list(known_flags)})
    for name, rows in days_not_read.items():
        database.execute(DAYS_NOT_READ, {"name": name, "rows": rows})


def write_report(database: DuckConnection, path: Path) -> None:
    """Writes the findings as csv; the name of a column that a spreadsheet takes for a formula has ' before it."""
    ordered = f"select * from claims_findings {FINDING_ORDER}"
    write_table(database, f'select * replace ({NO_FORMULA} as "column") from ({ordered})', path)


def findings(database: DuckConnection) -> list[dict[str, Any]]:
    """The findings as rows."""
    answer = database.execute(f"select * from claims_findings {FINDING_ORDER}")
    names = [each[0] for each in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
