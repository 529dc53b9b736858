"""Table `crosswalk_exceptions`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Table, Text, refers_to

EXCEPTIONS = [
    "unlisted_source",
    "unlisted_target",
    "corrected",
    "as_printed",
    "left_out",
    "repeated",
    "not_bridged",
    "candidate",
]


class CrosswalkExceptions(Table):
    """What a crosswalk does not carry, what was corrected in it, and which of its codes no listing has: one row per case."""

    crosswalk: Series[Text] = pa.Field(description="The crosswalk.", metadata=refers_to("crosswalks", "crosswalk"))
    exception: Series[Text] = pa.Field(
        isin=EXCEPTIONS,
        description="unlisted_source, unlisted_target (in no listing of its system here), corrected (read otherwise than printed), as_printed (odd, and kept), left_out (a printed row that is no mapping), repeated (printed more than once), not_bridged (a code for which nobody says what it was, or became), candidate (for a code that is newer than the grouping: a category of some of the codes that it was before, and not of all; no answer, so no row of `mappings`).",
    )
    source_code: Series[Text] = pa.Field(nullable=True, description="The source of the mapping in question.")
    target_code: Series[Text] = pa.Field(
        nullable=True, description="Its target; null where the case is about the source."
    )
    reason: Series[Text] = pa.Field(description="Why it is an exception.")
    rows: Series[Count] = pa.Field(ge=1, description="Rows of the crosswalk, or printed rows, that it concerns.")

    class Config:
        unique = ["crosswalk", "exception", "source_code", "target_code", "reason"]  # noqa: RUF012
