"""Appendix C of the MS-DRG definitions manual: complications (CC, MCC), and the principal diagnoses that exclude them.

Layout: ASCII, CRLF. Part 1 lists the complications, each with the number of a collection of principal diagnoses and
how many are in it, or `No Excl`; then every collection with its members. Part 2 lists those that count only where the
patient was discharged alive, part 3 (version 43 on) those that do not count in some MS-DRGs. The numbers of
collections change with every version. The titles of members, nine tenths of the file, are passed over: other listings
have them.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, of_form, require_figures
from pipeline.ingest.msdrg_groups import BLANK_BYTE, DIAGNOSIS_FORM, MANUAL_NEXT, is_out_of_order
from pipeline.ingest.text import Lines, require_ascii, split_lines

COMPLICATIONS_HEADER: Final = "I10 Dx  Lev PDX Exclusions   ICD-10-CM Description"
COMPLICATION, MEMBER, DISCHARGED_ALIVE, NOT_COUNTED = "listed", "member", "discharged_alive", "not_counted"
COLLECTION_HEADINGS: Final = (
    r"^(?:PDX collection (?P<collection>\d{4})"
    r"|Appendix C (?P<part>Part [123]): .+"
    r"|MDC \d\d DRGs? (?P<drgs>\d{3}(?:-\d{3})?) .+)$"
)
PARTS_OF_C: Final = {"Part 1": COMPLICATION, "Part 2": DISCHARGED_ALIVE, "Part 3": NOT_COUNTED}
EXCLUSIONS: Final = r"^(?:(?P<collection>\d{4}):(?P<size>[\d,]+) codes?|No Excl)$"


def read_complications(where: str, raw: bytes) -> pa.Table:
    """One row per line with a code: part (listed, member, discharged_alive, not_counted), code, level (CC or MCC, of
    what is listed), collection (the number of what is listed, empty for `No Excl`, and of a member), size (how many
    members are printed), drgs (those in which it does not count) and line; null where it is of another part.

    Raises RawFileError for another header, a line that is none of those of the layout, or a row that breaks a figure of
    COMPLICATION_FIGURES.
    """
    require_ascii(where, raw, tabs=False)
    lines = _below_prose(split_lines(where, raw))
    first, second, third = (lines.character(column) == BLANK_BYTE for column in (1, 2, 3))
    rows = [_listed(lines.keep(first & ~second)), *_in_sections(lines, ~first, first & second & ~third)]
    lines.refuse(first & second & third, "a heading, or a code behind one or two blanks", MANUAL_NEXT)
    table = pa.concat_tables(rows)
    require_figures(where, table, COMPLICATION_FIGURES)
    return table


def _below_prose(lines: Lines) -> Lines:
    is_header = np.asarray(pc.equal(lines.column(1), COMPLICATIONS_HEADER))
    if is_header.sum() != 1:
        raise RawFileError(lines.where, f"one header {COMPLICATIONS_HEADER!r}", f"{is_header.sum()}", MANUAL_NEXT)
    below = lines.keep(np.arange(len(lines)) > int(np.argmax(is_header)))
    below.refuse(below.lengths() < len("  A000"), "lines with a code or a heading", MANUAL_NEXT)
    return below


def _listed(lines: Lines) -> pa.Table:
    """The rows of part 1; columns 14 to 30 say which collection, and how many are in it, from a thousand on with a
    comma."""
    printed = lines.column(14, 30)
    found = pc.extract_regex(printed, EXCLUSIONS)
    lines.refuse(
        np.asarray(pc.is_null(found)), "a collection and its size, or `No Excl`, in columns 14 to 30", MANUAL_NEXT
    )
    size = pc.replace_substring(pc.struct_field(found, "size"), ",", "")
    columns = {"level": lines.column(10, 12), "collection": pc.struct_field(found, "collection"), "size": size}
    return _as_complications(lines, COMPLICATION, lines.column(2, 8), **columns)


def _in_sections(lines: Lines, is_heading: npt.NDArray[np.bool_], is_code: npt.NDArray[np.bool_]) -> list[pa.Table]:
    """The rows below headings: of each collection its members, and of parts 2 and 3 their codes."""
    headings = lines.keep(is_heading)
    found = pc.extract_regex(headings.column(1), COLLECTION_HEADINGS)
    headings.refuse(np.asarray(pc.is_null(found)), "a collection, a part, or MS-DRGs of an MDC", MANUAL_NEXT)
    part, collection, drgs = (pc.struct_field(found, name) for name in ("part", "collection", "drgs"))
    kinds = pa.array(
        [MEMBER if text else PARTS_OF_C.get(of, NOT_COUNTED) for text, of in _pairs(collection, part)], pa.string()
    )
    at = (np.cumsum(is_heading) - 1)[is_code]
    codes = lines.keep(is_code)
    codes.refuse(at < 0, "a heading above the code", MANUAL_NEXT)
    kind, is_member = kinds.take(pa.array(at)), np.asarray(pc.equal(kinds, MEMBER))[at]
    members, others = codes.keep(is_member), codes.keep(~is_member)
    ragged = pc.struct_field(pc.extract_regex(others.column(3), r"^(?P<code>\S+) "), "code")
    own = pa.array(at[~is_member])
    return [
        _as_complications(members, MEMBER, members.column(3, 10), collection=collection.take(pa.array(at[is_member]))),
        _as_complications(others, kind.filter(pa.array(~is_member)), ragged, drgs=drgs.take(own)),
    ]


def _pairs(collection: pa.Array, part: pa.Array) -> list[tuple[str, str]]:
    return list(zip(collection.to_pylist(), part.to_pylist(), strict=True))


def _as_complications(lines: Lines, part: str | pa.Array, code: pa.Array, **given: pa.Array) -> pa.Table:
    count, nothing = len(lines), pa.nulls(len(lines), pa.string())
    told = pa.repeat(part, count) if isinstance(part, str) else part
    others = {name: given.get(name, nothing) for name in ("level", "collection", "size", "drgs")}
    return pa.table({"part": told, "code": code, **others, "line": pa.array(lines.numbers)})


def _is_of_no_level(table: pa.Table) -> npt.NDArray[np.bool_]:
    has_level = pc.fill_null(pc.is_in(table["level"], pa.array(["CC", "MCC"])), False)
    wrong: npt.NDArray[np.bool_] = np.asarray(pc.and_not(pc.equal(table["part"], COMPLICATION), has_level))
    return wrong


def _is_of_no_collection(table: pa.Table) -> npt.NDArray[np.bool_]:
    """A complication whose collection is not there, and a member of a collection that none refers to."""
    collection, part = table["collection"], table["part"]
    is_member = pc.equal(part, MEMBER)
    here = collection.filter(is_member).combine_chunks().unique()
    asked = collection.filter(pc.equal(part, COMPLICATION)).combine_chunks().unique()
    lacks = pc.if_else(is_member, pc.is_in(collection, asked), pc.is_in(collection, here))
    wrong: npt.NDArray[np.bool_] = np.asarray(
        pc.and_(pc.fill_null(pc.not_equal(collection, ""), False), pc.invert(lacks))
    )
    return wrong


def _is_of_other_size(table: pa.Table) -> npt.NDArray[np.bool_]:
    """What is listed with a size that its collection does not have."""
    members = table.filter(pc.equal(table["part"], MEMBER))["collection"].combine_chunks().value_counts()
    at = pc.index_in(table["collection"], members.field("values"))
    counted = members.field("counts").take(at.combine_chunks())
    size = pc.if_else(pc.equal(table["size"], ""), pa.scalar(None, pa.string()), table["size"]).cast(pa.int64())
    wrong: npt.NDArray[np.bool_] = np.asarray(pc.fill_null(pc.not_equal(size.combine_chunks(), counted), False))
    return wrong


def _is_listed_out_of_order(table: pa.Table) -> npt.NDArray[np.bool_]:
    wrong = np.zeros(len(table), bool)
    is_listed = np.asarray(pc.equal(table["part"], COMPLICATION))
    wrong[is_listed] = is_out_of_order(table["code"].filter(pa.array(is_listed)))
    return wrong


def _ends_before_part_2(table: pa.Table) -> npt.NDArray[np.bool_]:
    wrong = np.zeros(len(table), bool)
    wrong[-1:] = not pc.any(pc.equal(table["part"], DISCHARGED_ALIVE)).as_py()
    return wrong


COMPLICATION_FIGURES: Final = (
    of_form("codes", "an undotted code of ICD-10-CM", "code", DIAGNOSIS_FORM),
    CheckFigure("levels", "CC or MCC of what is listed", _is_of_no_level),
    CheckFigure("order", "complications in the order of their codes, each once", _is_listed_out_of_order),
    CheckFigure("collections", "a collection for every number, and no other", _is_of_no_collection),
)
WHOLE_COMPLICATIONS: Final = (
    CheckFigure("collection sizes", "as many members of the collection as are printed", _is_of_other_size),
    CheckFigure("part 2", "the codes of part 2 behind the collections", _ends_before_part_2),
)
