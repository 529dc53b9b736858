"""What stands for a code: the rows of the chosen crosswalk on the days in question, and the alternatives they make."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, islice, product
from math import prod
from typing import Any, Final, NamedTuple

from pipeline.ask.answer_statuses import HAS_NO_MAP, NEWER, NOT_ASSIGNED, NOT_BRIDGED, OLDER, TRANSLATED
from pipeline.ask.build import Build
from pipeline.ask.crosswalk_rows import CrosswalkRow
from pipeline.ask.relations import DATED_BY_RELEASE, GROUPING, SUCCESSION
from pipeline.ask.resolve_codes import NOT_KNOWN, Reading
from pipeline.ask.translate.choose import ChosenCrosswalk, day_of_release, require_known_release
from pipeline.ask.translate.model import (
    Question,
    Target,
    Translation,
    days_of_meant_life,
    first_and_last_day,
    starts_unknown,
)

REASONS: Final = {
    HAS_NO_MAP: "the publisher says that there is no equivalent",
    NOT_ASSIGNED: "the publisher's list does not have it",
    NOT_BRIDGED: "nobody says what it is there, or what it was or became",
    NEWER: "the code is newer than the map",
    OLDER: "the code ended before the days of the map",
    NOT_KNOWN: "not known: no listing here reaches to the days of the map, which does not have the code",
}
NO_CHANGE: Final = "the publisher's table says of no other code that one stood in the place of the other"
Way = dict[str, Any]  # by which crosswalk a translation goes: the fields of it that say so
CodeOnDays = tuple[str | None, date | None, date | None]  # the first and the last day in question: None, of any
SPELT_OUT: Final = 1_000  # alternatives of one scenario, as in table `clusters`
FOREVER: Final = "date '9999-12-31'"
TRANSLATION_ROWS: Final = f"""
    select a.code, a.first, a.last, m.status, m.scenario, m.choice_list, m.target_code,
        coalesce(c.code_dotted, m.target_code), coalesce(c.description, c.short_description, k.title),
        m.predicate, m.approximate, m.origin, m.flags, m.path
    from mappings m
    join (
        select unnest($codes) as code, unnest($firsts::date[]) as first, unnest($lasts::date[]) as last
    ) a on a.code = m.source_code
    left join codes c on c.system = m.target_system and c.code = m.target_code
    left join categories k on k.crosswalk = m.crosswalk and k.category = m.target_code
    where m.crosswalk = $crosswalk and m.source_code in (select unnest($codes))
        and if($version is null, m.newest, coalesce($version between m.release_from and m.release_to, false))
        and (a.first is null or (
            a.first <= coalesce(m.valid_to, {FOREVER}) and coalesce(m.valid_from <= coalesce(a.last, {FOREVER}), true)
        ))
        and ($target_day is null or $target_day between m.target_valid_from and coalesce(m.target_valid_to, {FOREVER}))
    order by a.code, a.first, a.last, m.scenario, m.choice_list, m.hops, m.target_code
"""
CHANGED: Final = """
    select distinct source_code as code from mappings
    where crosswalk = $crosswalk and source_code in (select unnest($codes))
"""
LAST_DAYS: Final = """
    select code, max(coalesce(valid_to, $newest)) as last_day from code_history
    where system = $system and billable and code in (select unnest($codes)) group by code
"""


class MappingRow(NamedTuple):
    """A row of `mappings` of a code that was asked of some days, or of any; from `target_code` on as `Target`."""

    source_code: str
    first: date | None
    last: date | None
    status: str | None
    scenario: int
    choice_list: int
    target_code: str | None
    code_dotted: str
    meaning: str | None
    predicate: str
    approximate: bool
    origin: str
    flags: str | None
    path: str | None

    @property
    def target(self) -> Target:
        """What it leads to."""
        return Target(*self[6:])  # type: ignore[arg-type]  # the fields of both stand in the same order


def find_alternatives(
    build: Build, readings: list[Reading], chosen: ChosenCrosswalk, question: Question
) -> Iterator[Translation]:
    """The translation of each of some resolved codes of one system, in their order."""
    to, crosswalk = chosen.target_system, chosen.crosswalk
    if crosswalk is None:
        yield from (Translation(each, chosen.why_none, chosen.reason, target_system=to) for each in readings)
    elif chosen.backward is not None:
        release = day_of_release(to, question.release) if question.release else None
        yield from _year_to_year(build, readings, chosen, release)
    else:
        asked: list[CodeOnDays] = [(each.code, *days_of_meant_life(each)) for each in readings]
        rows = rows_of(build, crosswalk, set(asked))
        way = way_of(crosswalk)
        for each, days in zip(readings, asked, strict=True):
            own = rows.get(days, [])
            if crosswalk.relation in DATED_BY_RELEASE and each.on and not speaks_of(crosswalk, each.on):
                yield Translation(each, NOT_KNOWN, f"not known: {days_of(crosswalk)}", **way)
            elif own:
                yield answer_of(each, way, own, chosen.holds_together, remark_on_days(crosswalk, each))
            else:
                yield left_out(each, way, crosswalk)


def way_of(crosswalk: CrosswalkRow) -> Way:
    """By which crosswalk a translation goes."""
    return {
        "crosswalk": crosswalk.crosswalk,
        "target_system": crosswalk.target_system,
        "relation": crosswalk.relation,
    }


def rows_of(
    build: Build,
    crosswalk: CrosswalkRow,
    asked: Iterable[CodeOnDays],
    target_day: date | None = None,
    version: str | None = None,
) -> dict[CodeOnDays, list[MappingRow]]:
    """The rows of a crosswalk for some codes, each on some days or on any, by both; of a grouping those of a version,
    the newest one and what we add to it where none is named."""
    codes, firsts, lasts = zip(*asked, strict=True)
    found = build.ask(
        TRANSLATION_ROWS,
        crosswalk=crosswalk.crosswalk,
        codes=list(codes),
        firsts=list(firsts),
        lasts=list(lasts),
        target_day=target_day,
        version=version,
    )
    rows = map(MappingRow._make, found.records)
    return {key: list(group) for key, group in groupby(rows, key=lambda row: row[:3])}


def _year_to_year(
    build: Build, readings: list[Reading], chosen: ChosenCrosswalk, release: date | None
) -> Iterator[Translation]:
    """Codes of one day on another day of the same system: the day that decides, else the last of each."""
    system = chosen.source_system
    if system not in build.release_days:
        why = f"not known: no listing of {system} is in this build"
        yield from (Translation(each, NOT_KNOWN, why, target_system=system) for each in readings)
        return
    _, newest = build.release_days[system]
    to = release or newest
    require_known_release(build, system, to)
    last_days = build.rows(LAST_DAYS, system=system, codes=[each.code for each in readings], newest=newest)
    last = {row["code"]: row["last_day"] for row in last_days}
    days = [each.on or last.get(each.code) for each in readings]
    asked: list[CodeOnDays] = [(each.code, day, day) for each, day in zip(readings, days, strict=True)]
    forward: set[CodeOnDays] = {each for each in asked if each[1] and each[1] <= to}
    ways: list[tuple[CrosswalkRow | None, set[CodeOnDays]]] = [
        (chosen.crosswalk, forward),
        (chosen.backward, {each for each in asked if each[1]} - forward),
    ]
    found = {pair: own for crosswalk, pairs in ways if crosswalk for pair, own in _on(build, crosswalk, pairs, to)}
    for reading, pair in zip(readings, asked, strict=True):
        unlisted = Translation(reading, NOT_KNOWN, f"no listing of {system} here has it", target_system=system)
        yield _stepped(reading, *found[pair], to) if pair in found else unlisted


def _on(
    build: Build, crosswalk: CrosswalkRow, asked: set[CodeOnDays], to: date
) -> Iterator[tuple[CodeOnDays, tuple[CrosswalkRow, bool, list[MappingRow]]]]:
    """Each of some codes on its day with the way it goes, whether any step touches it, and its rows on another day."""
    if not asked:
        return
    codes = sorted({each[0] for each in asked if each[0]})
    changed = {row["code"] for row in build.rows(CHANGED, crosswalk=crosswalk.crosswalk, codes=codes)}
    rows = rows_of(build, crosswalk, [each for each in asked if each[0] in changed], to) if changed else {}
    yield from ((pair, (crosswalk, pair[0] in changed, rows.get(pair, []))) for pair in asked)


def _stepped(
    reading: Reading, crosswalk: CrosswalkRow, is_changed: bool, rows: list[MappingRow], to: date
) -> Translation:
    """A code of one day on another; one that no step touches stands for itself."""
    way: Way = {**way_of(crosswalk), "relation": SUCCESSION}
    if rows:
        return answer_of(reading, way, rows, False)
    if is_changed:
        return Translation(reading, NOT_BRIDGED, f"{crosswalk.crosswalk} does not say what it was on {to}", **way)
    return _itself(reading, way)


def _itself(reading: Reading, way: Way) -> Translation:
    code, dotted = reading.code or "", reading.code_dotted or ""
    target = Target(code, dotted, reading.meaning, "exactMatch", False, "derived", None, None)
    return Translation(reading, TRANSLATED, **way, alternatives=[(target,)], of_alternatives=1)


def answer_of(reading: Reading, way: Way, rows: list[MappingRow], together: bool, remark: str = "") -> Translation:
    """The rows of one code as an answer."""
    mapped = [row for row in rows if row.target_code is not None]
    if not mapped:
        status, path = rows[0].status or NOT_BRIDGED, rows[0].path
        return Translation(reading, status, f"{REASONS[status]} ({path or way['crosswalk']})", **way)
    if together:
        members = tuple(row.target for row in mapped)
        return Translation(reading, TRANSLATED, remark, **way, alternatives=[members], of_alternatives=1)
    single = [row for row in mapped if row.scenario == 0]
    parts = [row.target for row in single if row.predicate == "relatedMatch"]
    alone = [(row.target,) for row in single if row.predicate != "relatedMatch"]
    sets, total = _sets([row for row in mapped if row.scenario > 0]) if len(single) < len(mapped) else ([], 0)
    alternatives = [*alone, *sets]
    return Translation(
        reading, TRANSLATED, **way, alternatives=alternatives, parts=parts, of_alternatives=len(alone) + total
    )


def left_out(reading: Reading, way: Way, crosswalk: CrosswalkRow) -> Translation:
    """Why a crosswalk has no row for a code: it speaks of other days, or its publisher assigned nothing.

    A table of successions speaks only of the codes that changed, and tells nothing of the others: one of its own system
    that has not ended stands for itself.
    """
    first, last = first_and_last_day(reading)
    if crosswalk.source_system == crosswalk.target_system:
        if first and last is None:
            return _itself(reading, way)
        return Translation(reading, NOT_ASSIGNED, f"{NO_CHANGE} ({crosswalk.crosswalk})", **way)
    lists_all = crosswalk.origin == "published" and crosswalk.relation != SUCCESSION
    status = NOT_ASSIGNED if lists_all else NOT_BRIDGED
    if crosswalk.relation == SUCCESSION:
        return Translation(reading, status, f"{REASONS[status]} ({crosswalk.crosswalk})", **way)
    if crosswalk.known_through and first and first > crosswalk.known_through:
        status = NOT_KNOWN if starts_unknown(reading) else NEWER
    elif crosswalk.known_from and last and last < crosswalk.known_from:
        status = OLDER
    told = crosswalk.crosswalk if status in {NOT_ASSIGNED, NOT_BRIDGED} else days_of(crosswalk)
    return Translation(reading, status, f"{REASONS[status]} ({told})", **way)


def speaks_of(crosswalk: CrosswalkRow, day: date) -> bool:
    """Whether a crosswalk speaks of the codes of a day."""
    return (crosswalk.known_from or day) <= day <= (crosswalk.known_through or day)


def days_of(crosswalk: CrosswalkRow) -> str:
    """Of which days a crosswalk speaks, in words."""
    days = f"{crosswalk.known_from or 'the first day'} to {crosswalk.known_through or 'no day that it names'}"
    return f"{crosswalk.crosswalk} speaks of codes of {days}"


def remark_on_days(crosswalk: CrosswalkRow, reading: Reading) -> str:
    """What is to be known beside the categories of a code that is valid on days of which the grouping does not speak:
    its publisher may group it otherwise then. Nothing where a day was named, or of what is no grouping."""
    first, last = first_and_last_day(reading)
    if crosswalk.relation != GROUPING or reading.on or first is None:
        return ""
    is_within = (crosswalk.known_from or first) <= first and last and last <= (crosswalk.known_through or last)
    return "" if is_within else days_of(crosswalk)


def _sets(rows: list[MappingRow]) -> tuple[list[tuple[Target, ...]], int]:
    """One target from each choice list of a scenario, in every way, and how many ways there are."""
    sets: list[tuple[Target, ...]] = []
    total = 0
    for _, scenario in groupby(rows, key=lambda row: row.scenario):
        lists = [[row.target for row in group] for _, group in groupby(scenario, key=lambda row: row.choice_list)]
        total += prod(map(len, lists))
        sets += [tuple(dict.fromkeys(each)) for each in islice(product(*lists), SPELT_OUT)]
    return sets, total
