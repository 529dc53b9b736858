"""Categories that the codes of claims belong to, by the groupings of a build: CCSR, CMS-HCC, BETOS and the like."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pipeline.ask.build import Build, DuckConnection
from pipeline.ask.claims.claim_rules import RULE_NAMES, AskedRule, read_asked_rules
from pipeline.ask.claims.claims_database import make_table
from pipeline.ask.claims.claims_sql import literal
from pipeline.ask.crosswalk_rows import CrosswalkRow
from pipeline.ask.grouping_versions import GroupingVersion, read_versions, spans_of, versions_called
from pipeline.ask.relations import GROUPING
from pipeline.ask.system_names import find_named, next_of
from pipeline.errors import UsageError

CATEGORY_STATUSES: Final = {
    "assigned": "the categories of the code, by a version that speaks of the days of the answer",
    "other_days": "the categories of the code, by the version here, which speaks of other days",
    "carried": "the categories of what the code was before: it is newer than the version here",
    "not_assigned": "the publisher's list does not have the code",
    "newer_than_map": "the code is newer than the version here, and what it was before does not say its categories",
    "not_known": "by the version of the day: no version here speaks of the day of the answer, or it has none",
    "other_system": "the grouping is of other systems",
    "no_code": "no code was found",
}
NEXT_DAY: Final = timedelta(days=1)
ASKED_COLUMNS: Final = """
    grouping_column, by_day, crosswalk, system, release, known_from, known_through, stands_from, stands_to, carried
"""
OF_THE_DAY: Final = "day"  # GROUPING@day: the version of the day of each claim
# What else a build says of a code, by the name of its column in table `codes`.
MORE_OF_A_CODE: Final = ("section", "section_title", "setting", "maintainer", "parent_code", "billable")
# What each answer says whether it is asked for or not.
SAID_ANYWAY: Final = ("code_dotted", "meaning", "kind", "standalone", "repairs", "basis", "candidates")


@dataclass(frozen=True)
class AskedVersion:
    """By which crosswalk and version categories are told: the newest where none was asked for. By the day of each claim
    a row is of a run of days; behind the last one the categories that we carried to newer codes are all (`carried`)."""

    crosswalk: CrosswalkRow
    version: GroupingVersion | None = None
    first: date | None = None
    last: date | None = None
    carried: bool = False

    @property
    def row(self) -> str:
        """Its values in table `asked_groupings`, from `crosswalk` on, as SQL."""
        known = self.version or self.crosswalk
        days = (known.known_from, known.known_through, self.first, self.last)
        release = literal(self.version.release) if self.version else "null::varchar"
        names = (literal(self.crosswalk.crosswalk), literal(self.crosswalk.source_system))
        return ", ".join([*names, release, *map(_day, days), str(self.carried).lower()])


@dataclass(frozen=True)
class AskedGrouping:
    """A grouping that was asked for: the name of its column in the answers, and by which crosswalks, one for each
    system, and versions: the one that was asked for by GROUPING@VERSION, or, `by_day`, those of the days of claims."""

    column: str
    versions: tuple[AskedVersion, ...]
    by_day: bool = False


@dataclass(frozen=True)
class AskedBeside:
    """What was asked for beside the codes: groupings, rules of the day, and columns of MORE_OF_A_CODE."""

    groupings: list[AskedGrouping]
    rules: list[AskedRule]
    more: list[str]


NOTHING_BESIDE: Final = AskedBeside([], [], [])


def read_with(build: Build, names: Sequence[str]) -> AskedBeside:
    """What was asked for beside the codes. Raises UsageError for what is none of it."""
    others = [each for each in names if each not in (*MORE_OF_A_CODE, *SAID_ANYWAY)]
    rules, groupings = read_asked_rules(build, others)
    _refuse_versions(build, groupings)
    more = [each for each in dict.fromkeys(names) if each in MORE_OF_A_CODE]
    return AskedBeside(_groupings(build, groupings), rules, more)


def _refuse_versions(build: Build, names: Sequence[str]) -> None:
    """Raises UsageError for what is asked for in a version and is no grouping."""
    asked = [name for name, at, _ in (each.partition("@") for each in names) if at]
    _, others = read_asked_rules(build, asked)
    wrong = [each for each in asked if each not in others or each in MORE_OF_A_CODE]
    if wrong:
        raise UsageError(f"--with {wrong[0]}@: a grouping has versions, this is none\n  next:     --with {wrong[0]}")


def _groupings(build: Build, names: Sequence[str]) -> list[AskedGrouping]:
    groupings = [each for each in build.crosswalks.values() if each.relation == GROUPING]
    targets = sorted({each.target_system for each in groupings})
    named = (each.partition("@") for each in names)
    asked = dict.fromkeys((_named(name, targets), version) for name, _, version in named)
    own = [_of_version(build, target, version, groupings) for target, version in asked]
    return list({each.column: each for each in own}.values())


def _of_version(build: Build, target: str, version: str, groupings: Sequence[CrosswalkRow]) -> AskedGrouping:
    """A grouping by all crosswalks that lead to it, or, of a version that is named, by those that have it. Raises
    UsageError and NotKnown as `versions_called` does."""
    own = tuple(each for each in groupings if each.target_system == target)
    column = _column_of(f"{target} {version}")
    if version.lower() == OF_THE_DAY:
        return AskedGrouping(column, tuple(one for each in own for one in _of_days(build, each)), by_day=True)
    if not version:
        return AskedGrouping(column, tuple(map(AskedVersion, own)))
    called = versions_called(build, own, version)
    named = (AskedVersion(each, called[each.crosswalk]) for each in own if each.crosswalk in called)
    return AskedGrouping(column, tuple(named))


def _of_days(build: Build, crosswalk: CrosswalkRow) -> Iterator[AskedVersion]:
    versions = read_versions(build, crosswalk.crosswalk)
    yield from (AskedVersion(crosswalk, each.version, each.first, each.last) for each in spans_of(versions))
    newest = versions[-1]
    yield AskedVersion(crosswalk, newest, newest.known_through + NEXT_DAY, date.max, carried=True)


def _named(name: str, targets: list[str]) -> str:
    if name.lower() in RULE_NAMES:
        raise UsageError(
            f"--with {name}: no list of this rule is in the build\n  next:     one of {', '.join(targets)}"
        )
    found = find_named(name, targets, "grouping")
    if found is None:
        raise UsageError(
            f"--with {name}: no grouping of this build\n  next:     {next_of(name, [*targets, *MORE_OF_A_CODE])}"
        )
    return found


def _column_of(target: str) -> str:
    """A grouping's name as that of a column.

    >>> _column_of("CMS-HCC V28")
    'cms_hcc_v28'
    """
    return re.sub(r"[^a-z0-9]+", "_", target.lower()).strip("_")


def make_categories(database: DuckConnection, build: Build, asked: Sequence[AskedGrouping]) -> None:
    """Table `answer_categories`: for each answer and grouping that was asked for its categories, and a status."""
    build.show_to(database, ("mappings", "codes"), "build_")
    rows = ", ".join(f"({literal(each.column)}, {each.by_day}, {one.row})" for each in asked for one in each.versions)
    database.execute(f"create table asked_groupings as select * from (values {rows}) as t ({ASKED_COLUMNS})")
    make_table(database, "answer_categories", "answer_categories.sql")


def versions_in_words(build: Build, asked: Sequence[AskedGrouping]) -> list[str]:
    """By which version the categories in each column are told: `ccsr 2023-1`; for each system, where those differ.

    Where none was named it is the newest one here.
    """
    return [f"{each.column} {', '.join(_versions_of(build, each))}" for each in asked]


def _versions_of(build: Build, asked: AskedGrouping) -> list[str]:
    if asked.by_day:
        return ["by the day of each claim"]
    releases = {
        each.crosswalk: (each.version or read_versions(build, each.crosswalk.crosswalk)[-1]).release
        for each in asked.versions
    }
    if len({*releases.values()}) == 1:
        return [*dict.fromkeys(releases.values())]
    return [f"{release} for {way.source_system}" for way, release in releases.items()]


def edges_of(asked: Sequence[AskedGrouping]) -> list[tuple[str, date]]:
    """The days on which another version begins to tell of codes of a system, where the day of each claim decides."""
    versions = [one for each in asked if each.by_day for one in each.versions]
    firsts = {(each.crosswalk.source_system, each.first) for each in versions if each.first}
    ends = {(each.crosswalk.source_system, each.last + NEXT_DAY) for each in versions if each.last and not each.carried}
    return sorted(firsts | ends)


def _day(day: object) -> str:
    return f"date '{day}'" if day else "null::date"


def category_columns(asked: Sequence[AskedGrouping]) -> list[str]:
    """The columns of the answers that hold categories, their status and, where the day of each claim decides, the
    version, as SQL of the joined tables."""
    return [
        f"{each.column}.categories as {each.column}, {each.column}.status as {each.column}_status"
        + (f", {each.column}.version as {each.column}_version" if each.by_day else "")
        for each in asked
    ]


def category_joins(asked: Sequence[AskedGrouping], answers: str) -> str:
    """The joins that give each answer its categories."""
    return " ".join(
        f"left join answer_categories as {each.column} on {each.column}.answer = {answers}.answer "
        f"and {each.column}.grouping_column = {literal(each.column)}"
        for each in asked
    )
