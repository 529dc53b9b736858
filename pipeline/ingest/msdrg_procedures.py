"""Appendix E of the MS-DRG definitions manual: which procedures count as done in an operating room, and in clusters.

Layout: ASCII, CRLF, behind appendix D (the surgical hierarchy, of which the headings are read). The index has every
procedure that affects the assignment of a group: two blanks, the code, `*` where it is no operating room procedure,
`+` where it is also a member of a cluster, then MDC and MS-DRGs, with further lines without a code. Behind it stand
the clusters (codes that are grouped otherwise together), combinations that are no operating room procedure, and those
of MDC 14 again.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.msdrg_groups import BLANK_BYTE, MANUAL_NEXT, PROCEDURE_FORM, is_out_of_order
from pipeline.ingest.text import Lines, require_ascii, split_lines

PROCEDURE_INDEX, CLUSTER_INDEX = b"\nProcedure Code/MS-DRG Index\r\n", b"\nProcedure Cluster/MS-DRG Index\r\n"
BEHIND_CLUSTERS: Final = b"\nAppendix E Part 3: "
MDC_HEADING: Final = r"^MDC (?P<mdc>\d\d) (?P<title>.+)$"


def read_msdrg_procedures(where: str, raw: bytes) -> pa.Table:
    """One row per procedure of the index, per place of one in a cluster, and per major diagnostic category (MDC) above
    the hierarchy: part (index, cluster, mdc), code (of the latter its number), flags (of the index: empty, `*`, `+` or
    `*+`), title (of the latter), and line. The groups that procedures lead to are passed over.

    Raises RawFileError where the index or the clusters are not there, or a row breaks a figure of PROCEDURE_FIGURES.
    """
    require_ascii(where, raw, tabs=False)
    places = [raw.find(each) for each in (PROCEDURE_INDEX, CLUSTER_INDEX, BEHIND_CLUSTERS)]
    if min(places) < 0 or places != sorted(places):
        raise RawFileError(where, "appendix E: its index, its clusters and part 3", "not all of them", MANUAL_NEXT)
    lines = split_lines(where, raw)
    start, clusters, end = places
    index = _with_codes(lines.keep((lines.starts > start + len(PROCEDURE_INDEX)) & (lines.starts < clusters)))
    combined = lines.keep((lines.starts > clusters + len(CLUSTER_INDEX)) & (lines.starts < end))
    members = pc.replace_substring_regex(combined.column(3, 15), r"^and ", "")
    is_member = np.asarray(pc.match_substring_regex(members, PROCEDURE_FORM))
    headings = pc.extract_regex(lines.keep(lines.starts < start).column(1), MDC_HEADING)
    table = pa.concat_tables(
        [
            _categories(lines, headings),
            _as_procedures("index", index.column(3, 9), index.column(10, 12), index.numbers),
            _as_procedures("cluster", members.filter(pa.array(is_member)), None, combined.numbers[is_member]),
        ]
    )
    require_figures(where, table, PROCEDURE_FIGURES)
    return table


def _with_codes(lines: Lines) -> Lines:
    """The lines of the index with a code in column 3."""
    lines.refuse(lines.lengths() < len("  0016070"), "lines of the index", MANUAL_NEXT)
    first, second, third = (lines.character(column) == BLANK_BYTE for column in (1, 2, 3))
    lines.refuse(~(first & second), "two blanks before a code, or before further groups", MANUAL_NEXT)
    return lines.keep(~third)


def _as_procedures(part: str, code: pa.Array, flags: pa.Array | None, numbers: npt.NDArray[np.int64]) -> pa.Table:
    nothing = pa.nulls(len(code), pa.string())
    told = nothing if flags is None else flags
    return pa.table(
        {"part": pa.repeat(part, len(code)), "code": code, "flags": told, "title": nothing, "line": numbers}
    )


def _categories(lines: Lines, found: pa.StructArray) -> pa.Table:
    """The categories that the headings of the hierarchy name: `MDC 18 Infectious and Parasitic Diseases`."""
    is_heading = pc.is_valid(found)
    own = found.filter(is_heading)
    numbers = lines.numbers[: len(found)][np.asarray(is_heading)]
    rows = _as_procedures("mdc", pc.struct_field(own, "mdc"), None, numbers)
    return rows.set_column(rows.column_names.index("title"), "title", pc.struct_field(own, "title"))


def _is_no_code(table: pa.Table) -> npt.NDArray[np.bool_]:
    is_mdc = pc.equal(table["part"], "mdc")
    form = pc.if_else(
        is_mdc,
        pc.match_substring_regex(table["code"], r"^\d\d$"),
        pc.match_substring_regex(table["code"], PROCEDURE_FORM),
    )
    wrong: npt.NDArray[np.bool_] = ~np.asarray(form)
    return wrong


def _has_other_flags(table: pa.Table) -> npt.NDArray[np.bool_]:
    wrong: npt.NDArray[np.bool_] = ~np.asarray(
        pc.match_substring_regex(pc.fill_null(table["flags"], ""), r"^(?:\*?\+?)$")
    )
    return wrong


def _index_falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    wrong = np.zeros(len(table), bool)
    is_index = np.asarray(pc.equal(table["part"], "index"))
    wrong[is_index] = is_out_of_order(table["code"].filter(pa.array(is_index)))
    return wrong


def _is_flagged_otherwise(table: pa.Table) -> npt.NDArray[np.bool_]:
    """A procedure of the index with `+` that is in no cluster, or without it and in one."""
    is_index = pc.equal(table["part"], "index")
    members = table["code"].filter(pc.equal(table["part"], "cluster")).combine_chunks().unique()
    is_member = pc.is_in(table["code"], members)
    is_flagged = pc.match_substring(pc.fill_null(table["flags"], ""), "+")
    wrong: npt.NDArray[np.bool_] = np.asarray(pc.and_(is_index, pc.not_equal(is_member, is_flagged)))
    return wrong


PROCEDURE_FIGURES: Final = (
    CheckFigure("codes", "a code of ICD-10-PCS, or the number of an MDC", _is_no_code),
    CheckFigure("flags", "*, + or neither behind the code", _has_other_flags),
    CheckFigure("order", "procedures in the order of their codes, each once", _index_falls),
    CheckFigure("clusters", "+ of the members of clusters, and of no other", _is_flagged_otherwise),
)
