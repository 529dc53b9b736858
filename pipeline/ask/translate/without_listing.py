"""Codes that only a crosswalk has: no listing of their system is here, or none of the days of the map."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.code_forms import has_form_of
from pipeline.ask.known_days import KnownDays, read_known_days
from pipeline.ask.relations import PACKAGING
from pipeline.ask.resolve_codes import AMBIGUOUS, NOT_KNOWN, RESOLVED, UNKNOWN, Reading

# What is in no listing has no days. A crosswalk of products has those of the newest quarter alone.
MAPPED_SOURCES: Final = f"""
    select m.source_code as code, m.source_system as system, crosswalk, x.relation
    from mappings m join crosswalks x using (crosswalk)
    where m.target_system = $to and m.source_code in (select unnest($codes)) and m.origin = 'published'
        and ($system is null or m.source_system = $system)
    union
    select u.ndc, x.source_system, x.crosswalk, x.relation
    from ndc_units u join crosswalks x on x.target_system = u.system and x.relation = '{PACKAGING}'
    where u.system = $to and u.ndc in (select unnest($codes)) and ($system is null or x.source_system = $system)
    order by all
"""


def resolve_by_crosswalks(build: Build, readings: list[Reading], system: str | None, to: str) -> list[Reading]:
    """The same readings; a code that no listing here has is meant where a published map to the target has it.

    Of no day: without a listing nobody knows when it was valid, but for products, of which the days of the map are
    told. The reason says that no listing has it, but of products. Where one is
    here of the days of the map, the code is none. Causes of death are meant only where their system is named.
    """
    unread = {each.bare for each in readings if each.status in {NOT_KNOWN, UNKNOWN} and not each.episodes}
    if not unread:
        return readings
    named = build.system_called(system) if system else None
    known = read_known_days(build)
    mapped: dict[str, dict[str, str]] = defaultdict(dict)
    rows = build.rows(MAPPED_SOURCES, codes=sorted(unread), system=named, to=to)
    of_days = {row["code"] for row in rows if row["relation"] == PACKAGING}
    for row in rows:
        if row["relation"] == PACKAGING:  # of products there is no listing to miss
            mapped[row["code"]].setdefault(row["system"], "")
        elif why := _why_unlisted(build, row["crosswalk"], known[row["system"]]):
            mapped[row["code"]].setdefault(row["system"], why)
    return [
        _resolve(build, each, mapped[each.bare], named)
        if each.bare in mapped and not each.episodes and (each.on is None or each.bare in of_days)
        else each
        for each in readings
    ]


def _why_unlisted(build: Build, crosswalk: str, known: KnownDays) -> str | None:
    """Why no listing may have a code of a map; None where one has all codes of its days."""
    if not known.is_listed:
        return f"not known: no listing of {known.system} is in this build"
    days = build.crosswalks[crosswalk]
    is_before = known.known_from and days.known_from and days.known_from < known.known_from
    is_beyond = known.known_through and days.known_from and days.known_from > known.known_through
    if is_before or is_beyond:
        return f"in no listing of {known.system} that is here; {crosswalk} speaks of days from {days.known_from} on"
    return None


def _resolve(build: Build, reading: Reading, why: dict[str, str], named: str | None) -> Reading:
    """A reading of the system whose maps have the code; of several none."""
    systems = [named] if named else list(_fitting(build, reading, why))
    if not systems:
        return reading
    if len(systems) > 1:
        reason = f"codes of {len(systems)} systems in crosswalks: {', '.join(systems)}; --system picks one"
        return replace(reading, status=AMBIGUOUS, reason=reason)
    (system,) = systems
    dotted = reading.asked.strip().upper()
    return replace(reading, status=RESOLVED, reason=why[system], system=system, code=reading.bare, code_dotted=dotted)


def _fitting(build: Build, reading: Reading, why: dict[str, str]) -> Iterator[str]:
    for system in why:
        row = build.systems[system]
        if not row.is_of_deaths and has_form_of(reading.form, row):
            yield system
