"""Columns that the tables of tabular lists share."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Table, Text, refers_to

LEVELS_OF_TEXTS = ["chapter", "block", "code"]


class OfEditions(Table):
    """What is printed alike in a run of editions of a tabular list."""

    system: Series[Text] = pa.Field(description="Code system.", metadata=refers_to("systems", "system"))
    release_from: Series[Text] = pa.Field(
        description="The first of the editions in a row that print it so, named by the first day of the edition."
    )
    release_to: Series[Text] = pa.Field(
        description="The last of them. The rows of an edition are those with `release_from <= edition <= release_to`."
    )

    class Config:
        unique = ["system", "release_to", "level", "place", "position"]  # noqa: RUF012
