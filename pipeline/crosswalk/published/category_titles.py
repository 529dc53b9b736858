"""Titles of categories that the publisher prints elsewhere than in the map: `category_titles.csv`, a row for each
category of a grouping, with the document it is from.

They stand where the file of the map has none (condition categories, the chronic condition indicator, major diagnostic
categories without a surgical group), or prints the title of a code in their place (hypertension in the Elixhauser
formats). Works of the US Government, white space closed up.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

CATEGORY_TITLES: Final = Path(__file__).with_name("category_titles.csv")


@cache
def read_category_titles() -> Mapping[tuple[str, str], tuple[str, str]]:
    """Title and source by grouping and category."""
    with CATEGORY_TITLES.open(encoding="utf-8", newline="") as file:
        return {(row["grouping"], row["category"]): (row["title"], row["source"]) for row in csv.DictReader(file)}


def with_known_titles(categories: pa.Table, grouping: str) -> pa.Table:
    """A table of CATEGORIES in which each title that is known from elsewhere stands, with its source."""
    known = [read_category_titles().get((grouping, category)) for category in categories["category"].to_pylist()]
    for place, name in enumerate(("title", "title_source")):
        told = pa.array([each and each[place] for each in known], pa.string())
        categories = categories.set_column(
            categories.schema.get_field_index(name), name, pc.coalesce(told, categories[name])
        )
    return categories
