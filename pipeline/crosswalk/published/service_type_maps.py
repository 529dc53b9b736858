"""BETOS and RBCS as maps from codes to types of service: one category for each code, of CPT and of HCPCS apart."""

import csv
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.published.maps import PublishedMap, as_categories, as_map_rows, crosswalks_in
from pipeline.crosswalk.registry import Crosswalk
from pipeline.ingest import TextFrame
from pipeline.normalise.service_lists import last_days, of_system

BETOS_TITLES: Final = Path(__file__).with_name("betos_titles.csv")
BETWEEN_TITLES: Final = " - "


@cache
def betos_titles() -> dict[str, str]:
    """The titles of BETOS categories, as printed: table BETOS_TB of `HCPC2025_recordlayout.txt` (CMS, October 2024)."""
    with BETOS_TITLES.open(encoding="utf-8", newline="") as file:
        return {row["category"]: row["title"] for row in csv.DictReader(file)}


def service_type_maps(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[PublishedMap]:
    """One map for each system in the file. What has no category is left out: an older file may give it one."""
    maps = [_one_map(delivery, frame, each) for frame in parts.values() for each in crosswalks_in(delivery, frame)]
    return [each for each in maps if len(each.rows)]


def _one_map(delivery: RawRelease, frame: TextFrame, entry: Crosswalk) -> PublishedMap:
    own = of_system(entry.source_system, frame.table)
    table = _newest_of_each(own.filter(pc.not_equal(own["category"], "")))
    rows = as_map_rows(table["code"], table["category"], table["line"], approximate=False, flags=_flags(table))
    rows = rows.append_column("known_on", pc.coalesce(last_days(frame, table), delivery.release.effective_from))
    return PublishedMap(entry, delivery, frame.where, len(own), rows, categories=_categories(table))


def _newest_of_each(table: pa.Table) -> pa.Table:
    """Of a code with several categories the one that was given to it last."""
    if "assigned_from" not in table.column_names:
        return table
    day = pc.replace_substring_regex(table["assigned_from"], r"^(\d\d)/(\d\d)/(\d{4})$", r"\3\1\2")
    ordered = table.append_column("day", day).sort_by(
        [("code", "ascending"), ("day", "ascending"), ("line", "ascending")]
    )
    is_last = np.append(np.asarray(pc.not_equal(ordered["code"][1:], ordered["code"][:-1])), True)[: len(ordered)]
    return ordered.filter(pa.array(is_last)).sort_by("line")


def _flags(table: pa.Table) -> pa.ChunkedArray | None:
    if "major" not in table.column_names:
        return None
    return pc.binary_join_element_wise("major procedure", table["major"], " ")


def _categories(table: pa.Table) -> pa.Table:
    categories = table["category"].unique()
    if "family_title" not in table.column_names:
        titles = [betos_titles().get(each) for each in categories.to_pylist()]
        return as_categories(categories, pa.array(titles, pa.string()))
    newest_first = table.take(pa.array(np.arange(len(table))[::-1]))
    named = [newest_first[f"{part}_title"] for part in ("category", "subcategory", "family")]
    return as_categories(newest_first["category"], pc.binary_join_element_wise(*named, BETWEEN_TITLES))
