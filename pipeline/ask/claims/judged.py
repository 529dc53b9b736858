"""What distinct written codes mean, on every day that they stand on: the rules, as set operations in SQL.

Each step is an SQL file beside this one, which says what a row of it is.
"""

from typing import Final

from pipeline.ask.build import Build, DuckConnection
from pipeline.ask.claims.claim_tables import ClaimTables, read_step
from pipeline.ask.claims.rule_tables import rule_tables, rule_values
from pipeline.ask.claims.rules import bases, forms, statuses
from pipeline.errors import UsageError

ANSWERS: Final = "answers"
NOT_A_FIELD: Final = """
    select distinct field from claims_keys where field is null or field not in (select field from claims_scopes)
"""


NOTHING_READ: Final = "select null::bigint as question, null::bigint as code_id, null::integer as repairs where false"


def judged(connection: DuckConnection, build: Build, keys: str, *, as_written: bool = False) -> str:
    """Answers to the rows of a table or view of the connection, in its new temporary table `answers`, which is named.

    `keys`: text, field, flag, numbers, first_day, last_day, rows, no_day; a row per text, field, flag and numbers with
    its first and last day, both null where it has none; `no_day` where it stands without a day too. `numbers` is bare
    or dotted where the column was stored as numbers. `as_written`: only plain repairs are made, so that nothing that is
    said changes.
    `answers`: text, field, flag, numbers, day_from, day_to, answer, status, system, code, repairs, basis, candidates; a
    row per run of days, without gap or overlap, from first to last day, in which all that is said is the same; both
    days null where there is none. Raises UsageError for a field that is neither one of the rules nor a system.
    """
    build.show_to(connection, ("codes", "code_history", "releases", "systems"), "build_")
    connection.execute(f"create or replace temp view claims_keys as from {keys}")
    with ClaimTables(connection, rule_values()) as tables:
        _make_rules(tables, build)
        _require_fields(connection)
        tables.make("texts", "select distinct text from claims_keys")
        tables.make_steps("written", "asked", "questions", "asks")
        _find_readings(tables, as_written=as_written)
        _find_days(tables, build)
        connection.execute(f"create or replace temp table {ANSWERS} as {read_step('answers')}")
    return ANSWERS


def _make_rules(tables: ClaimTables, build: Build) -> None:
    """Types, and tables of what is data of the rules."""
    tables.make_words("system", sorted({*build.systems, *(each.system for each in forms())}))
    tables.make_words("status", (each.name for each in statuses()))
    tables.make_words("basis", (each.name for each in bases()))
    for name, columns in rule_tables(build):
        tables.make_of_columns(name, columns)
    tables.make_steps("repairs", "horizons")


def _require_fields(connection: DuckConnection) -> None:
    unknown = sorted(str(field) for (field,) in connection.execute(NOT_A_FIELD).fetchall())
    if unknown:
        raise UsageError(f"{', '.join(unknown)}: no field of claims, and no system\n  next:     name one of either")


def _find_readings(tables: ClaimTables, *, as_written: bool) -> None:
    """The codes that each text may mean: as a column of numbers has lost them, else as written, else inferred."""
    tables.make_steps("listed", "ranged")
    for form in (each for each in forms() if each.reading):
        tables.add("listed", read_step("formed"), system=form.system, pattern=form.pattern)
    if as_written:
        tables.make("readings", NOTHING_READ)
        tables.add("readings", read_step("as_written"))
        return
    tables.make("candidates", read_step("stored_as_numbers"))
    tables.make_steps("readings")
    tables.add("readings", read_step("as_written"))
    tables.make("candidates", read_step("inferred"))
    tables.add("readings", read_step("readings"))


def _find_days(tables: ClaimTables, build: Build) -> None:
    """What the codes were on which days, and what follows where several may be meant, or none."""
    tables.make_steps("meant", "code_spans", "alone")
    told = [each for each in forms() if not each.reading]
    tables.make_of_each("formed_elsewhere", read_step("formed_elsewhere"), map(vars, told))
    systems = [{"system": each.system, "pattern": each.code_pattern} for each in build.systems.values()]
    tables.make_of_each("fitting", read_step("fitting"), systems)
    tables.make_steps("contested")
