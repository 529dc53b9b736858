"""The gate: every check of every table. Nothing is exported that has not passed, and nobody else refuses a table.

`listings` and `miscounts` check what goes in, `tables` each table against its model, `references` what tables say of
one another, `patterns` the form of codes, `undeclared` the codes of published maps that no listing has, `completeness`
the codes of listings that a published map lost, `ruled_codes` the rules of use. All findings are reported together.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pyarrow as pa

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.unlisted import AbsentListings, DeclaredUnlisted
from pipeline.errors import ValidationFailed
from pipeline.gate.completeness import find_incomplete
from pipeline.gate.findings import as_message
from pipeline.gate.listings import find_repeated_codes
from pipeline.gate.miscounts import find_differing_counts
from pipeline.gate.patterns import find_misfits
from pipeline.gate.references import find_dangling
from pipeline.gate.ruled_codes import find_restated_otherwise, find_ruled_unlisted
from pipeline.gate.tables import check_table, find_wrong_columns
from pipeline.gate.undeclared import find_unlisted
from pipeline.normalise.addenda_counts import AddendaCount
from pipeline.normalise.listing import Listing
from pipeline.normalise.rules_of_use import PublishedRules
from schemas import DataFrame
from schemas.types import Table


def validate_tables(
    tables: dict[str, pa.Table],
    listings: list[Listing],
    declared: Sequence[DeclaredUnlisted],
    addenda: Sequence[AddendaCount] = (),
    deliveries: Sequence[RawRelease] = (),
    *,
    rules: Sequence[PublishedRules] = (),
    absent: Mapping[str, AbsentListings] | None = None,
) -> dict[str, DataFrame[Table]]:
    """Every table sorted by its key and checked: the tables that passed, where all of them did.

    `tables` is emptied: each is given up once it is checked, or a full build would have most of them twice.
    `listings` are what the tables were made from: they are checked too, and tell where a row comes from. `declared`
    are the codes of published maps that may be in no listing, `addenda` the numbers that order addenda and
    ReadMes print of themselves, `deliveries` the releases that were read, `rules` what they say of codes' use, `absent`
    the systems of which listings are not here. Raises ValidationFailed with every finding: the table and
    column, the number of rows, and the first of them with the raw file and line that they come from.
    """
    wrong = {name: find_wrong_columns(name, table) for name, table in tables.items()}
    whole = {name: table for name, table in tables.items() if not wrong[name]}
    tables.clear()
    names = [*whole]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        across = dict(whole)
        others = [
            threads.submit(find_repeated_codes, listings),
            threads.submit(find_differing_counts, addenda),
            threads.submit(find_dangling, across),
            threads.submit(find_unlisted, across, declared),
            threads.submit(find_misfits, across, listings),
            threads.submit(find_incomplete, across, deliveries),
            threads.submit(find_ruled_unlisted, across, declared, absent or {}),
            threads.submit(find_restated_otherwise, rules),
        ]
        del across
        outcomes = threads.map(lambda name: check_table(name, whole.pop(name), listings), names)
        checked = dict(zip(names, outcomes, strict=True))
        repeated, miscounted, *of_several = (each.result() for each in others)
    of_tables = chain(chain.from_iterable(wrong.values()), chain.from_iterable(found for _, found in checked.values()))
    if findings := [*repeated, *miscounted, *of_tables, *chain.from_iterable(of_several)]:
        raise ValidationFailed(as_message(findings))
    return {name: rows for name, (rows, _) in checked.items() if rows is not None}
