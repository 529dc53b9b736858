"""Invented listings, and the history that they make."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from pipeline.catalogue.sources import Release, Source
from pipeline.catalogue.survey import RawRelease
from pipeline.history import derive_history, derive_timelines
from pipeline.normalise.conversions import CONVERSION_COLUMNS
from pipeline.normalise.listing import Listing, listing_rows

Row = tuple[str | None, str | None, bool]  # short description, description, billable

FIRST = date(2015, 10, 1)
NO_CONVERSIONS = CONVERSION_COLUMNS.empty_table()
ROW = st.tuples(st.sampled_from(["short a", "short b"]), st.sampled_from(["long a", "long b"]), st.booleans())
RELEASE = st.dictionaries(st.sampled_from(["A00", "A000", "A001", "B20", "C4A", "U071"]), ROW, min_size=1)
RELEASES = st.lists(RELEASE, min_size=1, max_size=5)


def listing(day: date, rows: dict[str, Row], system: str = "ICD10CM", **more: object) -> Listing:
    """A complete listing of some codes from a day on."""
    source = Source("invented", "", "", "", False, "order_file", (system,), (), {}, ())
    delivery = RawRelease(source, Release(day.isoformat(), "invented", day), (Path("invented"),), {})
    codes = pa.array(list(rows), pa.string())
    table = listing_rows(
        system,
        codes,
        pa.array(range(len(rows)), pa.int64()),
        kind="diagnosis",
        short_description=pa.array([row[0] for row in rows.values()], pa.string()),
        description=pa.array([row[1] for row in rows.values()], pa.string()),
        billable=pa.array([row[2] for row in rows.values()], pa.bool_()),
        **more,
    )
    return Listing(system, delivery, "invented", len(rows), table)


def listings_of(releases: list[dict[str, Row]]) -> list[Listing]:
    """A listing for each of some releases, half a year apart."""
    return [listing(FIRST + timedelta(days=180 * number), rows) for number, rows in enumerate(releases)]


def history_of(listings: list[Listing], conversions: pa.Table = NO_CONVERSIONS) -> list[dict[str, Any]]:
    """The episodes that some listings make."""
    return derive_history(derive_timelines(listings), conversions).to_pylist()


def conversion(code: str, *days: date, **more: str) -> pa.Table:
    """A conversion table of one code, new on some days."""
    row = {"system": "ICD10CM", "code": code, "previous": "None", "change": "New", "release": "2025-10-01"} | more
    rows = [{**row, "effective_from": day, "file": "table.xlsx", "line": line} for line, day in enumerate(days, 3)]
    return pa.Table.from_pylist(rows, CONVERSION_COLUMNS)


def record_listing(day: date, rows: list[tuple[str, str, date, date | None]]) -> Listing:
    """A listing of records: code, title, first and last day."""
    table = listing_rows(
        "HCPCS",
        pa.array([row[0] for row in rows], pa.string()),
        pa.array(range(len(rows)), pa.int64()),
        kind="drug",
        short_description=pa.array([row[1] for row in rows], pa.string()),
        description=pa.array([row[1] for row in rows], pa.string()),
        billable=True,
        valid_from=pa.array([row[2] for row in rows], pa.date32()),
        valid_to=pa.array([row[3] for row in rows], pa.date32()),
    )
    return replace(listing(day, {}, "HCPCS"), rows=table, complete=False)


def headings_of(day: date, codes: list[str], title: str = "heading") -> Listing:
    """A tabular list of ICD-9-CM that prints some codes, each with its title and the code in it."""
    rows = {code: (None, f"{title} {code}", False) for code in codes}
    made = listing(day, rows, "ICD9CM")
    source = replace(made.delivery.source, source="tabular")
    delivery = replace(made.delivery, source=source)
    return replace(made, supplement=True, prints_headings=True, delivery=delivery)


def nine_with_headings() -> list[Listing]:
    """0461 is split in 2006; the tabular list of 2011 knows it as a heading, and 046 and 250 above codes."""
    before = {"0461": ("a", "a", True), "25000": ("b", "b", True)}
    after = {"04611": ("c", "c", True), "25000": ("b", "b", True)}
    titles = [listing(day, rows, "ICD9CM") for day, rows in ((date(2005, 10, 1), before), (date(2006, 10, 1), after))]
    return [*titles, headings_of(date(2011, 10, 1), ["046", "0461", "250"])]
