"""Table `terms`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Table, Text, refers_to

LEVELS_OF_TEXTS = ["chapter", "block", "code"]


class Terms(Table):
    """The inclusion terms of tabular lists: other words for what is coded there, one row per run of editions, place and term. A term at a code is one of that code and of no code below it."""

    system: Series[Text] = pa.Field(description="Code system.", metadata=refers_to("systems", "system"))
    release_from: Series[Text] = pa.Field(
        description="The first of the editions in a row that print it so, named by the first day of the edition."
    )
    release_to: Series[Text] = pa.Field(
        description="The last of them. The rows of an edition are those with `release_from <= edition <= release_to`."
    )
    level: Series[Text] = pa.Field(
        isin=LEVELS_OF_TEXTS, description="Where the term stands: at a chapter, a block or a code."
    )
    place: Series[Text] = pa.Field(
        description="The chapter by its number, the block by its range, or the code, bare and upper case."
    )
    position: Series[Count] = pa.Field(
        ge=1, description="Number of the term at its place, as printed in the last of its editions."
    )
    term: Series[Text] = pa.Field(description="The term, as published, runs of blanks as one.")
    lead_in: Series[Text] = pa.Field(
        nullable=True,
        description="The line before it that leads in this one and gives it its sense, such as `Amebic:` before `appendicitis`; null where there is none.",
    )
    line: Series[Count] = pa.Field(
        ge=1, description="Line of the publisher's file of its last edition; in a build of samples, of the sample."
    )

    class Config:
        unique = ["system", "release_to", "level", "place", "position"]  # noqa: RUF012
