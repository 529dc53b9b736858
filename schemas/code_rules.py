"""Table `code_rules`."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Day, Table, Text, refers_to, row_check


class CodeRules(Table):
    """What agencies say of a code's use on a day: one row per code, rule and value, and run of days. A list speaks of its own days alone, which `rule_lists` has: a code without a row on a day of a list is not on it, on another day nothing is known. The macro `code_rules_on(day)` of the DuckDB file has what holds on a day."""

    system: Series[Text] = pa.Field(description="Code system.", metadata=refers_to("systems", "system"))
    code: Series[Text] = pa.Field(description="The code, bare and upper case.")
    rule: Series[Text] = pa.Field(description="The rule, such as poa_exempt or cc: `rule_lists` says what each means.")
    value: Series[Text] = pa.Field(
        description="What the rule says of the code, such as exempt, CC or MCC, or a condition."
    )
    valid_from: Series[Day] = pa.Field(
        description="First day of the list that says so; where lists in a row say the same, of the first of them."
    )
    valid_to: Series[Day] = pa.Field(description="Last day of which that list, or the last of those in a row, speaks.")
    source: Series[Text] = pa.Field(description="The series of files that says so, by its name in `raw/sources`.")

    class Config:
        unique = ["system", "code", "rule", "value", "valid_from"]  # noqa: RUF012

    @row_check("a rule ends after it begins")
    def ends_after_it_begins(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """The last day is not before the first."""
        return (rows["valid_to"] >= rows["valid_from"]).astype(bool)
