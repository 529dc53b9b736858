"""The categories of codes by every grouping of a build: of the version that stands on a day, of the newest without."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import groupby, starmap
from typing import Final, NamedTuple

from pipeline.ask.build import Build
from pipeline.ask.code_episodes import Episode
from pipeline.ask.grouping_versions import GroupingVersion, read_all_versions, version_for
from pipeline.ask.relations import GROUPING
from pipeline.ask.resolve_codes import NOT_KNOWN

ASSIGNED, CARRIED = "assigned", "carried"
CATEGORIES_OF_CODES: Final = """
    select m.source_system, m.source_code, m.crosswalk, m.target_code as category, c.title, m.origin, m.newest,
        m.release_from, m.release_to, m.valid_from, m.valid_to
    from mappings m left join categories c on c.crosswalk = m.crosswalk and c.category = m.target_code
    where m.source_code in (select unnest($codes)) and m.crosswalk in (select unnest($groupings))
        and m.target_code is not null
    order by m.source_system, m.source_code, m.crosswalk, m.target_code
"""


@dataclass(frozen=True)
class CodeCategory:
    """A category of a code, and its title where any file has one."""

    category: str
    title: str | None

    def __str__(self) -> str:
        """`END005 Diabetes mellitus, Type 2`."""
        return f"{self.category} {self.title}" if self.title else self.category


class CategoryRow(NamedTuple):
    """A row of `mappings` of a grouping, with the title of the category: as CATEGORIES_OF_CODES asks for it."""

    system: str
    code: str
    crosswalk: str
    category: str
    title: str | None
    origin: str
    newest: bool
    release_from: str | None
    release_to: str | None
    valid_from: date | None
    valid_to: date | None

    def is_of(self, episode: Episode) -> bool:
        """Whether it is of the life that an episode is of: numbers are used again for something else."""
        begins_by = self.valid_from is None or episode.valid_to is None or self.valid_from <= episode.valid_to
        return begins_by and (self.valid_to is None or episode.valid_from <= self.valid_to)

    def stands_in(self, version: GroupingVersion) -> bool:
        """Whether it stands in a version; what we carried stands beside the newest."""
        if self.release_from is None or self.release_to is None:
            return version.newest and self.newest
        return self.release_from <= version.release <= self.release_to


@dataclass(frozen=True)
class CategoriesByGrouping:
    """What one grouping says of a code: by which version, and its categories, all of which hold together.

    `status` is `assigned`; `carried` where they are those of what the code was before, which is newer than the version;
    `not_known` where no version here speaks of the day.
    """

    grouping: str
    version: str | None
    status: str
    categories: tuple[CodeCategory, ...]

    def __str__(self) -> str:
        """The grouping, its version and the categories, in words."""
        return self._words

    @cached_property
    def _words(self) -> str:
        carried = ", of what the code was before" if self.status == CARRIED else ""
        return f"{self.grouping} ({self.version}{carried}): {'; '.join(map(str, self.categories))}"

    @cached_property
    def brief(self) -> str:
        """The grouping and its categories alone."""
        return f"{self.grouping}={','.join(one.category for one in self.categories) or self.status}"


class CategoriesOfCodes:
    """The categories of some codes, on any day."""

    def __init__(self, build: Build, codes: Iterable[str]) -> None:
        """`codes` are bare; nothing is looked for where there is none."""
        self._rows: dict[tuple[str, str], list[CategoryRow]] = defaultdict(list)
        self._groupings: dict[str, dict[str, str]] = defaultdict(dict)
        asked = sorted(set(codes))
        if not asked:
            return
        self._versions = read_all_versions(build)
        for each in build.crosswalks.values():
            if each.relation == GROUPING and each.crosswalk in self._versions:
                self._groupings[each.source_system][each.crosswalk] = each.target_system
        groupings = [crosswalk for own in self._groupings.values() for crosswalk in own]
        found = build.ask(CATEGORIES_OF_CODES, codes=asked, groupings=groupings).records if groupings else []
        for row in starmap(CategoryRow, found):
            self._rows[row.system, row.code].append(row)

    def of(self, episode: Episode, day: date | None) -> list[CategoriesByGrouping]:
        """What each grouping says of a code that could be reported; those that do not have it say nothing."""
        if not episode.billable or episode.is_before_use:
            return []
        found = groupby(self._rows.get((episode.system, episode.code), ()), key=lambda each: each.crosswalk)
        rows = {crosswalk: [*of_one] for crosswalk, of_one in found}
        own = (
            _of_grouping(target, self._versions[crosswalk], rows.get(crosswalk, ()), episode, day)
            for crosswalk, target in self._groupings.get(episode.system, {}).items()
        )
        return [each for each in own if each]

    def in_brief(self, episode: Episode, day: date | None) -> str | None:
        """The categories alone: `CCSR=END002,END005; CCS=49; MDC=not_known` (no version here speaks of the day)."""
        return "; ".join(each.brief for each in self.of(episode, day)) or None

    def in_words(self, episode: Episode, day: date | None, but: Sequence[str] = ()) -> list[str]:
        """A line for each grouping `but` some, and one for those of which no version speaks of the day."""
        own = [each for each in self.of(episode, day) if each.grouping not in but]
        lines = [f"    {each}" for each in own if each.categories]
        lacking = ", ".join(each.grouping for each in own if each.status == NOT_KNOWN)
        not_known = [f"    not known, no version here speaks of {day}: {lacking}"] if lacking else []
        head = "  categories:" if day else "  categories, by the newest versions here:"
        return [head, *lines, *not_known] if lines or not_known else []


def _of_grouping(
    grouping: str, versions: Sequence[GroupingVersion], rows: Iterable[CategoryRow], episode: Episode, day: date | None
) -> CategoriesByGrouping | None:
    """By the version for the day; by what we carried, where none is and the code is newer than all of them."""
    own = [each for each in rows if each.is_of(episode)]
    version, newest = version_for(versions, day), versions[-1]
    if version:
        standing = [each for each in own if each.stands_in(version)]
        return _told(grouping, version, standing) if standing else None
    carried = [each for each in own if each.origin == "derived"]
    if carried and episode.valid_from > newest.known_through:
        return _told(grouping, newest, carried)
    return _as_told(grouping, None, NOT_KNOWN, ())


def _told(grouping: str, version: GroupingVersion, rows: list[CategoryRow]) -> CategoriesByGrouping:
    status = CARRIED if any(each.origin == "derived" for each in rows) else ASSIGNED
    return _as_told(grouping, version.release, status, tuple((each.category, each.title) for each in rows))


@cache
def _as_told(
    grouping: str, version: str | None, status: str, categories: tuple[tuple[str, str | None], ...]
) -> CategoriesByGrouping:
    """One object for all codes of the same categories: their words are made once."""
    return CategoriesByGrouping(grouping, version, status, tuple(CodeCategory(*each) for each in categories))
