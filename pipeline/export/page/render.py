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
from pipeline.ask.build import Build, open_arrow
from pipeline.ask.claim_kinds import claim_kinds
from pipeline.ask.compare.connecting import read_policy_reach
from pipeline.ask.compare.contrasts import contrast_pair
from pipeline.ask.compare.profiles import Profile, read_connections, read_profiles
from pipeline.ask.compare.side_by_side import CONNECTED, compare_systems, told_of
from pipeline.ask.compare.words import describe_system
from pipeline.ask.compare.worked_examples import read_examples
from pipeline.ask.shared_style import shared_style
from pipeline.export.page.charts import draw_charts
from pipeline.export.page.crosswalk_facts import in_groups, parts_of, read_flow, read_quality
from pipeline.export.page.explorer import describe_index, render_parts
from pipeline.export.page.facts import (
    count_codes,
    count_rows,
    dictionary,
    in_words,
    is_excerpt,
    known_systems,
    read_releases,
)
from pipeline.export.page.first_view import choose_chips, picture_claims
from pipeline.export.page.readable_names import name_system, with_readable_names

TEMPLATES = Path(__file__).with_name("templates")
SCRIPTS = ["index.js", "stems.js", "search.js", "code_page.js", "explorer.js"]
FLOW = ["icd9cm_icd10cm_current", "gem_icd9cm_icd10cm"]


def render_page(tables: Mapping[str, pa.Table], further_texts: pa.Table, build_id: str) -> Iterator[tuple[str, bytes]]:
    """Every file of the page: its path below the page's folder, and its content.

    The tables are those of a build, sorted by their keys; `further_texts` those under which codes are looked for beside
    their titles.
    """
    with open_arrow(tables) as build:
        content = _content(build) | {"tables": count_rows(tables)}
    page = _environment().get_template("page.html").render(build_id=build_id, **content)
    yield "index.html", page.encode("utf-8")
    yield from render_parts(tables, further_texts)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["count"] = lambda value: "" if value is None else f"{value:,}"
    environment.filters["system_name"] = name_system
    environment.filters["readable"] = with_readable_names
    environment.filters["in_words"] = in_words
    return environment


def _content(build: Build) -> dict[str, Any]:
    """What the template asks for, by name."""
    profiles, releases = read_profiles(build), read_releases(build)
    axis, charts = draw_charts(releases, profiles)
    return {
        "version": __version__,
        "style": Markup(shared_style()) + _inside("page.css"),
        "script": Markup("").join(map(_inside, SCRIPTS)),
        "index": Markup(_as_script_data(describe_index(build))),
        "chips": choose_chips(build),
        "excerpt": is_excerpt(build),
        "codes": count_codes(build),
        "known": known_systems([*profiles.values()]),
        "picture": picture_claims(profiles),
        "systems": {system: describe_system(each) for system, each in profiles.items()},
        "examples": read_examples(build, profiles),
        "claims": claim_kinds(),
        "pairs": _pairs(build, [*profiles.values()]),
        "groups": in_groups(read_quality(build)),
        "parts_of": parts_of,
        "flow": read_flow(build, FLOW),
        "axis": axis,
        "charts": charts,
        "releases": releases,
        "dictionary": dictionary(),
    }


def _inside(name: str) -> Markup:
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _as_script_data(content: object) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")


def _pairs(build: Build, profiles: list[Profile]) -> list[dict[str, Any]]:
    """Each two systems with what sets them apart and what connects them, as `compare` says it."""
    connections, policies = read_connections(build), read_policy_reach(build)
    return [
        {
            "systems": f"{a.system} {b.system}",
            "apart": contrast_pair(a, b),
            "connected": told_of(compare_systems([a, b], connections, policies, []))[CONNECTED],
        }
        for a, b in combinations(profiles, 2)
    ]
