"""Questions to a published build: what a code means, on a day or ever, and what changed between two days.

Asked of the Parquet files through DuckDB, which reads only the parts it needs and starts quicker than pandas.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import UsageError

EPISODES = """
    select h.system, c.code_dotted, h.kind, h.setting, c.maintainer, h.valid_from, h.valid_to, h.valid_from_basis,
        h.billable, c.standalone, coalesce(h.description, h.short_description) as meaning, c.section, c.section_title,
        c.parent_code, c.licence
    from '{build}/parquet/code_history.parquet' h
    join '{build}/parquet/codes.parquet' c using (system, code)
    where h.code = $bare and c.code = $bare and ($system is null or h.system = $system)
        and (not $dotted or c.code_dotted = $asked)
    order by h.system, h.valid_from
"""
FIRST_DAY = "select min(effective_from) from '{build}/parquet/releases.parquet' where system = $system"
DIFFERENCES = """
    with episodes as (
        select code, billable, short_description, description, valid_from, valid_to
        from '{build}/parquet/code_history.parquet' where system = $system
    ),
    before as (from episodes where $before between valid_from and coalesce(valid_to, date '9999-12-31')),
    after as (from episodes where $after between valid_from and coalesce(valid_to, date '9999-12-31')),
    pairs as (
        select coalesce(b.code, a.code) as code, b.code is null as is_new, a.code is null as is_gone,
            b.billable as was_billable, a.billable as is_billable,
            coalesce(b.description, b.short_description) as was, coalesce(a.description, a.short_description) as "is",
            (b.description is not null and a.description is not null and b.description <> a.description)
                or b.short_description <> a.short_description as is_revised,
            b.short_description as was_short, a.short_description as is_short
        from before b full join after a using (code)
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
    )
    select change, code_dotted, was, "is" from changes
    join '{build}/parquet/codes.parquet' c using (code) where c.system = $system order by rank, code
"""


@dataclass(frozen=True)
class Episode:
    """What a code meant in an unbroken run of days: a row of `code_history` with what `codes` says of the code."""

    system: str
    code_dotted: str
    kind: str
    setting: str
    maintainer: str
    valid_from: date
    valid_to: date | None
    valid_from_basis: str
    billable: bool
    standalone: bool
    meaning: str | None
    section: str | None
    section_title: str | None
    parent_code: str | None
    licence: str

    def is_valid_on(self, day: date) -> bool:
        """Whether a day lies in the episode."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def find_episodes(build: Path, code: str, system: str | None = None) -> list[Episode]:
    """The episodes of a code, written with or without its dot, in capitals or not, in the order of system and day.

    With a dot only systems that put it there are meant: 80.20 is a procedure, 802.0 a diagnosis. Raises UsageError
    where there is no build, no such system, or no such code in any.
    """
    require_text(code)
    asked = "".join(code.split()).upper()
    if not asked:
        raise UsageError("no code was given\n  next:     for example `crosswalk lookup E11.9`")
    system = known_system(build, system) if system else None
    values = {"bare": asked.replace(".", ""), "asked": asked, "dotted": "." in asked, "system": system}
    rows = query(build, EPISODES, values)
    if not rows:
        where = f"in {system}" if system else "in any system"
        raise UsageError(f"{code}: there is no such code {where}\n  next:     check it; systems: {_systems(build)}")
    return [Episode(*row) for row in rows]


def find_differences(
    build: Path, system: str, before: date, after: date
) -> list[tuple[str, str, str | None, str | None]]:
    """What changed in a system between two days: change, code with its dot, meaning before, meaning after.

    Raises UsageError where there is no build, no such system, or no release as old as the first day.
    """
    known = known_system(build, system)
    if after < before:
        raise UsageError(f"{after} is before {before}\n  next:     name the earlier day first")
    first = query(build, FIRST_DAY, {"system": known})[0][0]
    if first is None or before < first:
        oldest = f"the oldest release here is of {first}" if first else "no release of it is here"
        raise UsageError(
            f"{known}: nothing is known of {before}; {oldest}\n"
            "  next:     name a later day, or build with older releases"
        )
    return query(build, DIFFERENCES, {"system": known, "before": before, "after": after})


def known_system(build: Path, system: str) -> str:
    """The id of a system, written in capitals or not. Raises UsageError where there is none of that name."""
    names = {name.lower(): name for name in _systems(build).split(", ")}
    if system.lower() not in names:
        raise UsageError(f"{system}: there is no such system\n  next:     one of {', '.join(names.values())}")
    return names[system.lower()]


def _systems(build: Path) -> str:
    return ", ".join(row[0] for row in query(build, "select system from '{build}/parquet/systems.parquet'", {}))


def require_text(code: str) -> None:
    """Raises UsageError for bytes that are no text: a shell passes them on as they are."""
    try:
        code.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{code!r}: this is no text\n  next:     write codes in letters and digits") from None


def query(build: Path, question: str, values: Mapping[str, object]) -> list[Any]:
    """The rows that answer a question in SQL, `{build}` in it the build's folder. Raises UsageError without one."""
    if not (build / "datapackage.json").is_file():
        raise UsageError(f"{build}: there is no build here\n  next:     `make` builds the tables, or name --output")
    place = str(build.resolve()).replace("'", "''")
    return duckdb.execute(question.replace("{build}", place), values).fetchall()
