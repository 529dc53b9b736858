"""The index of the explorer says what the tables say."""

import re
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.ask.build import Build, open_arrow, open_build
from pipeline.ask.search import search_codes
from pipeline.export.page import explorer, render
from pipeline.export.page.code_details import detail_columns
from pipeline.export.page.code_titles import numbered_words, separator_marks
from pipeline.export.page.explorer import describe_index, render_parts
from pipeline.export.page.render import render_page
from pipeline.export.page.text_columns import COLUMN_END, FIELD_END, RECORD_END, in_characters, places_of_codes
from pipeline.export.search_index import find_further_texts
from schemas import TABLES


@pytest.fixture(scope="module")
def tables(excerpt_build: Path) -> dict[str, pa.Table]:
    return {name: pq.read_table(excerpt_build / "parquet" / f"{name}.parquet") for name in TABLES}


def unpacked(content: bytes) -> tuple[str, bytes]:
    """The name of a part and what it holds, read as the page reads it: fifteen bits in a character."""
    name, size, characters = re.fullmatch(
        r'crosswalkPart\("([a-z0-9-]+)",(\d+),"(.*)"\);\n', content.decode("utf-16"), re.DOTALL
    ).groups()  # type: ignore[union-attr]
    bits = "".join(f"{ord(each) - 0x800:015b}" for each in characters)
    return name, zlib.decompress(bytes(int(bits[8 * at : 8 * at + 8], 2) for at in range(int(size))))


@pytest.fixture(scope="module")
def held(tables: dict[str, pa.Table]) -> dict[str, bytes]:
    """What each part holds."""
    found = {}
    for path, content in render_parts(tables, find_further_texts(tables)):
        name, held = unpacked(content)
        assert path == f"parts/{name}.js"
        found[name] = held
    return found


@pytest.fixture(scope="module")
def parts(held: dict[str, bytes]) -> dict[str, list[list[str]]]:
    """The lines of each part that is text, in fields."""
    texts = {name: content.decode("utf-8") for name, content in held.items() if name != "texts"}
    return {name: [line.split("\t") for line in text.split("\n")] for name, text in texts.items()}


@pytest.fixture(scope="module")
def lines(tables: dict[str, pa.Table], parts: dict[str, list[list[str]]]) -> list[tuple[str, list[str]]]:
    """Of each code its system and its line, with the whole code."""
    found, before = [], ""
    for system, (code, *others) in zip(tables["codes"]["system"].to_pylist(), parts["codes"], strict=True):
        before = before[: ord(code[0]) - ord("a")] + code[1:]
        found.append((system, [before, *others]))
    return found


@pytest.fixture(scope="module")
def texts(held: dict[str, bytes]) -> list[str]:
    """The titles of codes, then their further names."""
    words, numbers = held["vocabulary"].decode("utf-8").split("\n"), np.frombuffer(held["texts"], "<u2")
    found = np.split(numbers, np.flatnonzero(numbers == 0) + 1)[:-1]
    return [" ".join(words[number] for number in text[:-1]) for text in found]


Records = list[list[str]]
Details = tuple[str, str, list[Records]]


def records(line: str, recurring: list[str]) -> Records:
    """The records of a line: what recurs by its number, and what does not behind it."""
    parted = [record.split(FIELD_END) for record in line.split(RECORD_END)] if line else []
    return [[*recurring[int(number)].split(FIELD_END), *own] for number, *own in parted]


@pytest.fixture(scope="module")
def details(tables: dict[str, pa.Table], held: dict[str, bytes]) -> list[Details]:
    """Of each code its system, the code and its details: nature, episodes, mappings, policies, rules."""

    def columns_of(part: str) -> list[list[str]]:
        return [column.decode("utf-8").split("\n") for column in held[part].split(COLUMN_END)]

    stretches = [columns_of(f"details-{number}") for number in range(sum(name.startswith("details-") for name in held))]
    columns = [
        [records(line, recurring) for stretch in stretches for line in stretch[at]]
        for at, recurring in enumerate(columns_of("recurring"))
    ]
    codes = tables["codes"].select(["system", "code"]).to_pylist()
    return [(row["system"], row["code"], list(own)) for row, *own in zip(codes, *columns, strict=True)]


def separated(code: str, mark: str) -> str:
    """A code with the separators of its mark, as the page writes it."""
    for at, separator in reversed(re.findall(r"(\d+)([^\da-z])", mark)):
        code = f"{code[: int(at)]}{separator}{code[int(at) :]}"
    return code


def pages(tables: dict[str, pa.Table]) -> dict[str, bytes]:
    return dict(render_page(tables, find_further_texts(tables), "abc"))


def index_of(tables: dict[str, pa.Table]) -> Any:
    with open_arrow(tables) as build:
        return describe_index(build)


def test_titles_are_those_of_the_codes(
    tables: dict[str, pa.Table], lines: list[tuple[str, list[str]]], texts: list[str]
) -> None:
    codes = tables["codes"].to_pylist()
    assert [(system, line[0]) for system, line in lines] == [(row["system"], row["code"]) for row in codes]
    for row, title, (_, (code, mark, ended, _)) in zip(codes, texts[: len(codes)], lines, strict=True):
        assert separated(code, mark) == row["code_dotted"]
        assert mark.endswith("h") == (not row["billable"])
        assert mark.endswith("m") == (row["billable"] and row["kind"] == "performance_measure")
        assert ended == str(row["valid_to"] or "")
        assert title == (row["description"] or row["short_description"] or "")


def test_an_ended_code_says_what_it_is_today_as_the_search_of_the_command_does(
    lines: list[tuple[str, list[str]]], excerpt_build: Path
) -> None:
    found = {(system, line[0]): line[3] for system, line in lines}
    assert found["ICD10CM", "E119"] == ""
    with open_build(excerpt_build) as build:
        codes = [code for _, code in sorted(found)][:400]
        for asked in codes:
            for each in search_codes(build, asked).codes:
                told = ",".join(f"{today.system}:{today.code}" for today in each.today)
                assert found[each.system, each.code] == told


def test_terms_names_words_and_changes_are_those_of_the_tables(
    tables: dict[str, pa.Table], parts: dict[str, list[list[str]]], texts: list[str]
) -> None:
    codes = [(row["system"], row["code"]) for row in tables["codes"].to_pylist()]
    further = list(zip(parts["terms"], texts[len(codes) :], strict=True))
    named = {(*codes[int(row)], text.lower()) for (row, _, _), text in further}
    titled = {(*code, title.lower()) for code, title in zip(codes, texts, strict=False)}
    assert not named & titled, "a text that says the same as the title is left out"
    terms = [row for row in tables["terms"].to_pylist() if row["level"] == "code" and not row["lead_in"]]
    own = {(row["system"], row["place"], row["term"].lower()) for row in terms}
    assert {each for each in own if each[:2] in {*codes}} <= named | titled
    weights = {"inclusion term": "0", "product": "1", "former title": "1", "includes": "1", "note": "3"}
    kinds = {(kind, far) for (_, kind, far), _ in further}
    assert {("inclusion term", "0"), ("note", "3")} <= kinds <= {*weights.items()}
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


def test_details_are_in_the_order_of_the_codes(tables: dict[str, pa.Table], details: list[Details]) -> None:
    found = [tuple(nature) for _, _, ((nature,), *_) in details]
    assert [(kind, setting, section, parent) for kind, setting, _, section, parent in found] == [
        (row["kind"], row["setting"], row["section"] or "", row["parent_code"] or "")
        for row in tables["codes"].to_pylist()
    ]


def test_bytes_stand_fifteen_bits_in_a_character_that_every_script_may_hold() -> None:
    for size in (0, 1, 2, 14, 15, 16, 4_000):
        content = bytes(each * 37 % 256 for each in range(size))
        characters = in_characters(content).decode("utf-16-le")
        bits = "".join(f"{ord(each) - 0x800:015b}" for each in characters)
        assert bytes(int(bits[8 * at : 8 * at + 8], 2) for at in range(size)) == content
        assert all("\u0800" <= each < "\u8800" for each in characters)


def test_words_that_two_bytes_cannot_number_have_four() -> None:
    for many, size in ((2**16 - 1, 2), (2**16, 4)):
        vocabulary, numbers = numbered_words(pa.array([f"w{each}" for each in range(many)]))
        assert len(vocabulary) == many + 1
        assert len(numbers) == size * 2 * many


def test_every_episode_and_every_mapping_of_a_code_is_there(
    tables: dict[str, pa.Table], details: list[Details]
) -> None:
    found = [(system, code, episode[0]) for system, code, (_, episodes, *_) in details for episode in episodes]
    history = tables["code_history"].to_pylist()
    assert found == [(row["system"], row["code"], str(row["valid_from"])) for row in history]
    ways = index_of(tables)["crosswalks"]
    listed = [(ways[int(way)][0], code, target) for _, code, own in details for way, *_, target in own[2]]
    known = {(row["system"], row["code"]) for row in tables["codes"].to_pylist()}
    told = {None, "no_map", "not_bridged"}  # that a map does not have a code is no mapping
    rows = [row for row in tables["mappings"].to_pylist() if row["status"] in told and row["newest"]]
    rows = [row for row in rows if (row["source_system"], row["source_code"]) in known]
    assert {*listed} == {(row["crosswalk"], row["source_code"], row["target_code"] or "") for row in rows}
    assert len(listed) == len(rows)


def test_rows_that_are_ours_are_told_from_published_ones_of_the_same_crosswalk(
    tables: dict[str, pa.Table], details: list[Details]
) -> None:
    ways = index_of(tables)["crosswalks"]
    keys = [
        ((ways[int(way)][0], code, target), flags) for _, code, own in details for way, _, _, flags, _, target in own[2]
    ]
    found = {key for key, flags in keys if "d" in flags}
    rows = [row for row in tables["mappings"].to_pylist() if row["newest"] and row["origin"] == "derived"]
    derived = {(row["crosswalk"], row["source_code"], row["target_code"] or "") for row in rows}
    assert found == derived & {key for key, _ in keys}
    mixed = {crosswalk for crosswalk, _, _ in found} & {
        crosswalk for (crosswalk, _, _), flags in keys if "d" not in flags
    }
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
    changed = tables | {"code_history": rows}
    episodes = detail_columns(changed, places_of_codes(changed))[1]
    told = zip(tables["codes"]["code"].to_pylist(), episodes.lines.to_pylist(), strict=True)
    fields = {code: records(line, episodes.recurring.to_pylist()) for code, line in told if line}
    assert [(each[0], each[3]) for each in fields["E119"]] == [("2012-10-01", "p"), ("2015-10-01", "b")]
    assert [(each[0], each[3]) for each in fields["G8427"]][:2] == [("2008-01-01", "bu"), ("2017-01-01", "b")]


def test_details_are_cut_at_their_size(tables: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer, "SIZE_OF_DETAILS", 10)
    names = [name for name, _ in render_parts(tables, find_further_texts(tables))]
    assert sum(name.startswith("parts/details-") for name in names) == -(-len(tables["codes"]) // 10)


def test_page_holds_charts_and_tables_and_nothing_from_elsewhere(tables: dict[str, pa.Table]) -> None:
    html = pages(tables)["index.html"].decode("utf-8")
    assert html.count("<svg") >= 6
    assert html.count("<script") == 1
    assert 'src="http' not in html
    assert "@import" not in html
    assert all(f"<summary>{name}</summary>" in html for name in TABLES)
    assert html.count('class="flow sticky"') == 1


def test_rendering_leaves_no_connection_open(tables: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Build] = []
    monkeypatch.setattr(render, "open_arrow", lambda tables: opened.append(open_arrow(tables)) or opened[-1])
    pages(tables)
    with pytest.raises(duckdb.ConnectionException):
        opened[0].rows("from codes")


def test_page_is_the_same_bytes_every_time(tables: dict[str, pa.Table]) -> None:
    assert pages(tables) == dict(render_page(tables, find_further_texts(tables), "abc"))


def test_rules_are_those_of_the_newest_list_of_each(
    tables: dict[str, pa.Table], parts: dict[str, list[list[str]]], details: list[Details]
) -> None:
    found = {(system, code, *rule) for system, code, (*_, rules) in details for rule in rules}
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
