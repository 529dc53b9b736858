"""Code lists as frames: expanded and checked in a notebook as on the command line."""

from datetime import date
from typing import TYPE_CHECKING, Final

from pipeline.ask.build import Build
from pipeline.ask.codelist.check import check_list
from pipeline.ask.codelist.code_list import CodeList
from pipeline.ask.codelist.expand import ListDays, expand
from pipeline.ask.codelist.findings_text import FINDING_COLUMNS, finding_row
from pipeline.ask.codelist.list_systems import resolve_list
from pipeline.ask.codelist.list_text import read_list

if TYPE_CHECKING:
    import pandas as pd

SEVERAL_DAYS: Final = "on names one day, first_day and last_day a period"


def list_of_frame(frame: "pd.DataFrame") -> CodeList:
    """The list that a frame is: its columns are found by their names, as those of a csv are. Raises UsageError."""
    return read_list(frame.to_csv(index=False), "frame")


def expand_frame(
    build: Build,
    frame: "pd.DataFrame",
    system: str | None = None,
    *,
    on: date | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    with_headings: bool = False,
) -> "pd.DataFrame":
    """The codes of a list, a row for each concept, code and episode (`expand.EXPANDED_COLUMNS`): those that could be
    reported on a day, on one of the days of a period, or ever. `system` is that of the rows that name none.

    Entries without a code are in `attrs["unmatched"]`, each with its reason, and what the build does not know in
    `attrs["not_known"]`. Raises UsageError as the command does, ValueError where a day and a period are named.
    """
    found = expand(
        build, resolve_list(build, list_of_frame(frame), system), _days(on, first_day, last_day),
        with_headings=with_headings,
    )  # fmt: skip
    codes = found.frame
    codes.attrs["unmatched"] = [(each.entry.text, each.reason) for each in found.unmatched]
    codes.attrs["not_known"] = found.not_known
    return codes


def check_frame(
    build: Build,
    frame: "pd.DataFrame",
    system: str | None = None,
    *,
    on: date | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> "pd.DataFrame":
    """What is wrong with a list, a row for each finding (`FINDING_COLUMNS`), on days as `expand_frame` has them."""
    import pandas as pd

    written = list_of_frame(frame)
    found = check_list(build, written, resolve_list(build, written, system), _days(on, first_day, last_day))
    return pd.DataFrame([finding_row(each) for each in found], columns=[*FINDING_COLUMNS], dtype=object)


def _days(on: date | None, first_day: date | None, last_day: date | None) -> ListDays:
    if on and (first_day or last_day):
        raise ValueError(SEVERAL_DAYS)
    return ListDays(first_day or on, last_day or on)
