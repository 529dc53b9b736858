"""Table `codes`: the unified table."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Day, Flag, Table, Text, refers_to, row_check

CODE_KINDS = ["diagnosis", "cause_of_death", "procedure", "service", "drug", "supply", "equipment", "device", "test",
         "transport", "blood_product", "performance_measure", "modifier", "other"]  # fmt: skip
CODE_SETTINGS = ["any_claim", "professional_or_outpatient_claim", "hospital_inpatient_claim", "death_certificate"]
VALID_FROM_BASES = ["release", "addenda", "conversion_table", "record", "left_censored"]
VALID_TO_BASES = ["release", "addenda", "record", "system", "next_episode"]


class Codes(Table):
    """Every code of every system, as it last stood: one row per (system, code). A code that was listed only before its
    system was in use never was valid: it is in `code_history` alone."""

    code: Series[Text] = pa.Field(description="The code, bare and upper case. Text, always: leading zeros count.")
    system: Series[Text] = pa.Field(description="Code system.", metadata=refers_to("systems", "system"))
    kind: Series[Text] = pa.Field(
        isin=CODE_KINDS,
        description="What the code stands for, such as diagnosis, procedure, drug or modifier: `systems.kinds` has the values of each system.",
    )
    maintainer: Series[Text] = pa.Field(description="The body that decides on it.")
    setting: Series[Text] = pa.Field(
        isin=CODE_SETTINGS,
        description="Where it stands as a rule: any_claim, professional_or_outpatient_claim (claims of physicians and other professionals, for hospital inpatients too, and of hospitals for outpatients), hospital_inpatient_claim, or death_certificate. `systems.settings` names each claim, those on which it stands for something only too.",
    )
    code_dotted: Series[Text] = pa.Field(
        description="The code as people write it; the same as `code` where the system has no dot."
    )
    short_description: Series[Text] = pa.Field(
        nullable=True, description="The publisher's abbreviated title; null where there is none or it is licensed text."
    )
    description: Series[Text] = pa.Field(
        nullable=True,
        description="The publisher's full title; null where only a short one was published (ICD-9-CM before v27), where it is in no file here (HCPCS codes that ended before 2012) or it is licensed text. Titles stand as published, double blanks too; the long titles of HCPCS, which are published in slices of 80 columns, are put together with single blanks, since files of several years print the same words with other blanks.",
    )
    billable: Series[Flag] = pa.Field(
        description="Whether the code itself can be reported; false for headings. What is valid on a day say valid_from and valid_to."
    )
    standalone: Series[Flag] = pa.Field(
        description="False where the code may never be the only or principal one: external causes of ICD9CM and ICD10CM, modifiers, causes of death for multiple cause only. A floor: the Medicare Code Editor names more (manifestations, add-on services), which are true here."
    )
    section: Series[Text] = pa.Field(
        nullable=True, description="The narrowest chapter, block, section or letter that it lies in."
    )
    section_title: Series[Text] = pa.Field(nullable=True, description="Title of that section.")
    parent_code: Series[Text] = pa.Field(
        nullable=True, description="The longest shorter code of the system that it starts with; null at the top."
    )
    level: Series[Count] = pa.Field(ge=1, description="Depth in the system: 1 for a code without a parent.")
    valid_from: Series[Day] = pa.Field(
        description="First day of the unbroken run of days on which it was listed, never before its system was in use; see valid_from_basis."
    )
    valid_to: Series[Day] = pa.Field(
        nullable=True, description="Last day on which it was valid (inclusive); null while it is."
    )
    valid_from_basis: Series[Text] = pa.Field(
        isin=VALID_FROM_BASES,
        description="How valid_from is known. release: it is first listed in the release of that day (of ICD-9-CM also in the tabular list of that day, where the one before is not here or lacks it: `code_history` has the earliest day; of codes that BETOS alone tells of, in the first file with the code, by which it had begun). addenda: by the release's own list of changes. conversion_table: by the publisher's. record: the row carries dates. left_censored: it is already in the oldest release here, so the true start is unknown (a code that BETOS has only as ended has its last day here).",
    )
    valid_to_basis: Series[Text] = pa.Field(
        nullable=True,
        isin=VALID_TO_BASES,
        description="How valid_to is known. release: the next release no longer lists it. Where records carry dates and it had none, valid_to is then the last day on which it can have been valid; it may have ended on any day after that of last_release. addenda: by the release's own list of changes. record: the row carries dates. system: it is the last day of the system. Null while the code is valid.",
    )
    first_release: Series[Text] = pa.Field(
        description="The first release here that lists it while its system was in use (of ICD-9-CM the oldest title file, or the tabular list that valid_from is of); editions from before are in `code_history`."
    )
    last_release: Series[Text] = pa.Field(
        description="The last release here that lists it, or that its last record stands for."
    )
    licence: Series[Text] = pa.Field(
        description="Terms on which the code and its text can be used, and why text is missing."
    )

    class Config:
        unique = ["system", "code"]  # noqa: RUF012

    @row_check("valid_to is not before valid_from")
    def ends_after_start(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """A code that never was valid has no row."""
        return (rows["valid_to"].isna() | (rows["valid_to"] >= rows["valid_from"])).astype(bool)

    @row_check("first_release is not newer than last_release")
    def listed_in_order(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Releases are named by their days."""
        return (rows["first_release"] <= rows["last_release"]).astype(bool)

    @row_check("parent_code is a code of the same system")
    def parent_exists(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Every parent has a row of its own."""
        keys, parents = (rows["system"] + " " + rows[name] for name in ("code", "parent_code"))
        return (rows["parent_code"].isna() | parents.isin(keys)).astype(bool)
