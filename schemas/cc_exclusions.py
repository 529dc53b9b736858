"""Table `cc_exclusions`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Table, Text


class CcExclusions(Table):
    """The collections of principal diagnoses (ICD-10-CM) with which a complication or comorbidity does not count: one row per collection and code. The rows of `code_rules` with the rule cc_exclusions say which code has which collection on which days; the macro `excludes_cc(principal, secondary, day)` of the DuckDB file joins them."""

    collection: Series[Text] = pa.Field(
        description="The release that first prints the collection, and its number there, such as 2020-08-01/0002. Numbers change with every version; a collection of the same codes keeps this name."
    )
    code: Series[Text] = pa.Field(description="A principal diagnosis of the collection, bare and upper case.")

    class Config:
        unique = ["collection", "code"]  # noqa: RUF012
