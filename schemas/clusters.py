"""Table `clusters`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Table, Text, refers_to


class Clusters(Table):
    """The alternatives of every source in GEMs, reimbursement mappings and the crosswalks to and from the current year: one row per member of a cluster. All members of one cluster together stand for the source; each cluster alone is a complete answer. Where a scenario (other than 0) has more than 1,000 alternatives, not all are spelt out, but enough that every row of `mappings` is in one: `alternatives` has the true number."""

    crosswalk: Series[Text] = pa.Field(description="The crosswalk.", metadata=refers_to("crosswalks", "crosswalk"))
    source_code: Series[Text] = pa.Field(description="The code that is mapped.")
    cluster: Series[Count] = pa.Field(
        ge=1, description="Number of the alternative of this source: targets that stand alone first."
    )
    target_code: Series[Text] = pa.Field(description="A code of the alternative.")
    scenario: Series[Count] = pa.Field(
        ge=0,
        description="The scenario of `mappings` that the alternative is taken from; 0: a target that stands alone.",
    )
    size: Series[Count] = pa.Field(ge=1, description="Codes in the alternative.")
    alternatives: Series[Count] = pa.Field(
        ge=1, description="Alternatives that the scenario has, also those not spelt out; see the head of this table."
    )

    class Config:
        unique = ["crosswalk", "source_code", "cluster", "target_code"]  # noqa: RUF012
