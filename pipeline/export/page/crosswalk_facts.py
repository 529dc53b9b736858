"""What the page says of the crosswalks: which there are, what they cover, and how chapters flow into one another."""

from dataclasses import dataclass
from typing import Final

from pipeline.ask.build import Build, Row
from pipeline.ask.relations import EQUIVALENCE, GROUPING, SUCCESSION
from pipeline.export.page.readable_names import name_system, title_crosswalk

QUALITY = """
    with newest as (
        from crosswalk_quality where chapter = 'all'
        qualify row_number() over (partition by crosswalk order by release desc) = 1
    ),
    carried as (
        select crosswalk, count(distinct source_code) as carried from mappings
        where newest and origin = 'derived' and target_code is not null group by crosswalk
    )
    select crosswalks.* exclude (made_from), newest.* exclude (crosswalk, release, system), carried,
        newest.release as measured_on
    from crosswalks left join newest using (crosswalk) left join carried using (crosswalk)
    order by source_system, target_system, crosswalk
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
            select $source as system, source_code as code from ends union select $target, target_code from ends
        ) join chapters using (system)
        where code >= first and left(code, length(last)) <= last group by system, code
    )
    select s.chapter as source, t.chapter as target, count(distinct source_code) as codes
    from ends join codes_of s on s.code = source_code and s.system = $source
    join codes_of t on t.code = target_code and t.system = $target
    group by all order by all
"""
SECTION_TITLES = "select section, title, first from sections where system = $system order by first"
# The groups in which crosswalks are shown, by relation; those of another relation come last.
SHOWN_APART: Final = {
    EQUIVALENCE: "Maps between systems",
    SUCCESSION: "From year to year",
    GROUPING: "Groupings",
}
OTHERS: Final = "Further ties"


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


def read_quality(build: Build) -> list[Row]:
    """Each crosswalk with its names, and its coverage in the newest release of its source;
    `carried`, the codes of a grouping to which we carried categories."""
    return [
        row
        | {
            "source_name": name_system(row["source_system"]),
            "target_name": name_system(row["target_system"]),
            "title": title_crosswalk(row["crosswalk"]),
        }
        for row in build.rows(QUALITY)
    ]


def in_groups(quality: list[Row]) -> dict[str, list[Row]]:
    """The crosswalks apart: maps, year to year, groupings, and the rest."""
    found: dict[str, list[Row]] = {title: [] for title in (*SHOWN_APART.values(), OTHERS)}
    for row in quality:
        found[SHOWN_APART.get(row["relation"], OTHERS)].append(row)
    return {title: rows for title, rows in found.items() if rows}


def parts_of(row: Row) -> list[tuple[str, str, int]]:
    """What the codes of a map's source have in it, as classes, words and counts that add up to all of them."""
    rest = row["billable"] - row["exact"] - row["approximate"] - row["no_map"]
    return [
        ("exact", "exact", row["exact"]),
        ("near", "approximate", row["approximate"]),
        ("none", "no equivalent", row["no_map"]),
        ("rest", "not in the map", rest),
    ]


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
