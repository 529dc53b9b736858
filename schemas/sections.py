"""Table `sections`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Table, Text, refers_to


class Sections(Table):
    """The chapters, blocks, sections and letters that codes lie in: one row per section of a system."""

    system: Series[Text] = pa.Field(description="Code system.", metadata=refers_to("systems", "system"))
    section: Series[Text] = pa.Field(description="Id of the section: its range, letter or name.")
    title: Series[Text] = pa.Field(description="Title; those of the WHO's systems are in words of our own.")
    first: Series[Text] = pa.Field(nullable=True, description="The first code of the section, or what it starts with.")
    last: Series[Text] = pa.Field(
        nullable=True,
        description="The last code of the section, or what it starts with: codes that start so belong to it, as do those that sort between as text. Null for modifiers, which are told by their kind. In CPT the last character must be of the same kind too: a section of numbers that end with F takes in none that ends with T.",
    )

    class Config:
        unique = ["system", "section"]  # noqa: RUF012
