"""Table `rule_lists`."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Day, Table, Text, refers_to, row_check


class RuleLists(Table):
    """The lists that the rows of `code_rules` come from: one row per rule, system and release, with the days of which it speaks. On a day of a list a code that is not on it has the answer of `otherwise`; on a day of no list nothing is known."""

    rule: Series[Text] = pa.Field(description="The rule, by the name that `code_rules` has.")
    system: Series[Text] = pa.Field(
        description="The system whose codes it speaks of.", metadata=refers_to("systems", "system")
    )
    release: Series[Text] = pa.Field(description="The release of the list, named by its first day.")
    source: Series[Text] = pa.Field(description="The series of files, by its name in `raw/sources`.")
    known_from: Series[Day] = pa.Field(description="First day of which the list speaks.")
    known_through: Series[Day] = pa.Field(
        description="Last day of which it speaks: the day before the next edition that is scheduled or known."
    )
    codes: Series[Count] = pa.Field(ge=0, description="How many codes are on the list.")
    unlisted: Series[Count] = pa.Field(
        ge=0,
        description="How many of them no listing here has: they are of editions that are not here, such as later ones.",
    )
    origin: Series[Text] = pa.Field(
        isin=["published", "derived"],
        description="published: a list of codes; derived: a printed statement that we carried down to codes.",
    )
    title: Series[Text] = pa.Field(description="The rule in few words.")
    meaning: Series[Text] = pa.Field(description="What a row of `code_rules` says, with its values.")
    otherwise: Series[Text] = pa.Field(
        nullable=True,
        description="What holds of a code that could be reported on the day and is not on the list; null where its silence says nothing.",
    )

    class Config:
        unique = ["rule", "system", "known_from"]  # noqa: RUF012

    @row_check("a list ends after it begins")
    def ends_after_it_begins(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """The last day is not before the first."""
        return (rows["known_through"] >= rows["known_from"]).astype(bool)
