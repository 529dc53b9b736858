"""Table `releases`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Day, Table, Text, refers_to


class Releases(Table):
    """The releases that this build was made from: one row per release of a system."""

    system: Series[Text] = pa.Field(description="Code system.", metadata=refers_to("systems", "system"))
    release: Series[Text] = pa.Field(
        description="The release, by the day it takes effect, or by the publisher's edition."
    )
    source: Series[Text] = pa.Field(description="The catalogue's name of the series of files.")
    label: Series[Text] = pa.Field(description="What the publisher calls it.")
    effective_from: Series[Day] = pa.Field(description="First day on which the release is in effect.")
    effective_to: Series[Day] = pa.Field(
        nullable=True,
        description="The day before the next release in this build; null for the newest, the last day of the system where it has ended; of an edition from before use, at most the day before its system was in use.",
    )
    file: Series[Text] = pa.Field(description="Names of the raw files, separated by `; `.")
    url: Series[Text] = pa.Field(
        nullable=True, description="Where the publisher posts it; null for files that a licensee supplies."
    )
    sha256: Series[Text] = pa.Field(
        str_matches=r"^[0-9a-f]{64}(?:; [0-9a-f]{64})*$", description="Hashes of the raw files, in the order of `file`."
    )
    rows: Series[Count] = pa.Field(
        ge=1, description="Rows of the raw file that lists the codes, continuation records included."
    )
    codes: Series[Count] = pa.Field(ge=1, description="Different codes listed, modifiers included.")
    billable: Series[Count] = pa.Field(
        ge=0,
        description="Codes valid on the first day that can be reported: no headings, nothing terminated; none in an edition from before its system was in use.",
    )
    added: Series[Count] = pa.Field(
        nullable=True,
        ge=0,
        description="Codes valid now and not in the release before; null for the first, and for editions from before use.",
    )
    removed: Series[Count] = pa.Field(
        nullable=True,
        ge=0,
        description="Codes valid in the release before and not now; null for the first, and for editions from before use.",
    )
    revised: Series[Count] = pa.Field(
        nullable=True,
        ge=0,
        description="Codes of both whose short or long description differs; null for the first, and for editions from before use.",
    )

    class Config:
        unique = ["system", "release", "source"]  # noqa: RUF012
