"""Table `crosswalks`."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.mappings import ORIGINS
from schemas.types import Amount, Count, Day, Table, Text, Texts, refers_to, row_check

DIRECTIONS = ["forward", "backward"]
CROSSWALK_RELATIONS = ["equivalence", "succession", "grouping", "same_category", "coverage", "packaging"]


class Crosswalks(Table):
    """The crosswalks in this build: one row per crosswalk. Of each source the newest release that is here is taken; of groupings every version, which `grouping_versions` lists, and what is said here is said of the newest."""

    crosswalk: Series[Text] = pa.Field(unique=True, description="Id of the crosswalk.")
    source_system: Series[Text] = pa.Field(
        description="Code system that it leads from.", metadata=refers_to("systems", "system")
    )
    target_system: Series[Text] = pa.Field(
        description="Code system that it leads to, or a grouping whose categories are in table `categories`."
    )
    relation: Series[Text] = pa.Field(
        isin=CROSSWALK_RELATIONS,
        description="What a row claims. equivalence: the target stands for the source, as an alternative or in a combination. succession: what a code became on a later day, or was on an earlier one. grouping: the categories that the code belongs to, all of them together. same_category: two systems joined through one category, no equivalent: the pairs are a definition (view same_category of crosswalk.duckdb), not rows of `mappings`. coverage: a policy lists the two together. packaging: a product under the code that it is billed by.",
    )
    direction: Series[Text] = pa.Field(
        nullable=True,
        isin=DIRECTIONS,
        description="Year to year, which days a derived succession leads to: forward, from a day to any later one; backward, to any earlier one. Null for every other crosswalk, whose rows lead from code to code.",
    )
    publisher: Series[Text] = pa.Field(
        description="Who published it; of a derived one, who published what it is made of."
    )
    release: Series[Text] = pa.Field(
        description="The release it is taken from; of a derived one, the newest release of the target or source that it reaches."
    )
    known_from: Series[Day] = pa.Field(
        description="First day of whose codes it speaks. A published map: the first day of its release, or what it says itself; a conversion table: the day of its oldest row; year to year and completed ones: the first day of the oldest listing or conversion row that they are made of. Codes of a system that had ended by then are those of its last edition; a grouping may hold codes of earlier days too."
    )
    known_through: Series[Day] = pa.Field(
        description="Last day of whose codes it speaks: a published map and a conversion table speak up to the day before the next release of their source, scheduled or known to the catalogue, or the end of a closed series; year to year and completed ones as far as both the newest listing (systems.known_through) and the conversion tables reach. A code that is newer is not left out by anybody's judgement: nothing is known of it."
    )
    origin: Series[Text] = pa.Field(isin=ORIGINS, description="published by an agency, or derived by us.")
    method: Series[Text] = pa.Field(description="What it says, and how it was made.")
    made_from: Series[Texts] = pa.Field(nullable=True, description="The crosswalks that a derived one is made from.")
    opposite: Series[Text] = pa.Field(
        nullable=True, description="The crosswalk that round_trip is measured against; null where there is none."
    )
    raw_rows: Series[Count] = pa.Field(
        nullable=True,
        ge=1,
        description="Rows of the publisher's file, repeated ones included, of a grouping of its newest version; null where it is derived.",
    )
    mappings: Series[Count] = pa.Field(
        ge=1,
        description="Rows of `mappings` with `newest`, without those that we add for codes which a published map lacks; of a same_category crosswalk the pairs that its two groupings make, which are in no table.",
    )
    sources: Series[Count] = pa.Field(ge=1, description="Different source codes of these rows.")
    targets: Series[Count] = pa.Field(ge=0, description="Different target codes.")
    compared_with: Series[Text] = pa.Field(
        nullable=True,
        description="The crosswalk of another scheme that agreement is measured against; null where there is none.",
    )
    agreement: Series[Amount] = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="How far two schemes agree: of all pairs of codes that one category joins here (of a grouping, pairs of different codes of its own system), the share that compared_with joins too; a code that it does not have agrees with none. Null where there is no other scheme.",
    )
    licence: Series[Text] = pa.Field(description="Terms on which it can be used.")
    url: Series[Text] = pa.Field(nullable=True, description="Where the publisher posts it; null where it is derived.")

    class Config:
        unique = ["crosswalk"]  # noqa: RUF012

    @row_check("a crosswalk speaks of at least one day")
    def speaks_of_a_day(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """The last day is not before the first."""
        return (rows["known_through"] >= rows["known_from"]).astype(bool)
