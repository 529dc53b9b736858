"""What took the place of codes of a list that ended: as records and conversion tables say it, by any release."""

from collections.abc import Sequence
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.codelist.code_list import ListEntry
from pipeline.ask.successors import Successor, find_successors

SUCCESSORS_TOLD: Final = """
    select distinct r.system, r.code, coalesce(c.code_dotted, r.successor) as code_dotted, r.effective_from
    from (
        select system, code, effective_from, unnest(replaced_by) as successor from code_changes
        where code in (select unnest($codes))
    ) r left join codes c on c.system = r.system and c.code = r.successor
    order by all
"""


def find_replacing(build: Build, entries: Sequence[ListEntry]) -> dict[ListEntry, tuple[Successor, ...]]:
    """Of entries that name codes which ended the successors, those of its own system first."""
    codes = sorted({each.first for each in entries})
    of_records = find_successors(build, codes)
    of_tables: dict[tuple[str, str], list[Successor]] = {}
    for row in build.rows(SUCCESSORS_TOLD, codes=codes) if codes else []:
        own = Successor(row["system"], row["code_dotted"], row["effective_from"])
        of_tables.setdefault((row["system"], row["code"]), []).append(own)
    return {
        each: _each_once([*of_tables.get(key, []), *of_records.get(key, [])])
        for each in entries
        if (key := (each.system, each.first))
    }


def _each_once(found: list[Successor]) -> tuple[Successor, ...]:
    return tuple({(each.system, each.code_dotted): each for each in reversed(found)}.values())[::-1]
