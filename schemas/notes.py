"""Table `notes`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.editions import LEVELS_OF_TEXTS, OfEditions
from schemas.types import Count, Text, Texts

KINDS_OF_NOTES = [
    "includes",
    "excludes",
    "excludes1",
    "excludes2",
    "code_first",
    "use_additional_code",
    "code_also",
    "note",
    "seventh_character",
    "seventh_character_note",
]


class Notes(OfEditions):
    """The notes of tabular lists, one row per run of editions, place and note, in the order in which they are printed. A note holds for all codes below its place; the view `code_notes` of the DuckDB file carries each down to its codes, and `note_codes` has the codes that each names."""

    level: Series[Text] = pa.Field(
        isin=LEVELS_OF_TEXTS, description="Where the note stands: at a chapter, a block or a code."
    )
    place: Series[Text] = pa.Field(
        description="The chapter by its number, the block by its range, or the code, bare and upper case."
    )
    position: Series[Count] = pa.Field(
        ge=1, description="Number of the note at its place, as printed in the last of its editions."
    )
    kind: Series[Text] = pa.Field(
        isin=KINDS_OF_NOTES,
        description="What it says: includes, excludes1 (never together), excludes2 (not part of it, both may be coded), excludes (of lists that do not tell the two apart), code_first (the manifestation, which stands second), use_additional_code, code_also, note, seventh_character (that one is required), seventh_character_note (what is said of the characters).",
    )
    text: Series[Text] = pa.Field(description="The note, as published, runs of blanks as one.")
    lead_in: Series[Text] = pa.Field(
        nullable=True,
        description="The note before it that leads in this one and gives it its sense, such as `code to identify control using:`; null where there is none.",
    )
    named_codes: Series[Texts] = pa.Field(
        nullable=True,
        description="The codes that the text names, without dots: `E08` is that code and all below it, `O10-O11` all from the first to those that start with the last. Null where it names none.",
    )
    restriction: Series[Text] = pa.Field(
        nullable=True,
        description="What narrows the codes that are named, as printed, such as `with fifth or sixth character 5`; null where nothing does.",
    )
    first: Series[Text] = pa.Field(description="The first code for which it holds, or what that starts with.")
    last: Series[Text] = pa.Field(
        description="The last such code, or what it starts with: codes that start so are among them. At a code both are the code."
    )
    line: Series[Count] = pa.Field(
        ge=1, description="Line of the publisher's file of its last edition; in a build of samples, of the sample."
    )
