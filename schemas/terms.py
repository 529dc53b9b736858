"""Table `terms`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.editions import LEVELS_OF_TEXTS, OfEditions
from schemas.types import Count, Text


class Terms(OfEditions):
    """The inclusion terms of tabular lists: other words for what is coded there, one row per run of editions, place and term. A term at a code is one of that code and of no code below it."""

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
