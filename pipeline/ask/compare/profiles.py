"""What there is to say of each code system and of the crosswalks between systems: facts, not yet words."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pipeline.ask.build import Build
from pipeline.ask.relations import GROUPING
from pipeline.ask.system_names import require_named
from pipeline.ask.system_rows import KIND_OF_DEATHS

# The example: the first of `known_codes.toml` that is here; without one a code that can be reported, newest first,
# whose title (where it may be shown) is about as long as this.
TITLE_OF_EXAMPLE = 24
PROFILES = """
    with counts as (
        select system, count(*) as ever,
            count(*) filter (is_valid_then and billable) as now,
            count(*) filter (is_valid_then and not billable) as headings
        from (
            select c.*, c.valid_from <= s.known_through and coalesce(c.valid_to >= s.known_through, true)
                as is_valid_then
            from codes c join systems s using (system)
        ) group by system
    ),
    examples as (
        select system, arg_min({'code': code_dotted, 'title': coalesce(description, short_description)}, place) as found
        from (
            select *, row(
                coalesce(list_position($known, system || ' ' || code_dotted), 1 + len($known)),
                coalesce(date '9999-12-31' - valid_to, 0), abs(coalesce(length(description), 999) - $length), code
            ) as place
            from codes where billable and kind <> 'modifier'
        ) group by system
    ),
    own_releases as (  -- lists of other sources have other kinds of codes; before use nothing could be reported
        select r.* from releases r join systems s using (system)
        where r.effective_from >= coalesce(s.in_use_from, r.effective_from)
        qualify source = first_value(source) over (partition by system order by r.effective_from desc, source)
    ),
    ends as (
        select system, min(effective_from) as first_day, max(effective_from) as last_day,
            arg_min(billable, effective_from) as first_billable, arg_max(billable, effective_from) as last_billable
        from own_releases group by system
    )
    select system, name, kinds, settings, maintainer, publisher, in_use_from, in_use_to, newest_release, known_from,
        known_through, next_release_expected, code_format, code_pattern,
        fhir_uri, oid, omop_vocabulary_id, umls_sab, bioregistry_prefix, licence, home_url, description,
        coalesce(ever, 0) as ever, coalesce(now, 0) as now, coalesce(headings, 0) as headings,
        found.code as example, found.title as example_title, first_day, last_day, first_billable, last_billable
    from systems left join counts using (system) left join examples using (system) left join ends using (system)
"""
CONNECTION_ROWS = """
    with newest as (
        select crosswalk, release as measured_on, billable, covered, exact, approximate, no_map, several
        from crosswalk_quality where chapter = 'all'
        qualify row_number() over (partition by crosswalk order by release desc) = 1
    )
    select crosswalk, source_system, target_system, relation, origin, c.release, method, mappings, sources, targets,
        coalesce(s.kinds = [$cause], false) as is_of_deaths,
        measured_on, billable, covered, exact, approximate, no_map, several
    from crosswalks c left join newest using (crosswalk) left join systems s on s.system = source_system
    order by source_system, target_system, origin desc, crosswalk
"""


@dataclass(frozen=True)
class Profile:
    """One code system: its registry entry, and what the codes and releases of the build say of it.

    `now` and `headings` are codes, as they last stood, that were valid on `known_through`, the last day that the build
    knows; `ever` all codes, headings too. `first_billable` and `last_billable` are codes that could be reported on the
    first day of the oldest and the newest release here of the source that has the newest.
    """

    system: str
    name: str
    kinds: list[str]
    settings: list[str]
    maintainer: str
    publisher: str
    in_use_from: date | None
    in_use_to: date | None
    newest_release: str | None
    known_from: date | None
    known_through: date | None
    next_release_expected: date | None
    code_format: str
    code_pattern: str
    fhir_uri: str | None
    oid: str
    omop_vocabulary_id: str | None
    umls_sab: str | None
    bioregistry_prefix: str
    licence: str
    home_url: str
    description: str
    ever: int
    now: int
    headings: int
    example: str | None
    example_title: str | None
    first_day: date | None
    last_day: date | None
    first_billable: int | None
    last_billable: int | None

    @property
    def is_of_deaths(self) -> bool:
        """Whether its codes are causes of death, which nobody bills."""
        return self.kinds == [KIND_OF_DEATHS]

    @property
    def growth(self) -> float | None:
        """By how much the codes that can be reported grew a year, as a fraction; None below two releases."""
        if not self.first_day or not self.last_day or self.first_day == self.last_day or not self.first_billable:
            return None
        years = (self.last_day - self.first_day).days / 365.25
        return float(((self.last_billable or 0) / self.first_billable) ** (1 / years) - 1)


@dataclass(frozen=True)
class Connection:
    """One crosswalk and how well it covers its source system, in the newest release of that system.

    The counts from `billable` on are of codes that could be reported then; None where no release lists them.
    `is_of_deaths` says that the codes of the source system are causes of death, which nobody bills.
    """

    crosswalk: str
    source_system: str
    target_system: str
    relation: str
    origin: str
    release: str
    method: str
    mappings: int
    sources: int
    targets: int
    measured_on: str | None
    billable: int | None
    covered: int | None
    exact: int | None
    approximate: int | None
    no_map: int | None
    several: int | None
    is_of_deaths: bool = False

    @property
    def coverage(self) -> float | None:
        """The fraction of the codes that could be reported that the crosswalk speaks of."""
        return self.covered / self.billable if self.billable and self.covered is not None else None


@cache
def known_codes() -> list[str]:
    """Codes that people know, each behind its system, the better known first."""
    codes = tomllib.loads(Path(__file__).with_name("known_codes.toml").read_text(encoding="utf-8"))["known"]
    return [f"{system} {code}" for system, listed in codes.items() for code in listed]


def read_profiles(build: Build) -> dict[str, Profile]:
    """Every system by its id, in the registry's order of ids."""
    rows = build.rows(PROFILES, length=TITLE_OF_EXAMPLE, known=known_codes())
    return {row["system"]: Profile(**row) for row in sorted(rows, key=lambda row: str(row["system"]))}


def read_connections(build: Build) -> list[Connection]:
    """Every crosswalk, by source and target, published ones first."""
    return [Connection(**row) for row in build.rows(CONNECTION_ROWS, cause=KIND_OF_DEATHS)]


def choose_profiles(profiles: dict[str, Profile], names: list[str]) -> list[Profile]:
    """The systems of some names that people type, each once. Raises UsageError for a name of none, or of several."""
    return [profiles[name] for name in dict.fromkeys(require_named(name, profiles) for name in names)]


def between(connections: list[Connection], names: list[str]) -> list[Connection]:
    """The crosswalks from one of some systems to another of them; of a single system, all that leave or reach it."""
    if len(names) == 1:
        return [each for each in connections if names[0] in {each.source_system, each.target_system}]
    chosen = {*names}
    pairs = [each for each in connections if {each.source_system, each.target_system} <= chosen]
    return [each for each in pairs if each.source_system != each.target_system]


def shared_groupings(connections: list[Connection], names: list[str]) -> dict[str, list[Connection]]:
    """The groupings that crosswalks of at least two of some systems lead to."""
    own = [each for each in connections if each.source_system in names and each.relation == GROUPING]
    targets = dict.fromkeys(each.target_system for each in own)
    found = {target: [each for each in own if each.target_system == target] for target in targets}
    return {target: rows for target, rows in found.items() if len({each.source_system for each in rows}) > 1}
