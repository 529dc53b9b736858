"""Table `grouping_versions`."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Day, Flag, Table, Text, refers_to, row_check


class GroupingVersions(Table):
    """The versions of groupings in this build: one row per crosswalk and version. A version has the rows of `mappings` with release_from up to it and release_to from it on; versions that are not here are not known."""

    crosswalk: Series[Text] = pa.Field(
        description="The crosswalk, of relation grouping.", metadata=refers_to("crosswalks", "crosswalk")
    )
    release: Series[Text] = pa.Field(
        description="The version, as its publisher calls it. Of one crosswalk versions sort as text as they do by day."
    )
    effective_from: Series[Day] = pa.Field(description="First day on which the version is in effect.")
    known_from: Series[Day] = pa.Field(
        description="First day of whose codes it speaks; before effective_from where its issues hold the codes of all years."
    )
    known_through: Series[Day] = pa.Field(
        description="Last day of whose codes it speaks: the day before the next version, scheduled or known to the catalogue, whether that is here or not."
    )
    newest: Series[Flag] = pa.Field(description="Whether it is the newest version here.")
    edition: Series[Text] = pa.Field(
        nullable=True,
        description="What the file says of itself, such as `2025 Payment Year` in a file that is called 2026; null where it says nothing.",
    )
    source_file: Series[Text] = pa.Field(description="The publisher's file.")
    raw_rows: Series[Count] = pa.Field(ge=1, description="Rows of the publisher's file, repeated ones included.")
    mappings: Series[Count] = pa.Field(ge=1, description="Rows of `mappings` that stand in it.")
    sources: Series[Count] = pa.Field(ge=1, description="Different codes in it.")
    targets: Series[Count] = pa.Field(ge=1, description="Different categories in it.")

    class Config:
        unique = ["crosswalk", "release"]  # noqa: RUF012

    @row_check("a version speaks of at least one day")
    def speaks_of_a_day(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """The last day is not before the first."""
        return (rows["known_through"] >= rows["known_from"]).astype(bool)

    @row_check("versions sort as text as they do by day")
    def sorts_by_day(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Who takes the rows of a version compares its name with others."""
        before = rows[["crosswalk", "effective_from"]].shift()  # tables are sorted by their key
        is_first = (before["crosswalk"] != rows["crosswalk"]).fillna(True)
        return (is_first | (before["effective_from"] < rows["effective_from"]).fillna(False)).astype(bool)
