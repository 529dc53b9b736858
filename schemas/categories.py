"""Table `categories`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Table, Text, refers_to


class Categories(Table):
    """The categories of the groupings that codes are mapped to: one row per category of a crosswalk."""

    crosswalk: Series[Text] = pa.Field(description="The crosswalk.", metadata=refers_to("crosswalks", "crosswalk"))
    category: Series[Text] = pa.Field(description="Id of the category, a target_code of `mappings`.")
    title: Series[Text] = pa.Field(
        nullable=True,
        description="The publisher's title, as the newest version that has the category prints it; null where the file has none (condition categories of CMS).",
    )
    release_from: Series[Text] = pa.Field(description="The first version here that has the category.")
    release_to: Series[Text] = pa.Field(description="The last version here that has it.")

    class Config:
        unique = ["crosswalk", "category"]  # noqa: RUF012
