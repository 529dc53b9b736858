"""The page that opens from the file system: rendered from a template, its style and script inside, its index beside."""

import json
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline import __version__
from pipeline.ask.build import Build, Row, open_arrow
from pipeline.ask.claim_kinds import claim_kinds
from pipeline.ask.compare.connecting import read_policy_reach
from pipeline.ask.compare.contrasts import contrast_pair
from pipeline.ask.compare.profiles import Profile, between, read_connections, read_profiles
from pipeline.ask.compare.side_by_side import CONNECTED, compare_systems, told_of
from pipeline.ask.compare.words import describe_connection, describe_system
from pipeline.ask.compare.worked_examples import read_examples
from pipeline.export.page.charts import draw_columns, draw_lines, draw_shares
from pipeline.export.page.explorer import describe_index, render_parts
from pipeline.export.page.facts import count_rows, counts_over_time, dictionary, read_flow, read_quality, read_releases

TEMPLATES = Path(__file__).with_name("templates")
FLOW = ["icd9cm_icd10cm_current", "gem_icd9cm_icd10cm"]
KINDS_OF_CHANGE = ["added", "removed", "revised"]


def render_page(tables: Mapping[str, pa.Table], build_id: str) -> Iterator[tuple[str, bytes]]:
    """Every file of the page: its path below the page's folder, and its content.

    The tables are those of a build, sorted by their keys.
    """
    with open_arrow(tables) as build:
        page = _render(build, build_id)
    yield "index.html", page.encode("utf-8")
    yield from render_parts(tables)


def _render(build: Build, build_id: str) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["count"] = lambda value: "" if value is None else f"{value:,}"
    by_system, releases, quality = read_profiles(build), read_releases(build), read_quality(build)
    profiles = list(by_system.values())
    return environment.get_template("page.html").render(
        version=__version__,
        build_id=build_id,
        style=_inside("page.css"),
        script=_inside("search.js") + _inside("explorer.js"),
        index=Markup(_as_script_data(describe_index(build))),
        tables=count_rows(build),
        releases=releases,
        newest={system: rows[-1] for system, rows in releases.items()},
        systems=_systems(build, profiles),
        examples=read_examples(build, by_system),
        claims=claim_kinds(),
        pairs=_pairs(build, profiles),
        quality=quality,
        charts=_charts(releases, quality),
        flow=read_flow(build, FLOW),
        dictionary=dictionary(),
    )


def _inside(name: str) -> Markup:
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _as_script_data(content: object) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")


def _systems(build: Build, profiles: list[Profile]) -> list[dict[str, Any]]:
    """Each system with its facts in words and the crosswalks that leave or reach it."""
    connections = read_connections(build)
    return [
        {
            "system": each.system,
            "facts": describe_system(each),
            "crosswalks": [describe_connection(found) for found in between(connections, [each.system])],
        }
        for each in profiles
    ]


def _pairs(build: Build, profiles: list[Profile]) -> list[dict[str, Any]]:
    """Each two systems with what sets them apart and what connects them, as `compare` says it."""
    connections, policies = read_connections(build), read_policy_reach(build)
    return [
        {
            "names": f"{a.system} and {b.system}",
            "apart": contrast_pair(a, b),
            "connected": told_of(compare_systems([a, b], connections, policies, []))[CONNECTED],
        }
        for a, b in combinations(profiles, 2)
    ]


def _charts(releases: dict[str, list[Row]], quality: list[Row]) -> dict[str, Any]:
    lines = counts_over_time(releases)
    return {
        "codes": draw_lines("Codes that could be reported, by system and release", lines),
        "changes": {system: _changes(system, rows) for system, rows in releases.items() if len(rows) > 2},
        "coverage": _coverage([row for row in quality if row["billable"]]),
        "cardinality": _cardinality([row for row in quality if row["pairs"]]),
    }


def _changes(system: str, rows: list[Row]) -> Markup:
    later = rows[1:]
    parts = {kind: [row[kind] or 0 for row in later] for kind in KINDS_OF_CHANGE}
    return draw_columns(f"Changes of {system} from release to release", [row["release"] for row in later], parts)


def _coverage(rows: list[Row]) -> Markup:
    kinds = {"exact": "exact", "approximate": "approximate", "without equivalent": "no_map"}
    parts = {name: [100 * row[kind] / row["billable"] for row in rows] for name, kind in kinds.items()}
    parts["not covered"] = [100 * (row["billable"] - row["covered"]) / row["billable"] for row in rows]
    return draw_shares("Coverage of each crosswalk", [row["crosswalk"] for row in rows], parts)


def _cardinality(rows: list[Row]) -> Markup:
    kinds = {"1:1": "one_to_one", "1:n": "one_to_many", "n:1": "many_to_one", "n:n": "many_to_many"}
    parts = {name: [100 * row[kind] / row["pairs"] for row in rows] for name, kind in kinds.items()}
    return draw_shares("Cardinality of each crosswalk", [row["crosswalk"] for row in rows], parts)
