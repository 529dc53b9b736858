"""What stands for a code: the crosswalk to use, its rows on the days in question, and the alternatives they make."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, islice, product
from math import prod
from pathlib import Path
from typing import Any, Final

from pipeline.ask.lookup import query
from pipeline.ask.translate.model import Question, Target, Translation
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.errors import UsageError

SPELT_OUT: Final = 1_000  # alternatives of one scenario, as in table `clusters`
FOREVER: Final = "date '9999-12-31'"
AVAILABLE: Final = "select crosswalk, source_system, target_system, release from '{build}/parquet/crosswalks.parquet'"
NEWEST: Final = "select max(effective_from) from '{build}/parquet/releases.parquet' where system = $system"
OLDEST: Final = "select min(effective_from) from '{build}/parquet/releases.parquet' where system = $system"
ROWS: Final = f"""
    select m.source_code, m.target_code, m.scenario, m.choice_list, m.predicate, m.approximate, m.no_map, m.origin,
        m.path, m.flags, coalesce(c.code_dotted, m.target_code) as code_dotted,
        coalesce(c.description, c.short_description, k.title) as meaning
    from '{{build}}/parquet/mappings.parquet' m
    left join '{{build}}/parquet/codes.parquet' c on c.system = m.target_system and c.code = m.target_code
    left join '{{build}}/parquet/categories.parquet' k on k.crosswalk = m.crosswalk and k.category = m.target_code
    where m.crosswalk = $crosswalk and m.source_code in (select unnest($codes))
        and ($source_day is null or $source_day between m.valid_from and coalesce(m.valid_to, {FOREVER}))
        and ($target_day is null or $target_day between m.target_valid_from and coalesce(m.target_valid_to, {FOREVER}))
    order by m.source_code, m.scenario, m.choice_list, m.hops, m.target_code
"""
CHANGED: Final = """
    select distinct source_code from '{build}/parquet/mappings.parquet'
    where crosswalk = $crosswalk and source_code in (select unnest($codes))
"""
LAST_DAYS: Final = """
    select code, max(coalesce(valid_to, $newest)) from '{build}/parquet/code_history.parquet'
    where system = $system and billable and code in (select unnest($codes)) group by code
"""


@dataclass(frozen=True)
class Way:
    """A crosswalk from one system to another, or to a grouping; year to year both directions are needed."""

    source_system: str
    target_system: str
    crosswalk: str | None
    is_year_to_year: bool = False


def known_target(build: Path, to: str) -> str:
    """The id of a system or grouping that a crosswalk leads to, in capitals or not. Raises UsageError without one."""
    names = {row[2].lower(): row[2] for row in query(build, AVAILABLE, {})}
    if to.lower() not in names:
        raise UsageError(f"{to}: no crosswalk leads there\n  next:     one of {', '.join(sorted(names.values()))}")
    return str(names[to.lower()])


def choose_crosswalk(build: Path, system: str, to: str, question: Question) -> Way:
    """The crosswalk between two systems: the one asked for, else a completed one before a published one.

    Raises UsageError where the one asked for leads elsewhere, or the release asked for is not the newest.
    """
    fitting = [row[0] for row in query(build, AVAILABLE, {}) if (row[1], row[2]) == (system, to)]
    if question.crosswalk:
        if question.crosswalk not in fitting:
            choice = ", ".join(fitting) or "none"
            raise UsageError(
                f"{question.crosswalk}: no crosswalk of that name leads from {system} to {to}\n"
                f"  next:     one of {choice}"
            )
        if not read_crosswalks()[question.crosswalk].is_year_to_year:
            _require_newest(build, to, question)
            return Way(system, to, question.crosswalk)
    if system == to:
        return Way(system, to, next((each for each in fitting if each.endswith("_forward")), None), True)
    _require_newest(build, to, question)
    registry = read_crosswalks()
    best = sorted(fitting, key=lambda each: (not registry[each].is_completed, each))
    return Way(system, to, best[0] if best else None)


def _require_newest(build: Path, to: str, question: Question) -> None:
    """Raises UsageError for a release that is older than the newest one of the target."""
    newest = query(build, NEWEST, {"system": to})[0][0]
    if question.release and newest and question.release < newest:
        raise UsageError(
            f"crosswalks between systems lead to the newest release of {to}, of {newest}\n"
            f"  next:     leave --release out, then translate the result from {to} to {to} with --release"
        )


def find_alternatives(build: Path, sources: list[Translation], way: Way, question: Question) -> Iterator[Translation]:
    """The translation of each of some resolved codes of one system."""
    named = [replace(each, crosswalk=way.crosswalk, target_system=way.target_system) for each in sources]
    if way.crosswalk is None:
        others = sorted({row[1] for row in query(build, AVAILABLE, {}) if row[2] == way.target_system})
        reason = f"no crosswalk leads from {way.source_system} to {way.target_system}, only from {', '.join(others)}"
        yield from (replace(each, status="not_in_crosswalk", reason=reason) for each in named)
    elif way.is_year_to_year:
        yield from _year_to_year(build, named, way, question)
    else:
        rows = _rows_of(build, named, way.crosswalk, None, None)
        together = read_crosswalks()[way.crosswalk].relation == "grouping"
        yield from (_answer(each, rows.get(each.code or "", []), together) for each in named)


def _rows_of(
    build: Path, sources: list[Translation], crosswalk: str, source_day: date | None, target_day: date | None
) -> dict[str, list[dict[str, Any]]]:
    """The rows of a crosswalk for some codes, by code."""
    values = {"crosswalk": crosswalk, "codes": [each.code for each in sources]}
    names = (
        "source_code", "target_code", "scenario", "choice_list", "predicate", "approximate", "no_map", "origin", "path",
        "flags", "code_dotted", "meaning",
    )  # fmt: skip
    found = query(build, ROWS, values | {"source_day": source_day, "target_day": target_day})
    rows = [dict(zip(names, row, strict=True)) for row in found]
    return {code: list(group) for code, group in groupby(rows, key=lambda row: str(row["source_code"]))}


def _year_to_year(build: Path, sources: list[Translation], way: Way, question: Question) -> Iterator[Translation]:
    """Codes of one day on another day of the same system; the day of service, else the last on which each was valid."""
    newest = query(build, NEWEST, {"system": way.source_system})[0][0]
    to = question.release or newest
    _require_known(build, way.source_system, to)
    values = {"system": way.source_system, "codes": [each.code for each in sources], "newest": newest}
    last = dict(query(build, LAST_DAYS, values))
    days = {each.code: question.on or last[each.code] for each in sources}
    for on in sorted(set(days.values())):
        own = [each for each in sources if days[each.code] == on]
        yield from _on_day(build, own, _direction(way, on, to), on, to)


def _require_known(build: Path, system: str, day: date) -> None:
    """Raises UsageError for a day before the first release of a system."""
    first = query(build, OLDEST, {"system": system})[0][0]
    if day < first:
        raise UsageError(
            f"nothing is known of {system} on {day}: the first release here is of {first}\n"
            "  next:     name a later --release"
        )


def _direction(way: Way, on: date, to: date) -> str:
    """The crosswalk that leads from one day to the other."""
    forward = way.crosswalk or ""
    return (read_crosswalks()[forward].opposite or forward) if to < on else forward


def _on_day(build: Path, sources: list[Translation], crosswalk: str, on: date, to: date) -> Iterator[Translation]:
    """Codes of one day on another; one that no step touches stands for itself."""
    values = {"crosswalk": crosswalk, "codes": [each.code for each in sources]}
    changed = {row[0] for row in query(build, CHANGED, values)}
    rows = _rows_of(build, sources, crosswalk, on, to)
    for source in (replace(each, crosswalk=crosswalk) for each in sources):
        if source.code in changed:
            yield _answer(source, rows.get(source.code or "", []), False)
        else:
            yield replace(source, status="translated", alternatives=[(_itself(source),)], of_alternatives=1)


def _itself(source: Translation) -> Target:
    code, dotted = source.code or "", source.code_dotted or ""
    return Target(code, dotted, source.meaning, "exactMatch", False, "derived", None, None)


def _answer(source: Translation, rows: list[dict[str, Any]], together: bool) -> Translation:
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


def _sets(rows: list[dict[str, Any]]) -> tuple[list[tuple[Target, ...]], int]:
    """One target from each choice list of a scenario, in every way, and how many ways there are."""
    sets: list[tuple[Target, ...]] = []
    total = 0
    for _, scenario in groupby(rows, key=lambda row: row["scenario"]):
        lists = [[_target(row) for row in group] for _, group in groupby(scenario, key=lambda row: row["choice_list"])]
        total += prod(map(len, lists))
        sets += [tuple(dict.fromkeys(each)) for each in islice(product(*lists), SPELT_OUT)]
    return sets, total


def _target(row: dict[str, Any]) -> Target:
    names = ("code_dotted", "meaning", "predicate", "approximate", "origin", "flags", "path")
    return Target(row["target_code"], *(row[name] for name in names))
