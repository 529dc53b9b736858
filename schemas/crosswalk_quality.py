"""Table `crosswalk_quality`."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Table, Text, refers_to, row_check


class CrosswalkQuality(Table):
    """How well a crosswalk covers what could be reported: one row per crosswalk, release of the source system, and chapter; chapter `all` is the sum. Counts are of source codes. Year to year, the way to the other end of the releases is counted (forward to the newest, backward to the oldest), and a code without a row stands for itself."""

    crosswalk: Series[Text] = pa.Field(description="The crosswalk.", metadata=refers_to("crosswalks", "crosswalk"))
    system: Series[Text] = pa.Field(description="The source's system.", metadata=refers_to("systems", "system"))
    release: Series[Text] = pa.Field(description="A release of it (a key of `releases`).")
    chapter: Series[Text] = pa.Field(
        description="A chapter (a section of `sections`), or `all`; `none` for codes outside of every chapter."
    )
    billable: Series[Count] = pa.Field(ge=1, description="Codes that could be reported on the release's first day.")
    covered: Series[Count] = pa.Field(
        ge=0, description="Of these, codes that the crosswalk has a target or no_map for."
    )
    exact: Series[Count] = pa.Field(ge=0, description="Covered codes with an exactMatch.")
    approximate: Series[Count] = pa.Field(
        ge=0,
        description="Covered codes with targets, none of them exact. What that means, `crosswalks.relation` says: of an equivalence or a succession the targets approximate the code; of a grouping they are its categories; of coverage, same_category and packaging a row speaks of the code, and no target stands for it.",
    )
    combination: Series[Count] = pa.Field(ge=0, description="Covered codes with a target that stands only with others.")
    several: Series[Count] = pa.Field(ge=0, description="Covered codes with more than one target.")
    no_map: Series[Count] = pa.Field(ge=0, description="Covered codes that have no equivalent.")
    round_trip: Series[Count] = pa.Field(ge=0, description="Covered codes that come back from at least one target.")

    class Config:
        unique = ["crosswalk", "release", "chapter"]  # noqa: RUF012

    @row_check("covered codes have an exact target, others only, or no equivalent")
    def adds_up(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """And no more are covered than there are."""
        parts = rows["exact"] + rows["approximate"] + rows["no_map"]
        return ((parts == rows["covered"]) & (rows["covered"] <= rows["billable"])).astype(bool)
