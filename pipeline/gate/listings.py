"""Checks of what goes in: a release lists no code twice."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.gate.findings import CASES_SHOWN, as_finding
from pipeline.normalise.listing import Listing
from pipeline.run.columns import as_array


def find_repeated_codes(listings: list[Listing]) -> list[str]:
    """Each release that lists a code (or a record of it) twice as a finding, with files and lines.

    Of such rows history takes the last, so that the checks of the tables can go on.
    """
    return [finding for listing in listings if (finding := _repeated_codes(listing))]


def _repeated_codes(listing: Listing) -> str | None:
    code = as_array(listing.rows["code"])
    # Most files list codes in their order, which is quick to see.
    if pc.all(pc.less(code[:-1], code[1:]), skip_nulls=False).as_py():
        return None
    key = code
    if not listing.complete:  # records: a code that was used again has one for each meaning
        first_day = as_array(listing.rows["valid_from"]).cast(pa.string())
        key = pc.binary_join_element_wise(code, pc.fill_null(first_day, ""), " ")
    encoded = key.dictionary_encode()
    if len(encoded.dictionary) == len(encoded):
        return None
    indices = np.asarray(encoded.indices)
    repeated = np.flatnonzero(np.bincount(indices)[indices] > 1)
    shown = listing.rows.select(["code", "line"]).take(pa.array(repeated[:CASES_SHOWN])).to_pylist()
    return as_finding(
        f"{listing.system} {listing.release}: a code is listed twice: {len(repeated):,} rows",
        [f"{row['code']} in {listing.where}, line {row['line']}" for row in shown],
    )
