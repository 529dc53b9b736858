"""A written list in another system: its codes on its day, converted, and what in it has no code."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pipeline.ask.build import Build
from pipeline.ask.codelist.code_list import KIND_CODE, CodeList
from pipeline.ask.codelist.converted_codes import (
    CONVERTED_COLUMNS,
    ENCOUNTER_CHOICES,
    LEADS_NOWHERE,
    MEMBER_CHOICES,
    ConversionWay,
    convert_codes,
    count_without_translation,
    find_way,
    table_of_codes,
)
from pipeline.ask.codelist.expand import EXPANDED_COLUMNS, Expansion, ListDays, Unmatched, expand

if TYPE_CHECKING:
    import pyarrow

_CONCEPT, _CODE = (EXPANDED_COLUMNS.index(name) for name in ("concept", "code"))
UNKNOWN_CODE: Final = "unknown"


@dataclass(frozen=True)
class Conversion:
    """The rows of `CONVERTED_COLUMNS` of a whole list as an Arrow table, in the order of concepts, statuses and codes.

    `ways` has one for each system of the list, `notes` what a reader must know of the result.
    """

    table: "pyarrow.Table"
    ways: list[ConversionWay]
    notes: list[str]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows, each by column name."""
        rows: list[dict[str, Any]] = self.table.to_pylist()
        return rows

    @property
    def exit_code(self) -> int:
        """1 where a code of the list leads nowhere, else 0."""
        return int(LEADS_NOWHERE in self.table["status"].unique().to_pylist())


def convert_list(
    build: Build,
    codelist: CodeList,
    to: str,
    *,
    list_day: date | None = None,
    target_day: date | None = None,
    encounters: str = ENCOUNTER_CHOICES[0],
    members: str = MEMBER_CHOICES[0],
) -> Conversion:
    """A list whose systems are resolved in the system `to` (an id): what it names on its day, converted.

    What has no code on that day is converted where it is a code, so that the reason is told, and else is a row without.
    Raises as `find_way` does.
    """
    import pyarrow as pa  # noqa: PLC0415 -- the text of --help does not wait for it

    tables, ways, notes, without = [], [], [], list[tuple[str, str]]()
    for system in sorted({each.system for each in codelist.entries if each.system}):
        choices = {"list_day": list_day, "target_day": target_day}
        way = find_way(build, system, to, **choices, encounters=encounters, members=members)
        own = codelist.with_entries(each for each in codelist.entries if each.system == system)
        found = expand(build, own, ListDays(way.list_day, way.list_day))
        tables.append(convert_codes(build, table_of_codes(build, _named_by(found)), way))
        without += _not_codes(found)
        ways.append(way)
        notes += [way.in_words, *_of_maps(build, way)]
    without += [(each.concept, each.text) for each in codelist.entries if not each.system]
    if without or not tables:
        tables.append(_rows_without(to, without))
    order = [("concept", "ascending"), ("status", "ascending")]
    return Conversion(pa.concat_tables(tables).sort_by(order), ways, notes)


def _named_by(found: Expansion) -> Iterable[tuple[str, str]]:
    """Concepts and codes of an expansion; what is written as a code and has none is asked for as it is."""
    yield from ((each[_CONCEPT], each[_CODE]) for each in found.records)
    yield from ((each.entry.concept, each.entry.first) for each in found.unmatched if _is_code(each))


def _is_code(each: Unmatched) -> bool:
    return each.entry.kind == KIND_CODE and not each.entry.is_excluded


def _not_codes(found: Expansion) -> list[tuple[str, str]]:
    entries = [each.entry for each in found.unmatched if not _is_code(each)]
    return [(each.concept, each.text) for each in entries if not each.is_excluded]


def _rows_without(to: str, pairs: list[tuple[str, str]]) -> "pyarrow.Table":
    """Rows of what is no code of a system here, as it is written."""
    import pyarrow as pa  # noqa: PLC0415

    types: dict[str, pa.DataType] = dict.fromkeys(CONVERTED_COLUMNS, pa.string())
    types |= dict.fromkeys(("via", "forward_from", "outside"), pa.list_(pa.string()))
    types |= {"first_day": pa.date32(), "share": pa.float64(), "alternatives": pa.int64()}
    schema = pa.schema([*types.items()])
    empty: dict[str, Any] = dict.fromkeys(CONVERTED_COLUMNS)
    rows = [
        empty | {"concept": concept, "status": LEADS_NOWHERE, "reason": UNKNOWN_CODE, "system": to, "via": [text],
                 "forward_from": [], "outside": []}
        for concept, text in pairs
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema)


def _of_maps(build: Build, way: ConversionWay) -> list[str]:
    codes, without = count_without_translation(build, way)
    if not without:
        return []
    return [
        f"{without:,} of {codes:,} codes of {way.target} on {way.target_day} have no translation into {way.listed}: "
        "none of them can come in"
    ]
