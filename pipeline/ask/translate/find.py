"""What stands for a code: the rows of the chosen crosswalk on the days in question, and the alternatives they make."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby, islice, product
from math import prod
from typing import Any, Final

from pipeline.ask.build import Build, CrosswalkRow, Row
from pipeline.ask.relations import SUCCESSION
from pipeline.ask.resolve_codes import NOT_KNOWN
from pipeline.ask.translate.choose import ChosenCrosswalk, require_known_release
from pipeline.ask.translate.model import (
    HAS_NO_MAP,
    NEWER,
    NOT_ASSIGNED,
    NOT_BRIDGED,
    OLDER,
    TRANSLATED,
    Question,
    Target,
    Translation,
)

REASONS: Final = {
    HAS_NO_MAP: "the publisher says that there is no equivalent",
    NOT_ASSIGNED: "the publisher's list does not have it",
    NOT_BRIDGED: "nobody says what it is there, or what it was or became",
    NEWER: "the code is newer than the map",
    OLDER: "the code ended before the days of the map",
}
NO_CHANGE: Final = "the publisher's table says of no other code that one stood in the place of the other"
Way = dict[str, Any]  # by which crosswalk a translation goes: the fields of it that say so
SPELT_OUT: Final = 1_000  # alternatives of one scenario, as in table `clusters`
FOREVER: Final = "date '9999-12-31'"
TRANSLATION_ROWS: Final = f"""
    select m.source_code, m.target_code, m.scenario, m.choice_list, m.predicate, m.approximate, m.status, m.origin,
        m.path, m.flags, coalesce(c.code_dotted, m.target_code) as code_dotted,
        coalesce(c.description, c.short_description, k.title) as meaning
    from mappings m
    left join codes c on c.system = m.target_system and c.code = m.target_code
    left join categories k on k.crosswalk = m.crosswalk and k.category = m.target_code
    where m.crosswalk = $crosswalk and m.source_code in (select unnest($codes))
        and ($source_day is null or $source_day between m.valid_from and coalesce(m.valid_to, {FOREVER}))
        and ($target_day is null or $target_day between m.target_valid_from and coalesce(m.target_valid_to, {FOREVER}))
    order by m.source_code, m.scenario, m.choice_list, m.hops, m.target_code
"""
CHANGED: Final = """
    select distinct source_code as code from mappings
    where crosswalk = $crosswalk and source_code in (select unnest($codes))
"""
LAST_DAYS: Final = """
    select code, max(coalesce(valid_to, $newest)) as last_day from code_history
    where system = $system and billable and code in (select unnest($codes)) group by code
"""


def find_alternatives(
    build: Build, sources: list[Translation], chosen: ChosenCrosswalk, question: Question
) -> Iterator[Translation]:
    """The translation of each of some resolved codes of one system."""
    to = chosen.target_system
    if chosen.crosswalk is None:
        yield from (replace(each, target_system=to, status=NOT_BRIDGED, reason=chosen.reason) for each in sources)
    elif chosen.backward is not None:
        yield from _year_to_year(build, sources, chosen, question)
    else:
        crosswalk = chosen.crosswalk
        rows = _rows_of(build, sources, crosswalk.crosswalk, None, None)
        way: Way = {"target_system": to, "crosswalk": crosswalk.crosswalk, "relation": crosswalk.relation}
        for each in sources:
            own = rows.get(each.code or "", [])
            yield _answer(each, way, own, chosen.holds_together) if own else _left_out(each, way, crosswalk)


def _rows_of(
    build: Build, sources: list[Translation], crosswalk: str, source_day: date | None, target_day: date | None
) -> dict[str, list[Row]]:
    """The rows of a crosswalk for some codes, by code."""
    codes = [each.code for each in sources]
    rows = build.rows(TRANSLATION_ROWS, crosswalk=crosswalk, codes=codes, source_day=source_day, target_day=target_day)
    return {code: list(group) for code, group in groupby(rows, key=lambda row: str(row["source_code"]))}


def _year_to_year(
    build: Build, sources: list[Translation], chosen: ChosenCrosswalk, question: Question
) -> Iterator[Translation]:
    """Codes of one day on another day of the same system; the day of service, else the last on which each was valid."""
    system = chosen.source_system
    if system not in build.release_days:
        why = f"not known: no listing of {system} is in this build"
        yield from (replace(each, target_system=system, status=NOT_KNOWN, reason=why) for each in sources)
        return
    _, newest = build.release_days[system]
    to = question.release or newest
    require_known_release(build, system, to)
    last_days = build.rows(LAST_DAYS, system=system, codes=[each.code for each in sources], newest=newest)
    last = {row["code"]: row["last_day"] for row in last_days}
    days = {each.code: question.on or last[each.code] for each in sources}
    for on in sorted(set(days.values())):
        own = [each for each in sources if days[each.code] == on]
        crosswalk = chosen.backward if to < on else chosen.crosswalk
        yield from _on_day(build, own, crosswalk.crosswalk if crosswalk else "", on, to)


def _on_day(build: Build, sources: list[Translation], crosswalk: str, on: date, to: date) -> Iterator[Translation]:
    """Codes of one day on another; one that no step touches stands for itself."""
    codes = [each.code for each in sources]
    changed = {row["code"] for row in build.rows(CHANGED, crosswalk=crosswalk, codes=codes)}
    rows = _rows_of(build, sources, crosswalk, on, to)
    for source in sources:
        way: Way = {"target_system": source.system, "crosswalk": crosswalk, "relation": SUCCESSION}
        own = rows.get(source.code or "", [])
        if own:
            yield _answer(source, way, own, False)
        elif source.code in changed:
            yield replace(source, **way, status=NOT_BRIDGED, reason=f"{crosswalk} does not say what it was on {to}")
        else:
            yield replace(source, **way, status=TRANSLATED, alternatives=[(_itself(source),)], of_alternatives=1)


def _itself(source: Translation) -> Target:
    code, dotted = source.code or "", source.code_dotted or ""
    return Target(code, dotted, source.meaning, "exactMatch", False, "derived", None, None)


def _answer(source: Translation, way: Way, rows: list[Row], together: bool) -> Translation:
    """The rows of one code as an answer."""
    mapped = [row for row in rows if row["target_code"] is not None]
    if not mapped:
        status, path = rows[0]["status"], rows[0]["path"]
        return replace(source, **way, status=status, reason=f"{REASONS[status]} ({path or way['crosswalk']})")
    if together:
        return replace(source, **way, status=TRANSLATED, alternatives=[tuple(map(_target, mapped))], of_alternatives=1)
    single = [row for row in mapped if row["scenario"] == 0]
    parts = [_target(row) for row in single if row["predicate"] == "relatedMatch"]
    alone = [(_target(row),) for row in single if row["predicate"] != "relatedMatch"]
    sets, total = _sets([row for row in mapped if row["scenario"] > 0])
    return replace(
        source, **way, status=TRANSLATED, alternatives=alone + sets, parts=parts, of_alternatives=len(alone) + total
    )


def _left_out(source: Translation, way: Way, crosswalk: CrosswalkRow) -> Translation:
    """Why a crosswalk has no row for a code: it speaks of other days, or its publisher assigned nothing.

    A table of successions speaks only of the codes that changed, so that the days of the others tell nothing.
    """
    if crosswalk.source_system == crosswalk.target_system:
        return replace(source, **way, status=NOT_ASSIGNED, reason=f"{NO_CHANGE} ({crosswalk.crosswalk})")
    status = NOT_ASSIGNED if crosswalk.origin == "published" else NOT_BRIDGED
    if crosswalk.known_through and source.first_day and source.first_day > crosswalk.known_through:
        status = NEWER
    elif crosswalk.known_from and source.last_day and source.last_day < crosswalk.known_from:
        status = OLDER
    days = f"{crosswalk.known_from or 'the first day'} to {crosswalk.known_through or 'no day that it names'}"
    told = (
        f" ({crosswalk.crosswalk} speaks of codes of {days})"
        if status in {NEWER, OLDER}
        else f" ({crosswalk.crosswalk})"
    )
    return replace(source, **way, status=status, reason=REASONS[status] + told)


def _sets(rows: list[Row]) -> tuple[list[tuple[Target, ...]], int]:
    """One target from each choice list of a scenario, in every way, and how many ways there are."""
    sets: list[tuple[Target, ...]] = []
    total = 0
    for _, scenario in groupby(rows, key=lambda row: row["scenario"]):
        lists = [[_target(row) for row in group] for _, group in groupby(scenario, key=lambda row: row["choice_list"])]
        total += prod(map(len, lists))
        sets += [tuple(dict.fromkeys(each)) for each in islice(product(*lists), SPELT_OUT)]
    return sets, total


def _target(row: Row) -> Target:
    names = ("code_dotted", "meaning", "predicate", "approximate", "origin", "flags", "path")
    return Target(row["target_code"], *(row[name] for name in names))
