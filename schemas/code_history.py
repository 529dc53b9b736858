"""Table `code_history`."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.codes import CODE_KINDS, CODE_SETTINGS, VALID_FROM_BASES, VALID_TO_BASES
from schemas.types import Day, Flag, Table, Text, refers_to, row_check


class CodeHistory(Table):
    """What every code meant on any day: one row per episode, an unbroken run of days without a change."""

    system: Series[Text] = pa.Field(description="Code system.", metadata=refers_to("systems", "system"))
    code: Series[Text] = pa.Field(description="The code, bare and upper case.")
    valid_from: Series[Day] = pa.Field(description="First day of the episode.")
    valid_to: Series[Day] = pa.Field(
        nullable=True,
        description="Last day of the episode (inclusive); null while it lasts. A change of wording, flag or kind ends an episode and the next day begins another.",
    )
    short_description: Series[Text] = pa.Field(
        nullable=True,
        description="The abbreviated title in these days; null where it is unknown, as before the day on which a record says that its words began.",
    )
    description: Series[Text] = pa.Field(
        nullable=True,
        description="The full title in these days; null where it is unknown, as in an earlier life of a HCPCS number that was used again.",
    )
    billable: Series[Flag] = pa.Field(
        description="Whether the code itself could be reported in these days; false for headings, and for all of an edition from before its system was in use, which tells of the text only."
    )
    kind: Series[Text] = pa.Field(isin=CODE_KINDS, description="What the code stood for.")
    setting: Series[Text] = pa.Field(
        isin=CODE_SETTINGS, description="Where it stood as a rule: a value of `codes.setting`."
    )
    valid_from_basis: Series[Text] = pa.Field(
        isin=VALID_FROM_BASES, description="How valid_from is known: see `codes`."
    )
    valid_from_earliest: Series[Day] = pa.Field(
        nullable=True,
        description="The first day on which the change may have taken place, where valid_from is the last: the change was found between two files that are no editions in a row, and no record dates it. It is the day after the older file. So of HCPCS; of ICD and CPT where an edition between is not here; of codes that BETOS tells of; of ICD-9-CM between tabular lists (titles of headings, and codes older than the title files). Null where valid_from is exact.",
    )
    valid_to_basis: Series[Text] = pa.Field(
        nullable=True,
        isin=VALID_TO_BASES,
        description="How valid_to is known: as in `codes`, or next_episode (the code goes on the day after, as the next episode's valid_from_basis says).",
    )
    valid_to_earliest: Series[Day] = pa.Field(
        nullable=True,
        description="The earliest day that may have been the last one, where valid_to is the latest: the end is known only by a list that lacks the code, or has it as a heading, and an edition may have come between that list and the one before. Null where valid_to is exact, or has not come.",
    )
    release: Series[Text] = pa.Field(description="The first release here that shows the episode.")

    class Config:
        unique = ["system", "code", "valid_from"]  # noqa: RUF012

    @row_check("valid_to_earliest lies in the episode, before its last day")
    def end_within(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """The days on which an episode may have ended are days of it."""
        earliest = rows["valid_to_earliest"]
        is_within = (earliest >= rows["valid_from"]) & (earliest < rows["valid_to"])
        return (earliest.isna() | is_within.fillna(False)).astype(bool)

    @row_check("episodes of one code do not overlap")
    def do_not_overlap(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Rows are sorted by key: an episode ends before the next one of its code begins, and after it has begun."""
        ordered = rows["valid_to"].isna() | (rows["valid_to"] >= rows["valid_from"])
        nexts = rows.shift(-1)
        same = (rows["system"] == nexts["system"]) & (rows["code"] == nexts["code"])
        before = rows["valid_to"] < nexts["valid_from"]
        return (ordered & (~same.fillna(False) | before.fillna(False))).astype(bool)
