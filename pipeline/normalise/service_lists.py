"""Listings of CPT numbers and HCPCS Level II out of the files of types of service: BETOS and RBCS. No descriptors."""

import re
from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.hcpcs import as_day
from pipeline.normalise.kinds import cpt_kinds, hcpcs_kinds
from pipeline.normalise.listing import Listing, listing_rows
from pipeline.normalise.systems import read_systems

# What each counts beside the keepers' own lists, which have rank 0.
RANK_OF_RBCS, RANK_OF_BETOS = 1, 2
LAST_OF_ALL_DAYS: Final = "12/31/9999"
LISTED_SYSTEMS: Final = ("CPT4", "HCPCS")
KIND_RULES: Final = {
    "CPT4": lambda code, category: cpt_kinds(code),
    "HCPCS": lambda code, category: hcpcs_kinds(code, category, pa.repeat("", len(code))),
}


def of_system(system: str, table: pa.Table) -> pa.Table:
    """The rows of one of the two systems: a D code is the ADA's (CDT), and of neither."""
    pattern = re.sub(r"\|\[A-Z.*", ")$", read_systems()[system].code_pattern)  # modifiers are in no such file
    return table.filter(pc.match_substring_regex(table["code"], pattern)).combine_chunks()


def betos_listings(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[Listing]:
    """One listing of CPT and one of HCPCS: a row per code; valid_to is its last day, where it has ended.

    Nothing says when a code began. Ended codes stay some four years and then leave, so that one that is gone has ended
    on its last day; the two that left without one (G0449 and G0450 in 2013) ended by then. Raises RawFileError for a
    last day that is none, or that lies after the day before the file's.
    """
    frame = parts["categories"]
    _refuse_later_end(delivery, frame)
    listings = [_one_listing(delivery, frame, system) for system in LISTED_SYSTEMS]
    return [each for each in listings if len(each.rows)]


def _one_listing(delivery: RawRelease, frame: TextFrame, system: str) -> Listing:
    table = of_system(system, frame.table)
    listing = _listing(delivery, frame, system, table, table["category"].combine_chunks())
    return replace(listing, absence_ends=True, tells_ends_only=True, rank=RANK_OF_BETOS)


def _listing(delivery: RawRelease, frame: TextFrame, system: str, table: pa.Table, category: pa.Array) -> Listing:
    """The rows of one system as a listing, with the days that they have: a last day, and of RBCS a first."""
    code = table["code"].combine_chunks()
    named = {"valid_from": "added", "valid_to": "terminated"}
    days = {name: as_day(frame, table, own) for name, own in named.items() if own in table.column_names}
    kind = KIND_RULES[system](code, category)
    rows = listing_rows(system, code, table["line"], kind=kind, billable=True, **days)
    return Listing(system, delivery, frame.where, len(frame.table), rows, complete=False)


def _refuse_later_end(delivery: RawRelease, frame: TextFrame) -> None:
    day = f"{delivery.release.effective_from:%Y%m%d}"
    later = np.asarray(pc.greater_equal(frame.table["terminated"], day))
    if later.any():
        row = int(np.argmax(later))
        raise RawFileError(
            f"{frame.where}, line {frame.table['line'][row]}",
            expected=f"a last day before {delivery.release.effective_from}, the day of the file",
            found=str(frame.table["terminated"][row]),
            next_step="put the file into the folder of its own year",
        )


def rbcs_listings(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[Listing]:
    """One listing of CPT and one of HCPCS: a row per code and day on which it was added, with its last day.

    A code that was in several categories has its days in each of their rows: the last counts.
    """
    frame = parts["taxonomy"]
    listings = [_of_taxonomy(delivery, frame, system) for system in LISTED_SYSTEMS]
    return [each for each in listings if len(each.rows)]


def _of_taxonomy(delivery: RawRelease, frame: TextFrame, system: str) -> Listing:
    table = of_system(system, frame.table)
    table = _with_days(table, ("added", "terminated"))
    table = table.take(_last_of_each_record(table))
    listing = _listing(delivery, frame, system, table, pa.repeat("", len(table)))
    return replace(listing, rank=RANK_OF_RBCS)


def _last_of_each_record(table: pa.Table) -> pa.Array:
    key = pc.binary_join_element_wise(table["code"], table["added"], " ").combine_chunks().dictionary_encode()
    last = np.zeros(len(key.dictionary), np.int64)
    last[np.asarray(key.indices)] = np.arange(len(table))
    return pa.array(np.sort(last))


def last_days(frame: TextFrame, table: pa.Table) -> pa.Array:
    """The last day of the code of each row of a file of either layout; null where it goes on."""
    return as_day(frame, _with_days(table, ("terminated",)), "terminated")


def _with_days(table: pa.Table, names: tuple[str, ...]) -> pa.Table:
    """The days of MM/DD/YYYY as YYYYMMDD, others as they are; the last of all days is none."""
    for name in names:
        text = pc.if_else(pc.equal(table[name], LAST_OF_ALL_DAYS), "", table[name])
        turned = pc.replace_substring_regex(text, r"^(\d\d)/(\d\d)/(\d{4})$", r"\3\1\2")
        table = table.set_column(table.column_names.index(name), name, turned)
    return table
