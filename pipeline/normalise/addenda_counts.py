"""What an order addenda says of itself in numbers, held against its lines and against the two editions."""

import json
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest import TextFrame
from pipeline.normalise.listing import TITLE_COLUMNS, Listing
from pipeline.normalise.systems import read_systems
from pipeline.run.columns import NO_NUMBER, as_array, as_numbers

PRINTED_COUNTS: Final = b"counts"
KINDS: Final = {"headers": False, "codes": True}  # as the addenda call them, and whether they are billable
NO_NUMBERS: Final = {"lines": {"numbers": 0}}  # of a kind of which an addenda prints nothing at all
COMPARED: Final = ["code", *TITLE_COLUMNS]
ACTIONS: Final = {"additions": "Add", "deletions": "Delete", "revisions": "Revise to"}


@dataclass(frozen=True)
class AddendaCount:
    """One number that an order addenda prints, and what was counted in its place.

    `kind` is headers or codes, `count` what is counted, in the addenda's own words; `against` is lines (of the addenda)
    or editions (the release's and the one before, where that is here). `printed` is None where there is no such number.
    """

    system: str
    release: str
    where: str
    kind: str
    count: str
    against: str
    counted: int
    printed: int | None


def is_billable(system: str, changes: pa.Table) -> pa.ChunkedArray:
    """Whether each line of an addenda is of a code and no heading.

    The lines of ICD-10-PCS have no flag: its tables have three characters, its codes all.
    """
    by_length = pc.equal(pc.utf8_length(changes["code"]), read_systems()[system].longest)
    return pc.if_else(pc.equal(changes["flag"], ""), by_length, pc.equal(changes["flag"], "1"))


def count_addenda(addenda: TextFrame, release: Listing, base: Listing | None) -> list[AddendaCount]:
    """Every number that an addenda prints, beside what was counted; what it does not print is none.

    `base` is the edition that they are the difference from, where it is here. The edition itself always is: its number
    of rows tells of an order file that was cut.
    """
    printed = json.loads((addenda.table.schema.metadata or {}).get(PRINTED_COUNTS, b"{}"))
    billable = is_billable(release.system, addenda.table)
    found = []
    for kind, is_code in KINDS.items():
        counted: dict[str, dict[str, int]] = NO_NUMBERS
        if kind in printed:
            lines = addenda.table.filter(pc.equal(billable, is_code))
            counted = {"lines": _count_lines(lines), "editions": _count_editions(base, release, kind)}
        found += [
            AddendaCount(
                release.system,
                release.release,
                addenda.where,
                kind,
                name,
                against,
                count,
                printed.get(kind, {}).get(name),
            )
            for against, counts in counted.items()
            for name, count in counts.items()
        ]
    return found


def _of_kind(rows: pa.Table, kind: str) -> pa.Table:
    return rows.select(COMPARED).filter(pc.equal(rows["billable"], KINDS[kind]))


def _count_lines(lines: pa.Table) -> dict[str, int]:
    return {name: int(pc.sum(pc.equal(lines["action"], action)).as_py() or 0) for name, action in ACTIONS.items()}


def _count_editions(base: Listing | None, release: Listing, kind: str) -> dict[str, int]:
    """The numbers of an addenda as two editions give them; of one alone how many codes or headings it has."""
    after = _of_kind(release.rows, kind)
    if base is None:
        return {"after": len(after)}
    before = _of_kind(base.rows, kind)
    place = pc.index_in(after["code"], as_array(before["code"]))
    both, old = after.filter(pc.is_valid(place)), before.take(place.drop_null())
    short, long = (_differs(both[name], old[name]) for name in TITLE_COLUMNS)
    alike = {
        "revisions": pc.or_(short, long),
        "revisions to both long and short titles": pc.and_(short, long),
        "revisions to long title only": pc.and_not(long, short),
        "revisions to short title only": pc.and_not(short, long),
    }
    return {
        "before": len(before),
        "after": len(after),
        "additions": len(after) - len(both),
        "deletions": len(before) - len(both),
        **{name: int(pc.sum(differs).as_py() or 0) for name, differs in alike.items()},
    }


def _differs(titles: pa.ChunkedArray, before: pa.ChunkedArray) -> pa.Array:
    """Whether each title is another than the one before it; an unknown one differs from none."""
    now, then = np.split(as_numbers(pa.chunked_array([as_array(titles), as_array(before)])), 2)
    return pa.array((now != then) & (now != NO_NUMBER) & (then != NO_NUMBER))
