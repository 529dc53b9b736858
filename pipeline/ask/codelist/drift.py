"""What a list needs when the year changes: codes that ended or changed, and new ones that belong to it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.ask.build import Build
from pipeline.ask.codelist.code_list import CodeList
from pipeline.ask.codelist.converted_codes import convert_codes, find_way, table_of_codes
from pipeline.ask.codelist.expand import EXPANDED_COLUMNS, Expansion, ListDays, expand
from pipeline.errors import UsageError

if TYPE_CHECKING:
    import pyarrow

DRIFT_SQL: Final = Path(__file__).with_name("drift.sql")
_CONCEPT, _CODE = (EXPANDED_COLUMNS.index(name) for name in ("concept", "code"))
# What `change` may be, in the order of a report.
CHANGES: Final = {
    "ended": "ended: no claim carries them any more",
    "heading": "became headings: claims carry a code below them",
    "reworded": "are said in other words: do they still belong?",
    "new": "are new, and belong to the list",
    "review": "are new, and may belong: to judge",
}


@dataclass(frozen=True)
class ListChange:
    """One code of a concept that a change of days touches.

    `reason` says why it is so; of new codes as `converted_codes.CONVERSION_REASONS` has it, or `written`: the list as
    it is written has it. `via` are the codes that took the place of one that ended, or those that bring a new one in.
    `is_in_text` says whether the list as it is written has the code on the later day.
    """

    concept: str
    change: str
    system: str
    code: str
    code_dotted: str
    description_before: str | None
    description_after: str | None
    first_day: date | None
    reason: str
    via: list[str]
    share: float | None
    is_in_text: bool


LIST_CHANGE_COLUMNS: Final = tuple(each.name for each in fields(ListChange))


def find_drift(build: Build, codelist: CodeList, since: date, through: date) -> list[ListChange]:
    """The changes of a list whose systems are resolved, from one day to a later one, by concept and kind.

    Raises NotKnown where the build cannot speak of a day, UsageError where the later one comes first.
    """
    if through < since:
        raise UsageError(
            f"{since} is later than {through}\n  next:     name the earlier day first, or convert the list"
        )
    found: list[ListChange] = []
    for system in sorted({each.system for each in codelist.entries if each.system}):
        way = find_way(build, system, system, list_day=since, target_day=through)
        own = codelist.with_entries(each for each in codelist.entries if each.system == system)
        before, after = (_codes_of(build, expand(build, own, ListDays(day, day))) for day in (since, through))
        build.lend("carried", convert_codes(build, before, way))
        build.lend("list_before", before)
        build.lend("list_after", after)
        answer = build.ask(DRIFT_SQL.read_text(encoding="utf-8"), system=system, since=since, through=through)
        found += [ListChange(*record) for record in answer.records]
    return found


def _codes_of(build: Build, found: Expansion) -> "pyarrow.Table":
    return table_of_codes(build, sorted({(record[_CONCEPT], record[_CODE]) for record in found.records}))


def as_rows(changes: Iterable[ListChange]) -> list[dict[str, Any]]:
    """The changes, each by column name."""
    return [vars(each) for each in changes]
