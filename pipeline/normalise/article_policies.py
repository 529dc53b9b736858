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
DENTAL: Final = "D"  # CDT, of the American Dental Association: counted, and not published


def article_policies(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[PublishedPolicies]:
    """The articles of one export as policies, each named with its version: `A57636 version 12`."""
    frames = {name: frame.table for name, frame in parts.items()}
    absent = {
        name: pa.schema({column: pa.string() for column in columns} | {"line": pa.int64()}).empty_table()
        for name, columns in OF_DETERMINATIONS.items()
        if name not in frames
    }
    codes = query_tables(_HERE / "article_codes.sql", **frames, **absent)
    edition = delivery.source.known_through(delivery.release.effective_from)
    policies = query_tables(
        _HERE / "article_documents.sql", {"edition": edition}, articles=frames["articles"], codes=codes
    )
    is_dental = pc.and_(pc.equal(codes["role"], "procedure"), pc.starts_with(codes["code"], DENTAL))
    rows = _printed_rows(codes.filter(pc.invert(is_dental)))
    return [PublishedPolicies(delivery, parts["articles"].where, policies.cast(POLICY_COLUMNS), rows)]


def _printed_rows(codes: pa.Table) -> pa.Table:
    is_procedure = pc.equal(codes["role"], "procedure")
    system = pc.if_else(is_procedure, system_of_procedures(codes["code"]), DIAGNOSIS_SYSTEM)
    told = {name: codes[name] for name in ("policy", "code_group", "role", "code", "answer", "basis", "line")}
    return policy_rows(PRINTED_COLUMNS, len(codes), system=system, **told)
