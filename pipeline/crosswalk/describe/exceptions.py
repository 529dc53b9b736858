"""What a crosswalk does not carry, with the reason: nothing is dropped silently."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.inputs import CrosswalkInputs
from pipeline.crosswalk.published.maps import PublishedMap
from pipeline.crosswalk.unlisted import Declared
from pipeline.errors import ValidationFailed
from pipeline.history.timeline import Bools
from pipeline.run.sql import query_tables

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
SHOWN: Final = 8
NEXT: Final = "  next:     add the listing, correct the file, or declare them in pipeline/crosswalk/unlisted.toml"


def derive_exceptions(inputs: CrosswalkInputs, crosswalks: pa.Table, mappings: pa.Table) -> pa.Table:
    """One row per case: the columns of EXCEPTION_COLUMNS.

    `crosswalks` needs what the registry says of how they are made (is_completed) beside their ids and systems. Raises
    ValidationFailed for a code of a published map that is in no listing and not declared.
    """
    notes = [_notes_of(each) for each in inputs.maps]
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
    return published.notes.append_column("crosswalk", pa.repeat(published.entry.crosswalk, len(published.notes)))


def _declared(crosswalks: pa.Table, mappings: pa.Table, declared: Sequence[Declared]) -> pa.Table:
    """The codes that no listing has, each with the reason that is declared for it."""
    unlisted = query_tables(_HERE / "unlisted.sql", mappings=mappings, crosswalks=crosswalks)
    fitting = [_fits(unlisted, each) for each in declared]
    _refuse_undeclared(unlisted, fitting, declared)
    is_source = pc.equal(unlisted["side"], "source")
    none = pa.scalar(None, pa.string())
    reasons = pa.array([each.reason for each in declared])
    columns = [
        unlisted["crosswalk"],
        pc.binary_join_element_wise("unlisted", unlisted["side"], "_"),
        pc.if_else(is_source, unlisted["code"], none),
        pc.if_else(is_source, none, unlisted["code"]),
        reasons.take(pa.array(np.argmax(fitting, axis=0))),
        unlisted["rows"],
    ]
    return pa.table(columns, schema=EXCEPTION_COLUMNS)


def _fits(unlisted: pa.Table, declared: Declared) -> Bools:
    """Which codes an entry declares."""
    is_side = np.asarray(pc.equal(unlisted["side"], declared.side))
    is_own = np.asarray(pc.is_in(unlisted["crosswalk"], pa.array(declared.crosswalks, pa.string())))
    is_named = np.asarray(pc.match_substring_regex(unlisted["code"], f"^(?:{declared.codes})$"))
    fits: Bools = is_side & is_named & (is_own | (not declared.crosswalks))
    return fits


def _refuse_undeclared(unlisted: pa.Table, fitting: list[Bools], declared: Sequence[Declared]) -> None:
    unknown = unlisted.filter(pa.array(~np.logical_or.reduce(fitting))).to_pylist()
    lines = [f"  {row['crosswalk']}: {row['side']} {row['code']} of {row['file']} is in no listing" for row in unknown]
    for each, fits in zip(declared, fitting, strict=True):
        if fits.sum() > each.at_most:
            names = ", ".join(each.crosswalks) or "all crosswalks"
            lines.append(
                f"  {names}: {fits.sum():,} codes that no listing has, {each.at_most:,} are declared: {each.reason}"
            )
    if lines:
        shown = [*lines[:SHOWN], *([f"  and {len(lines) - SHOWN:,} more"] if len(lines) > SHOWN else [])]
        raise ValidationFailed(
            "\n".join(["codes of published maps are in no listing; nothing was published", *shown, NEXT])
        )
