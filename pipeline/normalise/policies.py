"""Policies: which diagnoses support which procedures, as a publisher says it, in our columns.

A rule takes a release and its text frames by part, and returns the policies in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.ingest import TextFrame
from pipeline.ingest.lab_ncd import PRINTED_DEFAULT
from pipeline.normalise.listing import blank_as_null
from pipeline.normalise.systems import read_systems
from schemas.policy_codes import EVERY_OTHER_CODE

DIAGNOSIS_SYSTEM: Final = "ICD10CM"
PROCEDURE_SYSTEMS: Final = ("CPT4", "HCPCS")
ANSWER_OF_RESOLUTION: Final = {"1": "covered", "2": "denied", "3": "not_supporting"}
POLICY_COLUMNS: Final = pa.schema(
    [
        ("policy", pa.string()),
        ("title", pa.string()),
        ("kind", pa.string()),
        ("contractors", pa.list_(pa.string())),
        ("states", pa.list_(pa.string())),
        ("known_from", pa.date32()),
        ("known_through", pa.date32()),
        ("unpaired_procedures", pa.int32()),
        ("unpaired_diagnoses", pa.int32()),
    ]
)
PRINTED_COLUMNS: Final = pa.schema(
    [
        ("policy", pa.string()),
        ("code_group", pa.string()),
        ("role", pa.string()),
        ("system", pa.string()),
        ("code", pa.string()),
        ("last", pa.string()),
        ("answer", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("basis", pa.string()),
        ("line", pa.int32()),
    ]
)


@dataclass(frozen=True)
class PublishedPolicies:
    """The policies of one release: `policies` in POLICY_COLUMNS, a row for each, and `codes` in PRINTED_COLUMNS, a row
    for each row that the publisher prints. Where `last` is there, the row is the range from `code` to it."""

    delivery: RawRelease
    where: str
    policies: pa.Table
    codes: pa.Table


PolicyRule = Callable[[RawRelease, dict[str, TextFrame]], list[PublishedPolicies]]


def policy_rows(schema: pa.Schema, length: int, **columns: object) -> pa.Table:
    """So many rows in the columns of a schema; one value is repeated, and what is not given is null."""
    given = [columns.get(field.name) for field in schema]
    full = [
        each.cast(field.type)
        if isinstance(each, pa.ChunkedArray | pa.Array)
        else pa.repeat(pa.scalar(each, field.type), length)
        for field, each in zip(schema, given, strict=True)
    ]
    return pa.table(full, schema=schema)


def system_of_procedures(code: pa.ChunkedArray) -> pa.Array:
    """The system that each bare procedure code is of, by its form: CPT4 or HCPCS; null where it is neither."""
    patterns = [read_systems()[system].code_pattern for system in PROCEDURE_SYSTEMS]
    fits = [pc.match_substring_regex(code, rf"\A(?:{pattern})\z") for pattern in patterns]
    return pc.case_when(pc.make_struct(*fits), *PROCEDURE_SYSTEMS)


def lab_ncd_policies(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[PublishedPolicies]:
    """The national determinations on laboratory tests: one policy for each list (190.20A and 190.20B are two)."""
    frame = parts["list"]
    rows = frame.table.set_column(0, "ncd", pc.binary_join_element_wise("NCD ", frame.table["ncd"], ""))
    diagnoses = _lab_diagnoses(rows)
    lists = diagnoses.group_by("policy").aggregate([("valid_from", "min")])
    titled = rows.filter(pc.not_equal(rows["title"], ""))
    policies = policy_rows(
        POLICY_COLUMNS,
        len(lists),
        policy=lists["policy"],
        title=titled["title"].take(pc.index_in(lists["policy"], titled["ncd"])),
        kind="national",
        known_from=lists["valid_from_min"],
        known_through=delivery.source.known_through(delivery.release.effective_from),
        unpaired_procedures=0,
        unpaired_diagnoses=0,
    )
    codes = pa.concat_tables([_lab_procedures(rows), diagnoses])
    return [PublishedPolicies(delivery, frame.where, policies, codes)]


def _lab_procedures(rows: pa.Table) -> pa.Table:
    own = rows.filter(pc.not_equal(rows["procedure"], ""))
    return policy_rows(
        PRINTED_COLUMNS,
        len(own),
        policy=own["ncd"],
        code_group="list",
        role="procedure",
        system=system_of_procedures(own["procedure"]),
        code=own["procedure"],
        valid_from=blank_as_null(own["procedure_from"]),
        valid_to=blank_as_null(own["procedure_to"]),
        basis="whole_list",
        line=own["line"],
    )


def _lab_diagnoses(rows: pa.Table) -> pa.Table:
    ends = pc.split_pattern(pc.replace_substring(rows["diagnosis"], PRINTED_DEFAULT, EVERY_OTHER_CODE), "-")
    is_range = pc.greater(pc.list_value_length(ends), 1)
    last = pc.extract_regex(rows["diagnosis"], "-(?P<last>.*)$")
    resolutions = pa.array(ANSWER_OF_RESOLUTION)
    return policy_rows(
        PRINTED_COLUMNS,
        len(rows),
        policy=rows["ncd"],
        code_group="list",
        role="diagnosis",
        system=DIAGNOSIS_SYSTEM,
        code=pc.list_element(ends, 0),
        last=pc.if_else(is_range, pc.struct_field(last, "last"), pa.scalar(None, pa.string())),
        answer=pa.array(ANSWER_OF_RESOLUTION.values()).take(pc.index_in(rows["resolution"], resolutions)),
        valid_from=rows["valid_from"],
        valid_to=blank_as_null(rows["valid_to"]),
        line=rows["line"],
    )
