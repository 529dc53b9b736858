"""Rules of use that are printed as statements on ranges and places, carried down to codes: external causes, the notes
of tabular lists, and the characters that they add."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.code_order import AFTER
from pipeline.history.horizon import Horizon
from pipeline.normalise.rules_of_use import RULED_COLUMNS, RuleList
from pipeline.normalise.systems import read_systems
from pipeline.run.sql import query_tables

NOTED_RULES: Final = Path(__file__).with_name("noted_rules.sql")
RULES_OF_NOTES: Final = ("code_first", "use_additional_code")
ADDED_CHARACTER: Final = "seventh_character"
WITH_SEVENTH_CHARACTERS: Final = "ICD10CM"  # what ICD-9-CM adds are fifth and fourth digits, which its listing has


def derive_carried_rules(
    tabular: Sequence[RawRelease], tables: Mapping[str, pa.Table], horizons: Mapping[str, Horizon]
) -> list[RuleList]:
    """The lists of the codes that statements speak of: `tabular` are the editions of tabular lists that are here,
    `tables` has notes, seventh_characters, sections, codes and validity."""
    editions = [each for release in tabular for each in _editions_of(release, horizons)]
    return [*_external_causes(tables["codes"], horizons), *_noted_rules(editions, tables)]


def _external_causes(codes: pa.Table, horizons: Mapping[str, Horizon]) -> list[RuleList]:
    """The codes that the registry of systems calls never alone, on all days that the build knows of a system."""
    lists = []
    for name, horizon in horizons.items():
        if read_systems()[name].never_alone:
            own = codes.filter(pc.and_(pc.equal(codes["system"], name), pc.invert(codes["standalone"])))
            rows = pa.table([own["code"], pa.repeat("never_principal", len(own))], schema=RULED_COLUMNS)
            days = horizon.known_from, horizon.known_through
            lists.append(
                RuleList("external_cause", name, name.lower(), horizon.newest_release, *days, "systems.toml", rows)
            )
    return lists


def _editions_of(release: RawRelease, horizons: Mapping[str, Horizon]) -> list[dict[str, Any]]:
    """A tabular list once for each system of which the build knows the codes on its first day."""
    day = release.release.effective_from
    through = release.source.known_through(day)
    return [
        {
            "system": system,
            "release": release.release.release,
            "source": release.source.source,
            "known_from": day,
            "known_through": through,
        }
        for system in release.source.systems
        if system in horizons and horizons[system].known_from <= day <= horizons[system].known_through
    ]


def _noted_rules(editions: list[dict[str, Any]], tables: Mapping[str, pa.Table]) -> list[RuleList]:
    """The lists that come of the notes and characters of tabular lists, for the codes of the first day of each."""
    if not editions:
        return []
    rows = query_tables(
        NOTED_RULES,
        {"after": AFTER},
        notes=tables["notes"],
        characters=tables["seventh_characters"],
        codes=tables["codes"].select(["system", "code", "section"]),
        sections=tables["sections"].select(["system", "section", "first", "last"]),
        validity=tables["validity"].select(["system", "code", "valid_from", "valid_through", "billable"]),
        editions=pa.Table.from_pylist(editions),
    )
    return [
        _rows_of(rows, rule, edition)
        for edition in editions
        for rule in (*RULES_OF_NOTES, *([ADDED_CHARACTER] if edition["system"] == WITH_SEVENTH_CHARACTERS else []))
    ]


def _rows_of(rows: pa.Table, rule: str, edition: dict[str, Any]) -> RuleList:
    keys = {"rule": rule, "system": edition["system"], "release": edition["release"]}
    for name, value in keys.items():
        rows = rows.filter(pc.equal(rows[name], value))
    return RuleList(rule=rule, where="notes", rows=rows.select(RULED_COLUMNS.names).cast(RULED_COLUMNS), **edition)
