"""Articles of the Medicare Coverage Database as policies: one for each article and version that lists codes.

Which procedures go with which diagnoses is told by no key. It is published where there is a basis for it, which
`article_codes.sql` finds: the text of a group of diagnoses names its procedures, there is one group on each side, both
sides have the same numbers, or the document has one procedure alone. What has no basis stays unpaired, and is counted.
"""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.ingest import TextFrame
from pipeline.normalise.policies import (
    DIAGNOSIS_SYSTEM,
    POLICY_COLUMNS,
    PRINTED_COLUMNS,
    PublishedPolicies,
    policy_rows,
    system_of_procedures,
)
from pipeline.run.sql import query_tables

_HERE: Final = Path(__file__).parent
OF_DETERMINATIONS: Final = {  # the export of them is needed for durable equipment alone
    "lcd_procedures": ("lcd_id", "lcd_version", "code", "number"),
    "lcd_procedure_groups": ("lcd_id", "lcd_version", "number", "named", "stance"),
    "lcd_articles": ("lcd_id", "lcd_version", "article_id"),
}
# Codes by which any drug is billed that has none of its own: that one brand is on a list says nothing of the others.
UNCLASSIFIED: Final = ("C9399", "J3490", "J3590", "J7999", "J8499", "J8999", "J9999")
INPATIENT_SYSTEM: Final = "ICD10PCS"
INPATIENT_CODE: Final = "^[0-9A-Z]{7}$"
MODIFIER_OF_CPT: Final = "^(?:[0-9].|P[1-6])$"  # others are of HCPCS
DENTAL: Final = "D"  # CDT, of the American Dental Association: counted, and not published


def article_policies(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[PublishedPolicies]:
    """The articles of one export as policies, each named with its version: `A57636 version 12`."""
    frames = {name: frame.table for name, frame in parts.items()}
    absent = {
        name: pa.schema({column: pa.string() for column in columns} | {"line": pa.int64()}).empty_table()
        for name, columns in OF_DETERMINATIONS.items()
        if name not in frames
    }
    codes = query_tables(_HERE / "article_codes.sql", {"unclassified": list(UNCLASSIFIED)}, **frames, **absent)
    edition = delivery.source.known_through(delivery.release.effective_from)
    policies = query_tables(_HERE / "article_documents.sql", {"edition": edition}, codes=codes, **frames)
    is_dental = pc.and_(pc.equal(codes["role"], "procedure"), pc.starts_with(codes["code"], DENTAL))
    rows = _printed_rows(codes.filter(pc.invert(is_dental)))
    return [PublishedPolicies(delivery, parts["articles"].where, policies.cast(POLICY_COLUMNS), rows)]


def _printed_rows(codes: pa.Table) -> pa.Table:
    told = {name: codes[name] for name in PRINTED_COLUMNS.names if name in codes.column_names}
    return policy_rows(PRINTED_COLUMNS, len(codes), system=_systems(codes["role"], codes["code"]), **told)


def _systems(role: pa.ChunkedArray, code: pa.ChunkedArray) -> pa.Array:
    """The system of each code: a procedure, or a modifier, is of the system of its form."""
    of_modifier = pc.if_else(pc.match_substring_regex(code, MODIFIER_OF_CPT), "CPT4", "HCPCS")
    is_inpatient = pc.match_substring_regex(code, INPATIENT_CODE)
    of_procedure = pc.if_else(is_inpatient, INPATIENT_SYSTEM, system_of_procedures(code))
    return pc.case_when(
        pc.make_struct(pc.equal(role, "procedure"), pc.equal(role, "modifier")),
        of_procedure, of_modifier, DIAGNOSIS_SYSTEM,
    )  # fmt: skip
