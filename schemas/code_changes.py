"""Table `code_changes`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Day, Table, Text, Texts, refers_to

CODE_CHANGES = ["added", "removed", "description_revised", "became_header", "became_billable", "replaced"]


class CodeChanges(Table):
    """What changed from one release to the next: one row per change of a code."""

    system: Series[Text] = pa.Field(description="Code system.", metadata=refers_to("systems", "system"))
    release: Series[Text] = pa.Field(description="The first release here that shows the change (a key of `releases`).")
    code: Series[Text] = pa.Field(description="The code, bare and upper case.")
    change: Series[Text] = pa.Field(
        isin=CODE_CHANGES,
        description="added, removed, description_revised, became_header (billable before, a heading now), became_billable, or replaced (ended, or became a heading, when the codes in replaced_by took its place).",
    )
    effective_from: Series[Day] = pa.Field(
        description="The day of the change; of a removal, the first day on which the code was no longer valid."
    )
    titles: Series[Text] = pa.Field(
        nullable=True, isin=["short", "long", "both"], description="Which titles were revised; null for other changes."
    )
    replaced_by: Series[Texts] = pa.Field(
        nullable=True,
        description="The codes that the publisher's conversion table names in its place; null for other changes.",
    )

    class Config:
        unique = ["system", "release", "code", "change", "effective_from"]  # noqa: RUF012
