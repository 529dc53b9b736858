"""What the page says of a build: its tables, releases, changes, and the quality of its crosswalks."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from pipeline.ask.build import Build, Row
from schemas import TABLES
from schemas.arrow import arrow_schema, columns_of, describe, key_of

PAGE_RELEASES = """
    select system, release, label, effective_from, billable, added, removed, revised, url
    from releases order by system, effective_from
"""
QUALITY = """
    with newest as (
        from crosswalk_quality where chapter = 'all'
        qualify row_number() over (partition by crosswalk order by release desc) = 1
    ),
    shapes as (
        select crosswalk, count(*) filter (cardinality = '1:1') as one_to_one,
            count(*) filter (cardinality = '1:n') as one_to_many, count(*) filter (cardinality = 'n:1') as many_to_one,
            count(*) filter (cardinality = 'n:n') as many_to_many, count(cardinality) as pairs
        from mappings where newest group by crosswalk
    )
    select crosswalks.* exclude (made_from), newest.* exclude (crosswalk, release, system),
        newest.release as measured_on, shapes.* exclude (crosswalk)
    from crosswalks left join newest using (crosswalk) left join shapes using (crosswalk) order by crosswalk
"""
# A code lies in the first chapter whose range it falls into; chapters are the sections that coverage is counted by.
FLOWS = """
    with chapters as (
        select s.* from sections s semi join crosswalk_quality q on q.system = s.system and q.chapter = s.section
    ),
    ends as (
        select distinct source_code, target_code from mappings
        where crosswalk = $crosswalk and target_code is not null
    ),
    codes_of as (
        select system, code, min_by(section, first) as chapter from (
            select source_system as system, source_code as code from mappings where crosswalk = $crosswalk
            union select target_system, target_code from mappings where crosswalk = $crosswalk
        ) join chapters using (system)
        where code >= first and left(code, length(last)) <= last group by system, code
    )
    select s.chapter as source, t.chapter as target, count(distinct source_code) as codes
    from ends join codes_of s on s.code = source_code and s.system = $source
    join codes_of t on t.code = target_code and t.system = $target
    group by all order by all
"""
SECTION_TITLES = "select section, title, first from sections where system = $system order by first"


@dataclass(frozen=True)
class Flow:
    """How many codes of each chapter of one system lead to each chapter of another: rows of sources, in order."""

    crosswalk: str
    sources: list[tuple[str, str]]
    targets: list[tuple[str, str]]
    counts: dict[tuple[str, str], int]

    def share(self, source: str, target: str) -> float:
        """The part of a row's codes that leads to a column, from 0 to 1."""
        row = sum(count for (own, _), count in self.counts.items() if own == source)
        return self.counts.get((source, target), 0) / row if row else 0.0


def read_releases(build: Build) -> dict[str, list[Row]]:
    """The releases of each system, oldest first."""
    rows = build.rows(PAGE_RELEASES)
    return {system: list(own) for system, own in groupby(rows, key=lambda row: str(row["system"]))}


def read_quality(build: Build) -> list[Row]:
    """Each crosswalk with its coverage in the newest release of its source, and how many pairs have which shape."""
    return build.rows(QUALITY)


def read_flow(build: Build, names: list[str]) -> Flow | None:
    """The flow by chapter of the first of some crosswalks that is in the build; None where none is."""
    found = next((build.crosswalks[each] for each in names if each in build.crosswalks), None)
    if found is None:
        return None
    ends = found.source_system, found.target_system
    rows = build.rows(FLOWS, crosswalk=found.crosswalk, source=ends[0], target=ends[1])
    titles = [{row["section"]: row["title"] for row in build.rows(SECTION_TITLES, system=system)} for system in ends]
    present = [{row[end] for row in rows} for end in ("source", "target")]
    sources, targets = (
        [(each, of[each]) for each in of if each in own] for of, own in zip(titles, present, strict=True)
    )
    return Flow(found.crosswalk, sources, targets, {(row["source"], row["target"]): row["codes"] for row in rows})


def count_rows(build: Build) -> list[Row]:
    """Each table with its rows, and how many checks of its model they passed."""
    return [
        {
            "table": name,
            "rows": build.rows(f"select count(*) as n from {name}")[0]["n"],
            "checks": _count_checks(name),
            "key": key_of(model),
            "description": describe(model),
        }
        for name, model in TABLES.items()
    ]


def _count_checks(name: str) -> int:
    """The checks of a model: of its key, of the whole row, and of each column its type, presence and values."""
    schema = TABLES[name].to_schema()
    return 1 + len(schema.checks) + sum(2 + len(column.checks) for column in columns_of(TABLES[name]).values())


def dictionary() -> list[dict[str, Any]]:
    """Every table with its columns: name, type, whether it may be missing, meaning."""
    return [
        {
            "table": name,
            "description": describe(model),
            "key": ", ".join(key_of(model)),
            "columns": [
                (each.name, _type(str(each.type)), each.nullable, each.metadata[b"description"].decode())
                for each in arrow_schema(model)
            ],
        }
        for name, model in TABLES.items()
    ]


def _type(arrow: str) -> str:
    words = {"string": "text", "date32[day]": "day", "bool": "yes or no", "int32": "number", "double": "number"}
    return words.get(arrow, "list of text")


def counts_over_time(releases: dict[str, list[Row]]) -> dict[str, list[tuple[date, int]]]:
    """Of each system the codes that could be reported on the first day of each release."""
    return {system: [(row["effective_from"], row["billable"]) for row in rows] for system, rows in releases.items()}
