"""Table `msdrgs`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Amount, Day, Flag, Table, Text


class MsDrgs(Table):
    """The Medicare severity diagnosis-related groups (MS-DRG) of each version here, and their weights where the tables of the payment rule are here: one row per release and group."""

    release: Series[Text] = pa.Field(description="The release, named by its first day.")
    drg: Series[Text] = pa.Field(str_matches=r"^\d{3}$", description="The group, three digits.")
    version: Series[Text] = pa.Field(
        nullable=True, description="The version of the definitions manual; null where it is not here."
    )
    valid_from: Series[Day] = pa.Field(description="First day of discharge of which the version speaks.")
    valid_through: Series[Day] = pa.Field(description="Last day of which it speaks here.")
    mdc: Series[Text] = pa.Field(
        nullable=True,
        description="Major diagnostic category; Pre for groups before them, by the table of weights alone: the manual prints nothing there, nor for groups of several categories.",
    )
    type: Series[Text] = pa.Field(
        nullable=True, isin=["medical", "surgical"], description="medical or surgical; null for what cannot be grouped."
    )
    title: Series[Text] = pa.Field(description="Title as the manual prints it, else as the table of weights does.")
    weight_before_cap: Series[Amount] = pa.Field(
        nullable=True,
        ge=0,
        description="Relative weight before the cap on what it may lose in a year; null where no table is here.",
    )
    weight: Series[Amount] = pa.Field(
        nullable=True,
        ge=0,
        description="Relative weight that payment uses: with that cap, at most a tenth less than the year before; null where no table is here.",
    )
    geometric_mean_days: Series[Amount] = pa.Field(
        nullable=True, ge=0, description="Geometric mean length of stay, in days."
    )
    arithmetic_mean_days: Series[Amount] = pa.Field(
        nullable=True, ge=0, description="Arithmetic mean length of stay, in days."
    )
    post_acute: Series[Flag] = pa.Field(
        nullable=True, description="Whether the post-acute care transfer policy applies; null where no table is here."
    )
    special_pay: Series[Flag] = pa.Field(
        nullable=True, description="Whether its special payment applies; null where no table is here."
    )

    class Config:
        unique = ["release", "drg"]  # noqa: RUF012
