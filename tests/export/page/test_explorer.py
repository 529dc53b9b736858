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

from pipeline.ask.build import Build, open_arrow, open_build
from pipeline.ask.search import search_codes
from pipeline.export.page import explorer, render
from pipeline.export.page.code_details import detail_lines
from pipeline.export.page.code_titles import separator_marks
from pipeline.export.page.explorer import describe_index, render_parts
from pipeline.export.page.render import render_page
from pipeline.export.page.text_columns import FIELD_END, RECORD_END
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
    for at, separator in reversed(re.findall(r"(\d+)([^\da-z])", mark)):
        code = f"{code[: int(at)]}{separator}{code[int(at) :]}"
    return code


def index_of(tables: dict[str, pa.Table]) -> Any:
    with open_arrow(tables) as build:
        return describe_index(build)


def test_titles_are_those_of_the_codes(tables: dict[str, pa.Table], parts: dict[str, list[list[str]]]) -> None:
    codes = tables["codes"].to_pylist()
    lines = of_kind(parts, "titles")
    assert [(system, line[0]) for system, line in lines] == [(row["system"], row["code"]) for row in codes]
    for row, (_, (code, mark, title, ended, _)) in zip(codes, lines, strict=True):
        assert separated(code, mark) == row["code_dotted"]
        assert mark.endswith("h") == (not row["billable"])
        assert mark.endswith("m") == (row["billable"] and row["kind"] == "performance_measure")
        assert ended == str(row["valid_to"] or "")
        assert title == (row["description"] or row["short_description"] or "")


def test_an_ended_code_says_what_it_is_today_as_the_search_of_the_command_does(
    tables: dict[str, pa.Table], parts: dict[str, list[list[str]]], excerpt_build: Path
) -> None:
    found = {(system, line[0]): line[4] for system, line in of_kind(parts, "titles")}
    assert found["ICD10CM", "E119"] == ""
    with open_build(excerpt_build) as build:
        codes = [code for _, code in sorted(found)][:400]
        for asked in codes:
            for each in search_codes(build, asked).codes:
                told = ",".join(f"{today.system}:{today.code}" for today in each.today)
                assert found[each.system, each.code] == told


def test_terms_names_words_and_changes_are_those_of_the_tables(
    tables: dict[str, pa.Table], parts: dict[str, list[list[str]]]
) -> None:
    of_system: dict[str, list[str]] = {}
    for row in tables["codes"].to_pylist():
        of_system.setdefault(row["system"], []).append(row["code"])
    named = {(system, of_system[system][int(number)], text) for system, number, _, text in parts["terms"]}
    known = {(system, code) for system, codes in of_system.items() for code in codes}
    terms = [row for row in tables["terms"].to_pylist() if row["level"] == "code" and not row["lead_in"]]
    assert {(row["system"], row["place"]) for row in terms} & known <= {(system, code) for system, code, _ in named}
    assert len(parts["changes"]) == len(tables["code_changes"])
    assert ["n", "heart attack", "myocardial infarction"] in parts["words"]


def test_a_written_code_may_have_several_separators_of_several_kinds() -> None:
    written = ["0002-1433-80", "E11.9", "0010", "", "-1.2"]
    assert separator_marks(pa.chunked_array([written])).to_pylist() == ["4-8-", "3.", "", "", "0-1."]
    assert [separated(code, mark) for code, mark in [("0002143380", "4-8-"), ("E119", "3.h")]] == written[:2]


def test_the_index_tells_separators_and_what_each_crosswalk_claims(tables: dict[str, pa.Table]) -> None:
    index = index_of(tables)
    assert index["separators"] == "-."
    rows = tables["crosswalks"].to_pylist()
    assert [(row[0], row[3]) for row in index["crosswalks"]] == [(row["crosswalk"], row["relation"]) for row in rows]


def test_details_are_in_the_order_of_the_codes(tables: dict[str, pa.Table], parts: dict[str, list[list[str]]]) -> None:
    lines = of_kind(parts, "details")
    assert [line[0] for _, line in lines] == tables["codes"]["code"].to_pylist()
    assert {len(line) for _, line in lines} == {10}


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


def test_rows_that_are_ours_are_told_from_published_ones_of_the_same_crosswalk(
    tables: dict[str, pa.Table], parts: dict[str, list[list[str]]]
) -> None:
    ways = index_of(tables)["crosswalks"]
    keys = [
        (ways[int(each[0])][0], line[0], each) for _, line in of_kind(parts, "details") for each in records(line[7])
    ]
    found = {(crosswalk, code, each[1]) for crosswalk, code, each in keys if "d" in each[4]}
    rows = [row for row in tables["mappings"].to_pylist() if row["newest"] and row["origin"] == "derived"]
    derived = {(row["crosswalk"], row["source_code"], row["target_code"] or "") for row in rows}
    assert found == derived & {(crosswalk, code, each[1]) for crosswalk, code, each in keys}
    mixed = {crosswalk for crosswalk, _, _ in found} & {name for name, _, each in keys if "d" not in each[4]}
    assert {"cci_icd10cm", "icd9cm_icd10cm_current"} <= mixed


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
    lines = detail_lines(tables | {"code_history": rows}).to_pylist()
    fields = {line.split("\t")[0]: records(line.split("\t")[6]) for line in lines if line.split("\t")[6]}
    assert [(each[0], each[3]) for each in fields["E119"]] == [("2012-10-01", "p"), ("2015-10-01", "b")]
    assert [(each[0], each[3]) for each in fields["G8427"]][:2] == [("2008-01-01", "bu"), ("2017-01-01", "b")]


def test_parts_are_cut_at_their_size(tables: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer, "SIZE_OF_TITLES", 10)
    names = [name for name, _ in render_parts(tables)]
    codes = index_of(tables)["systems"]
    for system, count in codes.items():
        assert sum(name.startswith(f"parts/titles-{system}-") for name in names) == -(-count["codes"] // 10)


def test_page_holds_charts_and_tables_and_nothing_from_elsewhere(tables: dict[str, pa.Table]) -> None:
    html = dict(render_page(tables, "abc"))["index.html"].decode("utf-8")
    assert html.count("<svg") >= 6
    assert html.count("<script") == 1
    assert 'src="http' not in html
    assert "@import" not in html
    assert all(f"<summary>{name}</summary>" in html for name in TABLES)
    assert html.count('class="flow sticky"') == 1


def test_rendering_leaves_no_connection_open(tables: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Build] = []
    monkeypatch.setattr(render, "open_arrow", lambda tables: opened.append(open_arrow(tables)) or opened[-1])
    dict(render_page(tables, "abc"))
    with pytest.raises(duckdb.ConnectionException):
        opened[0].rows("from codes")


def test_page_is_the_same_bytes_every_time(tables: dict[str, pa.Table]) -> None:
    assert dict(render_page(tables, "abc")) == dict(render_page(tables, "abc"))


def test_rules_are_those_of_the_newest_list_of_each(
    tables: dict[str, pa.Table], parts: dict[str, list[list[str]]]
) -> None:
    found = {(system, line[0], *rule) for system, line in of_kind(parts, "details") for rule in records(line[9])}
    lists = tables["rule_lists"].to_pylist()
    newest: dict[tuple[str, str], date] = {}
    for row in lists:
        key = row["rule"], row["system"]
        newest[key] = max(newest.get(key, row["known_through"]), row["known_through"])
    known = {(row["system"], row["code"]) for row in tables["codes"].to_pylist()}
    rows = [row for row in tables["code_rules"].to_pylist() if (row["system"], row["code"]) in known]
    own = [row for row in rows if row["valid_to"] == newest[row["rule"], row["system"]]]
    assert 0 < len(own) < len(rows)
    keys = ("system", "code", "rule", "value", "valid_from", "valid_to")
    assert found == {tuple(str(row[key]) for key in keys) for row in own}
    assert ["r", "", "poa_exempt", "present on admission"] in parts["names"]
