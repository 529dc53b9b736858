"""What distinct written codes mean, on every day that they stand on: the rules, as set operations in SQL.

Each step is an SQL file beside this one, which says what a row of it is. All work in temporary tables `claims_*` of the
caller's connection; only `answers` is left there.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from pipeline.ask.build import Build, Connection
from pipeline.ask.claims.rules import (
    bases,
    forms,
    inferred_bits,
    listed_in,
    number_ranges,
    repair_bits,
    repairs,
    statuses,
)
from pipeline.ask.claims.scopes import derive_scopes, flags_by_writing
from pipeline.errors import UsageError

ANSWERS: Final = "answers"
PARAMETER = re.compile(r"\$(\w+)")
TABLES_OF_BUILD: Final = ("codes", "code_history", "systems")
NOT_A_FIELD: Final = """
    select distinct field from claims_keys where field is null or field not in (select field from claims_scopes)
"""
HORIZONS: Final = """
    select system, coalesce(in_use_from, '-infinity'::date) as used_from, known_from, known_through,
        coalesce(in_use_to, 'infinity'::date) as used_through
    from build_systems where known_through is not null and system not in (select unnest($by_form))
"""
REPAIRS_IN_WORDS: Final = """
    select repairs, nullif(array_to_string(list_filter($names, lambda n, i: repairs & (1 << (i - 1)) > 0), ' '), '')
        as names
    from (select unnest(range(1 << len($names))) as repairs)
"""
Columns = dict[str, list[Any]]


def judged(connection: Connection, build: Build, keys: str) -> str:
    """Answers to the rows of a table or view of the connection, in its new temporary table `answers`, which is named.

    `keys`: text, field, flag, numbers, first_day, last_day, rows, no_day; a row per text, field, flag and numbers with
    its first and last day, both null where it has none; `no_day` where it stands without a day too. `numbers` is bare
    or dotted where the column was stored as numbers.
    `answers`: text, field, flag, numbers, day_from, day_to, answer, status, system, code, repairs, basis, candidates; a
    row per run of days, without gap or overlap, from first to last day, in which all that is said is the same; both
    days null where there is none. Raises UsageError for a field that is neither one of the rules nor a system.
    """
    steps = ClaimSteps(connection, build)
    build.show_to(connection, TABLES_OF_BUILD, "build_")
    steps.view("claims_keys", f"from {keys}")
    steps.prepare()
    steps.read_written_codes()
    steps.find_readings()
    steps.answer()
    steps.clear()
    return ANSWERS


class ClaimSteps:
    """The steps from written codes to answers, on the temporary tables of a connection."""

    def __init__(self, connection: Connection, build: Build) -> None:
        self._connection = connection
        self._build = build
        self._values: dict[str, Any] = {
            **repair_bits(),
            "inferred": inferred_bits(),
            "elsewhere": repair_bits()["other_field"] | repair_bits()["flag_overruled"],
            "fillers": listed_in("fillers", "words"),
            "letters_in": listed_in("letter_digit"),
            "letters_anywhere": listed_in("letter_digit", "anywhere_in"),
            "with_placeholder": listed_in("placeholder"),
            "by_form": [each.system for each in forms() if each.reading],
            "names": [each.name for each in repairs()],
        }
        self._made: list[str] = []

    def view(self, name: str, sql: str) -> None:
        """Makes a temporary view."""
        self._connection.execute(f"create or replace temp view {name} as {sql}")

    def table(self, name: str, sql: str, **values: Any) -> None:
        """Makes a temporary table of an answer."""
        known = self._values | values
        self._connection.execute(
            f"create or replace temp table {name} as {sql}", {each: known[each] for each in set(PARAMETER.findall(sql))}
        )
        self._made.append(name)

    def add(self, name: str, sql: str, **values: Any) -> None:
        """Adds an answer to a temporary table."""
        known = self._values | values
        self._connection.execute(
            f"insert into {name} {sql}", {each: known[each] for each in set(PARAMETER.findall(sql))}
        )

    def step(self, *names: str) -> None:
        """Makes the tables of some files, by their names."""
        for name in names:
            self.table(f"claims_{name}", read_step(name))

    def prepare(self) -> None:
        """Types, and tables of what is data of the rules."""
        self._enumerate("claims_system", sorted({*self._build.systems, *(each.system for each in forms())}))
        self._enumerate("claims_status", [each.name for each in statuses()])
        self._enumerate("claims_basis", [each.name for each in bases()])
        for name, columns in rule_columns(self._build):
            typed = ", ".join(f"unnest(${each}) as {each}" for each in columns)
            self.table(f"claims_{name}", f"select {typed}", **columns)
        self.table("claims_horizons", HORIZONS)
        self.table("claims_repairs", REPAIRS_IN_WORDS)

    def read_written_codes(self) -> None:
        """What was written, cleaned, and what is asked of the systems. Raises UsageError for a field that is none."""
        unknown = [str(row[0]) for row in self._connection.execute(NOT_A_FIELD).fetchall()]
        if unknown:
            raise UsageError(f"{', '.join(sorted(unknown))}: no field of claims, and no system\n  next:     name one")
        self.step("written", "asked", "questions", "asks")

    def find_readings(self) -> None:
        """The codes that each text may mean: as a column of numbers has lost them, else as written, else inferred."""
        self.step("listed")
        self.table("claims_ranged", read_step("number_ranges"))
        for form in (each for each in forms() if each.reading):
            self.add("claims_listed", read_step("formed"), system=form.system, pattern=form.pattern)
        self.table("claims_candidates", read_step("stored_as_numbers"))
        self.step("readings")
        self.add("claims_readings", read_step("as_written"))
        self.table("claims_candidates", read_step("inferred"))
        self.add("claims_readings", read_step("readings"))

    def answer(self) -> None:
        """What the codes were on the days, and so what each text is."""
        self.step("meant", "alone")
        self.table("claims_spans", read_step("code_spans"))
        self._find_forms()
        self.step("contested")
        self.table(ANSWERS, read_step("answers"))

    def clear(self) -> None:
        """Drops what the steps made, but for the answers."""
        for name in dict.fromkeys(self._made):
            if name != ANSWERS:
                self._connection.execute(f"drop table {name}")

    def _find_forms(self) -> None:
        none = "select 0::bigint as question, '' as system, '' as code where false"
        self.table("claims_formed_elsewhere", none)
        for form in (each for each in forms() if not each.reading):
            self.add(
                "claims_formed_elsewhere",
                read_step("formed_elsewhere"),
                system=form.system,
                beside=form.beside,
                pattern=form.pattern,
            )
        self.table("claims_fitting", f"select * from ({read_step('fitting')}) limit 0", system="", pattern="")
        for name, system in self._build.systems.items():
            self.add("claims_fitting", read_step("fitting"), system=name, pattern=system.code_pattern)

    def _enumerate(self, name: str, words: list[str]) -> None:
        listed = ", ".join(f"'{each}'" for each in words)
        self._connection.execute(f"create or replace temp type {name} as enum ({listed})")


@cache
def read_step(name: str) -> str:
    """The SQL of a step."""
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")


def rule_columns(build: Build) -> Iterator[tuple[str, Columns]]:
    """Tables of the rules by name, each by its columns."""
    scopes = derive_scopes(build)
    yield "scopes", _columns(("scope", "field", "flag", "basis"), scopes)
    systems = [system for each in scopes for system in each.systems]
    yield "scope_systems", _columns(("scope", "system", "place", "code_length"), systems)
    flags = flags_by_writing()
    yield "flags", {"written": [*flags], "flag": [*flags.values()]}
    ranges = number_ranges()
    yield "number_ranges", {name: [row[name] for row in ranges] for name in ("system", "first", "last", "length")}
    yield "places", _places(build)


def _places(build: Build) -> Columns:
    """Where the dot stands in the codes of each system that begin with a letter of their own, or any, and how long they
    are at most."""
    of_numbers = listed_in("numbers")
    rows = [
        (system.system, picture[0] if at else "", _dot_after(picture), sum(map(str.isalnum, picture)))
        for system in build.systems.values()
        for at, picture in enumerate(system.written_as)
    ]
    names = ("system", "letter", "dot_after", "longest")
    columns: Columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return columns | {"of_numbers": [each in of_numbers for each in columns["system"]]}


def _dot_after(picture: str) -> int | None:
    return next((at for at, each in enumerate(picture) if not each.isalnum()), None)


def _columns(names: tuple[str, ...], rows: list[Any]) -> Columns:
    return {name: [getattr(row, name) for row in rows] for name in names}
