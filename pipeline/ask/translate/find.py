"""What stands for a code: the rows of the chosen crosswalk on the days in question, and the alternatives they make."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby, islice, product
from math import prod
from typing import Final

from pipeline.ask.build import Build, Row
from pipeline.ask.translate.choose import ChosenCrosswalk
from pipeline.ask.translate.model import Question, Target, Translation
from pipeline.errors import UsageError

SPELT_OUT: Final = 1_000  # alternatives of one scenario, as in table `clusters`
FOREVER: Final = "date '9999-12-31'"
TRANSLATION_ROWS: Final = f"""
    select m.source_code, m.target_code, m.scenario, m.choice_list, m.predicate, m.approximate, m.no_map, m.origin,
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
    sources = [replace(each, target_system=chosen.target_system) for each in sources]
    if chosen.crosswalk is None:
        yield from (replace(each, status="not_in_crosswalk", reason=chosen.reason) for each in sources)
    elif chosen.backward is not None:
        yield from _year_to_year(build, sources, chosen, question)
    else:
        crosswalk = chosen.crosswalk.crosswalk
        rows = _rows_of(build, sources, crosswalk, None, None)
        named = (replace(each, crosswalk=crosswalk) for each in sources)
        yield from (_answer(each, rows.get(each.code or "", []), chosen.holds_together) for each in named)


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
    oldest, newest = build.release_days[system]
    to = question.release or newest
    if to < oldest:
        raise UsageError(
            f"nothing is known of {system} on {to}: the first release here is of {oldest}\n"
            "  next:     name a later --release"
        )
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
    for source in (replace(each, crosswalk=crosswalk) for each in sources):
        if source.code in changed:
            yield _answer(source, rows.get(source.code or "", []), False)
        else:
            yield replace(source, status="translated", alternatives=[(_itself(source),)], of_alternatives=1)


def _itself(source: Translation) -> Target:
    code, dotted = source.code or "", source.code_dotted or ""
    return Target(code, dotted, source.meaning, "exactMatch", False, "derived", None, None)


def _answer(source: Translation, rows: list[Row], together: bool) -> Translation:
    """The rows of one code as an answer."""
    if not rows:
        return replace(source, status="not_in_crosswalk", reason=f"{source.crosswalk} does not have it")
    mapped = [row for row in rows if row["target_code"] is not None]
    if not mapped:
        status = "no_map" if rows[0]["no_map"] else "not_bridged"
        reason = (
            "the publisher says that there is no equivalent"
            if rows[0]["no_map"]
            else "nobody says what it was, or became"
        )
        return replace(source, status=status, reason=f"{reason} ({rows[0]['path']})" if rows[0]["path"] else reason)
    if together:
        return replace(source, status="translated", alternatives=[tuple(map(_target, mapped))], of_alternatives=1)
    single = [row for row in mapped if row["scenario"] == 0]
    parts = [_target(row) for row in single if row["predicate"] == "relatedMatch"]
    alone = [(_target(row),) for row in single if row["predicate"] != "relatedMatch"]
    sets, total = _sets([row for row in mapped if row["scenario"] > 0])
    return replace(
        source, status="translated", alternatives=alone + sets, parts=parts, of_alternatives=len(alone) + total
    )


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
