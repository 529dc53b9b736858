"""Check figures of the exports of the Medicare Coverage Database: numbers, codes and days of each table."""

from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.check_figures import CheckFigure

Misfits = npt.NDArray[np.bool_]
NEXT: Final = "check that this is an export of the Medicare Coverage Database; if its columns changed, the reader must"
PROCEDURE_CODE: Final = r"(?:\d{4}[0-9A-Z]|[A-Z]\d{4})"
NUMBERED: Final = (
    *("article_id", "article_version", "lcd_id", "lcd_version", "number"),
    *("contractor_id", "contractor_type_id", "contractor_version", "state_id"),
)


def _misfits_of(pattern: str, columns: tuple[str, ...], table: pa.Table) -> Misfits:
    """Whether a cell of some columns, as many as the table has of them, does not fit a pattern."""
    own = [each for each in columns if each in table.column_names]
    is_broken: Misfits = np.logical_or.reduce(
        [~np.asarray(pc.match_substring_regex(table[each], pattern)) for each in own]
    )
    return is_broken


def _is_no_calendar_day(table: pa.Table) -> Misfits:
    """Whether a first or last day is written as one and is none: Arrow reads 30 February as 1 March."""
    is_broken: Misfits = np.zeros(len(table), bool)
    for name in ("valid_from", "valid_to"):
        day = pc.strptime(table[name], format="%Y-%m-%d", unit="s", error_is_null=True)
        again = pc.fill_null(pc.strftime(day, format="%Y-%m-%d"), "")
        is_broken |= np.asarray(pc.not_equal(again, table[name]))
    return is_broken


NUMBERS: Final = CheckFigure(
    "numbers",
    "numbers of the document, its version and the group, and of contractors and states",
    partial(_misfits_of, r"^\d+$", NUMBERED),
    NEXT,
)
ENDS_IN_THE_CALENDAR: Final = (
    CheckFigure("last days", "a last day or none", partial(_misfits_of, r"^(\d{4}-\d\d-\d\d)?$", ("valid_to",)), NEXT),
    CheckFigure("days", "days that are in the calendar", _is_no_calendar_day, NEXT),
)
EVERY_ARTICLE: Final = (
    NUMBERS,
    CheckFigure(
        "first days", "a first day as 2026-04-01", partial(_misfits_of, r"^\d{4}-\d\d-\d\d$", ("valid_from",)), NEXT
    ),
    *ENDS_IN_THE_CALENDAR,
)


def _codes(expected: str, pattern: str) -> CheckFigure:
    return CheckFigure("codes", expected, partial(_misfits_of, f"^{pattern}$", ("code",)), NEXT)


EVERY_GROUP: Final = (NUMBERS,)
EVERY_PROCEDURE: Final = (NUMBERS, _codes("a CPT or HCPCS code", PROCEDURE_CODE))
EVERY_SPAN: Final = (
    *EVERY_PROCEDURE,
    CheckFigure(
        "first days", "a first day or none", partial(_misfits_of, r"^(\d{4}-\d\d-\d\d)?$", ("valid_from",)), NEXT
    ),
    *ENDS_IN_THE_CALENDAR,
)
EVERY_MODIFIER: Final = (NUMBERS, _codes("a modifier of two characters", "[0-9A-Z]{2}"))
EVERY_INPATIENT_PROCEDURE: Final = (NUMBERS, _codes("an ICD-10-PCS code", "[0-9A-HJ-NP-Z]{7}"))
EVERY_DIAGNOSIS: Final = (
    NUMBERS,
    _codes("an ICD-10-CM code with its dot, or XX000", r"(?:[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?|XX000)"),
)
