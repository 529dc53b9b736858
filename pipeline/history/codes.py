"""The unified table: one row per code of a system, as it last stood, with what its place in the system says of it."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.code_sections import find_sections
from pipeline.history.episodes import goes_on_as_next, is_same_code_as_next
from pipeline.normalise.hierarchy import dotted, find_parents, levels
from pipeline.normalise.listing import columns_passed_through
from pipeline.normalise.ranges import is_within
from pipeline.normalise.systems import System, read_systems


def derive_codes(episodes: pa.Table, sections: pa.Table) -> pa.Table:
    """One row per (system, code) from its episodes, in this order: the columns of `schemas.codes.Codes`.

    valid_from is the first day of the unbroken run of days that leads up to valid_to: a change of wording does not
    begin it anew, a hole does. What is passed through is what the last episode has.
    """
    last = pc.fill_null(pa.array(np.append(~is_same_code_as_next(episodes), True)), True)
    codes = _with_start_of_run(episodes).filter(last)
    systems = [read_systems()[name] for name in sorted(read_systems())]
    return pa.concat_tables([_of_one_system(codes, sections, system) for system in systems])


def _with_start_of_run(episodes: pa.Table) -> pa.Table:
    """The episodes with valid_from, basis and release of the first episode of their unbroken run, and first_release."""
    same = np.insert(is_same_code_as_next(episodes), 0, False)
    goes_on = np.append(False, goes_on_as_next(episodes))
    numbers = np.arange(len(episodes))
    begin = pa.array(np.maximum.accumulate(np.where(goes_on, 0, numbers)))
    first = pa.array(np.maximum.accumulate(np.where(same, 0, numbers)))
    return (
        episodes.set_column(episodes.column_names.index("valid_from"), "valid_from", episodes["valid_from"].take(begin))
        .drop_columns(["valid_from_basis", "release"])
        .append_column("valid_from_basis", episodes["valid_from_basis"].take(begin))
        .append_column("first_release", episodes["release"].take(first))
    )


def _of_one_system(codes: pa.Table, sections: pa.Table, system: System) -> pa.Table:
    rows = codes.filter(pc.equal(codes["system"], system.system)).combine_chunks()
    code = rows["code"].combine_chunks() if len(rows) else pa.array([], pa.string())
    section, section_title = find_sections(rows, sections, system)
    parent = find_parents(code) if system.prefix_tree else pa.nulls(len(code), pa.string())
    return pa.table(
        {
            "code": code,
            "system": rows["system"],
            "kind": rows["kind"],
            "maintainer": pa.repeat(system.maintainer, len(code)),
            "setting": pa.repeat(system.setting, len(code)),
            "code_dotted": dotted(code, system),
            "short_description": rows["short_description"],
            "description": rows["description"],
            "billable": rows["billable"],
            "standalone": _standalone(code, rows["standalone"], system),
            "section": section,
            "section_title": section_title,
            "parent_code": parent,
            "level": levels(code, parent),
            "valid_from": rows["valid_from"],
            "valid_to": rows["valid_to"],
            "valid_from_basis": rows["valid_from_basis"],
            "valid_to_basis": rows["valid_to_basis"],
            "first_release": rows["first_release"],
            "last_release": rows["last_release"],
            "licence": _licence(system, rows),
            **{name: rows[name] for name in columns_passed_through().names},
        }
    )


def _standalone(code: pa.Array, stated: pa.ChunkedArray, system: System) -> pa.Array:
    """What the record says; else false in the ranges that the registry names, true elsewhere."""
    never = np.zeros(len(code), bool)
    for first, last in system.never_alone:
        never |= is_within(code, first, last)
    return pc.coalesce(stated, pa.array(~never))


def _licence(system: System, rows: pa.Table) -> pa.Array:
    """The terms of each row; where licensed text is missing, why it is."""
    licence = pa.repeat(system.licence, len(rows))
    if not system.licensed_text:
        return licence
    has_text = pc.or_(pc.is_valid(rows["description"]), pc.is_valid(rows["short_description"])).combine_chunks()
    whose = f"descriptors only from a licensee's files ({system.licensed_text} text, see --with-licensed-text)"
    left_out = f"{system.licence}; {whose}"
    return pc.if_else(has_text, licence, pa.scalar(left_out))
