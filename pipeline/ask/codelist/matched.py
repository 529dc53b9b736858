"""The questions that are asked of the entries of lists, and their parameters."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.ask.build import Build
from pipeline.ask.codelist.code_list import ListEntry
from pipeline.code_order import read_code_order
from pipeline.list_rules import FOUND_CODES


@cache
def list_question(name: str) -> str:
    """The text of an SQL file beside this module. `expand` is the beginning of questions to `found` (entry, system,
    code, valid_from of the episode, came_in) and to `episodes`."""
    text = Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
    return text + FOUND_CODES if name == "expand" else text


def parameters(entries: Sequence[ListEntry], since: date = date.min, through: date = date.max) -> dict[str, Any]:
    """The values of that question: entries by their places, episodes that touch the days from `since` to `through`,
    or may."""
    order = read_code_order()
    return {
        "entry": [*range(len(entries))],
        "system": [each.system for each in entries],
        "kind": [each.kind for each in entries],
        "first": [each.first for each in entries],
        "last": [each.last for each in entries],
        "systems": sorted({each.system for each in entries}),
        "since": since,
        "through": through,
        "out_of_order": [*order],
        "place": [*order.values()],
    }


def matched_entries(build: Build, entries: Sequence[ListEntry]) -> list[int]:
    """The places of the entries that have any code, heading or not, on any day of their system's use."""
    rows = build.rows(
        f"{list_question('expand')} select distinct entry from found order by entry", **parameters(entries)
    )
    return [row["entry"] for row in rows]
