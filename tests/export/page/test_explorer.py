"""The index of the explorer says what the tables say."""

import gzip
import re
from base64 import b64decode
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.ask.build import Build, open_arrow
from pipeline.export.page import explorer, render
from pipeline.export.page.explorer import FIELD_END, RECORD_END, describe_index, render_parts
from pipeline.export.page.render import render_page
from schemas import TABLES


@pytest.fixture(scope="module")
def tables(excerpt_build: Path) -> dict[str, pa.Table]:
    return {name: pq.read_table(excerpt_build / "parquet" / f"{name}.parquet") for name in TABLES}


@pytest.fixture(scope="module")
def parts(tables: dict[str, pa.Table]) -> dict[str, list[list[str]]]:
    """The lines of each part, in fields."""
    found = {}
    for path, content in render_parts(tables):
        name, packed = content.decode("ascii").removeprefix('crosswalkPart("').removesuffix('");\n').split('","')
        assert path == f"parts/{name}.js"
        lines = gzip.decompress(b64decode(packed)).decode("utf-8").split("\n")
        found[name] = [line.split("\t") for line in lines]
    return found


def of_kind(parts: dict[str, list[list[str]]], kind: str) -> list[tuple[str, list[str]]]:
    return [(name.split("-")[1], line) for name, lines in parts.items() if name.startswith(kind) for line in lines]


def separated(code: str, mark: str) -> str:
    """A code with the separators of its mark, as the page writes it."""
    for at, separator in reversed(re.findall(r"(\d+)([^\dx])", mark)):
        code = f"{code[: int(at)]}{separator}{code[int(at) :]}"
    return code


def index_of(tables: dict[str, pa.Table]) -> Any:
    with open_arrow(tables) as build:
        return describe_index(build)


def test_titles_are_those_of_the_codes(tables: dict[str, pa.Table], parts: dict[str, list[list[str]]]) -> None:
    codes = tables["codes"].to_pylist()
    lines = of_kind(parts, "titles")
    assert [(system, code) for system, (code, _, _) in lines] == [(row["system"], row["code"]) for row in codes]
    for row, (_, (code, mark, title)) in zip(codes, lines, strict=True):
        assert separated(code, mark) == row["code_dotted"]
        assert mark.endswith("x") == (row["valid_to"] is not None)
        assert title == (row["description"] or row["short_description"] or "")


def test_a_written_code_may_have_several_separators_of_several_kinds() -> None:
    written = ["0002-1433-80", "E11.9", "0010", "", "-1.2"]
    assert explorer._separator_marks(pa.chunked_array([written])).to_pylist() == ["4-8-", "3.", "", "", "0-1."]
    assert [separated(code, mark) for code, mark in [("0002143380", "4-8-"), ("E119", "3.x")]] == written[:2]


def test_the_index_tells_separators_and_what_each_crosswalk_claims(tables: dict[str, pa.Table]) -> None:
    index = index_of(tables)
    assert index["separators"] == "-."
    rows = tables["crosswalks"].to_pylist()
    assert [(row[0], row[4]) for row in index["crosswalks"]] == [(row["crosswalk"], row["relation"]) for row in rows]


def test_details_are_in_the_order_of_the_codes(tables: dict[str, pa.Table], parts: dict[str, list[list[str]]]) -> None:
    lines = of_kind(parts, "details")
    assert [line[0] for _, line in lines] == tables["codes"]["code"].to_pylist()
    assert {len(line) for _, line in lines} == {8}


def records(text: str) -> list[list[str]]:
    return [record.split(FIELD_END) for record in text.split(RECORD_END)] if text else []


def test_every_episode_and_every_mapping_of_a_code_is_there(
    tables: dict[str, pa.Table], parts: dict[str, list[list[str]]]
) -> None:
    lines = of_kind(parts, "details")
    found = [(system, line[0], episode[0]) for system, line in lines for episode in records(line[6])]
    history = tables["code_history"].to_pylist()
    assert found == [(row["system"], row["code"], str(row["valid_from"])) for row in history]
    ways = index_of(tables)["crosswalks"]
    mapped = {(ways[int(each[0])][0], line[0], each[1]) for _, line in lines for each in records(line[7])}
    known = {(row["system"], row["code"]) for row in tables["codes"].to_pylist()}
    told = {None, "no_map", "not_bridged"}  # that a map does not have a code is no mapping
    rows = [row for row in tables["mappings"].to_pylist() if row["status"] in told and row["newest"]]
    rows = [row for row in rows if (row["source_system"], row["source_code"]) in known]
    assert mapped == {(row["crosswalk"], row["source_code"], row["target_code"] or "") for row in rows}
    assert sum(len(records(line[7])) for _, line in lines) == len(rows)


def test_flags_tell_an_edition_before_use_from_a_heading_and_an_unknown_wording_from_the_newest(
    tables: dict[str, pa.Table],
) -> None:
    history = tables["code_history"]
    own = [
        row for row in history.to_pylist() if (row["system"], row["code"]) in {("ICD10CM", "E119"), ("HCPCS", "G8427")}
    ]
    early = {"valid_from": date(2012, 10, 1), "valid_to": date(2015, 9, 30), "billable": False}
    rows = pa.Table.from_pylist([*own, next(row for row in own if row["code"] == "E119") | early], history.schema)
    rows = rows.sort_by([("system", "ascending"), ("code", "ascending"), ("valid_from", "ascending")])
    lines = explorer._detail_lines(tables | {"code_history": rows}).to_pylist()
    fields = {line.split("\t")[0]: records(line.split("\t")[6]) for line in lines if line.split("\t")[6]}
    assert [(each[0], each[3]) for each in fields["E119"]] == [("2012-10-01", "p"), ("2015-10-01", "b")]
    assert [(each[0], each[3]) for each in fields["G8427"]][:2] == [("2008-01-01", "bu"), ("2017-01-01", "b")]


def test_parts_are_cut_at_their_size(tables: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer, "SIZE_OF_TITLES", 10)
    names = [name for name, _ in render_parts(tables)]
    codes = index_of(tables)["systems"]
    for system, count in codes.items():
        assert sum(name.startswith(f"parts/titles-{system}-") for name in names) == -(-count // 10)


def test_page_holds_charts_and_tables_and_nothing_from_elsewhere(tables: dict[str, pa.Table]) -> None:
    html = dict(render_page(tables, "abc"))["index.html"].decode("utf-8")
    assert html.count("<svg") >= 6
    assert html.count("<script") == 1
    assert 'src="http' not in html
    assert "@import" not in html
    assert all(f"<summary>{name}</summary>" in html for name in TABLES)
    assert html.count('class="flow"') == 1


def test_rendering_leaves_no_connection_open(tables: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Build] = []
    monkeypatch.setattr(render, "open_arrow", lambda tables: opened.append(open_arrow(tables)) or opened[-1])
    dict(render_page(tables, "abc"))
    with pytest.raises(duckdb.ConnectionException):
        opened[0].rows("from codes")


def test_page_is_the_same_bytes_every_time(tables: dict[str, pa.Table]) -> None:
    assert dict(render_page(tables, "abc")) == dict(render_page(tables, "abc"))
