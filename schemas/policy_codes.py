"""Table `policy_codes`."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Day, Table, Text, refers_to, row_check

ROLES = ["procedure", "diagnosis", "modifier"]
POLICY_ANSWERS = ["covered", "denied", "not_supporting"]
BASES = ["whole_list", "named_in_text", "one_group_each", "equal_numbers", "only_procedure"]
EVERY_OTHER_CODE = "*"


class PolicyCodes(Table):
    """The codes of every policy: one row per code and run of days. Every procedure of a group goes with every diagnosis of the same policy and group, and with no other: join by policy and code_group. A row says nothing of whether its code was valid on a day: join `validity`."""

    policy: Series[Text] = pa.Field(description="The policy.", metadata=refers_to("policies", "policy"))
    code_group: Series[Text] = pa.Field(
        description="What belongs together in it: `list` where all procedures go with all diagnoses, else the publisher's group of diagnoses (`covered 2`, `not covered 1`; `with a note` for codes that an asterisk sets apart), or what goes with none: procedures (`procedures 1`, `ICD-10-PCS 1`), drugs that patients take themselves (`self-administered drugs`), `modifiers 1`."
    )
    role: Series[Text] = pa.Field(
        isin=ROLES, description="procedure, diagnosis, or modifier (one that the document lists: it goes with nothing)."
    )
    system: Series[Text] = pa.Field(description="Code system of the code.", metadata=refers_to("systems", "system"))
    code: Series[Text] = pa.Field(
        description="The code, bare and upper case; `*` stands for every code of the system that its group does not list."
    )
    answer: Series[Text] = pa.Field(
        nullable=True,
        isin=POLICY_ANSWERS,
        description="Of a diagnosis: covered, denied, or not_supporting (it does not support medical necessity). Of a procedure null, since its diagnosis decides; denied where the policy says that it is not covered, whatever the diagnosis (of a list of self-administered drugs all, but for codes by which any drug is billed).",
    )
    valid_from: Series[Day] = pa.Field(
        nullable=True, description="First day on which the row holds, as published; null where none is printed."
    )
    valid_to: Series[Day] = pa.Field(nullable=True, description="Last such day, as published; null while it holds.")
    basis: Series[Text] = pa.Field(
        nullable=True,
        isin=BASES,
        description="Of a procedure, how it is known that it goes with the diagnoses of its group: whole_list (the publisher prints one list of each), named_in_text (the text of the group names it), one_group_each (there is one group on each side), equal_numbers (as many groups on both sides, with equal numbers), only_procedure (the document has no other procedure); groups of procedures that are not covered are not counted, those of which that is in doubt are. Null for a procedure that goes with no group, and for diagnoses.",
    )
    printed: Series[Text] = pa.Field(
        nullable=True,
        description="The range of codes that the row is expanded from, as printed; null for a single code.",
    )
    line: Series[Count] = pa.Field(
        ge=1,
        description="The row of the file that this build read (`policies.source_file`), in a build of samples of the sample; of an export of several tables, the row of the table that lists such codes.",
    )

    class Config:
        unique = ["policy", "code_group", "role", "system", "code", "valid_from"]  # noqa: RUF012

    @row_check("a diagnosis has an answer, and others none but denied")
    def answers_by_role(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """The diagnosis decides, where a procedure is covered at all."""
        is_diagnosis = rows["role"] == "diagnosis"
        denied_or_none = rows["answer"].isna() | rows["answer"].eq("denied").fillna(False)
        return (rows["answer"].notna().where(is_diagnosis, denied_or_none)).astype(bool)

    @row_check("rows of one code do not overlap")
    def do_not_overlap(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Rows are sorted by key: one ends before the next of its code begins. So there is one answer on any day."""
        nexts = rows.shift(-1)
        key = ["policy", "code_group", "role", "system", "code"]
        same = (rows[key] == nexts[key]).fillna(False).all(axis="columns")
        before = (rows["valid_to"] < nexts["valid_from"]).fillna(False)
        return (~same | before).astype(bool)
