"""Table `policies`."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Day, Table, Text, Texts, row_check

POLICY_KINDS = ["national", "local"]


class Policies(Table):
    """Every policy: a publisher's statement on which diagnoses support which procedures, as one edition of it has it. One row per policy; its codes are in `policy_codes`."""

    policy: Series[Text] = pa.Field(
        unique=True,
        description="The policy as people cite it: NCD 190.31 (of a determination that is split in lists, NCD 190.20A); an article or local determination with its version.",
    )
    title: Series[Text] = pa.Field(description="Its title, as the publisher prints it.")
    publisher: Series[Text] = pa.Field(description="Who says so.")
    kind: Series[Text] = pa.Field(
        isin=POLICY_KINDS, description="national (holds everywhere) or local (where its contractor pays)."
    )
    contractors: Series[Texts] = pa.Field(
        nullable=True, description="The contractors that pay by it; null of a national one, and where none is named."
    )
    states: Series[Texts] = pa.Field(
        nullable=True,
        description="The states and territories in which these contractors pay, as the publisher abbreviates them (EM and WM are parts of Missouri, NF and SF of California, DN, QN and UN of New York). Those in which they no longer pay are left out. Null of a national one, which holds everywhere, and where none is named.",
    )
    known_from: Series[Day] = pa.Field(description="First day of which it speaks.")
    known_through: Series[Day] = pa.Field(
        description="Last day of which this edition can speak: the day before the next edition, or the end of the policy."
    )
    unpaired_procedures: Series[Count] = pa.Field(
        ge=0,
        description="How many procedures stand in the document and nothing tells with which of its diagnoses they go; dental codes (CDT), which are not published, are counted too.",
    )
    unpaired_diagnoses: Series[Count] = pa.Field(
        ge=0, description="How many diagnoses stand in it and nothing tells with which of its procedures they go."
    )
    source: Series[Text] = pa.Field(description="The series of files, as the catalogue names it.")
    release: Series[Text] = pa.Field(description="The release of that source that was read.")
    effective_from: Series[Day] = pa.Field(description="The day on which that release takes effect.")
    source_file: Series[Text] = pa.Field(description="The publisher's file that was read.")

    @row_check("a policy speaks of one day at least")
    def has_days(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Its days end after they have begun."""
        return (rows["known_through"] >= rows["known_from"]).astype(bool)

    class Config:
        unique = ["policy"]  # noqa: RUF012
