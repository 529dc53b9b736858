"""Checks of order addenda and ReadMes: what they print of themselves is what was counted, but for what is declared."""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.gate.findings import as_finding
from pipeline.normalise.addenda_counts import AddendaCount

MISCOUNTS: Final = Path(__file__).with_name("addenda_differences.csv")
DECLARE_MISCOUNT: Final = (
    "fetch the file again, correct the reader, or declare it in pipeline/gate/addenda_differences.csv"
)


@cache
def read_differences() -> tuple[dict[str, str], ...]:
    """The numbers of addenda and ReadMes that differ from what is counted, each with its reason."""
    with MISCOUNTS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def find_differing_counts(counts: Sequence[AddendaCount]) -> list[str]:
    """Each number of an addenda or a ReadMe that is not what was counted and not declared, as a case of one finding."""
    declared = {
        (
            each["system"],
            each["release"],
            each["kind"],
            each["count"],
            each["against"],
            each["counted"],
            each["printed"],
        )
        for each in read_differences()
    }
    cases = [
        f"{each.system} {each.release}: {_printed(each)} {each.kind}, {each.count} are printed in {each.where}, "
        f"{each.counted:,} counted in the {each.against}"
        for each in counts
        if each.counted != each.printed and _key(each) not in declared
    ]
    return (
        [as_finding(f"printed numbers: {len(cases)} are not what was counted", cases, DECLARE_MISCOUNT)]
        if cases
        else []
    )


def _printed(each: AddendaCount) -> str:
    return "no number of" if each.printed is None else f"{each.printed:,}"


def _key(each: AddendaCount) -> tuple[str, ...]:
    own = each.system, each.release, each.kind, each.count, each.against
    return *own, str(each.counted), "" if each.printed is None else str(each.printed)
