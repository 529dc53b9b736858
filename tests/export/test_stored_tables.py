"""Large tables of the DuckDB file are kept in fewer bytes, and their views show the rows that went in."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from pipeline.export import DATABASE
from pipeline.export import stored_tables as stored
from pipeline.export.database import write_database
from pipeline.export.stored_tables import STORED, VIEWED
from schemas import TABLES
from schemas.arrow import arrow_schema

Row = dict[str, Any]
EMPTY = {name: arrow_schema(model).empty_table() for name, model in TABLES.items()}
SAMPLES = {pa.string(): "x", pa.date32(): date(2020, 1, 1), pa.bool_(): True, pa.int32(): 1, pa.float64(): 1.0}


def table_of(name: str, *rows: Row) -> pa.Table:
    """Rows of a table with what matters; of other columns with nothing, or something where it may not be missing."""
    schema = arrow_schema(TABLES[name])
    usual = {each.name: None if each.nullable else SAMPLES[each.type] for each in schema}
    return pa.Table.from_pylist([usual | row for row in rows], schema=schema)


def shown(folder: Path, **tables: pa.Table) -> dict[str, list[Row]]:
    """What the file shows of the tables that are written to it."""
    write_database({**EMPTY, **tables}, folder / DATABASE)
    with duckdb.connect(str(folder / DATABASE), read_only=True) as database:
        return {name: database.sql(f"from {name}").to_arrow_table().to_pylist() for name in tables}


def in_any_order(rows: list[Row]) -> list[str]:
    return sorted(map(str, rows))


MAPPINGS = (
    {"source_code": "4280", "target_code": "I509", "path": "4280 gem_icd9cm_icd10cm I509"},
    {"source_code": "4280", "target_code": "I5021", "path": "4280 hierarchy@2010-10-01 42821 gem I5021"},
    {"source_code": "4280", "target_code": None, "path": "4280 unknown@2008-10-01", "status": "no_map"},
    {"source_code": "4280", "target_code": "I509", "path": "4280  I509"},
    {"source_code": "I509", "target_code": "4280", "path": None, "flags": "10000"},
    {"source_code": "I509", "target_code": None, "path": None, "flags": None, "fan_in": None},
    {"source_code": "NOWHERE", "target_code": "CIR019", "flags": "", "valid_from": None, "round_trip": False},
)


def test_mappings_are_shown_as_they_went_in(tmp_path: Path) -> None:
    rows = table_of("mappings", *MAPPINGS)
    assert in_any_order(shown(tmp_path, mappings=rows)["mappings"]) == in_any_order(rows.to_pylist())


@pytest.mark.parametrize("target", ["I509", None])
@pytest.mark.parametrize("path", ["4281 gem_icd9cm_icd10cm I509", "4280 gem_icd9cm_icd10cm I5090", "4280", "I509", ""])
def test_a_path_that_could_not_be_put_together_again_stops_the_export(
    tmp_path: Path, path: str, target: str | None
) -> None:
    if target is None and path.startswith("4280 "):
        path = path.removeprefix("4280 ")
    rows = table_of("mappings", {"source_code": "4280", "target_code": target, "path": path})
    with pytest.raises(ValueError, match=f"the path {path} does not lead from"):
        shown(tmp_path, mappings=rows)


TITLES = [(None, None), ("a", None), (None, "b"), ("a", "b"), ("", "")]


@pytest.mark.parametrize("of_code", TITLES, ids=str)
@pytest.mark.parametrize("of_episode", TITLES, ids=str)
def test_an_episode_has_its_own_titles(tmp_path: Path, of_code: Any, of_episode: Any) -> None:
    code = {"system": "ICD10CM", "code": "E119"}
    rows = table_of(
        "code_history",
        {**code, "short_description": of_episode[0], "description": of_episode[1]},
        {**code, "short_description": of_code[0], "description": of_code[1]},
        {"system": "ICD9CM", "code": "E119", "description": "the same number in another system"},
    )
    codes = table_of("codes", {**code, "short_description": of_code[0], "description": of_code[1]})
    found = shown(tmp_path, codes=codes, code_history=rows)
    assert in_any_order(found["code_history"]) == in_any_order(rows.to_pylist())


def test_titles_are_kept_where_they_are_not_those_of_the_code(tmp_path: Path) -> None:
    code = {"system": "ICD10CM", "code": "E119"}
    episodes = table_of("code_history", {**code, "description": "now"}, {**code, "description": "before"})
    shown(tmp_path, codes=table_of("codes", {**code, "description": "now"}), code_history=episodes)
    with duckdb.connect(str(tmp_path / DATABASE), read_only=True) as database:
        kept = database.execute("select description from stored.code_history").fetchall()
    assert kept == [(None,), ("before",)]


@pytest.mark.parametrize(
    "question", ["select description from code_history", "select icd10_title from icd9_to_icd10_current"]
)
def test_a_temporary_table_called_codes_gives_no_other_titles(tmp_path: Path, question: str) -> None:
    code = {"system": "ICD10CM", "code": "E119", "description": "ours"}
    mapped = {"crosswalk": "icd9cm_icd10cm_current", "target_system": "ICD10CM", "target_code": "E119"}
    own = {"codes": (code,), "code_history": (code,), "mappings": ({"source_code": "25000", **mapped},)}
    write_database({**EMPTY, **{name: table_of(name, *rows) for name, rows in own.items()}}, tmp_path / DATABASE)
    with duckdb.connect(str(tmp_path / DATABASE), read_only=True) as database:
        database.execute("create temp table codes as select * replace ('yours' as description) from main.codes")
        assert database.execute(question).fetchall() == [("ours",)]


@pytest.mark.parametrize("name", VIEWED)
def test_a_table_without_rows_is_shown_without_rows(tmp_path: Path, name: str) -> None:
    assert shown(tmp_path, **{name: EMPTY[name]}) == {name: []}


@pytest.mark.parametrize("most", [10, stored.MOST_COMBINATIONS])
def test_rows_are_numbered_by_all_of_their_values(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Also where the columns could have more combinations than a number holds."""
    monkeypatch.setattr(stored, "MOST_COMBINATIONS", most)
    drawn = np.random.default_rng(1).integers(0, 5, (5, 2000))
    columns = {f"c{at}": pa.array(each, mask=each == 4) for at, each in enumerate(drawn)}
    rows = pa.table({**columns, "text": pa.array(drawn[0].astype(str))})
    numbers, distinct = stored._numbered(rows)
    assert distinct.take(numbers).to_pylist() == rows.to_pylist()
    assert len(set(map(str, distinct.to_pylist()))) == len(distinct) < len(rows)


def test_every_column_of_a_kept_table_is_one_that_it_has() -> None:
    named = {(name, each) for name, layout in STORED.items() for each in (layout.code, *layout.kinds)}
    assert {(name, each) for name, each in named if each not in arrow_schema(TABLES[name]).names} == set()


def test_a_code_has_one_number_in_every_table_and_numbers_go_by_codes() -> None:
    """Whatever pieces a table comes in."""
    rules = table_of("code_rules", {"code": "Z00"}, {"code": "A01"})
    validity = pa.concat_tables([table_of("validity", {"code": "B02"}), table_of("validity", {"code": "A01"})])
    texts, numbers = stored.codes_with_numbers({**EMPTY, "validity": validity, "code_rules": rules})
    assert texts.to_pydict() == {"number": [0, 1, 2], "code": ["A01", "B02", "Z00"]}
    assert (numbers["validity"].to_pylist(), numbers["code_rules"].to_pylist()) == ([1, 0], [2, 0])
    assert len(numbers["mappings"]) == 0
