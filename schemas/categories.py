"""Table `categories`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Flag, Table, Text, refers_to


class Categories(Table):
    """The categories of the groupings that codes are mapped to: one row per category of a crosswalk."""

    crosswalk: Series[Text] = pa.Field(description="The crosswalk.", metadata=refers_to("crosswalks", "crosswalk"))
    category: Series[Text] = pa.Field(description="Id of the category, a target_code of `mappings`.")
    title: Series[Text] = pa.Field(
        nullable=True,
        description="The publisher's title, as the newest version that has the category prints it; null where none is known.",
    )
    title_source: Series[Text] = pa.Field(
        nullable=True,
        description="The publisher's document that the title is from, where it is not the map's own file.",
    )
    multi_level: Series[Text] = pa.Field(
        nullable=True,
        description="Place of the category in the publisher's multi-level scheme, such as 7.2 or 18; null where there is no such scheme (of ICD-10-CM and ICD-10-PCS, CCS has one).",
    )
    multi_level_title: Series[Text] = pa.Field(
        nullable=True, description="Labels of that place, the highest level first, with ` > ` between them."
    )
    uses_poa: Series[Flag] = pa.Field(
        nullable=True,
        description="Whether a measure counts a diagnosis only where it was present on admission (POA); null where the publisher does not say.",
    )
    release_from: Series[Text] = pa.Field(description="The first version here that has the category.")
    release_to: Series[Text] = pa.Field(description="The last version here that has it.")

    class Config:
        unique = ["crosswalk", "category"]  # noqa: RUF012
