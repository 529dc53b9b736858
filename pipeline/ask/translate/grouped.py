"""The categories of a code: by the version of the grouping that was asked for, else that of the day that decides where
it is here, else the newest one here."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeline.ask.answer_statuses import NEWER
from pipeline.ask.build import Build
from pipeline.ask.crosswalk_rows import CrosswalkRow
from pipeline.ask.grouping_versions import GroupingVersion, version_on
from pipeline.ask.resolve_codes import NOT_KNOWN, Reading
from pipeline.ask.translate.choose import ChosenCrosswalk
from pipeline.ask.translate.find import (
    CodeOnDays,
    MappingRow,
    answer_of,
    days_of,
    left_out,
    remark_on_days,
    rows_of,
    speaks_of,
    way_of,
)
from pipeline.ask.translate.model import Translation, days_of_meant_life, first_and_last_day

# What codes were that are newer than a grouping, where that is in different categories; the reason names them all.
NAMED_CANDIDATES: Final = """
    select source_code as code, any_value(reason) as reason from crosswalk_exceptions
    where crosswalk = $crosswalk and exception = 'candidate' and source_code in (select unnest($codes))
    group by source_code
"""


def find_categories(
    build: Build, readings: list[Reading], grouping: CrosswalkRow, chosen: ChosenCrosswalk
) -> Iterator[Translation]:
    """The categories of each of some resolved codes of one system, in their order; all of a code hold together.

    What we carried to codes that are newer than the newest version is told where no version was asked for, on every day
    of theirs; of one that was several things the categories of each are named.
    """
    days: list[CodeOnDays] = [(each.code, *days_of_meant_life(each)) for each in readings]
    versions = [chosen.version or _version_of(each, chosen) for each in readings]
    asked: dict[str, set[CodeOnDays]] = defaultdict(set)
    for of_code, version in zip(days, versions, strict=True):
        asked[version.release].add(of_code)
    newest = None if chosen.version else chosen.versions[-1].release
    rows = {
        release: rows_of(build, grouping, of_version, version=None if release == newest else release)
        for release, of_version in asked.items()
    }
    answers = []
    for reading, of_code, version in zip(readings, days, versions, strict=True):
        crosswalk = _speaking(grouping, version)
        way = way_of(crosswalk) | {"version": version.release}
        is_of_its_days = chosen.version or reading.on is None or speaks_of(crosswalk, reading.on)
        if not is_of_its_days and not _is_newer(reading, crosswalk):
            answers.append(Translation(reading, NOT_KNOWN, f"not known: {days_of(crosswalk)}", **way))
        elif own := rows[version.release].get(of_code):
            answers.append(answer_of(reading, way, own, True, _remark(crosswalk, version, reading, own)))
        else:
            answers.append(left_out(reading, way, crosswalk))
    yield from answers if chosen.version else _with_candidates(build, grouping, answers)


def _is_newer(reading: Reading, crosswalk: CrosswalkRow) -> bool:
    """Whether a code began after the days of which a grouping speaks: what it was before is all that can be said."""
    first, _ = first_and_last_day(reading)
    return bool(first and crosswalk.known_through and first > crosswalk.known_through)


def _with_candidates(build: Build, grouping: CrosswalkRow, answers: list[Translation]) -> Iterator[Translation]:
    """The same answers; one of a code that was several things says what it was, and the categories of each."""
    newer = sorted({each.reading.code for each in answers if each.status == NEWER and each.reading.code})
    if not newer or "crosswalk_exceptions" not in build.names:
        yield from answers
        return
    rows = build.rows(NAMED_CANDIDATES, crosswalk=grouping.crosswalk, codes=newer)
    reasons = {row["code"]: row["reason"] for row in rows}
    for each in answers:
        named = reasons.get(each.reading.code) if each.status == NEWER else None
        yield replace(each, note=f"{named}, and nobody says which" if named else each.note)


def _version_of(reading: Reading, chosen: ChosenCrosswalk) -> GroupingVersion:
    in_effect = version_on(chosen.versions, reading.on) if reading.on else None
    return in_effect or chosen.versions[-1]


def _speaking(crosswalk: CrosswalkRow, version: GroupingVersion) -> CrosswalkRow:
    """The crosswalk with the days of which a version speaks; of the newest, what the build says of it all."""
    if version.newest:
        return crosswalk
    return replace(crosswalk, known_from=version.known_from, known_through=version.known_through)


def _remark(crosswalk: CrosswalkRow, version: GroupingVersion, reading: Reading, rows: list[MappingRow]) -> str:
    """What is to be known beside the categories of a code: that its publisher does not have it; that the version is
    another than the newest, or than that of the day that decides; that the code is valid on days of which the version
    does not speak."""
    if any(row.origin == "derived" for row in rows):
        return f"the code is newer than version {version.release}: these are the categories of what it was before"
    said = [] if version.newest else [f"by version {version.release}"]
    if reading.on and not version.is_in_effect(reading.on):
        said = [f"by version {version.release}", f"that of {reading.on} is not here"]
    return "; ".join(filter(None, [*said, remark_on_days(crosswalk, reading)]))
