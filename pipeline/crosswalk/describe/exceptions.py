"""What a crosswalk does not carry, with the reason: nothing is dropped silently."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.inputs import CrosswalkInputs
from pipeline.crosswalk.published.maps import NOTES, PublishedMap
from pipeline.crosswalk.unlisted import DeclaredUnlisted, fitting_codes
from pipeline.run.columns import repeat_text
from pipeline.run.sql import query_tables

NAMED_NOTES: Final = ["crosswalk", *NOTES.names]
_HERE = Path(__file__).parent

EXCEPTION_COLUMNS: Final = pa.schema(
    [
        ("crosswalk", pa.string()),
        ("exception", pa.string()),
        ("source_code", pa.string()),
        ("target_code", pa.string()),
        ("reason", pa.string()),
        ("rows", pa.int32()),
    ]
)


def derive_exceptions(
    inputs: CrosswalkInputs, crosswalks: pa.Table, mappings: pa.Table, candidates: Sequence[pa.Table] = ()
) -> pa.Table:
    """One row per case: the columns of EXCEPTION_COLUMNS.

    `crosswalks` needs what the registry says of how they are made (is_completed) beside their ids and systems.
    `candidates` are more notes, with their crosswalk. A code
    of a published map that is in no listing and not declared is none of the cases: the gate finds it.
    """
    notes = [*(_notes_of(each) for each in inputs.maps), *(each.select(NAMED_NOTES) for each in candidates)]
    told = (
        query_tables(_HERE / "noted.sql", notes=pa.concat_tables(notes)).cast(EXCEPTION_COLUMNS)
        if notes
        else EXCEPTION_COLUMNS.empty_table()
    )
    history = {"billable_episodes": inputs.billable_episodes, "ends": inputs.ends, "predecessors": inputs.predecessors}
    tables = [
        told,
        query_tables(_HERE / "conversion_exceptions.sql", predecessors=inputs.predecessors).cast(EXCEPTION_COLUMNS),
        _declared(crosswalks, mappings, inputs.declared),
        query_tables(_HERE / "not_bridged.sql", crosswalks=crosswalks, mappings=mappings, **history).cast(
            EXCEPTION_COLUMNS
        ),
    ]
    return pa.concat_tables(tables)


def _notes_of(published: PublishedMap) -> pa.Table:
    named = published.notes.append_column("crosswalk", repeat_text(published.entry.crosswalk, len(published.notes)))
    return named.select(NAMED_NOTES)


def _declared(crosswalks: pa.Table, mappings: pa.Table, declared: Sequence[DeclaredUnlisted]) -> pa.Table:
    """The codes that no listing has, each with the reason of the first entry that declares it; undeclared ones are for
    the gate to find."""
    unlisted = query_tables(_HERE / "unlisted.sql", mappings=mappings, crosswalks=crosswalks)
    fits = [fitting_codes(each, unlisted["crosswalk"], unlisted["side"], unlisted["code"]) for each in declared]
    entry = np.argmax([*fits, np.ones(len(unlisted), bool)], axis=0)  # the last stands for no entry
    is_declared = pa.array(entry < len(declared))
    reasons = pa.array([each.reason for each in declared], pa.string()).take(pa.array(entry).filter(is_declared))
    rows = unlisted.filter(is_declared)
    is_source, none = pc.equal(rows["side"], "source"), pa.scalar(None, pa.string())
    columns = [
        rows["crosswalk"],
        pc.binary_join_element_wise("unlisted", rows["side"], "_"),
        pc.if_else(is_source, rows["code"], none),
        pc.if_else(is_source, none, rows["code"]),
        reasons,
        rows["rows"],
    ]
    return pa.table(columns, schema=EXCEPTION_COLUMNS)
