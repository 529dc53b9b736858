"""National drug codes as maps to the codes that drugs are billed by: a package under each code that has units of it.

A product can be billed by several codes (Retacrit for patients on dialysis and for others): its rows are alternatives.
"""

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.published.maps import PublishedMap, as_map_rows, as_notes, crosswalks_in
from pipeline.crosswalk.registry import Crosswalk
from pipeline.ingest import TextFrame
from pipeline.normalise.ndc_units import national_drug_codes, systems_of

NO_NDC = "a product number that is no NDC (UPC, GTIN or catalogue number): in table ndc_units"


def ndc_maps(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[PublishedMap]:
    """One map for each system that the codes of a quarter are of; product numbers that are no NDC are notes of it."""
    maps = [_one_map(delivery, frame, entry) for frame in parts.values() for entry in crosswalks_in(delivery, frame)]
    return [each for each in maps if each.raw_rows]


def _one_map(delivery: RawRelease, frame: TextFrame, entry: Crosswalk) -> PublishedMap:
    table = frame.table.filter(pc.equal(systems_of(frame.table["code"]), entry.target_system))
    ndc = national_drug_codes(table["product_number"])
    # Nobody says of a package that it is the same as a code: the units beside it say how much of one the other is.
    rows = as_map_rows(
        pc.coalesce(ndc, table["product_number"]), table["code"], table["line"], approximate=True, flags=_units(table)
    )
    is_ndc = pc.is_valid(ndc)
    notes = as_notes("left_out", NO_NDC, rows.filter(pc.invert(is_ndc)))
    return PublishedMap(entry, delivery, frame.where, len(table), rows.filter(is_ndc), notes)


def _units(table: pa.Table) -> pa.Array:
    """What the publisher prints beside a pair, as printed."""
    printed = [
        pc.binary_join_element_wise(words, table[name], " ")
        for name, words in (
            ("dosage", "dosage"),
            ("package_size", "package size"),
            ("package_quantity", "quantity"),
            ("billing_units", "billing units"),
            ("units_per_package", "units per package"),
        )
    ]
    return pc.binary_join_element_wise(*printed, "; ")
