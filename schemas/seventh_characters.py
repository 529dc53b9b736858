"""Table `seventh_characters`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.editions import LEVELS_OF_TEXTS, OfEditions
from schemas.types import Count, Text


class SeventhCharacters(OfEditions):
    """The characters that are added to the codes below a place, with what each means: one row per run of editions, place and character. They are seventh characters of ICD-10-CM; in ICD-9-CM fifth or fourth digits. The nearest place above a code decides. Not every combination is a code: `codes` has those that are."""

    level: Series[Text] = pa.Field(isin=LEVELS_OF_TEXTS, description="Where they stand: at a block or a code.")
    place: Series[Text] = pa.Field(description="The block by its range, or the code, bare and upper case.")
    position: Series[Count] = pa.Field(
        ge=1, description="Number of the character at its place, as printed in the last of its editions."
    )
    code_position: Series[Count] = pa.Field(
        ge=4,
        le=7,
        description="Which character of a code it is: 7 in ICD-10-CM, where X fills up what is shorter; 5 or 4 in ICD-9-CM.",
    )
    character: Series[Text] = pa.Field(str_length=1, description="The character.")
    meaning: Series[Text] = pa.Field(description="What it means, as published, runs of blanks as one.")
    first: Series[Text] = pa.Field(description="The first code that they go with, or what it starts with.")
    last: Series[Text] = pa.Field(
        description="The last such code, or what it starts with: codes that start so are among them. At a code both are the code."
    )
    line: Series[Count] = pa.Field(
        ge=1, description="Line of the publisher's file of its last edition; in a build of samples, of the sample."
    )
