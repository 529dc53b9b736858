"""Listings of causes of death: NCHS lists of valid ICD-10 and ICD-9 codes, and WHO's own meta files."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.hierarchy import bare, find_parents, is_leaf
from pipeline.normalise.listing import Listing, blank_as_null, last_of_each, listing_rows
from pipeline.normalise.systems import read_systems

CAUSE_OF_DEATH = "cause_of_death"
ICD10_CODE = r"^[A-Z]\d{2}\d{0,2}$"
STATUS_NOTES = r"MC ONLY|(?:Added|Deleted|[Tt]itle\s+(?:updated|modified)) in \d{4}"
RANGE_OR_BLANK = r"^(?:[A-Z]\d{2}-[A-Z]\d{2})?$"
ADDED_IN, DELETED_IN = r"Added in (?P<year>\d{4})", r"Deleted in (?P<year>\d{4})"
RETITLED_IN = r"[Tt]itle\s+(?:updated|modified) in (?P<year>\d{4})"
MULTIPLE_CAUSE_ONLY = "MC ONLY"


def icd10_cause_listings(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[Listing]:
    """One row per code of the NCHS list, chapter and block ranges left out.

    Status gives the data years: a code added in a year is valid for deaths from its 1 January, one deleted in a year
    until the 31 December before. MC ONLY codes are never an underlying cause (standalone is false). A heading is a
    code that others start with. A block of one category stands as a heading right before that category, under the
    same code: the later row counts. Lists of 2020 on leave headings out, so absence says nothing.
    """
    frame, system = parts["list"], read_systems()["ICD10"]
    table = frame.table.combine_chunks()
    code = bare(pc.utf8_ltrim(table["code"], characters="*").combine_chunks(), system)
    is_code = pc.match_substring_regex(code, ICD10_CODE)
    _refuse_strangers(frame, code, is_code)
    table, code = table.filter(is_code), code.filter(is_code)
    status = table["status"].combine_chunks()
    _refuse_unknown_status(frame, table, status)
    rows = listing_rows(
        "ICD10",
        code,
        table["line"],
        kind=CAUSE_OF_DEATH,
        description=blank_as_null(pc.utf8_trim_whitespace(table["title"].combine_chunks())),
        billable=is_leaf(code),
        standalone=pc.invert(pc.match_substring(status, MULTIPLE_CAUSE_ONLY)),
        valid_from=pc.coalesce(_year_start(status, ADDED_IN), pa.scalar(system.in_use_from)),
        valid_to=pc.subtract(_year_start(status, DELETED_IN).cast(pa.int32()), pa.scalar(1, pa.int32())).cast(
            pa.date32()
        ),
        changed_on=_year_start(status, RETITLED_IN),
        changed_titles="both",
    )
    rows = _with_headings_that_were_codes(last_of_each(rows))
    return [Listing("ICD10", delivery, frame.where, len(frame.table), rows, complete=False)]


def _refuse_strangers(frame: TextFrame, code: pa.Array, is_code: pa.Array) -> None:
    """Raises RawFileError for a cell that is neither a code, nor a range of them, nor blank."""
    is_strange = pc.invert(pc.or_(is_code, pc.match_substring_regex(code, RANGE_OR_BLANK)))
    if pc.any(is_strange).as_py():
        row = pc.index(is_strange, True).as_py()
        raise RawFileError(
            f"{frame.where}, line {frame.table['line'][row]}",
            expected="an ICD-10 code such as A00.0, a range such as A00-B99, or an empty cell",
            found=repr(frame.table["code"][row].as_py()),
            next_step="correct the file, or fetch it again",
        )


def _refuse_unknown_status(frame: TextFrame, table: pa.Table, status: pa.Array) -> None:
    """Raises RawFileError for a note that says something these rules do not know."""
    rest = pc.replace_substring_regex(status, STATUS_NOTES, "")
    is_unknown = pc.not_equal(pc.utf8_trim(rest, characters=" \n\r-/;,)"), "")
    if pc.any(is_unknown).as_py():
        row = pc.index(is_unknown, True).as_py()
        raise RawFileError(
            f"{frame.where}, line {table['line'][row]}",
            expected="a status of MC ONLY, Added in, Deleted in, Title updated in or Title modified in, or none",
            found=repr(status[row].as_py()),
            next_step="correct the file, or teach the rules what the publisher means",
        )


def _with_headings_that_were_codes(rows: pa.Table) -> pa.Table:
    """A deleted category that has subdivisions was a code until then (A09 before 2009) and is their heading since."""
    leaf, ended = rows["billable"], pc.is_valid(rows["valid_to"])
    split = pc.and_(ended, pc.invert(leaf))
    headings = rows.filter(split)
    first_days = pc.add(headings["valid_to"].cast(pa.int32()), pa.scalar(1, pa.int32())).cast(pa.date32())
    headings = _replace(_replace(headings, "valid_from", first_days), "valid_to", pa.nulls(len(headings), pa.date32()))
    return pa.concat_tables([_replace(rows, "billable", pc.or_(leaf, split)), headings])


def _replace(rows: pa.Table, name: str, values: pa.ChunkedArray | pa.Array) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, values)


def _year_start(status: pa.Array, pattern: str) -> pa.Array:
    year = pc.struct_field(pc.extract_regex(status, pattern), "year")
    return pc.strptime(year, format="%Y", unit="s").cast(pa.date32())


def icd9_cause_listings(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[Listing]:
    """One row per code line of `ucod.txt`; a leaf's title is a fragment, so its category's title stands before it."""
    outline = parts["list"].table
    table = outline.filter(pc.equal(outline["entry"], "code")).combine_chunks()
    code, title = bare(table["code"].combine_chunks(), read_systems()["ICD9"]), table["title"].combine_chunks()
    category = pc.index_in(find_parents(code), code)
    full = pc.binary_join_element_wise(title.take(category), title, ": ")
    rows = listing_rows(
        "ICD9",
        code,
        table["line"],
        kind=CAUSE_OF_DEATH,
        description=pc.coalesce(full, title),
        billable=is_leaf(code),
    )
    return [Listing("ICD9", delivery, parts["list"].where, len(outline), rows)]


def who_listings(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[Listing]:
    """One row per code of WHO's own edition: its titles, and the codes that the US list of deaths does not have."""
    frame = parts["codes"]
    table = frame.table.combine_chunks()
    rows = listing_rows(
        "ICD10",
        bare(table["code"].combine_chunks(), read_systems()["ICD10"]),
        table["line"],
        kind=CAUSE_OF_DEATH,
        description=table["title"],
        billable=pc.equal(table["place"], "T"),
    )
    fits = np.asarray(pc.match_substring_regex(rows["code"], ICD10_CODE))
    return [
        Listing(
            "ICD10",
            delivery,
            frame.where,
            len(frame.table),
            rows.filter(pa.array(fits)),
            complete=False,
            supplement=True,
        )
    ]
