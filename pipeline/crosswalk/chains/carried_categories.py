"""The categories of codes that are newer than their grouping: those of what they were on its day, where all agree.

Only of groupings of every code: of one that lists codes with a category alone (condition categories that Medicare pays
for, operations after which infections are reported) a code that it lacks has none, by its publisher's word for the
year, and what a code was says nothing of that. Hidden and derived again, of the codes that CCSR got between 2019 and
2023, 93 of 100 carried categories are those that its publisher gave (docs/TRUTH.md).
"""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.registry import Crosswalk
from pipeline.run.sql import query_tables


def carry_categories(entry: Crosswalk, newer: pa.Table, published: pa.Table, backward: pa.Table, day: date) -> pa.Table:
    """One row per code and category: source_code, target_code, agree, hops, path, all_that_it_was (in words).

    `newer` has the codes (source_code) that are newer than a grouping, whose rows are `published`; `backward`
    are the chains of `derive_backward`; `day` is that of the grouping.
    """
    values = {"name": entry.crosswalk, "system": entry.source_system, "day": day}
    was = _of_codes(backward, "source", newer["source_code"])
    return query_tables(
        Path(__file__).with_suffix(".sql"),
        values,
        newer=newer.select(["source_code"]),
        published=_of_codes(published.select(["source_code", "target_code"]), "source_code", was["target"]),
        backward=was,
    )


def _of_codes(rows: pa.Table, column: str, codes: pa.ChunkedArray) -> pa.Table:
    """The rows of some codes: few of a grouping are what newer codes were."""
    return rows.filter(pc.is_in(rows[column], codes.combine_chunks()))
