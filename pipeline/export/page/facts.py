"""What the page says of a build: its systems, tables, releases and changes."""

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any

import pyarrow as pa

from pipeline import PROJECT
from pipeline.ask.build import Build, Row
from pipeline.ask.compare.profiles import Profile
from pipeline.catalogue.survey import read_sums
from pipeline.export.page.readable_names import name_system
from schemas import TABLES
from schemas.arrow import arrow_schema, columns_of, describe, key_of

PAGE_RELEASES = """
    select r.system, release, label, source, effective_from, billable, added, removed, revised, url
    from releases r join systems s using (system)
    where effective_from >= coalesce(s.in_use_from, effective_from) order by r.system, effective_from
"""
HASHES_OF_RELEASES = "select distinct unnest(string_split(sha256, '; ')) as sha256 from releases"
WITHOUT_TITLES = """
    select system, s.licence from codes join systems s using (system)
    group by all having count(coalesce(codes.description, short_description)) = 0 order by system
"""


def read_releases(build: Build) -> dict[str, list[Row]]:
    """The releases of each system since it was in use, oldest first."""
    rows = build.rows(PAGE_RELEASES)
    return {system: list(own) for system, own in groupby(rows, key=lambda row: str(row["system"]))}


def is_excerpt(build: Build) -> bool:
    """Whether every file that a build was made of is one of the committed excerpt: a sample to look at."""
    found = {row["sha256"] for row in build.rows(HASHES_OF_RELEASES)}
    return bool(found) and found <= {*read_sums(PROJECT / "raw" / "excerpt").values()}


def untitled_systems(build: Build) -> dict[str, str]:
    """The systems of which no code has a title here, each with its licence, which says why."""
    return {row["system"]: row["licence"] for row in build.rows(WITHOUT_TITLES)}


def count_codes(build: Build) -> int:
    """The codes of a build, of all systems, headings too."""
    return int(build.rows("select count(*) as n from codes")[0]["n"])


def known_systems(profiles: list[Profile]) -> list[dict[str, Any]]:
    """Each system with the last day of which the build speaks, None where no listing of it is here."""
    return [
        {"system": each.system, "name": name_system(each.system), "through": each.known_through, "codes": each.ever}
        for each in profiles
    ]


def count_rows(tables: Mapping[str, pa.Table]) -> list[Row]:
    """Each table with its rows, and how many checks of its model they passed."""
    return [
        {
            "table": name,
            "rows": len(tables[name]),
            "checks": _count_checks(name),
            "key": key_of(model),
            "description": describe(model),
        }
        for name, model in TABLES.items()
    ]


def _count_checks(name: str) -> int:
    """The checks of a model: of its key, of the whole row, and of each column its type, presence and values."""
    schema = TABLES[name].to_schema()
    return 1 + len(schema.checks) + sum(2 + len(column.checks) for column in columns_of(TABLES[name]).values())


def dictionary() -> list[dict[str, Any]]:
    """Every table with its columns: name, type, whether it may be missing, meaning."""
    return [
        {
            "table": name,
            "description": describe(model),
            "key": ", ".join(key_of(model)),
            "columns": [
                (each.name, _type(str(each.type)), each.nullable, each.metadata[b"description"].decode())
                for each in arrow_schema(model)
            ],
        }
        for name, model in TABLES.items()
    ]


def _type(arrow: str) -> str:
    words = {"string": "text", "date32[day]": "day", "bool": "yes or no", "int32": "number", "double": "number"}
    return words.get(arrow, "list of text")


def in_words(day: date) -> str:
    """A day as people write it.

    >>> in_words(date(2015, 10, 1))
    '1 October 2015'
    """
    return f"{day.day} {day:%B %Y}"
