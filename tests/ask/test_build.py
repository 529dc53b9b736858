"""The one door to a build: what it opens, what it refuses, and that there is no other."""

import ast
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipeline import PROJECT
from pipeline.ask.build import Build, open_arrow, open_build, open_two
from pipeline.ask.lookup import look_up
from pipeline.ask.relations import RELATION_MEANINGS, meaning_of
from pipeline.errors import UsageError
from schemas import TABLES
from schemas.crosswalks import CROSSWALK_RELATIONS
from tests.ask.conftest import ChangeTable
from tests.samples import run

ALLOWED = ("schemas", "pipeline.ask", "pipeline.errors", "pipeline.run")


def test_tables_are_asked_by_their_names(opened: Build) -> None:
    assert opened.names == set(TABLES)
    (row,) = opened.rows(
        "select code_dotted from codes where system = $system and code = $code", system="ICD10CM", code="E119"
    )
    assert row == {"code_dotted": "E11.9"}


def test_a_build_tells_its_systems_crosswalks_and_days(opened: Build, excerpt_build: Path) -> None:
    assert opened.id == excerpt_build.name
    assert opened.systems["ICD9CM"].written_as == ["XXX.XX", "EXXX.X"]
    assert opened.crosswalks["icd10cm_forward"].opposite == "icd10cm_backward"
    assert opened.crosswalks["icd10cm_forward"].is_year_to_year
    assert not opened.crosswalks["conversion_icd10cm"].is_year_to_year
    assert str(opened.release_days["ICD10CM"][0]) == "2015-10-01"


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir(), lambda path: path.symlink_to("gone")])
def test_where_there_is_no_build_nothing_is_opened(tmp_path: Path, make) -> None:
    make(tmp_path / "latest")
    with pytest.raises(UsageError, match="there is no build here"):
        open_build(tmp_path / "latest")
    with pytest.raises(UsageError, match="there is no build here"):
        open_two(tmp_path / "latest", tmp_path / "latest")


def test_a_link_is_followed_once(excerpt_build: Path, tmp_path: Path) -> None:
    link = tmp_path / "latest"
    link.symlink_to(excerpt_build)
    with open_build(link) as build:
        link.unlink()
        assert build.rows("select count(*) as n from codes")[0]["n"] > 0


def test_a_folder_with_a_quote_in_its_name_is_opened(excerpt_build: Path, tmp_path: Path) -> None:
    (tmp_path / "it's").symlink_to(excerpt_build)
    copy = tmp_path / "o'brien"
    copy.mkdir()
    (copy / "parquet").symlink_to(excerpt_build / "parquet")
    (copy / "datapackage.json").symlink_to(excerpt_build / "datapackage.json")
    with open_build(copy) as build, open_two(copy, tmp_path / "it's") as both:
        assert build.systems
        assert both.rows("select system from before.systems except select system from after.systems") == []


def test_a_build_that_was_left_is_closed(excerpt_build: Path) -> None:
    with open_build(excerpt_build) as build:
        pass
    with pytest.raises(duckdb.ConnectionException):
        build.rows("from systems")


def test_builds_share_no_connection_with_each_other_or_with_duckdb(excerpt_build: Path) -> None:
    with open_build(excerpt_build) as one, open_arrow({"codes": pa.table({"code": ["X"]})}) as other:
        assert one.rows("select count(*) as n from codes")[0]["n"] > 1
        assert other.rows("from codes") == [{"code": "X"}]
        with pytest.raises(duckdb.CatalogException):
            duckdb.execute("from codes")


def test_many_questions_at_once_do_not_disturb_each_other(excerpt_build: Path) -> None:
    def find(code: str) -> set[str]:
        with open_build(excerpt_build) as build:
            return {each.code for each in look_up(build, [code])[0].reading.episodes}

    codes = ["E119", "25000", "J1440", "0010"] * 5
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(find, codes)) == [{code} for code in codes]


def test_a_mistaken_question_is_no_older_build(opened: Build) -> None:
    with pytest.raises(duckdb.BinderException):
        opened.rows("select no_such_column from codes")
    with pytest.raises(duckdb.CatalogException):
        opened.rows("from no_such_table")


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("crosswalks", "relation", ("translate", "0010", "--to", "ICD10CM")),
        ("systems", "written_as", ("translate", "0010", "--to", "ICD10CM")),
        ("systems", "written_as", ("lookup", "E11.9")),
        ("crosswalks", "relation", ("compare", "ICD9CM", "ICD10CM")),
    ],
)
def test_a_build_of_an_older_version_is_wrong_usage(
    changed: ChangeTable, table: str, column: str, words: tuple[str, ...]
) -> None:
    folder = changed(table, lambda rows: rows.drop_columns([column]))
    result = run(*words, "--output", str(folder.parent))
    assert result.exit_code == 2
    assert f"made by an older version: it has no column {table}.{column}\n  next:     build again" in result.stderr


def test_a_build_that_lacks_a_table_is_wrong_usage(changed: ChangeTable) -> None:
    folder = changed("categories", lambda rows: rows)
    (folder / "parquet" / "categories.parquet").unlink()
    result = run("translate", "0010", "--to", "ICD10CM", "--system", "ICD9CM", "--output", str(folder.parent))
    assert result.exit_code == 2
    assert "it has no table categories" in result.stderr


def test_every_relation_has_a_meaning_and_an_unknown_one_translates_nothing() -> None:
    assert set(RELATION_MEANINGS) == set(CROSSWALK_RELATIONS)
    assert not meaning_of("of a later version").translates


# House rules of the room


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield f"{node.module}.{node.names[0].name}" if node.module == "pipeline" else node.module


def modules(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((PROJECT / "pipeline" / room).rglob("*.py"))]


def test_questions_import_no_stage() -> None:
    ours = [
        (path.name, name)
        for path in modules("ask")
        for name in imports_of(path)
        if name.startswith(("pipeline", "schemas"))
    ]
    assert len(ours) > 20
    assert [each for each in ours if not each[1].startswith(ALLOWED)] == []


def test_nobody_opens_a_build_by_another_door() -> None:
    own = [path for path in modules("ask", "cli", "export/page", "publish") if path.name != "build.py"]
    found = [(path.name, name) for path in own for name in imports_of(path) if name == "duckdb"]
    assert found == []
