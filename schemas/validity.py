"""Table `validity`."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Day, Flag, Table, Text, refers_to, row_check


class Validity(Table):
    """When every code could be reported, ready to join: one row per unbroken run of days on which it was the same.

    No column is ever missing, and no row reaches beyond what the build knows of the system (`systems.known_through`). On
    a day without a row the code is not valid where the build knows the system (known_from to known_through), where the
    system was not in use, or where the code had ended; otherwise it is not known. Not known, too, are the days on which
    a change may have fallen (`code_history`): from `valid_from_earliest` to the day before the episode, and from the day
    after `valid_to_earliest` to its last. Join by the day that decides: of discharge (the through date) for hospital
    inpatient claims, of service for other claims, of death for causes of death.
    """

    system: Series[Text] = pa.Field(description="Code system.", metadata=refers_to("systems", "system"))
    code: Series[Text] = pa.Field(description="The code, bare and upper case.")
    valid_from: Series[Day] = pa.Field(description="First day of the run.")
    valid_through: Series[Day] = pa.Field(
        description="Last day of the run (inclusive); of a code that has not ended systems.known_through, beyond which nothing is known; of one that ended on some day between two lists the last on which it was valid for sure, valid_to_earliest of `code_history`."
    )
    billable: Series[Flag] = pa.Field(
        description="Whether the code itself could be reported in these days; false for headings."
    )
    release: Series[Text] = pa.Field(description="The first release here that shows the run.")

    class Config:
        unique = ["system", "code", "valid_from"]  # noqa: RUF012

    @row_check("runs of one code do not overlap, and none goes on as the one before it was")
    def are_whole_runs(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Rows are sorted by key: a run ends after it has begun, and before the next one of its code begins."""
        nexts = rows.shift(-1)
        same = (rows["system"] == nexts["system"]) & (rows["code"] == nexts["code"])
        days = nexts["valid_from"] - rows["valid_through"]
        goes_on = (days == pd.Timedelta(days=1)) & (rows["billable"] == nexts["billable"])
        overlaps = days < pd.Timedelta(days=1)
        is_whole = ~(same & (overlaps | goes_on)).fillna(False)
        return ((rows["valid_through"] >= rows["valid_from"]) & is_whole).astype(bool)
